"""TODO: what is in eval/peers."""
