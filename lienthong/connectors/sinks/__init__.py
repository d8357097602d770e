"""Sinks that any project can use."""
