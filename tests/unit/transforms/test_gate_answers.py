"""The answers at the gates: from the question as it is asked to the answer as it is sent."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from lienthong.envelope import Envelope
from schemas.requests.gates import Answer
from transforms.agency_codes import receiving_agencies, with_superiors
from transforms.gate_answers import close, forward
from transforms.gates import Rule

NOON = datetime(2024, 3, 15, 5, tzinfo=UTC)
RULES = (Rule("Công văn 393", date(2024, 4, 1)),)


def asked(**fields: Any) -> Envelope:
    given = {
        "dossier": "000.03.33.H08-240318-00729",
        "procedure": "1.000894",
        "channel": "in_person",
        "components": [{"code": "TP1", "name": "Tờ khai", "digitised": False}],
        "results": [],
        "client": "igate",
    }
    data = {**given, "at": "2024-03-31T17:00:00Z", **fields}
    return Envelope("g1", "gate.v1", "request.gate-forward", "g1", NOON, NOON, data)


def answer(envelope: Envelope) -> Answer:
    return Answer.model_validate(envelope.data["answer"])


def test_a_paper_that_is_not_digitised_is_named() -> None:
    found = answer(forward(asked(), rules=RULES))
    assert (found.allowed, found.rule, found.in_force_since) == (False, "Công văn 393", date(2024, 4, 1))
    assert [(reason.code, reason.component) for reason in found.reasons] == [("component-not-digitised", "TP1")]
    assert "Tờ khai" in found.reasons[0].message


def test_before_its_day_a_rule_is_a_note() -> None:
    for at in ("2024-03-31T16:59:59Z", None):
        found = answer(forward(asked(at=at), rules=RULES))
        assert (found.allowed, found.reasons, found.in_force_since) == (True, (), date(2024, 4, 1))
        assert "01/04/2024" in str(found.note)


@pytest.mark.parametrize(
    "exempt",
    [
        {"channel": "online"},
        {"classified": True},
        {"internal_verification": True},
        {"components": [{"code": "TP1", "name": "Căn cước", "digitised": False, "shown_only": True}]},
    ],
    ids=str,
)
def test_an_exemption_concerns_forwarding_alone(exempt: dict[str, Any]) -> None:
    assert answer(forward(asked(**exempt), rules=RULES)).allowed
    found = answer(close(asked(**exempt), rules=RULES))
    assert [reason.code for reason in found.reasons] == ["no-electronic-result"]


@pytest.mark.parametrize(("digest", "allowed"), [("sha256:1", True), (None, False)])
def test_an_electronic_result_is_one_with_a_digest(digest: str | None, allowed: bool) -> None:
    results = [{"code": "KQ.G15.000656", "digest": digest}, {"code": "KQ.G15.000657"}]
    assert answer(close(asked(results=results), rules=RULES)).allowed is allowed


@pytest.mark.parametrize("agency", ["000.03.33.H08", "000.00.33.H08", "000.00.00.h08 "])
def test_a_rule_of_an_agency_counts_for_those_below_it(agency: str) -> None:
    rules = (*RULES, Rule("riêng", date(2024, 3, 2), agency=agency))
    assert answer(forward(asked(), rules=rules)).rule == "riêng"
    other = asked(dossier="000.00.34.H09-240318-00729")
    assert answer(forward(other, rules=rules)).rule == "Công văn 393"


@pytest.mark.parametrize(
    ("dossier", "agencies"),
    [
        ("000.03.33.H08-240318-00729", ("000.03.33.H08", "000.00.33.H08", "000.00.00.H08")),
        ("000.00.33.H08-240318-00729", ("000.00.33.H08", "000.00.00.H08")),
        ("000.00.BD.H08-230411-0004", ("000.00.BD.H08", "000.00.00.H08")),
        ("H08.33.03-20260609-0092637", ("H08.33.03", "H08.33", "H08")),
        ("H08-1", ("H08",)),
        ("không rõ-1", ("KHÔNG RÕ",)),
        ("7", ("7",)),
    ],
)
def test_the_agencies_of_a_dossier_are_read_from_its_code(dossier: str, agencies: tuple[str, ...]) -> None:
    assert receiving_agencies(dossier) == agencies


def test_a_code_that_is_empty_has_no_agency() -> None:
    assert (with_superiors(""), receiving_agencies("-1")) == ((), ())
