"""Jobs that run by themselves, one process at a time."""
