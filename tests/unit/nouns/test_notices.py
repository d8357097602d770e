"""Notices of connectors: each once, masked, and never more than memory holds."""

import pytest

from lienthong import notices
from lienthong.notices import Notices


def test_a_sentence_is_written_once_and_taken_once() -> None:
    collected = Notices()
    for text in ("a", "b", "a"):
        collected.add(text)
    assert collected.take() == ["a", "b"]
    collected.add("a")
    assert collected.take() == []


def test_personal_numbers_are_masked() -> None:
    collected = Notices()
    collected.add("danh sách 052085001234.xls: it is not read")
    (text,) = collected.take()
    assert "052085001234" not in text and ".xls" in text


def test_there_is_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_REMEMBERED", 3)
    collected = Notices()
    for number in range(10):
        collected.add(str(number))
    assert collected.take() == ["0", "1", "2"]
