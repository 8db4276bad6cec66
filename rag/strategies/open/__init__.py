"""Ways of answering questions that ask for more than one fact, or for none."""
