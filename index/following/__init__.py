"""What a reader follows on the web: added once, polled by `python -m index update`."""
