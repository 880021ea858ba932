"""pages: characters with their boxes -> lines in reading order -> paragraphs. Knows no PDF library."""
