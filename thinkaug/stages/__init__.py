"""The stages, one file each. `thinkaug.pipeline` holds the only list of them."""
