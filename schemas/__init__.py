"""Shapes: what the canonical events look like, what the outside systems send, and the one XML parser."""
