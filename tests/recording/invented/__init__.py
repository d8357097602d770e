"""Invented recordings: a generator, and a small reference that answers them without the product's code."""
