"""News articles in, ranked passages out. Nothing here knows about questions' answers or models."""
