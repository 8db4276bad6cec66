"""TODO: what is in rag/strategies."""
