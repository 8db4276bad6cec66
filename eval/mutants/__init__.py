"""TODO: what is in eval/mutants."""
