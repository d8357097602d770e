"""The dossiers that went through the national portal, as both systems know them, for the proof of lateness."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, and_, select

from lienthong.adapters.sql import format_keys, with_any_key
from store.instants import format_instant, parse_instant
from store.joining import join_dossiers
from store.tables import dossier_versions, dossiers
from transforms.joining import Joined
from transforms.lateness import Moments

Version = tuple[str, Mapping[str, Any]]
"""The id of an event, and its data."""

ACCEPTED, REFUSED = 2, 3
"""TrangThai of the portal: được tiếp nhận, and from there on the dossier is accepted; but không được tiếp nhận."""

_NEWEST = and_(*(dossier_versions.c[name] == dossiers.c[name] for name in ("source", "code", "event_id")))


@dataclass(frozen=True, slots=True)
class Proof:
    """A dossier with the moments that both systems state, and the events they are from, which `trail` shows.

    `code` and `agency` are those of the one-stop system. `local_event` is its newest version, `portal_event` that of
    the portal, `shown_event` the version in which the portal first showed the dossier as accepted.
    """

    code: str
    agency: str | None
    agency_name: str | None
    moments: Moments
    local_event: str
    portal_event: str
    shown_event: str


class Month(NamedTuple):
    """What is known of the dossiers that were submitted on the portal in a period.

    `proofs`: those with all four moments, by the code of the one-stop system. `ambiguous`: those that more than one
    dossier of the one-stop system claims to be, by the portal's code.
    """

    proofs: Sequence[Proof]
    ambiguous: Mapping[str, Sequence[str]]


def submitted_between(connection: Connection, *, local: str, portal: str, period: tuple[datetime, datetime]) -> Month:
    """The dossiers that were submitted on the portal in `period`.

    `local`, `portal`: the sources of the one-stop system and of the portal. Their codes may differ: then one of the two
    states the code that the other one has. What is read are the dossiers of the period, however old it is.
    """
    at_portal = _submitted(connection, portal, *period)
    joined = join_dossiers(connection, portal, local, sorted(at_portal))
    partners = {one.partner: code for code, one in joined.items() if one.partner is not None}
    shown = dict(all_first_shown(connection, portal, sorted(at_portal)))
    found: list[Proof] = []
    for event_id, here in newest_versions(connection, local, sorted(partners)):
        there = at_portal[partners[here["code"]]]
        if there["code"] not in shown or not (here.get("submitted_at") and here.get("accepted_at")):
            continue
        shown_at, shown_event = shown[there["code"]]
        moments = Moments(
            submitted=_moment(there["submitted_at"]),
            arrived=_moment(here["submitted_at"]),
            accepted=_moment(here["accepted_at"]),
            shown=shown_at,
        )
        proof = (moments, event_id, there["event_id"], shown_event)
        found.append(Proof(here["code"], here.get("agency"), here.get("agency_name"), *proof))
    ambiguous = {code: one.claimants for code, one in sorted(joined.items()) if one.is_ambiguous}
    return Month(sorted(found, key=lambda one: one.code), ambiguous)


class Both(NamedTuple):
    """The newest versions of a dossier in both systems, and what else claims to be it, by (source, code)."""

    here: Version | None
    there: Version | None
    rivals: Sequence[tuple[str, str]]


def find_both(connection: Connection, *, local: str, portal: str, code: str) -> Both:
    """What is known of a dossier by its code in the one-stop system or on the portal."""
    here, there = _one(connection, local, code), _one(connection, portal, code)
    if there is not None:
        joined = join_dossiers(connection, portal, local, [code])[code]
        here = _one(connection, local, joined.partner) if joined.partner else here
        return Both(here if joined.partner else None, there, _rivals(local, joined))
    if here is None:
        return Both(None, None, ())
    joined = join_dossiers(connection, local, portal, [code])[code]
    there = _one(connection, portal, joined.partner) if joined.partner else None
    return Both(here, there, _rivals(portal, joined))


def _rivals(source: str, joined: Joined) -> Sequence[tuple[str, str]]:
    return [(source, code) for code in joined.claimants if code != joined.partner]


def first_shown(connection: Connection, portal: str, code: str) -> tuple[datetime, str] | None:
    """When a dossier was first seen on the portal as accepted, and the event that shows it."""
    return dict(all_first_shown(connection, portal, [code])).get(code)


def _one(connection: Connection, source: str, code: str) -> Version | None:
    return next(newest_versions(connection, source, [code]), None)


def _submitted(connection: Connection, portal: str, start: datetime, end: datetime) -> dict[str, dict[str, Any]]:
    """The newest versions of the portal's own dossiers that were submitted in the period, by the portal's code."""
    submitted_at = dossiers.c.submitted_at
    within = (submitted_at >= format_instant(start), submitted_at < format_instant(end))
    query = select(dossiers.c.event_id, dossier_versions.c.data).join(dossier_versions, _NEWEST)
    found = {}
    for row in connection.execute(query.where(dossiers.c.source == portal, *within)):
        data = orjson.loads(row.data)
        if data.get("filed_on") == "portal":
            found[data["code"]] = {**data, "event_id": row.event_id}
    return found


def newest_versions(connection: Connection, source: str, codes: Sequence[str]) -> Iterator[Version]:
    """The newest version of each dossier of these codes."""
    dialect = connection.dialect.name
    query = select(dossiers.c.event_id, dossier_versions.c.data).join(dossier_versions, _NEWEST)
    of_codes = with_any_key(dialect, query.where(dossiers.c.source == source), dossiers.c.code, "keys")
    for row in connection.execute(of_codes, {"keys": format_keys(dialect, codes)}):
        yield row.event_id, orjson.loads(row.data)


def all_first_shown(
    connection: Connection, portal: str, codes: Sequence[str]
) -> Iterator[tuple[str, tuple[datetime, str]]]:
    """When a dossier was first seen on the portal as accepted, and the event that shows it, by code."""
    dialect = connection.dialect.name
    columns = (dossier_versions.c.code, dossier_versions.c.event_id, dossier_versions.c.data)
    query = select(*columns).where(dossier_versions.c.source == portal)
    of_codes = with_any_key(dialect, query, dossier_versions.c.code, "keys")
    first: dict[str, tuple[datetime, str]] = {}
    for row in connection.execute(of_codes, {"keys": format_keys(dialect, codes)}):
        data = orjson.loads(row.data)
        status = data.get("status")
        if status is None or status < ACCEPTED or status == REFUSED:
            continue
        seen = _moment(data["observed_at"]), row.event_id
        first[row.code] = min(seen, first.get(row.code, seen))
    yield from first.items()


def _moment(text: str) -> datetime:
    return parse_instant(format_instant(text))
