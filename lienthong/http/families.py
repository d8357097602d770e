"""Figures as families of Prometheus: their names, their units, their labels.

Names follow Prometheus' conventions: base units, `_total` for what only grows, moments in place of ages. Labels are
names of the configuration and fixed words alone: no event, no subject, no host, no text.

What did not happen at a stage (a retry, a death, a halt) has no series, so that many stages cost few.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import datetime
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from lienthong.operations.figures import Figures
from lienthong.settings import Settings
from lienthong.topology import route_queue, sink_queue

OTHER = "other"
"""The label of everything that has no label of its own: stages that were removed, rare errors."""

MAX_ERRORS = 5
"""Errors that each stage has apart: those by which most letters died."""

_USUAL = "done"
STAGE_VERDICTS = (_USUAL, "dropped", "dead")
_Labels = tuple[str, ...]


def gauge(name: str, text: str, values: Mapping[Any, float], labels: _Labels = ()) -> GaugeMetricFamily:
    """A family of figures that rise and fall."""
    family = GaugeMetricFamily(f"lienthong_{name}", text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def counter(name: str, text: str, values: Mapping[Any, float], labels: _Labels = ()) -> CounterMetricFamily:
    """A family of figures that only rise. `_total` is added to the name."""
    family = CounterMetricFamily(f"lienthong_{name}", text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def asked_stages(settings: Settings) -> Set[str]:
    """The stages of the routes that are asked."""
    return {route_queue(route.name) for route in settings.routes.values() if route.origin.door == "request"}


def ledger_families(
    figures: Figures, sources_of_routes: Mapping[str, str], stages: Iterable[str], asked: Set[str]
) -> Iterator[Any]:
    """What the ledger has: by source, by stage, by dead letter.

    `asked` are the stages of requests. A question ends at its route and is counted where it is asked, by its status; so
    of these stages only what is there has figures: their dead letters.
    """
    known = {*stages}
    verdicts, balance = figures.ledger.verdicts, figures.ledger.balance
    sources = {account: balance.sources[account] for account in balance.sources if _is_configured(account, figures)}
    yield counter(
        "events_received",
        "Events received from a source.",
        {(name,): account.received for name, account in sources.items()},
        ("source",),
    )
    yield counter(
        "events",
        "Verdicts of routes on events; a route has one source.",
        {
            (source, route, verdict): verdicts.get((route_queue(route), verdict), 0)
            for route, source in sources_of_routes.items()
            if route_queue(route) not in asked
            for verdict in STAGE_VERDICTS
            if verdict == _USUAL or verdicts.get((route_queue(route), verdict))
        },
        ("source", "route", "verdict"),
    )
    yield counter(
        "deliveries",
        "Verdicts of sinks on events.",
        {
            (stage.removeprefix(sink_queue("")), verdict): verdicts.get((stage, verdict), 0)
            for stage in sorted(known)
            if stage.startswith(sink_queue(""))
            for verdict in STAGE_VERDICTS
            if verdict == _USUAL or verdicts.get((stage, verdict))
        },
        ("sink", "verdict"),
    )
    retried = _of_stages(verdicts, known - asked, "later")
    yield counter("retries", "Attempts after which an event waits.", retried, ("stage",))
    letters = _letters(figures, known)
    yield gauge("dead_letters", "Dead letters by what became of them.", letters, ("stage", "state"))
    yield counter("dead_letters", "Events that died, by error.", _deaths(figures, known), ("stage", "code"))
    difference = {(name,): account.difference for name, account in sources.items()}
    yield gauge("balance_difference", "Events of a source that are not accounted for.", difference, ("source",))
    yield gauge("balance_faults", "Sentences of the balance that name a fault.", {(): len(balance.faults)})
    verified = {(): figures.verified.at.timestamp()} if figures.verified.at else {}
    yield gauge("ledger_verified_timestamp_seconds", "When the ledger was verified last.", verified)


def _letters(figures: Figures, known: set[str]) -> dict[_Labels, float]:
    return {key: float(count) for key, count in figures.ledger.letters.items() if count and key[0] in known}


def _is_configured(source: str, figures: Figures) -> bool:
    return any(view.name == source for view in figures.sources)


def _of_stages(verdicts: Mapping[tuple[str, str], int], known: set[str], verdict: str) -> dict[_Labels, float]:
    return {(stage,): count for stage in sorted(known) if (count := verdicts.get((stage, verdict)))}


def _deaths(figures: Figures, known: set[str]) -> dict[_Labels, float]:
    """By stage, its most frequent errors. An error that was kept apart may later be counted as `other`."""
    found: Counter[_Labels] = Counter()
    apart: Counter[str] = Counter()
    for (stage, error), count in sorted(figures.ledger.deaths.items(), key=lambda item: (-item[1], item[0])):
        of_stage = stage if stage in known else OTHER
        has_room = stage in known and apart[stage] < MAX_ERRORS and error.isidentifier()
        apart[stage] += has_room
        found[of_stage, error if has_room else OTHER] += count
    return dict(found)


def queue_families(figures: Figures, stages: Iterable[str], asked: Set[str]) -> Iterator[Any]:
    """What waits at the stages, since when, and whether anything takes it.

    At the stages of requests (`asked`) only replays of dead letters do, so they have figures while something waits.
    """
    status = {one.stage: one for one in figures.ledger.stages}
    stages = [stage for stage in stages if stage not in asked or (stage in status and status[stage].open_events)]
    messages: dict[_Labels, float] = {}
    for stage in sorted(stages):
        open_events, waiting = (status[stage].open_events, status[stage].waiting) if stage in status else (0, 0)
        messages[stage, "ready"] = max(open_events - waiting, 0)
        if waiting:
            messages[stage, "waiting"] = waiting
    yield gauge("queue_messages", "Events without a final verdict at a stage.", messages, ("stage", "state"))
    oldest = {(s,): one.oldest.timestamp() for s in sorted(stages) if (one := status.get(s)) and one.oldest}
    text = "When the oldest open event of a stage was received."
    yield gauge("queue_oldest_timestamp_seconds", text, oldest, ("stage",))
    here = {*stages}
    down = {(one.stage,): 1.0 for one in figures.conditions if one.stage in here and one.down_since}
    halted = {(one.stage,): 1.0 for one in figures.conditions if one.stage in here and one.halted_since}
    yield gauge("breaker_state", "1 while the target of a stage counts as down.", down, ("stage",))
    yield gauge("stage_halted", "1 while a stage has stopped itself.", halted, ("stage",))
    yield gauge("processes", "Processes that serve this ledger.", {(): figures.processes})
    yield gauge("broker_up", "1 while the broker answers.", {(): float(figures.broker_answers)})
    consumers = {(s,): figures.broker[s].consumers for s in sorted(stages) if s in figures.broker}
    yield gauge("stage_consumers", "Consumers of a stage's queue on RabbitMQ.", consumers, ("stage",))


def alarm_families(figures: Figures) -> Iterator[Any]:
    """The alarms that sinks of the project have raised and that are open."""
    counts: dict[_Labels, float] = {(one.sink, one.alarms.name): one.alarms.count for one in figures.alarms}
    yield gauge("sink_alarms", "Open alarms that a sink has raised.", counts, ("sink", "alarm"))
    oldest = {(one.sink, one.alarms.name): one.alarms.oldest.timestamp() for one in figures.alarms}
    text = "Since when the oldest open alarm of a sink is open."
    yield gauge("sink_alarm_oldest_timestamp_seconds", text, oldest, ("sink", "alarm"))


def source_families(figures: Figures) -> Iterator[Any]:
    """How the sources are."""
    views = [view for view in figures.sources if view.state != "disabled"]
    faulty = {(view.name,): float(not view.is_faulty) for view in views}
    yield gauge("source_up", "0 while an operator has to look after a source.", faulty, ("source",))
    moments = (
        ("source_last_event_timestamp_seconds", "When the last new event came.", "new_at"),
        ("source_last_poll_timestamp_seconds", "When the last poll ended.", "ended_at"),
        ("source_last_success_timestamp_seconds", "When the last poll without an error ended.", "success_at"),
    )
    for name, text, attribute in moments:
        found: dict[_Labels, datetime | None] = {(view.name,): getattr(view.status, attribute) for view in views}
        yield gauge(name, text, {key: at.timestamp() for key, at in found.items() if at}, ("source",))
    pushed = {(view.name,): view.pushes for view in views if view.pushes}
    yield counter(
        "inbox_pushes", "Pushes recorded.", {key: float(one.pushes) for key, one in pushed.items()}, ("source",)
    )
    refused = {key: float(one.refused) for key, one in pushed.items()}
    yield counter("inbox_refused_pushes", "Pushes not recorded.", refused, ("source",))
    moments_of_pushes = {key: one.pushed_at.timestamp() for key, one in pushed.items() if one.pushed_at}
    text = "When the last push was recorded."
    yield gauge("inbox_last_push_timestamp_seconds", text, moments_of_pushes, ("source",))
