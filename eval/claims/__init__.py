"""Whether claims about quotes are passed or refused as they should be."""
