"""Keys of clients: their form, their check, and what is kept of them."""

import hashlib

import pytest

from lienthong.access.keys import DIGITS, LENGTH, PREFIX, is_key, make_key, marks_of


def test_a_key_has_43_random_characters_and_6_that_check_them() -> None:
    keys = {make_key() for _ in range(100)}
    assert len(keys) == 100
    for key in keys:
        assert len(key) == LENGTH == 57
        assert key.startswith(PREFIX)
        assert set(key.removeprefix(PREFIX)) <= set(DIGITS)
        assert is_key(key)


def test_a_slip_in_any_character_is_seen() -> None:
    key = make_key()
    for position in range(len(key)):
        other = "x" if key[position] != "x" else "y"
        assert not is_key(key[:position] + other + key[position + 1 :])


@pytest.mark.parametrize("text", ["", PREFIX, PREFIX * 9, "lt_live_" + "é" * 49, "\0" * LENGTH])
def test_what_is_no_key_is_none(text: str) -> None:
    assert not is_key(text)


def test_of_a_key_only_begin_end_and_digest_are_kept() -> None:
    key = make_key()
    marks = marks_of(key)
    assert (marks.begin, marks.end) == (key[:12], key[-4:])
    assert marks.digest == hashlib.sha256(key.encode()).hexdigest()
    assert str(marks) == f"{key[:12]}…{key[-4:]}"
