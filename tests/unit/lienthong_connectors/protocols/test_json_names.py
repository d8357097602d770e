"""Names that stand twice in one object: a record dies with the name, a reply is refused, and the same value is read."""

import json
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.connectors.protocols.http import Http
from lienthong.connectors.protocols.json_names import Doubled
from lienthong.connectors.protocols.json_text import read_json
from lienthong.connectors.protocols.records import sound_record
from lienthong.data.unreadable import UNREADABLE_KEY
from lienthong.errors import Transient

SPACES = {"compact": (",", ":"), "spaced": (", ", " : ")}

DOUBLED = {
    "code": ('{"code":"2","code":"9","rest":"kept"}', "code", ["2", "9"]),
    "deep": ('{"code":"2","a":[{"b":{"c":1,"c":2}}]}', "a[0].b.c", [1, 2]),
    "kinds": ('{"code":"2","x":1,"x":true}', "x", [1, True]),
    "object and list": ('{"code":"2","x":{"y":[]},"x":[]}', "x", [{"y": []}, []]),
    "three": ('{"code":"2","x":1,"x":1,"x":null}', "x", [1, 1, None]),
    "an escape": (r'{"code":"2","x":1,"\u0078":2}', "x", [1, 2]),
    "hidden by a colon": (r'{"code":"2","t":"\u003a","x":1,"x":2}', "x", [1, 2]),
}


@pytest.mark.parametrize("head", ["", "\ufeff"])
@pytest.mark.parametrize("name", DOUBLED)
def test_a_record_dies_with_the_name_and_all_its_values(name: str, head: str) -> None:
    text, field, values = DOUBLED[name]
    found = read_json(f'{head}{{"data":[{{"code":"1"}},{text},{{"code":"3"}}]}}'.encode())["data"]
    assert (found[0], found[2]) == ({"code": "1"}, {"code": "3"})
    record = sound_record("letter.seen", found[1], lambda body: body.get("code"))
    note = record.body[UNREADABLE_KEY]
    assert note["field"] == field
    assert f"`{field}`" in note["reason"]
    kept: Any = record.body
    for step in field.replace("[0]", ".0").split("."):
        kept = kept[int(step) if step.isdigit() else step]
    assert kept == values


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"data":[{"code":"1"}],"data":[]}', "data"),
        ('{"data":{"items":[{"code":"1"}],"items":[]}}', "items"),
        ('{"data":[],"next":"a","more":true,"next":"b"}', "next"),
        ('{"data":[{"code":"1}],"more":true,"more":false}', "more"),
    ],
)
def test_a_reply_with_a_name_twice_is_refused_with_the_name(text: str, name: str) -> None:
    with pytest.raises(Doubled, match=f"`{name}`"):
        read_json(text.encode())
    http = Http("iGate", transport=httpx.MockTransport(lambda _: httpx.Response(200, text=text)))
    with pytest.raises(Transient, match=f"iGate.*`{name}`"):
        http.call("GET", "http://127.0.0.1/")


def test_the_same_value_twice_hides_nothing() -> None:
    text = b'{"data":[{"code":"1","code":"1"},{"x":{"y":[1]},"x":{"y":[1]}}],"total":1,"total":1}'
    assert read_json(text) == {"data": [{"code": "1"}, {"x": {"y": [1]}}], "total": 1}


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(value=VALUES, style=st.sampled_from(sorted(SPACES)), ascii_only=st.booleans())
def test_sound_texts_of_every_form_are_read_as_they_are(value: Any, style: str, ascii_only: bool) -> None:
    try:
        orjson.dumps(value)
    except TypeError:  # half of a character
        return
    text = json.dumps([value], ensure_ascii=ascii_only, separators=SPACES[style])
    assert read_json(text.encode()) == json.loads(text)


@given(value=VALUES, style=st.sampled_from(sorted(SPACES)), ascii_only=st.booleans())
def test_a_doubled_name_is_never_missed(value: Any, style: str, ascii_only: bool) -> None:
    item, member = SPACES[style]
    try:
        orjson.dumps(value)
    except TypeError:
        return
    written = json.dumps(value, ensure_ascii=ascii_only, separators=SPACES[style])
    text = f'[{{"k"{member}{written}{item}"k"{member}"another value"}}]'
    record = sound_record("letter.seen", read_json(text.encode())[0], lambda body: body.get("code"))
    same = value == "another value"
    assert (UNREADABLE_KEY in record.body) is not same
