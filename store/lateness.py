"""The dossiers that went through the national portal, as both systems know them, for the proof of lateness."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, and_, select

from store.instants import format_instant, parse_instant
from store.tables import dossier_versions, dossiers
from transforms.lateness import Moments

Version = tuple[str, Mapping[str, Any]]
"""The id of an event, and its data."""

_KEYS_AT_ONCE = 500

_ACCEPTED, _REFUSED = 2, 3
"""TrangThai of the portal: được tiếp nhận, and from there on the dossier is accepted; but không được tiếp nhận."""

_CLOCKS = timedelta(days=1)
"""How far the clocks of two systems may be apart: what changed so long before the period is read, too."""


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


def submitted_between(
    connection: Connection, *, local: str, portal: str, period: tuple[datetime, datetime]
) -> list[Proof]:
    """The dossiers that were submitted on the portal in `period` and have all four moments, by code.

    `local`, `portal`: the sources of the one-stop system and of the portal. Their codes may differ: then one of the two
    states the code that the other one has. What was changed before the period is not read.
    """
    start, end = period
    at_portal = _submitted(connection, portal, start, end)
    by_code = {code: one for one in at_portal.values() for code in (one["other_code"], one["code"]) if code}
    shown = dict(_first_shown(connection, portal, sorted(at_portal)))
    found: dict[str, Proof] = {}
    for event_id, here in _newest(connection, local, start):
        there = by_code.get(here["code"]) or by_code.get(here.get("other_code") or "")
        if there is None or there["code"] not in shown or not (here.get("submitted_at") and here.get("accepted_at")):
            continue
        shown_at, shown_event = shown[there["code"]]
        moments = Moments(
            submitted=_moment(there["submitted_at"]),
            arrived=_moment(here["submitted_at"]),
            accepted=_moment(here["accepted_at"]),
            shown=shown_at,
        )
        proof = (moments, event_id, there["event_id"], shown_event)
        found[here["code"]] = Proof(here["code"], here.get("agency"), here.get("agency_name"), *proof)
    return [found[code] for code in sorted(found)]


def find_both(connection: Connection, *, local: str, portal: str, code: str) -> tuple[Version | None, Version | None]:
    """The newest versions of a dossier in the one-stop system and on the portal, by its code in either of them."""
    here, there = _one(connection, local, code), _one(connection, portal, code)
    if there is None and here is not None and here[1].get("other_code"):
        there = _one(connection, portal, here[1]["other_code"])
    if here is None and there is not None and there[1].get("other_code"):
        here = _one(connection, local, there[1]["other_code"])
    return here, there


def first_shown(connection: Connection, portal: str, code: str) -> tuple[datetime, str] | None:
    """When a dossier was first seen on the portal as accepted, and the event that shows it."""
    return dict(_first_shown(connection, portal, [code])).get(code)


def _one(connection: Connection, source: str, code: str) -> Version | None:
    newest = and_(*(dossier_versions.c[name] == dossiers.c[name] for name in ("source", "code", "event_id")))
    query = select(dossiers.c.event_id, dossier_versions.c.data).join(dossier_versions, newest)
    row = connection.execute(query.where(dossiers.c.source == source, dossiers.c.code == code)).first()
    return None if row is None else (row.event_id, orjson.loads(row.data))


def _submitted(connection: Connection, portal: str, start: datetime, end: datetime) -> dict[str, dict[str, Any]]:
    """The newest versions of the portal's own dossiers that were submitted in the period, by the portal's code."""
    found = {}
    for event_id, data in _newest(connection, portal, start):
        submitted_at = data.get("submitted_at")
        if data.get("filed_on") == "portal" and submitted_at and start <= _moment(submitted_at) < end:
            found[data["code"]] = {"other_code": None, **data, "event_id": event_id}
    return found


def _newest(connection: Connection, source: str, start: datetime) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The newest version of each dossier that changed since a little before `start`: (event id, data)."""
    newest = and_(*(dossier_versions.c[name] == dossiers.c[name] for name in ("source", "code", "event_id")))
    query = (
        select(dossiers.c.event_id, dossier_versions.c.data)
        .join(dossier_versions, newest)
        .where(dossiers.c.source == source, dossiers.c.updated_at >= format_instant(start - _CLOCKS))
    )
    for row in connection.execute(query):
        yield row.event_id, orjson.loads(row.data)


def _first_shown(
    connection: Connection, portal: str, codes: Sequence[str]
) -> Iterator[tuple[str, tuple[datetime, str]]]:
    """When a dossier was first seen on the portal as accepted, and the event that shows it, by code."""
    for start in range(0, len(codes), _KEYS_AT_ONCE):
        of_codes = dossier_versions.c.code.in_(codes[start : start + _KEYS_AT_ONCE])
        query = select(dossier_versions).where(dossier_versions.c.source == portal, of_codes)
        first: dict[str, tuple[datetime, str]] = {}
        for row in connection.execute(query):
            data = orjson.loads(row.data)
            status = data.get("status")
            if status is None or status < _ACCEPTED or status == _REFUSED:
                continue
            seen = _moment(data["observed_at"]), row.event_id
            first[row.code] = min(seen, first.get(row.code, seen))
        yield from first.items()


def _moment(text: str) -> datetime:
    return parse_instant(format_instant(text))
