"""Joining the dossiers of two systems by their codes, read from the data store; `transforms.joining` has the rules."""

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Connection, select

from lienthong.adapters.sql import format_keys, with_any_key
from store.tables import dossiers
from transforms.joining import Coded, Joined, join


def join_dossiers(connection: Connection, here: str, there: str, codes: Iterable[str]) -> Mapping[str, Joined]:
    """For each dossier of the source `here` with one of `codes`, the one of the source `there`.

    A code that `here` does not have is left out. What is read are these dossiers, what they name and what names them,
    and the rivals of those.
    """
    asked = set(codes)
    if not asked:
        return {}
    known = dict(_of_codes(connection, here, asked))
    partners = dict(_claiming(connection, there, known))
    rivals = dict(_claiming(connection, here, partners))
    # A rival that is surely another dossier of `there` is none: so those are read, too.
    partners |= dict(_claiming(connection, there, rivals))
    every = join([Coded(*one) for one in (rivals | known).items()], [Coded(*one) for one in partners.items()])
    return {code: every[code] for code in sorted(known)}


def _claiming(connection: Connection, source: str, known: Mapping[str, str | None]) -> Iterator[Coded]:
    """The dossiers of `source` that these name, and those that name one of these."""
    yield from _of_codes(connection, source, {*known, *(other for other in known.values() if other)})
    yield from _coded(connection, source, known, "other_code")


def _of_codes(connection: Connection, source: str, codes: Iterable[str]) -> Iterator[Coded]:
    return _coded(connection, source, codes, "code")


def _coded(connection: Connection, source: str, codes: Iterable[str], column: str) -> Iterator[Coded]:
    dialect = connection.dialect.name
    query = select(dossiers.c.code, dossiers.c.other_code).where(dossiers.c.source == source)
    rows = connection.execute(
        with_any_key(dialect, query, dossiers.c[column], "keys"), {"keys": format_keys(dialect, sorted(codes))}
    )
    yield from (Coded(row.code, row.other_code) for row in rows)
