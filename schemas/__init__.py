"""Shapes of the canonical events and of what the outside systems send."""
