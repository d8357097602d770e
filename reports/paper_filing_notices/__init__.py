"""The letters to the heads of agencies about paper filings of their own people."""
