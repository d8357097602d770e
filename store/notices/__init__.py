"""Notices: their states, the attempts to send them, and what they cost."""
