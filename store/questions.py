"""The lookup of questions (hỏi đáp) by their code on the portal."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, select, text

from lienthong import Site
from lienthong.adapters.sql import format_keys, open_reader, with_any_key
from store.tables import questions

_FIELDS = ("addressed_to", "agency", "state")


class Questions:
    """Finds questions. Of each: `addressed_to`, the agency as the portal has it, the competent `agency`, `state`."""

    def __init__(self, site: Site) -> None:
        self._database = site.database

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """The known ones, by one query. Raises `Transient` when the database does not answer."""
        with open_reader(self._database, "kho dữ liệu không trả lời khi tra câu hỏi") as connection:
            dialect = connection.dialect.name
            rows = connection.execute(_by_code(dialect), {"codes": format_keys(dialect, sorted(set(keys)))})
            return {row.code: {name: row._mapping[name] for name in _FIELDS} for row in rows}


@cache
def _by_code(dialect: str) -> Select[Any]:
    columns = (questions.c[name] for name in ("code", "observed_at", *_FIELDS))
    return with_any_key(dialect, select(*columns), questions.c.code, "codes").order_by(text("observed_at"))
