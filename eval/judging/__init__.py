"""Judging answers: texts compared, citations checked, metrics computed."""
