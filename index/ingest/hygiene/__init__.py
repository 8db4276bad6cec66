"""What in a page is no news, and what an article says of itself: told by learned weights."""
