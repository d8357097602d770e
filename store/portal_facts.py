"""What indicators need to know of the national portal's dossiers, one by one, so that a month of any size fits."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, String, and_, cast, func, select
from sqlalchemy.dialects.postgresql import JSON

from store import tables
from store.instants import format_instant, parse_instant

_WAITING = 5
"""TrangThaiHoSo 5: a supplement is awaited (yêu cầu bổ sung giấy tờ)."""

_OF_HISTORY = (
    *("fee", "online_payment", "result_file", "components", "vneid_authenticated"),
    *("supplements", "rejected_at"),
)
"""What only the history has of a dossier: keys of `dossier.v1`."""

_REMEMBERED = 100_000
"""Most dossiers are like another one: what the history has of so many kinds is read once."""


class Facts(NamedTuple):
    """What conditions ask of a dossier. Two dossiers with the same facts are judged alike.

    `in_time`: processed no later than appointed; None where one of the two dates is missing. `in_time_so_far`: the same
    of a dossier that may still be running, at the end of a period; None without an appointment.
    """

    channel: str | None = None
    status: int | None = None
    has_fee: bool = False
    online_payment: int | None = None
    result_file: bool = False
    components: bool = False
    all_digitised: bool = False
    any_digitised: bool = False
    any_reused: bool = False
    any_from_store: bool = False
    vneid: bool = False
    in_time: bool | None = None
    in_time_so_far: bool | None = None


class PortalDossier(NamedTuple):
    """A dossier: the event of its newest version, its code, its acceptance as the store writes it, and its facts."""

    event_id: str
    code: str
    accepted_at: str
    facts: Facts


def portal_dossiers(
    connection: Connection, source: str, periods: Sequence[tuple[datetime, datetime]]
) -> Iterator[PortalDossier]:
    """The dossiers that were accepted in `periods`, which follow each other and are `[start, end)` each, in any order.

    A dossier whose history was removed still counts; what only the history contains of it is unknown.
    """
    dossiers, versions = tables.dossiers.c, tables.dossier_versions
    newest = and_(*(versions.c[name] == dossiers[name] for name in ("source", "code", "event_id")))
    ends = [format_instant(end) for _, end in periods]
    columns = ("event_id", "code", "accepted_at", "channel", "status", "appointment_at", "completed_at")
    query = (
        select(*(dossiers[name] for name in columns), _of_history(connection.dialect.name))
        .select_from(tables.dossiers.outerjoin(versions, newest))
        .where(
            dossiers.source == source,
            dossiers.accepted_at >= format_instant(periods[0][0]),
            dossiers.accepted_at < ends[-1],
        )
    )
    rows: Iterable[Any] = connection.execute(query, execution_options={"yield_per": 5_000})
    known: dict[str | None, dict[str, Any]] = {}
    facts: dict[tuple[object, ...], Facts] = {}
    for event_id, code, accepted_at, channel, status, appointed, completed, text in rows:
        history = known.get(text)
        if history is None:
            if len(known) >= _REMEMBERED:
                known.clear()
                facts.clear()
            history = known[text] = dict(zip(_OF_HISTORY, orjson.loads(text or b"[]"), strict=False))
        in_time = None if appointed is None or completed is None else completed <= appointed
        end = ends[bisect_right(ends, accepted_at)]
        so_far = _in_time_so_far(history, status, (appointed, completed), end)
        key = (text, channel, status, in_time, so_far)
        one = facts.get(key)
        if one is None:
            one = facts[key] = _facts(history, channel, status, (in_time, so_far))
        yield PortalDossier(event_id, code, accepted_at, one)


def facts_of(data: Mapping[str, Any], end: str) -> Facts:
    """The facts of a dossier as `dossier.v1` has it, its instants as the store writes them, at the end of a period."""
    dates = (data.get("appointment_at"), data.get("completed_at"))
    in_time = None if dates[0] is None or dates[1] is None else dates[1] <= dates[0]
    so_far = _in_time_so_far(data, data.get("status"), dates, end)
    return _facts(data, data.get("channel"), data.get("status"), (in_time, so_far))


def _of_history(dialect: str) -> ColumnElement[str]:
    """The values of `_OF_HISTORY` as the text of a JSON list: the database reads the JSON faster than we do."""
    data = tables.dossier_versions.c.data
    if dialect == "postgresql":
        # Not as JSONB: that refuses escapes which a history may hold.
        values = cast(data, JSON)
        return cast(func.json_build_array(*(values[name] for name in _OF_HISTORY)), String)
    return func.json_extract(data, *(f"$.{name}" for name in _OF_HISTORY))


def _facts(
    data: Mapping[str, Any], channel: str | None, status: int | None, in_time: tuple[bool | None, bool | None]
) -> Facts:
    papers = data.get("components") or ()
    return Facts(
        channel,
        status,
        bool(data.get("fee")),
        data.get("online_payment"),
        bool(data.get("result_file")),
        bool(papers),
        bool(papers) and all(paper["digitised"] for paper in papers),
        any(paper["digitised"] for paper in papers),
        any(paper["reused"] or paper["from_store"] for paper in papers),
        any(paper["from_store"] for paper in papers),
        bool(data.get("vneid_authenticated")),
        *in_time,
    )


def _in_time_so_far(
    data: Mapping[str, Any], status: int | None, dates: tuple[str | None, str | None], end: str
) -> bool | None:
    """Formula 2.1 of the index: a dossier may be supplemented once, and the wait for it does not count."""
    appointed, completed = dates
    if appointed is None:
        return None
    refused_at = data.get("rejected_at")
    ended = completed or (format_instant(refused_at) if refused_at else end)
    supplements: Sequence[Mapping[str, str | None]] = data.get("supplements") or ()
    if not supplements:
        return ended <= appointed
    requested, received = supplements[0]["requested_at"], supplements[0]["received_at"]
    if len(supplements) > 1:
        return False
    if requested is None:
        return ended <= appointed
    if status == _WAITING or received is None:
        return format_instant(requested) <= appointed
    waited = datetime.fromisoformat(received) - datetime.fromisoformat(requested)
    return parse_instant(ended) - waited <= parse_instant(appointed)
