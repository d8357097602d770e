"""The monthly report on reuse of documents: what became of each component."""
