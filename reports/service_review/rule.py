"""The review of services (đánh giá dịch vụ công): per procedure and channel, what became of the dossiers of a month."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from lienthong import Figure
from reports.population import Population
from reports.units import Units
from store.service_facts import Handled

CHANNELS: Mapping[str, str] = {
    "online": "Trực tuyến",
    "in_person": "Trực tiếp",
    "post": "Bưu chính công ích",
    "unknown": "Không rõ",
}
"""The channels in the order of the tables."""

_REFUSED, _WITHDRAWN, _STOPPED, _FINISHED = 3, 7, 8, (9, 10)
_MINUTE = timedelta(minutes=1)


class Outcome(NamedTuple):
    """What became of dossiers of a procedure and channel. `in_time` is of finished ones, `overdue` of running ones."""

    procedure: str
    channel: str
    state: str
    in_time: bool
    overdue: bool


@dataclass(slots=True)
class Review:
    """The dossiers of a month by what became of them.

    `times`: by procedure and channel, of how many the completion is dated, and the minutes that they took together.
    """

    population: Population[Outcome] = field(default_factory=Population)
    times: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


class Counts(NamedTuple):
    """Counts of dossiers. Of the finished ones `dated` have a completion, `minutes` after their acceptance in all."""

    accepted: int = 0
    finished: int = 0
    in_time: int = 0
    overdue: int = 0
    refused: int = 0
    withdrawn: int = 0
    stopped: int = 0
    dated: int = 0
    minutes: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(*(one + two for one, two in zip(self, other, strict=True)))


def review(dossiers: Iterable[Handled], units: Units, end: str) -> Review:
    """Take in the dossiers that units which were asked for received. `end`: of the period, as the store writes it."""
    found = Review()
    is_meant: dict[str | None, bool] = {}
    for one in dossiers:
        if one.agency not in is_meant:
            unit = units.receiver(one.agency)
            is_meant[one.agency] = units.scope.unit is None or (unit is not None and units.includes(unit))
        if not is_meant[one.agency]:
            continue
        outcome = _outcome(one, end)
        found.population.add(one.event_id, outcome)
        if one.procedure_name:
            found.names[one.procedure] = max(found.names.get(one.procedure, ""), one.procedure_name)
        if outcome.state == "finished" and one.completed_at:
            key = (outcome.procedure, outcome.channel)
            dated, minutes = found.times.get(key, (0, 0))
            found.times[key] = (dated + 1, minutes + _minutes(one.accepted_at, one.completed_at))
    return found


def by_procedure(found: Review) -> dict[str, dict[str, Counts]]:
    """By procedure, then by channel in the order of `CHANNELS`."""
    counts = {key: Counts(dated=dated, minutes=minutes) for key, (dated, minutes) in found.times.items()}
    for outcome, number in found.population.groups().items():
        key = (outcome.procedure, outcome.channel)
        counts[key] = counts.get(key, Counts()).plus(_counts(outcome, number))
    procedures: dict[str, dict[str, Counts]] = {}
    order = list(CHANNELS)
    for procedure, channel in sorted(counts, key=lambda key: (key[0], order.index(key[1]))):
        procedures.setdefault(procedure, {})[channel] = counts[procedure, channel]
    return procedures


def by_channel(procedures: Mapping[str, Mapping[str, Counts]]) -> dict[str, Counts]:
    """All procedures together, by channel; those without a dossier are left out."""
    totals = {channel: together(of[channel] for of in procedures.values() if channel in of) for channel in CHANNELS}
    return {channel: counts for channel, counts in totals.items() if counts.accepted}


def together(parts: Iterable[Counts]) -> Counts:
    """The sum of counts."""
    total = Counts()
    for part in parts:
        total = total.plus(part)
    return total


def proof(found: Review) -> dict[str, Figure]:
    """By the path of each figure, the events of the dossiers that it counts."""
    select, groups = found.population.select_groups, list(found.population.groups())
    by_path: dict[str, list[Outcome]] = {}
    for one in groups:
        for path in _paths(one):
            by_path.setdefault(path, []).append(one)
    figures = {}
    for path, of in by_path.items():
        finished = [one for one in of if one.state == "finished"]
        figures[f"{path}.accepted"] = Figure("Hồ sơ được tiếp nhận trong kỳ", select(of))
        in_time = select(one for one in finished if one.in_time)
        figures[f"{path}.in_time"] = Figure("Hồ sơ xong không muộn hơn ngày hẹn trả", in_time, select(finished))
    return figures


def _paths(one: Outcome) -> Iterator[str]:
    yield f"channels.{one.channel}"
    yield f"procedures.{one.procedure}.channels.{one.channel}"


def _outcome(one: Handled, end: str) -> Outcome:
    channel = one.channel if one.channel in CHANNELS else "unknown"
    state = _state(one.status)
    appointed = one.appointment_at
    in_time = state == "finished" and bool(appointed and one.completed_at and one.completed_at <= appointed)
    overdue = state == "running" and bool(appointed and appointed < end)
    return Outcome(one.procedure, channel or "unknown", state, in_time, overdue)


def _state(status: int | None) -> str:
    if status in _FINISHED:
        return "finished"
    return {_REFUSED: "refused", _WITHDRAWN: "withdrawn", _STOPPED: "stopped"}.get(status or 0, "running")


def _counts(one: Outcome, number: int) -> Counts:
    state = {one.state: number} if one.state != "running" else {}
    return Counts(accepted=number, in_time=number * one.in_time, overdue=number * one.overdue, **state)


def _minutes(start: str, end: str) -> int:
    return max(0, (datetime.fromisoformat(end) - datetime.fromisoformat(start)) // _MINUTE)
