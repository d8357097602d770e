"""Procedure codes: the national code is the first two groups."""

import pytest

from transforms.procedures import national_code


@pytest.mark.parametrize("code", ["1.000656", "1.000656.000.00.00.H08", "1.000656.H56", " 1.000656.01 "])
def test_every_provincial_code_has_its_national_code(code: str) -> None:
    assert national_code(code) == "1.000656"


@pytest.mark.parametrize("other", ["BDH-TTHC-12", "1.65", "10.000656", "1.0006567"])
def test_a_code_of_another_form_is_only_trimmed(other: str) -> None:
    assert national_code(f" {other} ") == other
