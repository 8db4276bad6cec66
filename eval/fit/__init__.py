"""Fits what is learned: probes and abstention, other accounts, the ranker."""
