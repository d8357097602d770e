"""What routes ask in the middle of their work: one file for each system."""
