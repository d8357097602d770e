"""Matching: what the store has instead of a component, and in which order; and what does not count, and why."""

from datetime import date
from typing import Any

import pytest

from transforms.document_matching import Match, match
from transforms.document_standing import Document, Version, standing, superseded

ON = date(2024, 3, 15)
PROCEDURE = {
    "components": [
        {"code": "GT1", "name": "Giấy khai sinh", "replaced_by": ["KQ.G15.000031", "KQ.G15.000099"]},
        {"code": "GT2", "name": "Bằng tốt nghiệp", "replaced_by": []},
        {"code": None, "name": "Tờ khai", "replaced_by": []},
    ]
}


def version(number: int = 1, **facts: Any) -> Version:
    given = {
        "version": number,
        "digest": f"sha256:{number}",
        "number": None,
        "issued_on": date(2024, 1, 1),
        "valid_until": None,
        "reason": "first",
        "indication": "TOTAL-PASSED",
        "accepted": True,
    }
    return Version(**{**given, **facts})


def document(name: str, *versions: Version, **facts: Any) -> Document:
    given = {
        "document_type": "ket-qua",
        "result_code": "KQ.G15.000031",
        "kind": "result",
        "agency": "H08.17",
        "dossier": None,
        "added_at": "2024-01-01T00:00:00.000000Z",
        "dispute": None,
    }
    return Document(document_id=name, versions=versions or (version(),), **{**given, **facts})


def found(component: str, *documents: Document, on: date = ON, procedure: Any = PROCEDURE) -> Match:
    return match(component, documents, on, procedure=procedure)


def why(given: Match) -> list[tuple[str, int, str, int | None]]:
    return [(each.document.document_id, each.version.version, each.why, each.by) for each in given.passed_over]


def test_the_one_document_that_fits_is_attached() -> None:
    given = found("gt1 ", document("D1", result_code=" kq.g15.000031"), document("D2", result_code="KQ.G15.000032"))
    assert (given.outcome, given.reason) == ("attach", "one-fits")
    assert [(one.document.document_id, one.ahead) for one in given.candidates] == [("D1", None)]


def test_any_of_the_results_that_replace_a_component_will_do() -> None:
    assert found("GT1", document("D1", result_code="KQ.G15.000099")).outcome == "attach"


def test_a_certified_copy_fits_by_its_type_or_by_the_result_it_copies() -> None:
    by_type = document("D1", kind="certified_copy", document_type="gt2", result_code=None)
    by_result = document("D2", kind="certified_copy", document_type="ban-sao")
    assert found("GT2", by_type, by_result).outcome == "attach"
    assert found("GT1", by_type, by_result).candidates[0].document is by_result
    assert found("GT2", document("D3", document_type="GT2", result_code=None)).reason == "nothing-replaces-it"


def test_of_several_the_best_comes_first_with_the_reason_of_the_order() -> None:
    copy = document("copy", kind="certified_copy")
    early = document("early", version(issued_on=date(2023, 1, 1)))
    ending = document("ending", version(issued_on=date(2024, 3, 1), valid_until=date(2030, 1, 1)))
    sooner = document("sooner", version(issued_on=date(2024, 3, 2), valid_until=date(2029, 1, 1)))
    late = document("late", added_at="2024-02-01T00:00:00.000000Z")
    given = found("GT1", copy, sooner, document("D1"), ending, early, late)
    assert (given.outcome, given.reason) == ("choose", "several-fit")
    assert [(one.document.document_id, one.ahead) for one in given.candidates] == [
        ("late", "added-later"),
        ("D1", "result-before-copy"),
        ("copy", "issued-later"),
        ("early", "valid-longer"),
        ("ending", "valid-longer"),
        ("sooner", None),
    ]
    assert given.candidates[0].ahead_words == "được đưa vào kho sau"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (document("D1", version(valid_until=date(2024, 3, 14))), "expired"),
        (document("D1", version(issued_on=date(2024, 3, 16))), "not-yet-issued"),
        (document("D1", dispute="P1"), "disputed"),
        (document("D1", version(indication="INDETERMINATE", accepted=False)), "indeterminate"),
        (document("D1", version(indication="TOTAL-FAILED", accepted=False)), "failed"),
        (document("D1", version(accepted=False)), "not-signed-as-due"),
        (document("D1", kind="citizen_supplied"), "not-reusable"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_count_is_named_with_its_reason(given: Document, reason: str) -> None:
    matched = found("GT1", given)
    assert (matched.outcome, matched.reason, why(matched)) == ("digitise", "none-counts", [("D1", 1, reason, None)])
    assert matched.passed_over[0].words
    beside = found("GT1", given, document("D2"))
    assert (beside.outcome, len(beside.passed_over)) == ("attach", 1)


def test_the_last_day_of_validity_counts_and_so_does_the_day_of_issue() -> None:
    assert found("GT1", document("D1", version(valid_until=ON, issued_on=ON))).outcome == "attach"


def test_a_version_that_was_replaced_is_named_with_the_one_that_replaces_it() -> None:
    given = found("GT1", document("D1", version(1), version(2, reason="replaced")))
    assert (given.outcome, given.candidates[0].version.version) == ("attach", 2)
    assert why(given) == [("D1", 1, "superseded", 2)]


def test_a_replacement_that_is_not_accepted_replaces_nothing() -> None:
    given = document("D1", version(1), version(2, reason="replaced", indication="INDETERMINATE", accepted=False))
    assert (standing(given, ON).version.version, superseded(given)) == (1, [])


def test_a_correction_ends_the_wrong_version_at_once() -> None:
    unclear = version(2, reason="corrected", indication="INDETERMINATE", accepted=False)
    given = found("GT1", document("D1", version(1), unclear))
    assert (given.outcome, why(given)) == (
        "digitise",
        [("D1", 2, "indeterminate", None), ("D1", 1, "superseded", 2)],
    )


@pytest.mark.parametrize(
    ("component", "procedure", "reason"),
    [
        ("GT1", PROCEDURE, "none-fits"),
        ("GT2", PROCEDURE, "nothing-replaces-it"),
        ("GT9", PROCEDURE, "component-unknown"),
        ("GT1", None, "procedure-unknown"),
    ],
)
def test_without_a_document_the_paper_is_digitised_and_the_reason_given(
    component: str, procedure: Any, reason: str
) -> None:
    given = found(component, procedure=procedure)
    assert (given.outcome, given.reason, given.candidates, given.passed_over) == (
        "digitise",
        reason,
        (),
        [] if procedure and component != "GT9" else (),
    )
    assert given.words.endswith("phải số hóa.")
