"""Measures Dateline: what it answers, finds, cites and refuses, and how long it takes."""
