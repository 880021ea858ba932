"""Formats: what the sources read their files with, and know nothing of files or fields themselves.

`encodings` and `lookahead` are for all; `json_text`, `safe_xml` (with `jats` and `mathml` over it), `web`, `tex`,
`pages` and `arrow_rows` for one kind of file each.
"""
