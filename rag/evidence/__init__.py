"""From a question to the few sentences that may answer it."""
