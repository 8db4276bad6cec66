"""Which sentences give orders: what is learned of them, and from which."""
