"""What data, ids and texts may be, so that JSON, a message, both databases and a terminal can carry them."""
