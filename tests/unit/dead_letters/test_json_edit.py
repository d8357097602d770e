"""Edits by path and of masked text, and their display without personal data."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.dead_letters.json_edit import masked_diff, parse_object, restore_masked, set_values
from lienthong.dead_letters.model import NotAllowed
from lienthong.envelope import canonical_json
from lienthong.masking import HIDDEN, PersonalKeys, mask_data

PERSONAL: PersonalKeys = {"fullname": "name"}
DATA: dict[str, Any] = {
    "code": "H36.1",
    "applicant": {"fullname": "Nguyễn Văn A", "identity": "001099012345"},
    "papers": [{"name": "đơn"}, {"name": "bản sao"}],
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**13), 10**13) | st.text(max_size=14),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["fullname", "a", "b"]), inner),
    max_leaves=8,
)


def test_values_are_set_by_path_as_json_or_as_text() -> None:
    changed = set_values(DATA, ["code=H36.2", "papers.1.name=“sao”", "applicant.age=41", "returned=null"])
    assert (changed["code"], changed["papers"][1]["name"], changed["applicant"]["age"]) == ("H36.2", "“sao”", 41)
    assert changed["returned"] is None
    assert DATA["code"] == "H36.1"


@pytest.mark.parametrize("setting", ["code", "=1", "nowhere.x=1", "papers.2.name=x", "papers.x=1", "code.x=1"])
def test_a_path_that_does_not_exist_is_refused(setting: str) -> None:
    with pytest.raises(NotAllowed):
        set_values(DATA, [setting])


def test_a_file_must_contain_an_object() -> None:
    assert parse_object(b'{"a": 1}') == {"a": 1}
    with pytest.raises(NotAllowed, match="dòng 1"):
        parse_object(b"{")
    with pytest.raises(NotAllowed, match="đối tượng"):
        parse_object(b"[1]")


def test_a_value_that_is_still_masked_becomes_the_original() -> None:
    shown = mask_data(DATA, PERSONAL)
    assert shown["applicant"]["fullname"] == HIDDEN
    shown["code"] = "H36.2"
    assert restore_masked(shown, DATA, PERSONAL) == {**DATA, "code": "H36.2"}


def test_a_masked_value_in_another_place_is_refused() -> None:
    shown = mask_data(DATA, PERSONAL)
    shown["code"] = shown["applicant"]["identity"]
    with pytest.raises(NotAllowed, match="`code`"):
        restore_masked(shown, DATA, PERSONAL)


@given(json_values, st.sampled_from([None, PERSONAL, {}]))
def test_masking_and_restoring_gives_the_original(data: Any, personal: PersonalKeys | None) -> None:
    assert restore_masked(mask_data(data, personal), data, personal) == data


def test_a_diff_shows_the_change_and_no_personal_data() -> None:
    after = set_values(DATA, ["code=H36.2", "applicant.fullname=Trần Thị B", "applicant.identity=001099999345"])
    lines = list(masked_diff(DATA, after, PERSONAL))
    text = "\n".join(lines)
    assert '-  "code": "H36.1"' in text and '+  "code": "H36.2"' in text
    assert f"{HIDDEN} (cũ)" in text and f"{HIDDEN} (mới)" in text
    assert "001••••••345 (mới)" in text
    for personal in ("Nguyễn", "Trần", "001099012345", "001099999345"):
        assert personal not in text


@given(json_values, json_values)
def test_every_change_has_a_line_in_the_diff(before: Any, after: Any) -> None:
    lines = list(masked_diff({"x": before}, {"x": after}, PERSONAL))
    assert bool(lines) or canonical_json(before) == canonical_json(after) or before == after  # True == 1 in Python


def test_without_knowing_which_keys_are_personal_all_text_is_hidden() -> None:
    shown = mask_data({"a": "b", "n": 5, "long": 1099012345, "empty": "", "inside": [{"c": "d"}]}, None)
    assert shown == {"a": HIDDEN, "n": 5, "long": HIDDEN, "empty": "", "inside": [{"c": HIDDEN}]}


def test_a_number_of_a_person_without_quotes_is_masked() -> None:
    assert mask_data({"phone": 912345678, "fee": 1500000, "ok": True}, PERSONAL) == {
        "phone": "912•••678",
        "fee": 1500000,
        "ok": True,
    }
