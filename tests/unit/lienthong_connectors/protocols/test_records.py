"""JSON that is not quite JSON, and records of anything."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.connectors.protocols.json_text import Unwritable, read_json
from lienthong.connectors.protocols.paths import path_function
from lienthong.connectors.protocols.records import KEY_LIMIT, key_text, sound_record, text_of, unreadable_record

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def no_key(body: object) -> object:
    return None


@given(value=JSON)
def test_what_json_can_carry_is_read_as_it_is(value: Any) -> None:
    assert read_json(json.dumps(value).encode()) == value


@given(value=JSON, at=st.integers(0, 40), byte=st.binary(max_size=2))
def test_any_bytes_are_read_or_refused_and_their_record_can_always_be_written(value: Any, at: int, byte: bytes) -> None:
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    try:
        found = read_json(text[:at] + byte + text[at:])
    except ValueError:
        return
    record = sound_record("letter.seen", found, no_key)
    orjson.dumps(record.body)
    orjson.dumps(record.key)


@pytest.mark.parametrize("text", [b"", b"{", b"[" * 100_000, b"nul", b"\xff", b'{"a": 1}x'])
def test_what_no_reader_understands_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):
        read_json(text)


def test_a_number_in_a_text_is_no_number() -> None:
    assert read_json(b'["12345678901234567890123", 1]') == ["12345678901234567890123", 1]
    assert isinstance(read_json(b"[12345678901234567890123]")[0], Unwritable)
    assert read_json(b"[18446744073709551615, -9223372036854775808]") == [2**64 - 1, -(2**63)]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"a": {"b": [1, {"c": Unwritable("NaN")}]}}, "a.b.c"),
        ({"a": "\ud83d"}, "a"),
        ({"a": {"\ud83d": 1}}, "a"),
        ({"a": 2**64}, "a"),
        ({"a": Unwritable("NaN")}, "a"),
    ],
)
def test_the_reason_names_the_field(body: Any, field: str) -> None:
    record = sound_record("letter.seen", body, path_function("a"), file="x.json", line=3)
    assert f"`{field}`" in record.body["unreadable"]
    assert {**record.body, "unreadable": ""} == {"unreadable": "", "file": "x.json", "line": 3}


def test_a_body_too_deep_to_travel_is_named_so() -> None:
    body: Any = {"a": 1}
    for _ in range(300):
        body = {"a": body}
    assert "sâu" in sound_record("letter.seen", body, no_key).body["unreadable"]


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (" L-1 ", "L-1"),
        (5, "5"),
        (["H08", 5], "H08/5"),
        (["H08", None], ""),
        ([], ""),
        ([["a"]], ""),
        (True, ""),
        (0.5, ""),
        (None, ""),
        ({}, ""),
        ("\ud83d", ""),
        ("k" * KEY_LIMIT, "k" * KEY_LIMIT),
        ("k" * (KEY_LIMIT + 1), ""),
        (["k" * KEY_LIMIT, "k"], ""),
    ],
)
def test_a_natural_key_is_short_text(value: object, key: str) -> None:
    assert key_text(value) == key


def test_a_field_that_is_a_list_is_no_key() -> None:
    assert text_of({"a": ["x"]}, "a") == ""


def test_a_record_of_what_could_not_be_read_has_no_key() -> None:
    record = unreadable_record("letter.seen", "hỏng", line=3)
    assert (record.key, record.body) == ("", {"unreadable": "hỏng", "line": 3})
