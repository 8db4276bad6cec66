"""What other articles say instead, and how the answer reports it."""
