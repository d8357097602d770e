"""Which versions are missing of dossiers, read from the data store as it is now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from lienthong import Calendar, Calendars, Rejected
from store.joining import claimants, join_dossiers, other_codes
from store.lateness import all_first_shown, newest_versions
from transforms.synchronisation import Gap, Known, Pair, gaps

Subject = tuple[str, str]
"""A source and a code in it."""


@dataclass(slots=True)
class Judged:
    """By subject, what the other system should get of it; and what is announced of its dossier besides."""

    gaps: dict[Subject, Sequence[Gap]] = field(default_factory=dict)
    about: dict[Subject, Mapping[str, Any]] = field(default_factory=dict)


def neighbours(connection: Connection, pair: Pair, codes: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """The dossiers with these codes, by source, and those of the other source that they name or that name them."""
    local, portal = set(codes.get(pair.local, ())), set(codes.get(pair.portal, ()))
    of_local = claimants(connection, pair.portal, other_codes(connection, pair.local, local))
    of_portal = claimants(connection, pair.local, other_codes(connection, pair.portal, portal))
    return {pair.local: local | set(of_portal), pair.portal: portal | set(of_local)}


def judge(connection: Connection, pair: Pair, calendars: Calendars, codes: Mapping[str, set[str]]) -> Judged:
    """What is awaited of dossiers, by their codes in each source. One that is not known has nothing awaited."""
    judged = Judged()
    by_portal = join_dossiers(connection, pair.portal, pair.local, codes[pair.portal])
    by_local = join_dossiers(connection, pair.local, pair.portal, codes[pair.local])
    at_portal = _newest(connection, pair.portal, by_portal)
    partners = {one.partner for one in by_portal.values() if one.partner}
    at_office = _newest(connection, pair.local, {*by_local, *partners})
    shown = dict(all_first_shown(connection, pair.portal, sorted(at_portal)))
    for code, version in at_portal.items():
        joined = by_portal[code]
        here = at_office.get(joined.partner or "")
        known = Known(here, version, shown.get(code), joined.claimants)
        _add(judged, (pair.portal, code), known, pair, calendars)
    for code, joined in by_local.items():
        if joined.partner is None and code in at_office:
            _add(judged, (pair.local, code), Known(at_office[code], None, None, joined.claimants), pair, calendars)
    return judged


def _newest(connection: Connection, source: str, codes: Iterable[str]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    return {data["code"]: (event, data) for event, data in newest_versions(connection, source, sorted(codes))}


def _add(judged: Judged, subject: Subject, known: Known, pair: Pair, calendars: Calendars) -> None:
    here, there = known.here and known.here[1], known.there and known.there[1]
    agency = (here or {}).get("agency")
    named = here or there or {}
    judged.about[subject] = {
        "dossier": subject[1],
        "other_code": _other(subject, here, there),
        "agency": agency,
        "agency_name": named.get("agency_name"),
    }
    try:
        judged.gaps[subject] = gaps(known, pair, _calendar(calendars, agency, subject[1]))
    except Rejected:  # a moment in a year that no calendar knows: nothing can be reckoned, so nothing is missing
        judged.gaps[subject] = ()


def _calendar(calendars: Calendars, agency: str | None, code: str) -> Calendar:
    """That of the agency; a code begins with the agency that received the dossier, which the portal does not state."""
    return calendars.of(agency or code.partition("-")[0])


def _other(subject: Subject, here: Mapping[str, Any] | None, there: Mapping[str, Any] | None) -> str | None:
    codes = [one["code"] for one in (here, there) if one and one["code"] != subject[1]]
    stated = [one["other_code"] for one in (here, there) if one and one["code"] == subject[1] and one.get("other_code")]
    return next(iter([*codes, *stated]), None)
