"""tex: LaTeX -> text as a person would read it, formulas as they were written. Knows nothing of files and records."""
