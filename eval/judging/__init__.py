"""TODO: what is in eval/judging."""
