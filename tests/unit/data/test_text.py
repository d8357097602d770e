"""Text that is compared: what looks equal is equal, and what is clean stays as it is."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong import clean_text, fold
from lienthong.data.text import drop_invisible

INVISIBLE = (
    *("\u00ad", "\u034f", "\u061c", "\u115f", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202a"),
    *("\u202e", "\u2060", "\u2064", "\u2066", "\u2069", "\u206f", "\u3164", "\ufe00", "\ufe0f", "\ufeff", "\uffa0"),
    *("\ufff9", "\ufffe", "\uffff", "\U000e0001", "\U000e0041", "\U000e007f", "\U000e0100", "\x00", "\x07", "\x1b"),
    *("\x7f", "\x80", "\x9f"),
)
SPACES = (
    "\u00a0",
    "\u1680",
    "\u2003",
    "\u2007",
    "\u2009",
    "\u2028",
    "\u202f",
    "\u205f",
    "\u3000",
    "\u2800",
    "\t",
    "\n",
    "\x85",
)
CLEAN = (
    "H08.CC.000001",
    "000.00.31.H08-231107-00001",
    "Sở Y tế",
    "NGUYỄN VĂN MẪU",
    "a-b_c/d",
    "漢字",
    "😀",
    "\ufffd",
    "",
)


@pytest.mark.parametrize("mark", INVISIBLE, ids=lambda mark: f"U+{ord(mark):04X}")
@pytest.mark.parametrize("text", ["H08.12", "Sở Nội vụ"])
def test_an_invisible_character_anywhere_does_not_matter(mark: str, text: str) -> None:
    for place in range(len(text) + 1):
        assert clean_text(text[:place] + mark + text[place:]) == text
        assert fold(text[:place] + mark + text[place:]) == fold(text)


@pytest.mark.parametrize("space", SPACES, ids=lambda space: f"U+{ord(space):04X}")
def test_white_space_of_any_kind_is_one_space_and_none_at_the_ends(space: str) -> None:
    assert clean_text(f"{space}Sở{space}{space}Y tế{space}") == "Sở Y tế"


@pytest.mark.parametrize("text", CLEAN)
def test_clean_text_stays_as_it_is(text: str) -> None:
    assert clean_text(text) == text == drop_invisible(text)


def test_accents_are_composed_also_when_a_mark_stands_before_them() -> None:
    assert clean_text(unicodedata.normalize("NFD", "Đặng Thị Huệ")) == "Đặng Thị Huệ"
    assert clean_text("e\u034f\u0302\u200b\u0323") == "ệ"


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned == cleaned.strip()
    assert unicodedata.is_normalized("NFC", cleaned)


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_letters_digits_and_signs_are_never_lost(text: str) -> None:
    kept = [sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign)[0] in "LNPS"]
    expected = [sign for sign in kept if drop_invisible(sign).strip()]
    found = [sign for sign in clean_text(text) if unicodedata.category(sign)[0] in "LNPS"]
    assert unicodedata.normalize("NFC", "".join(found)) == unicodedata.normalize("NFC", "".join(expected))
