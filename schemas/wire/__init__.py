"""What the outside systems send, in their own spelling: the fields we read, and those that hold personal data."""
