"""TODO: what is in eval/injection."""
