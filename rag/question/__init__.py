"""What a question asks, read off its words: checked, made to stand alone, understood."""
