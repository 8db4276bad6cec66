"""Files, folders and JSONL rows go in, articles come out."""
