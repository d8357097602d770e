"""Delivery of announced events by HTTP, to addresses that subscribers name."""
