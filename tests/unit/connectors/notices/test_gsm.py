import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.notices.gsm import BASIC, EXTENSION, count_parts, foreign, unaccent, without_ascii_form

VOWELS = "aăâeêioôơuưy"
MARKS = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
VIETNAMESE = [unicodedata.normalize("NFC", vowel + mark) for vowel in VOWELS for mark in MARKS] + ["đ"]


def test_the_basic_table_has_the_128_positions_of_the_standard_but_the_escape():
    assert len(set(BASIC)) == len(BASIC) == 127
    assert len(set(EXTENSION)) == len(EXTENSION) == 10
    assert not set(BASIC) & set(EXTENSION)


@pytest.mark.parametrize("letter", VIETNAMESE)
def test_every_vietnamese_letter_loses_its_marks_whether_composed_or_not(letter):
    base = "d" if letter == "đ" else unicodedata.normalize("NFD", letter)[0]
    for form in ("NFC", "NFD"):
        assert unaccent(unicodedata.normalize(form, letter)) == base
        assert unaccent(unicodedata.normalize(form, letter.upper())) == base.upper()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Hồ sơ “đã được” tiếp nhận", 'Ho so "da duoc" tiep nhan'),
        ("07:00 – 11:30 — ‘sáng’", "07:00 - 11:30 - 'sang'"),
        ("UBND xã Ia\u00a0Grai…", "UBND xa Ia Grai..."),
        ("Ðăk Pơ", "Dak Po"),
        ("dòng 1\r\ndòng 2", "dong 1\ndong 2"),
        ("200 ₫ • 5 × 2", "200 d - 5 x 2"),
        ("nh\u00e2n d\u00e2n\u200b", "nhan dan"),
    ],
)
def test_text_becomes_what_a_keyboard_without_marks_would_write(text, plain):
    assert unaccent(text) == plain


def test_what_has_no_plain_form_is_named_before_it_is_left_out():
    assert unaccent("xong 🎉 Ж") == "xong  "
    assert without_ascii_form("xong 🎉 Ж 🎉 đã") == "🎉Ж"


@given(st.text())
def test_unaccented_text_is_always_in_the_alphabet_and_stays_as_it_is(text):
    plain = unaccent(text)
    assert not foreign(plain)
    assert unaccent(plain) == plain


@pytest.mark.parametrize(
    ("text", "parts", "room"),
    [
        ("", 1, 160),
        ("a" * 160, 1, 0),
        ("a" * 161, 2, 145),
        ("a" * 306, 2, 0),
        ("a" * 307, 3, 152),
        ("€" * 80, 1, 0),
        ("€" * 76 + "a" + "€" * 4, 2, 145),
        ("a" * 152 + "€" + "a" * 152, 3, 152),
    ],
)
def test_parts_in_7_bits_are_those_of_the_standard_and_never_split_an_escape(text, parts, room):
    counted = count_parts(text)
    assert (counted.parts, counted.room, counted.unicode) == (parts, room, False)


@pytest.mark.parametrize(
    ("text", "parts", "room"),
    [("đ" * 70, 1, 0), ("đ" * 71, 2, 63), ("đ" * 134, 2, 0), ("đ" * 135, 3, 66), ("đ" * 66 + "🎉" + "đ" * 66, 3, 66)],
)
def test_one_letter_outside_the_alphabet_makes_the_parts_shorter(text, parts, room):
    counted = count_parts(text)
    assert (counted.parts, counted.room, counted.unicode) == (parts, room, True)


@given(st.text(alphabet=BASIC + EXTENSION, max_size=700))
def test_parts_hold_the_text_and_one_part_less_would_not(text):
    counted = count_parts(text)
    each = 160 if counted.parts == 1 else 153
    assert counted.units <= counted.parts * each
    # A part has at most one septet unused, before an escaped character.
    assert counted.parts == 1 or counted.units > (counted.parts - 1) * (each - 1)
