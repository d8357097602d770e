"""Measurements. `make bench` prints them; nothing here runs with the tests."""
