"""json_text: JSON as it is met, from bytes to values: one value, the lines of a file, the members of an array."""
