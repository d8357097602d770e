"""Replies in which brackets of one record are not in pairs: its neighbours are read all the same."""

import json
from typing import Any

import pytest

from lienthong.connectors.protocols.json_text import read_json


def record(number: int) -> dict[str, Any]:
    return {
        "code": f"{number}",
        "note": 'a "[{,:" \\',
        "fees": [{"amount": 1, "by": {"name": "x"}}, {"amount": 2}],
        "n": 1,
    }


RECORDS = [record(number) for number in range(6)]
TEXTS = [json.dumps(one) for one in RECORDS]


def outside_texts(text: str) -> list[int]:
    """The positions in a text that stand in no string of it."""
    positions, inside, escaped = [], False, False
    for at, sign in enumerate(text):
        if not inside:
            positions.append(at)
        if sign == '"' and not escaped:
            inside = not inside
        escaped = sign == "\\" and not escaped
    return positions


MISSING = [TEXTS[2][:at] + TEXTS[2][at + 1 :] for at in outside_texts(TEXTS[2]) if TEXTS[2][at] in "[]{}"]
DOUBLED = [TEXTS[2][:at] + sign + TEXTS[2][at:] for at in outside_texts(TEXTS[2]) for sign in "[]{}"]


def reply(texts: list[str]) -> bytes:
    return f'{{"seen": [], "data": {{"pages": [1], "items": [{", ".join(texts)}], "total": 6}}}}'.encode()


def assert_neighbours_are_read(texts: list[str], at: int) -> None:
    data = read_json(reply(texts))["data"]
    assert (data["total"], data["pages"]) == (6, [1])
    assert [*data["items"][:at], *data["items"][at + 1 :]] == [*RECORDS[:at], *RECORDS[at + 1 :]]


@pytest.mark.parametrize("at", [0, 2])
@pytest.mark.parametrize("kind", ["missing", "doubled"])
def test_a_bracket_that_is_missing_or_too_many_costs_its_own_record(kind: str, at: int) -> None:
    spoilt = MISSING if kind == "missing" else DOUBLED
    assert len(spoilt) > 9
    for text in spoilt:
        assert_neighbours_are_read([*TEXTS[:at], text.replace('"2"', f'"{at}"'), *TEXTS[at + 1 :]], at)


@pytest.mark.parametrize("text", MISSING)
def test_the_last_record_may_be_the_broken_one(text: str) -> None:
    assert_neighbours_are_read([*TEXTS[:5], text.replace('"2"', '"5"')], 5)


def test_a_missing_comma_costs_nothing() -> None:
    text = reply(TEXTS).replace(b'}, {"code": "3"', b'} {"code": "3"')
    assert read_json(text)["data"]["items"] == RECORDS


def test_several_records_may_be_broken() -> None:
    items = read_json(reply([*TEXTS[:1], TEXTS[1][:-1], TEXTS[2], TEXTS[3].replace("]", ""), *TEXTS[4:]]))["data"][
        "items"
    ]
    assert [items[0], items[2], *items[4:]] == [RECORDS[0], RECORDS[2], *RECORDS[4:]]


@pytest.mark.parametrize("whole", [reply(TEXTS), json.dumps({"items": RECORDS}).encode(), json.dumps(RECORDS).encode()])
def test_a_reply_that_was_cut_off_is_refused_wherever_it_was_cut(whole: bytes) -> None:
    for size in range(len(whole)):
        with pytest.raises(ValueError, match=r"."):
            read_json(whole[:size])
