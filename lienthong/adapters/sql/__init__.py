"""The ledger in SQL: SQLite by default, through SQLAlchemy."""
