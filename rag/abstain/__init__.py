"""Whether the evidence answers the question."""
