"""The table of competent agencies: which row counts, for every combination of what is known."""

import pytest

from tests.unit.transforms.recorded_events import load_table
from transforms.competent_agencies import agency_forms, competent_agency
from transforms.text import table_key

ROWS = {
    table_key(key): value
    for key, value in {
        "Thủ tục 1.000656": "P",
        "thủ tục 1.000656, cơ quan H08.31": "PA",
        "lĩnh vực G15-HT02": "F",
        "lĩnh vực G15-HT02, cơ quan 000.00.31.H08": "FA",
        "lĩnh vực G15": "G",
        "lĩnh vực G15, cơ quan H08.31.02": "GA",
        "cơ quan H08.21": "A",
        "lĩnh vực G99": "Nơi nhận",
    }.items()
}


@pytest.mark.parametrize(
    ("procedure", "field", "addressed_to", "expected"),
    [
        ("1.000656", "G15-HT02", "H08.31", ("PA", "procedure")),
        ("1.000656", "G15-HT02", "000.00.31.H08", ("PA", "procedure")),
        ("1.000656", None, "000.02.31.H08", ("PA", "procedure")),
        ("1.000656", "G15-HT02", "H08.44", ("P", "procedure")),
        ("1.999999", "G15-HT02", "H08.31.02", ("FA", "field")),
        (None, "g15-ht02", "H08", ("F", "field")),
        (None, "G15-HT77", "000.02.31.H08", ("GA", "field")),
        (None, "G15-HT77", "H08.31", ("G", "field")),
        (None, "G15", None, ("G", "field")),
        (None, "G77", "000.05.21.H08", ("A", "agency")),
        (None, "G77", "h08.21", ("A", "agency")),
        (None, "G99-X", "H08.50", ("H08.50", "field")),
        (None, "G99-X", None, (None, None)),
        (None, None, "H08", ("H08", "addressee")),
        (None, None, "G22.99", ("G22.99", "addressee")),
        ("1.5", "x", None, (None, None)),
        (None, None, None, (None, None)),
    ],
)
def test_the_more_exact_row_counts(
    procedure: str | None, field: str | None, addressed_to: str | None, expected: tuple[str | None, str | None]
) -> None:
    assert competent_agency(ROWS, procedure=procedure, field=field, addressed_to=addressed_to) == expected


def test_the_row_for_the_rest_comes_last() -> None:
    rows = ROWS | {table_key("Còn lại"): "H08.01"}
    assert competent_agency(rows, procedure=None, field=None, addressed_to="H08") == ("H08.01", "rest")
    assert competent_agency(rows, procedure=None, field="G15", addressed_to="H08") == ("G", "field")


@pytest.mark.parametrize(
    ("code", "forms"),
    [
        ("H08.31.02", ["H08.31.02", "000.02.31.H08", "H08.31", "000.00.31.H08", "H08", "000.00.00.H08"]),
        ("000.02.31.H08", ["000.02.31.H08", "H08.31.02", "H08.31", "000.00.31.H08", "H08", "000.00.00.H08"]),
        ("H08", ["H08", "000.00.00.H08"]),
        ("000.00.00.H08", ["000.00.00.H08", "H08"]),
        ("000.00.BD.H08", ["000.00.BD.H08", "H08.BD", "H08", "000.00.00.H08"]),
        ("UBND", ["UBND"]),
        ("", []),
    ],
)
def test_both_forms_of_a_code_name_one_agency(code: str, forms: list[str]) -> None:
    assert agency_forms(code) == forms


def test_the_table_that_is_shipped_names_agencies_of_the_province() -> None:
    rows = load_table("competent-agencies")
    assert all(value == "nơi nhận" or value.startswith("H08") for value in rows.values())
    assert all(key.startswith(("thủ tục ", "lĩnh vực ", "cơ quan ", "còn lại")) for key in rows)
