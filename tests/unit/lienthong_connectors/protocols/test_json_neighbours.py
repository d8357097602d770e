"""Lists of which one element's quotation marks are not in pairs: its neighbours are read, and it keeps its text."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.connectors.protocols.json_text import read_json
from lienthong.connectors.protocols.records import sound_record
from lienthong.data.sound_data import Unwritable
from lienthong.data.unreadable import UNREADABLE_KEY

GOOD = [{"code": str(number), "note": 'a "[{,:" \\', "fees": [{"a": 1}, {"a": 2}]} for number in range(4)]

BROKEN = {
    "no closing mark": '{"code":"8, "fees":[{"a":1},{"a":2}],"z":{"y":"x"}}',
    "no opening mark": '{"code":8","fees":[{"a":1},{"a":2}]}',
    "no mark at the end": '{"fees":[{"a":1},{"a":2}],"code":"8}',
    "a mark too many": '{"code":"8"","fees":[]}',
    "a name without its mark": '{"code:"8","fees":[{"a":1}]}',
    "a mark within a text": '{"code":"số "8" đường","fees":[]}',
}


def wrap(elements: list[str], form: str) -> bytes:
    spaced = ",\n ".join(elements) if form == "spaced" else ",".join(elements)
    around = {"list": "[%s]", "spaced": '{ "data" : [ %s ] }', "deep": '{"data":{"items":[%s],"total":3},"ok":true}'}
    return (around[form] % spaced).encode()


def elements_of(value: Any) -> Any:
    while isinstance(value, dict):
        value = value.get("data", value.get("items"))
    return value


@pytest.mark.parametrize("form", ["list", "spaced", "deep"])
@pytest.mark.parametrize("at", range(5))
@pytest.mark.parametrize("name", BROKEN)
def test_a_record_with_a_broken_mark_dies_alone_with_its_text(name: str, at: int, form: str) -> None:
    texts = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in GOOD]
    texts.insert(at, BROKEN[name])
    found = elements_of(read_json(wrap(texts, form)))
    bad = found.pop(at)
    assert found == GOOD
    record = sound_record("letter.seen", bad, lambda body: body.get("code"))
    # Marks that are in pairs show which members are broken.
    assert record.body == {
        **record.body,
        **({"fees": []} if BROKEN[name].count('"') % 2 == 0 else {"value": BROKEN[name]}),
    }
    assert "không phải JSON" in record.body[UNREADABLE_KEY]["reason"]


def test_two_broken_records_do_not_hide_the_one_between_them() -> None:
    one, two, three, four, five = ('{"c":"1"}', '{"c":"2}', '{"c":"3"}', '{"c":"4}', '{"c":"5"}')
    found = read_json(wrap([one, two, three, four, five], "deep"))["data"]["items"]
    assert [found[0], found[2], found[4]] == [{"c": "1"}, {"c": "3"}, {"c": "5"}]
    assert [found[1].text, found[3].text] == [two, four]


def test_a_broken_element_of_a_list_in_a_record_costs_that_element() -> None:
    found = read_json(b'[{"c":"1"},{"c":"2","fees":[{"a":"1},{"b":"2"}],"z":1},{"c":"3"}]')
    assert found[0] == {"c": "1"}
    assert found[2] == {"c": "3"}
    assert (found[1]["c"], found[1]["z"]) == ("2", 1)
    assert found[1]["fees"] == [Unwritable('{"a":"1}', "syntax"), {"b": "2"}]


@pytest.mark.parametrize(
    "text",
    [
        '[{"c":"1"},{"c":"2},{"c":"3"}',
        '{"data":[{"c":"1"}],"next":"x}',
        '{"data":[{"c":"2},{"c":"3"}],"next:"x"}',
    ],
    ids=["cut off", "mark of the reply", "mark of both"],
)
def test_where_an_end_is_not_certain_the_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_json(text.encode())


@pytest.mark.parametrize("bad", ['{"c":"2,"f":[1,2}', '{"c":"2}}'], ids=["brackets not in pairs", "a bracket too many"])
def test_marks_and_brackets_may_be_missing_from_one_record(bad: str) -> None:
    before, broken, after = read_json(f'[{{"c":"1"}},{bad},{{"c":"3"}}]'.encode())
    assert (before, after) == ({"c": "1"}, {"c": "3"})
    assert broken == Unwritable(bad, "syntax")


def test_thousands_of_broken_records_are_read_or_refused_without_reading_all_again_for_each() -> None:
    texts = [json.dumps(GOOD[0])] * 3_000
    texts[::3] = ['{"code":"8, "fees":[{"a":1},{"a":2}]}'] * 1_000
    found = read_json(wrap(texts, "deep"))["data"]["items"]
    assert sum(isinstance(one, Unwritable) for one in found) == 1_000
    with pytest.raises(ValueError):
        read_json(b'[{"a":"1},' * 20_000)


RECORDS = st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.lists(st.integers(), max_size=2), min_size=1)


@given(record=RECORDS, data=st.data())
def test_whichever_mark_is_missing_the_neighbours_are_never_changed(
    record: dict[str, Any], data: st.DataObject
) -> None:
    text = json.dumps(record, ensure_ascii=False)
    marks = [place for place, sign in enumerate(text) if sign == '"' and text[place - 1] != "\\"]
    at = data.draw(st.sampled_from(marks))
    before, after = {"code": "1", "n": 1}, {"code": "3", "n": 3}
    try:
        found = read_json(f"[{json.dumps(before)}, {text[:at]}{text[at + 1 :]}, {json.dumps(after)}]".encode())
    except ValueError:  # a bracket within a text: its end is not certain
        return
    assert found[0] == before
    assert found[-1] == after or isinstance(found[-1], Unwritable)
