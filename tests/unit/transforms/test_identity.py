"""Identity numbers: separators are ignored, and an uncertain number is unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.identity import clean_identity

SEPARATORS = [
    " ",
    "\u00a0",
    "\u202f",
    "\u2007",
    "\u200b",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\u00ad",
    ".",
    "-",
    "\u2011",
    "–",
    "\t",
]
NUMBERS = st.one_of(st.from_regex(r"[0-9]{9}", fullmatch=True), st.from_regex(r"[0-9]{12}", fullmatch=True)).filter(
    lambda number: int(number) > 1
)
GAPS = st.lists(st.text(alphabet=SEPARATORS, max_size=2), min_size=13, max_size=13)


@given(NUMBERS, GAPS)
def test_separators_are_ignored(number: str, gaps: list[str]) -> None:
    # The spaces between all digits distinguish it from a spreadsheet's ".0", which is tested below.
    text = gaps[-1] + " ".join(digit + gap for digit, gap in zip(number, gaps, strict=False))
    assert clean_identity(text) == number


@given(st.one_of(NUMBERS, st.text(), st.integers()))
def test_cleaning_twice_is_cleaning_once(raw: object) -> None:
    cleaned = clean_identity(raw)
    assert clean_identity(cleaned) == cleaned


@given(st.one_of(st.text(), st.integers(), st.none(), st.booleans(), st.floats(), st.lists(st.text())))
def test_the_result_is_nine_or_twelve_ascii_digits_or_unknown(raw: object) -> None:
    cleaned = clean_identity(raw)
    assert cleaned is None or (cleaned.isascii() and cleaned.isdigit() and len(cleaned) in (9, 12))


@given(NUMBERS)
def test_full_width_digits_count_by_their_value(number: str) -> None:
    assert clean_identity("".join(chr(0xFF10 + int(digit)) for digit in number)) == number


@given(st.integers(min_value=0).filter(lambda number: len(str(number)) not in (9, 12)))
def test_any_other_number_of_digits_is_unknown(number: int) -> None:
    assert clean_identity(number) is None
    assert clean_identity(str(number)) is None


@pytest.mark.parametrize(
    "raw",
    [
        "000000001",
        "0000 00001",
        "000000000",
        "000000000000",
        "52085001234",  # a lost leading zero is not restored
        "52085001234.0",  # the same number from a spreadsheet: not twelve digits
        "21139532.0",  # with the digit behind the point it would be nine
        "211395325.00",
        "5.2085E+10",
        "5,2085E+11",
        "'52085001234",
        "052085001234'5",
        "'",
        52085001234.0,
        True,
        None,
        "",
        "không có",
        "05208500123²",
        {"number": "052085001234"},
    ],
)
def test_a_placeholder_or_uncertain_number_is_unknown(raw: object) -> None:
    assert clean_identity(raw) is None


def test_a_number_given_as_an_integer_is_known() -> None:
    assert (clean_identity(211000001), clean_identity(112233445566)) == ("211000001", "112233445566")


@pytest.mark.parametrize("mark", ["'", "’", "‘", "´", " '", "\u200b'\ufeff", "''"])
@pytest.mark.parametrize("number", ["052085001234", "211395325"])
def test_an_apostrophe_in_front_is_no_part_of_a_number(mark: str, number: str) -> None:
    assert clean_identity(mark + number) == number


@pytest.mark.parametrize("mark", ["\u200b", "\u202d", "\u2066", "\ufe0f", "\u034f", "\U000e0031", "\x00", "\x85"])
def test_invisible_characters_are_no_part_of_a_number(mark: str) -> None:
    assert clean_identity(f"{mark}052085{mark}001234{mark}") == "052085001234"
