"""What every source promises, as functions of a stand; a new source adds a stand to test_sources.py."""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Protocol

import orjson

from lienthong.ports import Cursor, Record, Source
from tests.fake_systems import SECRETS, poll_completely, poll_until_failure


class Stand(Protocol):
    """An outside system one can disturb. Everything it shows carries its own text under `mark`."""

    def source(self) -> Source:
        """A new source that reads this system."""

    def show(self, count: int) -> set[str]:
        """The system shows so many objects more; their marks."""

    def show_broken(self) -> set[str]:
        """The system shows an object without a key; its mark."""

    def down(self, after: int) -> None:
        """After so many requests (or files) more, the system no longer answers well."""

    def up(self) -> None:
        """The system is well again."""


def marks(records: Iterable[Record]) -> set[str]:
    return {record.body["mark"] for record in records if "mark" in record.body}


def everything_shown_is_read(stand: Stand) -> None:
    shown = stand.show(7)
    records, _ = poll_completely(stand.source(), {})
    assert shown <= marks(records)


def what_comes_later_is_read_from_the_cursor(stand: Stand) -> None:
    stand.show(3)
    _, cursor = poll_completely(stand.source(), {})
    for _ in range(3):
        later = stand.show(4)
        records, cursor = poll_completely(stand.source(), cursor)
        assert later <= marks(records)


def a_poll_with_nothing_new_ends_and_keeps_its_place(stand: Stand) -> None:
    stand.show(2)
    _, cursor = poll_completely(stand.source(), {})
    _, again = poll_completely(stand.source(), cursor)
    assert again == cursor
    assert stand.show(1) <= marks(poll_completely(stand.source(), again)[0])


def a_cursor_is_a_small_json_object(stand: Stand) -> None:
    shown = stand.show(5)
    records, cursor = [], {}
    for page in stand.source().poll(cursor):
        records.extend(page.records)
        cursor = orjson.loads(orjson.dumps(page.cursor))
        assert isinstance(page.cursor, Mapping)
        assert cursor == page.cursor
        assert len(orjson.dumps(cursor)) < 1000
    assert shown <= marks(records)
    assert stand.show(2) <= marks(poll_completely(stand.source(), cursor)[0])


def a_failure_midway_repeats_and_never_skips(stand: Stand) -> None:
    stand.show(2)
    _, cursor = poll_completely(stand.source(), {})
    for after in range(8):
        shown = stand.show(3)
        stand.down(after)
        before, cursor, _ = poll_until_failure(stand.source(), cursor)
        stand.up()
        rest, cursor = poll_completely(stand.source(), cursor)
        assert shown <= marks(before) | marks(rest)


def a_first_poll_that_fails_midway_never_skips(stand: Stand) -> None:
    for after in range(8):
        shown = stand.show(5)
        stand.down(after)
        before, cursor, _ = poll_until_failure(stand.source(), {})
        stand.up()
        rest, _ = poll_completely(stand.source(), cursor)
        assert shown <= marks(before) | marks(rest)


def a_system_that_is_down_is_transient_and_the_cursor_stays(stand: Stand) -> None:
    stand.show(2)
    _, cursor = poll_completely(stand.source(), {})
    stand.down(0)
    for known in ({}, cursor):
        records, after, failure = poll_until_failure(stand.source(), known)
        assert failure is not None
        assert (records, after) == ([], known)
        assert failure.why
        assert not failure.why.isascii(), "operators read Vietnamese"
        assert not any(secret in str(failure) for secret in SECRETS)
    stand.up()
    poll_completely(stand.source(), cursor)


def a_source_owns_no_state(stand: Stand) -> None:
    shown = stand.show(4)
    source = stand.source()
    first, cursor = poll_completely(source, {})
    second, _ = poll_completely(source, {})
    assert shown <= marks(first)
    assert shown <= marks(second)
    later = stand.show(2)
    assert later <= marks(poll_completely(source, cursor)[0])
    assert later <= marks(poll_completely(stand.source(), cursor)[0])


def a_poll_given_up_by_the_reader_does_no_harm(stand: Stand) -> None:
    shown = stand.show(6)
    source = stand.source()
    next(iter(source.poll({})))
    assert shown <= marks(poll_completely(source, {})[0])


def a_crash_between_two_pages_never_skips(stand: Stand) -> None:
    """What a page contains and the cursor it carries are recorded together, or not at all."""
    shown: set[str] = set()
    recorded: set[str] = set()
    cursor: Cursor = {}
    for count in range(6):
        shown |= stand.show(3)
        poll = iter(stand.source().poll(cursor))
        for page in islice(poll, count):
            recorded |= marks(page.records)
            cursor = orjson.loads(orjson.dumps(page.cursor))
        next(poll, None)  # this page is lost with the process
        del poll
        rest, cursor = poll_completely(stand.source(), cursor)
        recorded |= marks(rest)
        assert shown <= recorded


def broken_content_is_passed_on_and_not_judged(stand: Stand) -> None:
    broken, shown = stand.show_broken(), stand.show(2)
    records, _ = poll_completely(stand.source(), {})
    assert broken | shown <= marks(records)
    assert {record.key for record in records if record.body.get("mark") in broken} == {""}


def a_record_has_a_type_a_key_and_a_json_body(stand: Stand) -> None:
    stand.show(3)
    records, _ = poll_completely(stand.source(), {})
    assert len({record.type for record in records}) == 1
    assert all(record.type and isinstance(record.key, str) for record in records)
    assert all(orjson.loads(orjson.dumps(record.body)) == record.body for record in records)


CONTRACT: tuple[Callable[[Stand], None], ...] = (
    everything_shown_is_read,
    what_comes_later_is_read_from_the_cursor,
    a_poll_with_nothing_new_ends_and_keeps_its_place,
    a_cursor_is_a_small_json_object,
    a_failure_midway_repeats_and_never_skips,
    a_first_poll_that_fails_midway_never_skips,
    a_system_that_is_down_is_transient_and_the_cursor_stays,
    a_source_owns_no_state,
    a_poll_given_up_by_the_reader_does_no_harm,
    a_crash_between_two_pages_never_skips,
    broken_content_is_passed_on_and_not_judged,
    a_record_has_a_type_a_key_and_a_json_body,
)
