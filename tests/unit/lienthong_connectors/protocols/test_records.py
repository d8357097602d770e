"""JSON that is not quite JSON, and records of anything."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.connectors.protocols.json_text import read_json
from lienthong.connectors.protocols.paths import path_function
from lienthong.connectors.protocols.records import key_text, sound_record, text_of, unreadable_record
from lienthong.data.sound_data import Unwritable
from lienthong.data.unreadable import UNREADABLE_KEY

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
        ({"a": {"b": [1, {"c": Unwritable("NaN")}]}}, "a.b[1].c"),
        ({"a": "\ud83d"}, "a"),
        ({"a": {"\ud83d": 1}}, "a.\ufffd"),
        ({"a": 2**64}, "a"),
        ({"a": Unwritable("NaN")}, "a"),
    ],
)
def test_the_reason_names_the_field(body: Any, field: str) -> None:
    record = sound_record("letter.seen", body, path_function("a"), file="x.json", line=3)
    note = record.body[UNREADABLE_KEY]
    assert f"`{field}`" in note["reason"]
    assert (note["field"], note["file"], note["line"]) == (field, "x.json", 3)


@pytest.mark.parametrize(
    ("value", "kept", "reason"),
    [
        ("Nguy\udce5n", "Nguy\ufffdn", "0xE5"),
        ("Hà \ud83d", "Hà \ufffd", "U+D83D"),
        (2**64, "18446744073709551616", "số"),
        (10**5_000, f"{10**5_000:#x}", "số"),
        (Unwritable("1e400"), "1e400", "số"),
        (object(), None, "object"),
    ],
    ids=["byte", "half", "integer", "long integer", "fraction", "type"],
)
def test_what_can_be_kept_is_kept_so_that_an_operator_can_mend_it(value: object, kept: object, reason: str) -> None:
    record = sound_record("letter.seen", {"a": [value], "code": "L-1"}, path_function("code"))
    note = record.body[UNREADABLE_KEY]
    assert (record.key, record.body["a"], record.body["code"]) == ("L-1", [kept], "L-1")
    assert note["field"] == "a[0]"
    assert reason in note["reason"]
    orjson.dumps(record.body)


@pytest.mark.parametrize("levels", [300, 900])
def test_a_body_too_deep_to_travel_is_named_so(levels: int) -> None:
    body: Any = {"a": 1}
    for _ in range(levels):
        body = {"a": body}
    record = sound_record("letter.seen", body, no_key)
    assert "sâu" in record.body[UNREADABLE_KEY]["reason"]
    orjson.dumps([[[[record.body]]]])


def test_a_body_that_contains_itself_is_refused() -> None:
    body: dict[str, Any] = {}
    body["a"] = body
    assert "sâu" in sound_record("letter.seen", body, no_key).body[UNREADABLE_KEY]["reason"]


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
        (2**64, ""),
        ("k" * 6_000, "k" * 6_000),
    ],
)
def test_a_natural_key_is_text(value: object, key: str) -> None:
    assert key_text(value) == key


def test_a_field_that_is_a_list_is_no_key() -> None:
    assert text_of({"a": ["x"]}, "a") == ""


def test_a_record_of_what_could_not_be_read_states_why_and_where() -> None:
    record = unreadable_record("letter.seen", "hỏng", field="a", kept={"code": "L-1"}, line=3)
    assert record.key == ""
    assert record.body == {"code": "L-1", UNREADABLE_KEY: {"reason": "hỏng", "field": "a", "line": 3}}
