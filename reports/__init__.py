"""The monthly reports: each has a rule (pure functions) and a class that makes the document from the data store."""
