"""Routes and codes in plain words; and the queues of a configuration."""

from datetime import timedelta
from pathlib import Path

import pytest

from lienthong.configuration.codes import CODES, explain_code
from lienthong.configuration.explain import explain, timeline
from lienthong.configuration.load import load
from lienthong.retry import RetryPolicy
from lienthong.topology import make_topology, quarantine_queue

SECONDS = [timedelta(seconds=s) for s in (5, 30, 120)]


def test_a_route_is_told_in_the_order_an_event_meets_it(project: Path) -> None:
    settings, _ = load(project, {})
    lines = [(line.label, line.text) for line in explain(settings.routes["letters"], settings)]
    assert lines == [
        ("letters", "Letters become canonical and carry their addressee."),
        ("from", "office, asked every 1m: Letters as they arrive at an office"),
        ("when", 'data.kind != "secret"'),
        ("steps", "1. sample_parts.letters.canonical: A letter in our words"),
        (
            "",
            "2. sample_parts.letters.addressee: The letter with the name of who lives at its address"
            " (asks residents, once per bundle)",
        ),
        ("to", "archive (Keeps every letter)"),
        ("announce", "batches of CloudEvents on lienthong.events, for subscribers"),
        ("retry", "5s, 30s, 2m, 2m → dead after 5 tries, about 4m35s"),
    ]


def test_what_does_not_exist_is_told_as_unknown(project: Path) -> None:
    (project / "config/sources/office.yaml").unlink()
    (project / "config/sinks/archive.yaml").unlink()
    path = project / "routes/letters.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("letters.canonical", "letters.gone"), encoding="utf-8")
    settings, _ = load(project, {})
    told = {line.label: line.text for line in explain(settings.routes["letters"], settings)}
    assert told["from"] == "office (unknown)"
    assert told["to"] == "archive (unknown)"
    assert told["steps"] == "1. sample_parts.letters.gone: unknown"


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        (RetryPolicy(tuple(SECONDS), 3, timedelta(hours=1)), "5s, 30s → dead after 3 tries, about 35s"),
        (RetryPolicy(tuple(SECONDS), 1, timedelta(hours=1)), "none → dead after 1 try"),
        (RetryPolicy(tuple(SECONDS), 9, timedelta(minutes=2)), "5s, 30s → dead after 3 tries, about 35s"),
        (
            RetryPolicy(tuple(SECONDS), 20, timedelta(days=1)),
            "5s, 30s, 2m, 2m, 2m, 2m, 2m, ..., 2m → dead after 20 tries, about 34m35s",
        ),
        (RetryPolicy(), "5s, 30s, 2m, 10m, 1h, 6h → dead after 7 tries, about 7h12m"),
    ],
)
def test_a_retry_is_told_as_a_timeline(policy: RetryPolicy, told: str) -> None:
    assert timeline(policy) == told


def test_every_code_can_be_explained_in_a_paragraph() -> None:
    assert explain_code("lt203") == f"LT203: {CODES['LT203'].title}. {CODES['LT203'].why}"
    assert explain_code("LT999") is None
    for meaning in CODES.values():
        assert not meaning.title.endswith(".")
        assert meaning.why.endswith(".")


def test_every_route_and_sink_has_a_queue_and_every_rung_its_place(project: Path) -> None:
    topology = make_topology(load(project, {})[0])
    assert topology.queues == ["route.letters", "sink.archive"]
    assert topology.quarantines == [quarantine_queue(queue) for queue in topology.queues]
    assert topology.rungs == [*SECONDS, timedelta(minutes=10)]
    assert topology.exchange == "lienthong.events"
