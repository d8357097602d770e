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
    known = other_codes(connection, here, codes)
    if not known:
        return {}
    partners = claimants(connection, there, known)
    rivals = claimants(connection, here, partners)
    # A rival that is surely another dossier of `there` is none: so those are read, too.
    partners |= claimants(connection, there, rivals)
    every = join([Coded(*one) for one in (rivals | known).items()], [Coded(*one) for one in partners.items()])
    return {code: every[code] for code in sorted(known)}


def claimants(connection: Connection, source: str, known: Mapping[str, str | None]) -> dict[str, str | None]:
    """The dossiers of `source` that these name or that name one of these: by code, the other code that each states."""
    named = {*known, *(other for other in known.values() if other)}
    return other_codes(connection, source, named) | dict(_coded(connection, source, known, "other_code"))


def other_codes(connection: Connection, source: str, codes: Iterable[str]) -> dict[str, str | None]:
    """The dossiers of `source` with these codes, and the other code that each states."""
    return dict(_coded(connection, source, codes, "code"))


def _coded(connection: Connection, source: str, codes: Iterable[str], column: str) -> Iterator[tuple[str, str | None]]:
    dialect = connection.dialect.name
    query = select(dossiers.c.code, dossiers.c.other_code).where(dossiers.c.source == source)
    of_codes = with_any_key(dialect, query, dossiers.c[column], "keys")
    for row in connection.execute(of_codes, {"keys": format_keys(dialect, sorted(set(codes)))}):
        yield row.code, row.other_code
