"""Text: what looks the same to a person is the same to us, and what is personal is not shown."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from lienthong.settings import fold as key_of_tables
from transforms.text import clean, fold, shown

VIETNAMESE = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyÀÁẢÃẠẶẪỆỐỢỮỲ -/0123456789\u00a0\u202f\t")


@given(VIETNAMESE)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(VIETNAMESE)
def test_composed_and_decomposed_text_fold_and_clean_to_the_same(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert fold(decomposed) == fold(text)
    assert clean(decomposed) == clean(text)


@given(VIETNAMESE)
def test_the_engine_folds_the_keys_of_tables_just_as_the_transforms_fold_names(text: str) -> None:
    assert key_of_tables(text) == fold(text)


def test_case_and_spaces_of_any_kind_do_not_matter_to_a_fold() -> None:
    assert fold("  TRỰC\u00a0\u202fTIẾP \n") == fold("Trực tiếp") == "trực tiếp"


def test_marks_and_letters_do_matter_to_a_fold() -> None:
    assert fold("Trực tuyến") != fold("Truc tuyen")


def test_clean_text_keeps_its_case_and_single_spaces() -> None:
    assert clean("\u00a0Võ  Thu\u202fMai ") == "Võ Thu Mai"


def test_blank_text_and_what_is_no_text_are_nothing() -> None:
    assert [clean(value) for value in ("", " \u00a0", None, 7, ["x"])] == [None] * 5


def test_a_broken_date_is_shown_to_the_operator() -> None:
    assert shown("31/13/2023 25:61") == "“31/13/2023 25:61”"


def test_numbers_of_persons_and_free_text_are_never_shown() -> None:
    for personal in (
        "052085001234",
        "052 085\u00a0001 234",
        "211000001",
        "0912.345.678",
        "NGUYỄN VĂN MẪU",
        "Lan",
        ["052"],
    ):
        assert shown(personal) == "(giá trị không hiện ở đây)"
