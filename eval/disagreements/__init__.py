"""TODO: what is in eval/disagreements."""
