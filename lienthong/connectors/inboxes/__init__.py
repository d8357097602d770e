"""Inboxes that any project can use."""
