"""How a database is: what the doctor looks at, and the words of a driver's error."""

from sqlalchemy.exc import DatabaseError


def database_words(error: Exception) -> str | None:
    """The driver's own words when `error` is a database's, else None."""
    return str(error.orig) if isinstance(error, DatabaseError) else None
