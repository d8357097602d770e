"""Whatever a source yields costs its own record, and never the process or the records beside it."""

from collections.abc import Iterator
from datetime import date
from types import MappingProxyType
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.adapters.clock import ReplayClock
from lienthong.data.sound_data import KEY_LIMIT
from lienthong.data.unreadable import UNREADABLE_KEY
from lienthong.envelope import Envelope
from lienthong.errors import BrokenSource
from lienthong.intake.page_batcher import batch_pages
from lienthong.intake.record_envelope import NO_TYPE, TYPE_LIMIT, make_envelope
from lienthong.ports import Page, Record
from tests.events import DAY

GOOD = Record("letter.seen", "L-1", {"code": "L-1"})


class Hostile:
    @property
    def body(self) -> object:
        raise ZeroDivisionError


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def enveloped(record: Any) -> tuple[Envelope, Any]:
    """The envelope of a record, and the note in its data, if there is one."""
    envelope = make_envelope("post", record, DAY)
    data = envelope.data_dict()
    assert envelope.data_json() == orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
    assert len(envelope.subject) <= KEY_LIMIT and 0 < len(envelope.type) <= TYPE_LIMIT
    assert "\0" not in envelope.subject + envelope.type
    return envelope, data.get(UNREADABLE_KEY)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"a": [{"b": 10**23}]}, "a[0].b"),
        ({"a": -(2**63) - 1}, "a"),
        ({"a": "\ud83d"}, "a"),
        ({"a": object()}, "a"),
        ({"a": {1, 2}}, "a"),
        ({"a": b"x"}, "a"),
        ({"a": {5: 1}}, None),
        ({"a": deep(300)}, "a"),
        ({"a": deep(900)}, "a"),
        ({"a": deep(242)}, "a"),
    ],
)
def test_a_body_that_cannot_be_written_is_noted_by_field_and_keeps_its_key(body: Any, field: str | None) -> None:
    envelope, note = enveloped(Record("letter.seen", "L-1", body))
    assert (envelope.type, envelope.subject) == ("letter.seen", "L-1")
    assert note["reason"]
    if field:
        assert note["field"] == field


@pytest.mark.parametrize("body", [[1], "text", b"bytes", 5, None, object(), deep(300)])
def test_a_body_that_is_no_object_is_noted(body: Any) -> None:
    _, note = enveloped(Record("letter.seen", "L-1", body))
    assert note["reason"]


@pytest.mark.parametrize("record", [None, 5, {"type": "letter.seen"}, Hostile(), object()])
def test_what_is_no_record_is_noted(record: Any) -> None:
    envelope, note = enveloped(record)
    assert (envelope.type, envelope.subject) == (NO_TYPE, "")
    assert type(record).__name__ in note["reason"]


@pytest.mark.parametrize("key", [5, b"L-1", ["L-1"], "L-\ud83d"])
def test_a_key_that_is_no_text_is_noted(key: Any) -> None:
    envelope, note = enveloped(Record("letter.seen", key, {"code": "L-1"}))
    assert envelope.subject == ""
    assert note["reason"]


@pytest.mark.parametrize("kind", [None, 5, "", "x" * (TYPE_LIMIT + 1), "a\0", "\ud83d"])
def test_a_type_that_cannot_be_kept_is_noted(kind: Any) -> None:
    envelope, note = enveloped(Record(kind, "L-1", {"code": "L-1"}))
    assert (envelope.type, envelope.subject) == (NO_TYPE, "L-1")
    assert note["reason"]


@pytest.mark.parametrize(
    ("key", "body", "field"),
    [
        ("k" * 501, {"a": "b", "code": "k" * 501}, "code"),
        ("k" * 6_000 + "/20231101", {"day": "20231101", "no": " " + "k" * 6_000}, "no"),
        ("k" * 6_000, {"letter": {"codes": ["x", "k" * 6_000]}}, "letter.codes[1]"),
    ],
)
def test_a_key_that_is_too_long_is_noted_with_its_field_and_the_bound(key: str, body: Any, field: str) -> None:
    envelope, note = enveloped(Record("letter.seen", key, body))
    assert envelope.subject == ""
    assert note["field"] == field
    assert str(KEY_LIMIT) in note["reason"] and f"`{field}`" in note["reason"]
    assert envelope.data_dict().items() >= body.items()


def test_a_long_key_that_stands_in_no_field_is_noted_all_the_same() -> None:
    _, note = enveloped(Record("letter.seen", "k" * 501, {"code": "x"}))
    assert str(KEY_LIMIT) in note["reason"] and "field" not in note


@pytest.mark.parametrize(
    ("record", "subject"),
    [
        (Record("letter.seen", "k" * KEY_LIMIT, {"code": "x"}), "k" * KEY_LIMIT),
        (Record("letter.seen", "a\0b", {"code": "x"}), "a\ufffdb"),
        (Record("letter.seen", "", {"code": "x"}), ""),
        (Record("letter.seen", "L-1", MappingProxyType({"code": "x"})), "L-1"),
        (Record("letter.seen", "L-1", {"code": date(2023, 11, 15)}), "L-1"),
        (Record("letter.seen", "L-1", {"code": [[]] * 300}), "L-1"),
        (Record("letter.seen", "L-1", {"code": 2**64 - 1}), "L-1"),
        (Record("letter.seen", None, {"code": "x"}), ""),  # type: ignore[arg-type]  # what a careless source gives
    ],
)
def test_what_can_be_received_is_received(record: Record, subject: str) -> None:
    envelope, note = enveloped(record)
    assert (envelope.subject, note) == (subject, None)


def test_the_note_of_a_source_stays() -> None:
    note = {"reason": "hỏng", "field": "a"}
    assert enveloped(Record("letter.seen", "k" * 600, {UNREADABLE_KEY: note}))[1] == note


@pytest.mark.parametrize(
    ("page", "word"),
    [
        (5, "int"),
        (Page("text", {}), "str"),  # type: ignore[arg-type]  # what a careless source gives
        (Page({"a": 1}, {}), "dict"),  # type: ignore[arg-type]  # what a careless source gives
        (Page(5, {}), "int"),  # type: ignore[arg-type]  # what a careless source gives
        (Page([GOOD], 5), "int"),  # type: ignore[arg-type]  # what a careless source gives
        (Page([GOOD], {"after": 10**30}), "after"),
        (Page([GOOD], {"after": object()}), "after"),
        (Page([GOOD], {"after": deep(300)}), "after"),
    ],
)
def test_what_is_no_page_ends_the_poll_after_the_pages_before(page: Any, word: str) -> None:
    batches = batch_pages("post", iter([Page([GOOD], {"page": 1}), page]), ReplayClock(DAY))
    first = next(batches)
    assert ([one.subject for one in first.envelopes], first.cursor) == (["L-1"], {"page": 1})
    with pytest.raises(BrokenSource, match=word):
        next(batches)


LEAVES: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.binary() | st.text()
)
STRANGE = (
    st.just("\ud800") | st.builds(object) | st.builds(deep, st.just(250)) | st.builds(pow, st.just(10), st.just(5_000))
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    LEAVES | STRANGE,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text() | st.integers(), inner, max_size=3)
        | st.sets(st.integers(), max_size=2)
    ),
    max_leaves=6,
)


@given(kind=ANYTHING, key=ANYTHING | st.text(min_size=400, max_size=600), body=ANYTHING)
def test_anything_becomes_an_envelope_beside_a_good_one(kind: Any, key: Any, body: Any) -> None:
    def pages() -> Iterator[Page]:
        yield Page([Record(kind, key, body), GOOD], {"page": 1})

    (batch,) = batch_pages("post", pages(), ReplayClock(DAY))
    assert batch.envelopes[1] == make_envelope("post", GOOD, DAY)
    enveloped(Record(kind, key, body))
