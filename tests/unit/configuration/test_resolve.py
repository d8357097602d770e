"""A route's names become the functions and the lookups of its pipeline."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from lienthong.configuration.faults import Mismatch
from lienthong.configuration.resolve import make_pipeline
from lienthong.envelope import Envelope
from lienthong.outcome import Done
from lienthong.ports import Found
from lienthong.route import Apply, Enrich, Route, SinkCondition
from lienthong.settings import Settings

NOW = datetime(2023, 11, 15, tzinfo=UTC)


class Addresses:
    """A lookup that knows one key."""

    def find_many(self, keys: Sequence[str]) -> Found:
        return {key: "Hoa" for key in keys if key == "1"}


def letter(name: str, **data: Any) -> Envelope:
    return Envelope(name, "office.letter", "office", name, NOW, NOW, data)


def test_a_route_becomes_a_pipeline_with_its_parameters_bound() -> None:
    steps = (
        Apply("sample_parts.letters.canonical", {"kinds": "kinds", "longest": "5s"}),
        Enrich("sample_parts.letters.addressee", "sample_parts.letters.addresses", "book", {"missing": "ai đó"}),
    )
    route = Route("letters", "x", "office", 'data.kind != "secret"', steps, ("archive",))
    settings = Settings(tables={"kinds": {"thư": "letter"}})
    pipeline = make_pipeline(route, settings, {"book": Addresses()})
    known, unknown = pipeline.run([letter("a", kind="thư", address="1"), letter("b", kind="thư", address="2")])
    assert isinstance(known, Done)
    assert known.envelope.data == {"kind": "letter", "address": "1", "seconds": 5.0, "pages": [1, 2], "to": "Hoa"}
    assert isinstance(unknown, Done)
    assert unknown.envelope.data["to"] == "ai đó"


def test_a_route_that_names_nothing_becomes_no_pipeline() -> None:
    route = Route("letters", "x", "office", None, (Apply("sample_parts.letters.nothing"),), ())
    with pytest.raises(Mismatch, match="LT304"):
        make_pipeline(route, Settings(), {})


def test_the_conditions_of_sinks_name_their_stages() -> None:
    route = Route(
        name="letters",
        description="x",
        source="office",
        when=None,
        steps=(),
        to=("archive", "sms"),
        conditions=(SinkCondition("sms", "data.urgent"),),
    )
    urgent, other = make_pipeline(route, Settings(), {}).run([letter("a", urgent=True), letter("b", urgent=False)])
    assert urgent == Done(letter("a", urgent=True), to=("sink.archive", "sink.sms"))
    assert other == Done(letter("b", urgent=False), to=("sink.archive",))


def test_a_route_without_conditions_selects_no_sinks() -> None:
    route = Route(name="letters", description="x", source="office", when=None, steps=(), to=("archive", "sms"))
    assert make_pipeline(route, Settings(), {}).run([letter("a")]) == [Done(letter("a"))]
