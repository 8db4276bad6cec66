"""Signals of passages and sentences, the learned ranker that weighs them, the choice of hits."""
