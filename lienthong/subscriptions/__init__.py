"""Subscriptions: who receives announced events, from where on, by which channel, and what became of each event."""
