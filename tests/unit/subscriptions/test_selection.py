"""What a subscription gets of an event: masked data, chosen fields, and no way to find out what is masked."""

from collections.abc import Mapping

import orjson

from lienthong.configuration.condition_check import compile_condition
from lienthong.masking import PersonalKeys
from lienthong.subscriptions.ports import Announcement
from lienthong.subscriptions.selection import Selection
from lienthong.topology import announcement_bundles
from tests.events import DAY, event

PERSONAL: Mapping[str, PersonalKeys] = {"test.event": {"filer": "name", "identity": "identity"}}


def _announcement() -> Announcement:
    events = [event(f"A-{number}", filer="Lê Văn An", identity="052085000123", fee=number) for number in range(3)]
    (bundle,) = announcement_bundles(events)
    return Announcement(7, DAY, "route.shop", "test.event", 3, bundle.body())


def _data(selection: Selection, first: int = 0) -> list[object]:
    chosen = selection.select(_announcement(), first)
    return [orjson.loads(one.body)["data"] if one else None for one in chosen]


def test_personal_data_is_masked_unless_it_may_be_seen() -> None:
    masked = _data(Selection(personal=PERSONAL))[0]
    text = str(masked)
    assert "Lê Văn An" not in text
    assert "052085000123" not in text
    assert _data(Selection(in_clear=True))[0] == {
        "name": "A-0",
        "filer": "Lê Văn An",
        "identity": "052085000123",
        "fee": 0,
    }


def test_a_condition_sees_no_more_than_the_subscriber() -> None:
    condition = compile_condition('data.identity == "052085000123"')
    assert _data(Selection(condition, personal=PERSONAL)) == [None, None, None]
    assert None not in _data(Selection(condition, in_clear=True))


def test_where_it_is_not_known_what_is_personal_every_text_is_hidden() -> None:
    assert "A-0" not in str(_data(Selection(personal={"test.event": None}))[0])


def test_fields_are_left_out_or_kept() -> None:
    only = Selection(field_rule="only", fields=frozenset({"fee"}), in_clear=True)
    assert _data(only) == [{"fee": 0}, {"fee": 1}, {"fee": 2}]
    without = Selection(field_rule="without", fields=frozenset({"filer", "identity"}), in_clear=True)
    assert _data(without)[0] == {"name": "A-0", "fee": 0}


def test_what_is_not_changed_is_the_line_of_the_announcement() -> None:
    bundle = _announcement()
    for first in (0, 1):
        chosen = list(Selection(in_clear=True).select(bundle, first))
        assert [one.body for one in chosen if one] == [
            line.removeprefix(b",") for line in bundle.body.split(b"\n")[1:-1]
        ][first:]
        assert [(one.number, one.position) for one in chosen if one] == [(7, place) for place in range(first, 3)]


def test_a_selection_of_fields_keeps_the_envelope() -> None:
    (first, *_) = Selection(field_rule="only", fields=frozenset({"fee"}), in_clear=True).select(_announcement())
    assert first is not None
    whole = next(Selection(in_clear=True).select(_announcement()))
    assert whole is not None
    assert {**first.event, "data": None} == {**whole.event, "data": None}
