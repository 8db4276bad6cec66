"""TODO: what is in rag/abstain."""
