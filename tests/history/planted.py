"""Versions of dossiers by number, the route that delivered them, and the route of today with planted changes."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from lienthong.envelope import Envelope
from lienthong.errors import Rejected
from lienthong.maintenance.history_plan import encoded
from lienthong.outcome import Dead, Done
from lienthong.processing.pipeline import Pipeline
from lienthong.processing.stage import Stage, route_stage
from lienthong.processing.steps import ApplyStep
from lienthong.retry import RetryPolicy
from schemas.canonical import dossier_v1
from tests.events import DAY, event

SOURCE, ROUTE, SINK = "igate", "route.igate-dossiers", "sink.data-store"
VERSIONS = 3
"""Of each dossier."""

Change = Callable[[dict[str, Any], int], dict[str, Any] | None]


def raw_events(dossiers: int) -> Iterator[Envelope]:
    """The events as they were received: the first versions of all dossiers, then the second, then the third."""
    for version in range(VERSIONS):
        for number in range(dossiers):
            seen = DAY + timedelta(minutes=version * 10, seconds=number // 50)
            one = event(f"H08-{number:06}", version=version, number=number)
            yield one._replace(received_at=seen, time=seen)


def canonical(raw: dict[str, Any]) -> dict[str, Any]:
    """The event that the route made of it then."""
    seen = DAY + timedelta(minutes=raw["version"] * 10, seconds=raw["number"] // 50)
    accepted = raw["version"] > 0
    return {
        "code": raw["name"],
        "procedure": f"1.{raw['number'] % 40:06}",
        "status": 2 + raw["version"],
        "agency": f"H08.{raw['number'] % 30}",
        "submitted_at": (seen - timedelta(minutes=raw["version"] * 10 + 5)).isoformat(),
        "accepted_at": DAY.isoformat() if accepted else None,
        "updated_at": (seen - timedelta(minutes=1)).isoformat(),
        "observed_at": seen.isoformat(),
        "quality": [],
    }


def route_of_then(envelope: Envelope) -> Envelope | None:
    """Dies of a few dossiers, and drops a few others."""
    raw = dict(envelope.data_dict())
    if raw["number"] % 19 == 4:
        raise Rejected("kiểm thử", field="number")
    if raw["number"] % 23 == 5:
        return None
    return envelope.with_data(dossier_v1.TYPE, canonical(raw))


def route_of_today(envelope: Envelope) -> Envelope | None:
    """The same with the changes of `planted`."""
    raw = dict(envelope.data_dict())
    if planted(raw["number"]) == "refused":
        raise Rejected("kiểm thử: hôm nay không nhận", field="number")
    if planted(raw["number"]) == "dropped":
        return None
    data = canonical(raw)
    if planted(raw["number"]) == "field":
        data["agency_name"] = "Sở Thử nghiệm"
    elif planted(raw["number"]) == "moved":
        data["code"] += "-M"
    elif planted(raw["number"]) == "older" and raw["version"] == VERSIONS - 1:
        data["updated_at"] = (DAY - timedelta(days=1)).isoformat()  # so that the version before it is the newest
    return envelope.with_data(dossier_v1.TYPE, data)


def planted(number: int) -> str:
    """What is planted for a dossier, "" for nothing. `dead`: the route of then refused it, so it is a dead letter."""
    if number % 19 == 4:
        return "dead"
    if number % 23 == 5:
        return "added"
    for every, at, what in (
        *((7, 1, "field"), (11, 2, "dropped"), (13, 3, "moved")),
        *((17, 6, "older"), (29, 7, "refused")),
    ):
        if number % every == at:
            return what
    return ""


def make_route(function: Callable[[Envelope], Envelope | None]) -> Stage:
    """The stage of a route with one step."""
    pipeline = Pipeline(None, [ApplyStep(function.__name__, function)])
    return route_stage(ROUTE, pipeline, retry=RetryPolicy(), to=(SINK,), announce=False)


def expected_events(dossiers: int) -> Sequence[Envelope]:
    """What the data store would have been given, had the route of today been there from the beginning; of what is
    refused today, that of then. As messages carry them.
    """
    then, today = make_route(route_of_then), make_route(route_of_today)
    events = list(raw_events(dossiers))
    pairs = zip(events, _outcomes(then, events), _outcomes(today, events), strict=True)
    found = []
    for one, was, now in pairs:
        number = one.data_dict()["number"]
        if planted(number) != "dead":
            outcome = was if isinstance(now, Dead) else now
            if isinstance(outcome, Done):
                found.append(encoded(outcome.envelope))
    return found


def _outcomes(stage: Stage, events: Sequence[Envelope]) -> Sequence[Any]:
    return stage.handle(events, None)  # type: ignore[arg-type]  # a route uses no transaction


def checksum(rows: Sequence[Any]) -> int:
    """Of the rows of a table, in their order."""
    return zlib.crc32(repr(rows).encode())
