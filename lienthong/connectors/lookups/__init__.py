"""Lookups of the engine itself."""
