"""The report on accounts and online dossiers with the help of the Youth Union."""
