"""Replies of which one piece cannot be read: its neighbours are read all the same."""

import json
import time
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.connectors.protocols.json_text import read_json
from lienthong.connectors.protocols.records import sound_record
from lienthong.data.sound_data import Unwritable
from lienthong.data.unreadable import UNREADABLE_KEY

GOOD_BEFORE, GOOD_AFTER = {"code": "1", "note": 'a "[{,:" \\'}, {"code": "3"}

PIECES = {
    "no literal": ("undefined", "không phải JSON"),
    "single quotes": ("'x'", "không phải JSON"),
    "leading zero": ("007", "không phải JSON"),
    "bad escape": (r'"\x41"', "không phải JSON"),
    "nothing": ("", "không phải JSON"),
    "two values": ("1 2", "không phải JSON"),
    "NaN": ("NaN", "số"),
    "infinity": ("-Infinity", "số"),
    "beyond a float": ("1e400", "số"),
    "23 digits": ("98765432109876543210987", "số"),
    "19 negative digits": ("-9999999999999999999", "số"),
    "whole figure with a fraction": ("98765432109876543210987.5", "số"),
    "400 digits": ("9" * 400, "số"),
    "5000 digits": ("9" * 5_000, "số"),
    "half a pair": (r'"\ud83d"', "U+D83D"),
    "300 levels": ("[" * 300 + "]" * 300, "sâu"),
    "900 levels": ('{"a":' * 900 + "1" + "}" * 900, "sâu"),
    "5000 levels": ("[" * 5_000 + "]" * 5_000, "sâu"),
    "100000 levels": ('[{"a":' * 50_000 + "1" + "}]" * 50_000, "sâu"),
}


def read_records(reply: bytes) -> list[Any]:
    elements = read_json(reply)["data"]["items"]
    return [sound_record("letter.seen", element, lambda body: body.get("code")) for element in elements]


def reply_with(value: str) -> str:
    bad = f'{{"code": "2", "fees": [{{"amount": {value}}}], "rest": "kept"}}'
    return f'{{"data": {{"items": [{json.dumps(GOOD_BEFORE)}, {bad}, {json.dumps(GOOD_AFTER)}], "total": 3}}}}'


@pytest.mark.parametrize("name", PIECES)
def test_one_piece_costs_its_own_record_and_is_named(name: str) -> None:
    value, why = PIECES[name]
    before, bad, after = read_records(reply_with(value).encode())
    assert (before.body, after.body) == (GOOD_BEFORE, GOOD_AFTER)
    note = bad.body[UNREADABLE_KEY]
    assert note["field"] == ("fees" if why == "sâu" else "fees[0].amount")
    assert why in note["reason"]
    assert (bad.key, bad.body["rest"]) == ("2", "kept")
    orjson.dumps(bad.body)


@pytest.mark.parametrize("encoding", ["cp1258", "latin-1"])
def test_a_byte_of_another_encoding_is_named(encoding: str) -> None:
    _, bad, _ = read_records(reply_with('"Nguyên"').encode(encoding))
    assert "0xEA" in bad.body[UNREADABLE_KEY]["reason"]
    assert bad.body["fees"] == [{"amount": "Nguy\ufffdn"}]


@pytest.mark.parametrize("head", ["\ufeff", ""])
def test_marks_before_the_text_and_raw_control_characters_are_passed_over(head: str) -> None:
    raw = "".join(chr(code) for code in range(32))
    text = f'{head}{{"data": {{"items": [{{"code": "1", "note": "{raw}"}}]}}}}'
    encodings = ["utf-8", "utf-16"] if head else ["utf-8"]
    for encoding in encodings:
        (record,) = read_records(text.removeprefix("\ufeff" if encoding == "utf-16" else "").encode(encoding))
        assert record.body == {"code": "1", "note": raw}


@pytest.mark.parametrize("size", [1, 5, 20, 60, 100])
def test_a_text_that_was_cut_off_is_refused_as_a_whole(size: int) -> None:
    with pytest.raises(ValueError):
        read_json(reply_with("NaN").encode()[:size])


def test_a_broken_name_and_broken_elements_are_found() -> None:
    found = read_json(b'{"items": [1, oops, {name: 5}, {"a" 5}, {"b": [1,], "c": 2,}]}')["items"]
    assert found[0] == 1
    assert isinstance(found[1], Unwritable)
    assert isinstance(found[2]["name"], Unwritable)
    assert found[4] == {"b": [1], "c": 2}


def test_many_broken_pieces_are_read_in_time_that_grows_with_their_number() -> None:
    found = read_json(b'{"items": [' + b",".join([b'{"a": [{"b": x}]}'] * 5_000) + b"]}")["items"]
    assert len(found) == 5_000
    assert all(isinstance(one["a"][0]["b"], Unwritable) for one in found)


@pytest.mark.slow
def test_a_long_reply_of_broken_records_takes_seconds_and_not_minutes() -> None:
    record = '{"a": x, "b": "' + "p" * 3_000 + '"}'
    text = ('{"items": [' + ",".join([record] * 5_000) + "]}").encode()
    began = time.process_time()
    assert len(read_json(text)["items"]) == 5_000
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "text",
    [
        '{"items": [' + ",".join(['{"a": x}'] * 60_000) + "]}",
        '{"a":[' * 10 + "1," * 1_000 + "x" + "]}" * 10,
    ],
    ids=["many", "read again at each level"],
)
@pytest.mark.slow
def test_a_reply_of_which_too_much_is_broken_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(ValueError, match="too many pieces"):
        read_json(text.encode())


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(value=VALUES, at=st.integers(0, 60), byte=st.binary(min_size=1, max_size=1))
def test_a_flipped_byte_is_read_refused_or_costs_its_record(value: Any, at: int, byte: bytes) -> None:
    text = json.dumps({"code": "2", "x": value}, ensure_ascii=False).encode()
    spoilt = text[: at % len(text)] + byte + text[at % len(text) + 1 :]
    reply = b'{"data": {"items": [{"code": "1"}, ' + spoilt + b', {"code": "3"}]}}'
    try:
        records = read_records(reply)
    except ValueError:  # brackets or quotation marks are no longer in pairs
        return
    assert records[0].body == {"code": "1"}
    for record in records:
        orjson.dumps([[record.body, record.key]])
