"""web: what an HTML page needs before its main text can be taken out. Knows nothing of files and records."""
