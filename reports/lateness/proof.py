"""The proof of one dossier: its four moments, each with the event and the field that states it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lienthong import Calendars, Evidence, MissingVersion, ProvenLateness
from store.instants import parse_optional
from store.lateness import Both, Version
from transforms.lateness import Clocks, Moments, judge


@dataclass(frozen=True, slots=True)
class Measure:
    """What lateness is measured with: the sources of both systems, calendars, the limit, and how exact clocks are."""

    local: str
    portal: str
    calendars: Calendars
    limit: timedelta
    clocks: Clocks

    @property
    def tolerances(self) -> dict[str, int]:
        """By source, by how many minutes its clock may be wrong, where it may."""
        both = {self.local: self.clocks.local, self.portal: self.clocks.portal}
        return {source: found // timedelta(minutes=1) for source, found in both.items() if found}


def prove(
    known: Both, shown: tuple[datetime, str] | None, missing: tuple[MissingVersion, ...], measure: Measure
) -> ProvenLateness:
    """The moments of the newest versions in the one-stop system and on the portal, of which one at least is known.

    `shown`: when the portal was first seen to show it as accepted, and the event. `missing`: the alarms about it.
    """
    here, there = known.here, known.there
    local, portal, limit = measure.local, measure.portal, measure.limit
    evidence = (
        _stated("submitted", there, portal, "submitted_at"),
        _stated("arrived", here, local, "submitted_at"),
        _stated("accepted", here, local, "accepted_at"),
        Evidence("shown", None, portal) if shown is None else Evidence("shown", *_seen(shown, portal)),
    )
    data = (here or there or ("", {}))[1]
    proof = {
        "key": data["code"],
        "agency": data.get("agency"),
        "agency_name": data.get("agency_name"),
        "evidence": evidence,
        "allowed_minutes": int(limit / timedelta(minutes=1)),
        "tolerances": measure.tolerances,
        "rivals": tuple(known.rivals),
        "missing": missing,
    }
    submitted, arrived, accepted, seen = (one.at for one in evidence)
    if submitted is None or arrived is None or accepted is None or seen is None:
        return ProvenLateness(**proof)
    found = judge(
        Moments(submitted, arrived, accepted, seen),
        measure.calendars.of(data.get("agency") or ""),
        limit,
        measure.clocks,
    )
    return ProvenLateness(
        **proof,
        office_minutes=found.office_minutes,
        inbound_minutes=found.inbound_minutes,
        outbound_minutes=found.outbound_minutes,
        verdict=found.verdict,
    )


def _seen(shown: tuple[datetime, str], portal: str) -> tuple[datetime, str, str, str, datetime]:
    at, event = shown
    return at, portal, event, "status", at


def _stated(milestone: Any, version: Version | None, source: str, field: str) -> Evidence:
    at = None if version is None else parse_optional(version[1].get(field))
    if version is None or at is None:
        return Evidence(milestone, None, source)
    return Evidence(milestone, at, source, version[0], field, parse_optional(version[1].get("observed_at")))
