"""The message catalogue: complete, up to date, and usable in both languages."""

import string

import pytest

from lienthong.messages import Message, format_number, in_ledger_language, message, message_n, use_ledger_language
from tests.house import catalogue


def test_every_message_of_the_code_has_a_vietnamese_translation() -> None:
    assert catalogue.untranslated(catalogue.make_catalogue()) == []


def test_the_catalogue_has_the_messages_of_the_code_and_no_others() -> None:
    """Run `make messages` when this fails."""
    catalog = catalogue.make_catalogue()
    assert catalogue.as_po(catalog) == catalogue.PO.read_bytes()
    assert catalogue.as_mo(catalog) == catalogue.MO.read_bytes()


def test_a_translation_uses_the_values_of_its_message() -> None:
    for entry in catalogue.load_catalogue():
        for text in entry.string if isinstance(entry.string, tuple | list) else [entry.string]:
            assert _names(text) == _names(entry.id if isinstance(entry.id, str) else entry.id[1]), entry.id


def _names(text: str) -> set[str | None]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:  # a sentence about braces: it takes no values, so it is never formatted
        return set()


def test_a_message_is_in_the_language_of_the_reader_and_in_the_ledger_in_that_of_the_project(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", "en")
    inner = Message("an inner sentence")
    outer = message("{inner} in an outer one", inner=inner)
    assert str(outer) == outer.render("en") == "an inner sentence in an outer one"
    use_ledger_language("en")
    try:
        assert in_ledger_language(outer) == "an inner sentence in an outer one"
        assert type(in_ledger_language(outer)) is str
    finally:
        use_ledger_language("vi")
    assert in_ledger_language("dữ liệu") == "dữ liệu"


@pytest.mark.parametrize(("language", "written"), [("vi", "1.234.567"), ("en", "1,234,567")])
def test_numbers_are_written_as_each_language_does(
    monkeypatch: pytest.MonkeyPatch, language: str, written: str
) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", language)
    assert format_number(1234567) == written
    assert format_number(1234567.25, decimals=1) == written + (",2" if language == "vi" else ".2")
    assert message_n("{count} thing", "{count} things", count=1234567).startswith(written)


def test_an_unknown_language_is_vietnamese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", "tlh")
    assert format_number(1000) == "1.000"
