"""Sources that any project can use."""
