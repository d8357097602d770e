"""Codes of dossiers in the texts and references of payments."""

import pytest

from transforms.dossier_codes import codes_in, codes_of_reference


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("000.02.33.H08-240107-00105", ["000.02.33.H08-240107-00105"]),
        ("Thanh toan le phi HS 000.00.BD.h08-230411-0004.", ["000.00.BD.H08-230411-0004"]),
        ("H21.129-250812-0035, G09.20-20260609-0092637", ["H21.129-250812-0035", "G09.20-20260609-0092637"]),
        ("Thanh toan le phi ho so", []),
        ("1000.02.33.H08-240107-00105", []),
        ("000.02.33.H08-240107-00105-2", []),
        ("x" * 100_000, []),
        (None, []),
    ],
)
def test_codes_are_found_in_words(text: str | None, codes: list[str]) -> None:
    assert codes_in(text) == codes


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("dvc0000233H082401070010520240107190000", "000.02.33.H08-240107-00105"),
        ("dvc0000001H08231115000720231115082500", "000.00.01.H08-231115-0007"),
        ("0000233H0824010700105", "000.02.33.H08-240107-00105"),
        ("dvc00000BDH08230411000420230411082500", "000.00.BD.H08-230411-0004"),
        ("dvcH2112925081200352025081208250", None),
        ("dvcH21129250812003520250812082500", "H21.129-250812-0035"),
        ("dvcG09202026060900926372026060908250", None),
        ("dvcG092020260609009263720260609082500", "G09.20-20260609-0092637"),
        ("dvcH1550051226091706812026091708250", None),
        ("dvcH15500512260917068120260917082500", "H15.50.05.12-260917-0681"),
        ("Thanh toan", None),
        ("", None),
        (None, None),
        ("9" * 300, None),
    ],
)
def test_a_reference_stands_for_the_code_whose_signs_it_has(reference: str | None, code: str | None) -> None:
    found = codes_of_reference(reference)
    assert code in found if code else found == [] or len(found) <= 40
    assert len(found) == len(set(found)) <= 40
