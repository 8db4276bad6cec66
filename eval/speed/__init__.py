"""TODO: what is in eval/speed."""
