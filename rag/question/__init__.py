"""TODO: what is in rag/question."""
