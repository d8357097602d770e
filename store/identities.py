"""Which numbers belong to one citizen: the 12 digits of a CCCD, and the 9 of each old CMND.

Three sources state both: the register of civil servants, sign-ins, and dossiers of the national portal. An old number
that any of them states of two persons joins nothing. In dossiers people type the numbers, and a typing error would show
one person the documents of another: there two dossiers must state the same pair.
"""

from collections.abc import Iterable, Mapping, Set
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, literal_column, select, union_all

from lienthong.adapters.sql import format_keys, with_any_key
from store.sign_in_table import sign_in_numbers
from store.tables import dossiers, service_periods

_DOSSIERS_THAT_SUFFICE = 2

_ROUNDS = 3
"""From an old number to its person, from there to the person's other old numbers, and to other persons with these."""

_Stated = dict[tuple[str, str], set[str]]
"""By person (12 digits) and old number, the dossiers that state the pair; empty text for a source that suffices."""


def numbers_of(connection: Connection, numbers: Iterable[str]) -> Mapping[str, Set[str]]:
    """By number, all numbers of the same citizen, itself included. One that nothing joins is alone."""
    asked = frozenset(numbers)
    stated: _Stated = {}
    known: set[str] = set()
    following = set(asked)
    for _ in range(_ROUNDS):
        if not following:
            break
        known |= following
        for one, other, dossier in _statements(connection, following):
            person, old = sorted((one, other), key=len, reverse=True)
            stated.setdefault((person, old), set()).add(dossier)
        following = {number for pair in stated for number in pair} - known
    return _join(asked, {pair: by for pair, by in stated.items() if pair[1] in known})


def _join(asked: Set[str], stated: _Stated) -> Mapping[str, Set[str]]:
    owners: dict[str, set[str]] = {}
    for person, old in stated:
        owners.setdefault(old, set()).add(person)
    people: dict[str, set[str]] = {}
    for (person, old), by in stated.items():
        if owners[old] == {person} and ("" in by or len(by) >= _DOSSIERS_THAT_SUFFICE):
            people.setdefault(person, {person}).add(old)
    of_number = {number: numbers for numbers in people.values() for number in numbers}
    return {number: of_number.get(number, {number}) for number in asked}


def _statements(connection: Connection, numbers: Iterable[str]) -> Iterable[tuple[str, str, str]]:
    dialect = connection.dialect.name
    for row in connection.execute(_query(dialect), {"numbers": format_keys(dialect, sorted(numbers))}):
        yield row.one, row.other, row.dossier


@cache
def _query(dialect: str) -> CompoundSelect[Any]:
    """The statements about any of the numbers. The indexes of dossiers have those alone that state two."""
    enough: ColumnElement[str] = literal_column("''")
    parts = []
    for table, names, dossier in (
        (service_periods, ("identity", "old_identity"), enough),
        (sign_in_numbers, ("identity", "old_identity"), enough),
        (dossiers, ("identity", "other_identity"), dossiers.c.code),
    ):
        one, other = (table.c[name] for name in names)
        pair = select(one.label("one"), other.label("other"), dossier.label("dossier"))
        both = pair.where(one.is_not(None), other.is_not(None))
        parts += [with_any_key(dialect, both, column, "numbers") for column in (one, other)]
    return union_all(*parts)
