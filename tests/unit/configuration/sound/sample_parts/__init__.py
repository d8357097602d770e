"""Transforms and connectors as small as they can be, for the tests of the configuration."""
