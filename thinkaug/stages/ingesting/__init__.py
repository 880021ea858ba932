"""Parts of ingest: its settings, from files to raw records, from a raw record to a document. Know no other stage."""
