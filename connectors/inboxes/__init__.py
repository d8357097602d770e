"""What outside systems push to: one module for each system."""
