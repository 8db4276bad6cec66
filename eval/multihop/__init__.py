"""TODO: what is in eval/multihop."""
