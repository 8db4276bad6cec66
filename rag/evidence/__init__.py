"""TODO: what is in rag/evidence."""
