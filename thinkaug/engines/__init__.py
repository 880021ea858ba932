"""Engines: the settings of each kind of door to a model, one file each, named in a pipeline by `kind`."""
