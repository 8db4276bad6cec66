"""What a question asks to be found: its clauses, publishers, names and dates."""
