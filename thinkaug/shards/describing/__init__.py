"""The pieces of a data set's README: its YAML head, tables, how to train on it, what its controls are."""
