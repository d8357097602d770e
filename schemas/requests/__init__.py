"""The questions that other systems ask, and their answers: one file for each request."""
