"""TODO: what is in rag/disagreements."""
