"""TODO: what is in eval/bundled."""
