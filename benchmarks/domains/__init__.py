"""Small domains to measure on: their texts, and the thinking between."""
