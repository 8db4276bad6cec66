"""TODO: what is in index/ingest."""
