"""Keys of tables: what looks the same to a person is the same key."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from lienthong import fold

VIETNAMESE = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyÀÁẢÃẠẶẪỆỐỢỮỲ -/0123456789\u00a0\u202f\t")


@given(st.text() | VIETNAMESE)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(VIETNAMESE)
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)


def test_case_and_spaces_of_any_kind_do_not_matter() -> None:
    assert fold("  TRỰC\u00a0\u202fTIẾP \n") == fold("Tr\u01b0\u0323c  tiê\u0301p ") == fold("Trực tiếp") == "trực tiếp"


def test_marks_and_letters_do_matter() -> None:
    assert fold("Trực tuyến") != fold("Truc tuyen")
