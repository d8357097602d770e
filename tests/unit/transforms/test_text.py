"""Text: names that look the same compare as equal, and personal data is not quoted."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from transforms.text import clean, quote_value, table_key

VIETNAMESE = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyÀÁẢÃẠẶẪỆỐỢỮỲ -/0123456789\u00a0\u202f\t")


@given(VIETNAMESE)
def test_the_table_key_of_a_table_key_is_the_same(text: str) -> None:
    assert table_key(table_key(text)) == table_key(text)


@given(VIETNAMESE)
def test_composed_and_decomposed_text_have_the_same_table_key_and_clean_text(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert table_key(decomposed) == table_key(text)
    assert clean(decomposed) == clean(text)


def test_a_table_key_ignores_case_and_spaces_of_any_kind() -> None:
    assert table_key("  TRỰC\u00a0\u202fTIẾP \n") == table_key("Trực tiếp") == "trực tiếp"


def test_a_table_key_keeps_accents() -> None:
    assert table_key("Trực tuyến") != table_key("Truc tuyen")


def test_clean_text_keeps_its_case_and_has_single_spaces() -> None:
    assert clean("\u00a0Võ  Thu\u202fMai ") == "Võ Thu Mai"


def test_blank_text_and_other_values_have_no_clean_text() -> None:
    assert [clean(value) for value in ("", " \u00a0", None, 7, ["x"])] == [None] * 5


def test_an_invalid_date_is_quoted_for_the_operator() -> None:
    assert quote_value("31/13/2023 25:61") == "“31/13/2023 25:61”"


def test_personal_numbers_and_free_text_are_never_quoted() -> None:
    for personal in (
        "052085001234",
        "052 085\u00a0001 234",
        "211000001",
        "0912.345.678",
        "NGUYỄN VĂN MẪU",
        "Lan",
        ["052"],
    ):
        assert quote_value(personal) == "(giá trị không hiện ở đây)"
