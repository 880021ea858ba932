"""What is proved of a finished set: its files, its rows in each layout, its parts, its ledger."""
