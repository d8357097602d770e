"""The port `Forms` in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.errors import translate_errors
from lienthong.adapters.sql.person_tables import forms
from lienthong.adapters.sql.persons import to_text


class SqlForms:
    """See `Forms`."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def begin(self, number: str, now: datetime) -> str | None:
        dialect = postgresql if self._database.dialect.name == "postgresql" else sqlite
        row = (
            dialect.insert(forms)
            .values(number=number, at=to_text(now))
            .on_conflict_do_nothing()
            .returning(forms.c.number)
        )
        if self._write(row) is not None:
            return None
        with open_reader(self._database) as connection:
            return connection.execute(select(forms.c.location).where(forms.c.number == number)).scalar() or ""

    def end(self, number: str, location: str) -> None:
        self._write(update(forms).where(forms.c.number == number).values(location=location))

    def drop(self, number: str) -> None:
        self._write(delete(forms).where(forms.c.number == number))

    def _write(self, statement: Any) -> Any:
        """Carry out a statement; returns what it returns first."""
        with translate_errors(), self._database.connect().execution_options(writing=True) as connection:
            result = connection.execute(statement)
            first = result.scalar() if result.returns_rows else None
            connection.commit()
        return first
