"""Canonical events for tests of the data store, made with the real shapes."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from lienthong.envelope import Envelope, canonical_json, derive_id, digest
from schemas.canonical import (
    civil_servant_v1,
    dossier_v1,
    identity_account_v1,
    payment_v1,
    petition_v1,
    procedure_v1,
    question_v1,
    submission_v1,
)
from schemas.requests import counter_checks, question_answers

NOON = datetime(2023, 11, 7, 5, tzinfo=UTC)


def dossier(code: str = "000.00.31.H08-231107-0001", *, source: str = "igate", **facts: Any) -> Envelope:
    """A dossier accepted in person at noon of 07/11/2023, local time."""
    shape = dossier_v1.Dossier.model_validate(
        {
            "code": code,
            "procedure": "1.001193",
            "procedure_name": "Đăng ký khai sinh",
            "online_level": "partial",
            "channel": "in_person",
            "status": 4,
            "agency": "000.00.31.H08",
            "agency_name": "Bộ phận Một cửa thành phố Quy Nhơn",
            "officer": "Bùi Minh Phúc",
            "identity": "052085001234",
            "accepted_at": NOON,
            "updated_at": NOON,
            "observed_at": NOON + timedelta(hours=1),
            **facts,
        }
    )
    return _envelope(dossier_v1.TYPE, source, code, shape.model_dump(mode="json"), shape.updated_at)


def servant(staff_no: str = "H08.CC.000112", **facts: Any) -> Envelope:
    """A period of service in Sở Y tế since 2010."""
    shape = civil_servant_v1.CivilServant.model_validate(
        {
            "staff_no": staff_no,
            "identity": "052085001234",
            "old_identity": "211395325",
            "category": "CC",
            "agency": "H08.07",
            "agency_name": "Sở Y tế",
            "starts_on": "2010-01-01",
            "updated_at": NOON,
            "observed_at": NOON,
            **facts,
        }
    )
    return _envelope(civil_servant_v1.TYPE, "ccvc", staff_no, shape.model_dump(mode="json"), shape.updated_at)


def account(identity: str = "052085001234", **facts: Any) -> Envelope:
    """A level-2 account since 01/11/2023."""
    shape = identity_account_v1.IdentityAccount.model_validate(
        {
            "identity": identity,
            "level": 2,
            "account_type": "PERSONAL",
            "activated_at": "2023-11-01T00:00:00Z",
            "observed_at": NOON,
            **facts,
        }
    )
    return _envelope(identity_account_v1.TYPE, "vneid", "account", shape.model_dump(mode="json"), shape.activated_at)


def procedure(code: str = "1.000656", **facts: Any) -> Envelope:
    """A procedure that is partly online since 2015."""
    shape = procedure_v1.Procedure.model_validate(
        {
            "code": code,
            "name": "Đăng ký khai tử",
            "field": "G15-HT02",
            "online_level": "partial",
            "authentication_level": 1,
            "effective_from": "2015-01-01",
            "components": [{"code": "G15-HT02-TP0002", "name": "Giấy khai sinh", "replaced_by": ["KQ.G15.000031"]}],
            "results": [{"code": "KQ.G15.000656", "name": "Trích lục khai tử"}],
            "observed_at": NOON,
            **facts,
        }
    )
    return _envelope(procedure_v1.TYPE, "procedures", code, shape.model_dump(mode="json"), NOON)


def submission(code: str = "000.00.31.H08-231107-800001", **facts: Any) -> Envelope:
    """A dossier filed online that is in order."""
    shape = submission_v1.Submission.model_validate(
        {
            "code": code,
            "procedure": "1.000656",
            "procedure_name": "Đăng ký khai tử",
            "agency": "000.00.31.H08",
            "agency_name": "UBND phường Lê Lợi",
            "applicant": "NGUYỄN VĂN MẪU",
            "identity": "052085001234",
            "submitted_at": NOON,
            "received_at": NOON,
            "outcome": "acknowledged",
            **facts,
        }
    )
    return _envelope(submission_v1.TYPE, "inbox.portal", code, shape.model_dump(mode="json"), NOON)


def payment(transaction: str = "GD1", **facts: Any) -> Envelope:
    """A payment of 8,000 VND for no known dossier."""
    shape = payment_v1.Payment.model_validate(
        {
            "transaction": transaction,
            "reference": "dvc1",
            "amount": 8000,
            "currency": "VND",
            "paid": True,
            "paid_at": NOON,
            "received_at": NOON,
            **facts,
        }
    )
    return _envelope(payment_v1.TYPE, "inbox.payments", transaction, shape.model_dump(mode="json"), NOON)


def check(number: int = 1, at: datetime = NOON, *, notify: bool = True) -> Envelope:
    """A check that was asked an hour after the moment it is about."""
    answer = {
        "check_id": f"check-{number}",
        "civil_servant": True,
        "staff_kind": "CC",
        "staff_agency": "H08.07",
        "procedure_online": "full",
        "portal_account": "unknown",
        "notify": notify,
        "message": None,
        "data_as_of": None,
    }
    data = {
        "citizen_id": " 052 085 001234",
        "procedure": "1.000656.000.00.00.H08",
        "agency": "000.00.31.H08",
        "officer": "Bùi Minh Phúc",
        "at": at.isoformat(),
        "client": "igate",
        "answer": answer,
    }
    return _asked(f"check-{number}", counter_checks.TYPE, "request.counter-checks", at + timedelta(hours=1), data)


def acknowledgement(number: int, decision: str, *, of: int = 1, at: datetime = NOON) -> Envelope:
    data = {"check_id": f"check-{of}", "decision": decision, "client": "igate"}
    source = "request.counter-check-acknowledgements"
    return _asked(f"ack-{number}", counter_checks.ACKNOWLEDGEMENT_TYPE, source, at, data)


def _asked(event_id: str, kind: str, source: str, at: datetime, data: Mapping[str, Any]) -> Envelope:
    return Envelope(event_id, kind, source, event_id, at, at, data)


def question(code: str = "1001", **facts: Any) -> Envelope:
    """An open question on civil status, for the department of justice."""
    shape = question_v1.Question.model_validate(
        {
            "code": code,
            "field": "G15-HT02",
            "addressed_to": "H08",
            "text": "Cần giấy tờ gì?",
            "asker_name": "NGUYỄN VĂN MẪU",
            "agency": "H08.08",
            "routed_by": "field",
            "state": "open",
            "observed_at": NOON,
            **facts,
        }
    )
    return _envelope(question_v1.TYPE, "questions", code, shape.model_dump(mode="json"), NOON)


def question_answer(code: str = "1001", **facts: Any) -> Envelope:
    """An answer to a question, as its route passes it on."""
    data = {
        "question": code,
        "text": "Cần tờ khai.",
        "answered_by": "Trần Thị Mẫu",
        "position": None,
        "addressed_to": "H08",
        "client": "motcua",
        "answer": {"answer_id": "e1", "question": code, "state": "open", "answered_at": "2023-11-07T05:00:00Z"},
        **facts,
    }
    return _envelope(question_answers.TYPE, "request.question-answers", code, data, NOON)


def petition(code: str = "PA-1", **facts: Any) -> Envelope:
    """A petition that was received and answered."""
    shape = petition_v1.Petition.model_validate(
        {
            "code": code,
            "kind": "conduct",
            "statement": "Không ai hướng dẫn.",
            "petitioner_name": "NGUYỄN VĂN MẪU",
            "agency": "H08.03",
            "routed_by": "field",
            "received_at": "2023-11-01T01:00:00Z",
            "answered_at": "2023-11-06T01:00:00Z",
            "observed_at": NOON,
            **facts,
        }
    )
    return _envelope(petition_v1.TYPE, "petitions", code, shape.model_dump(mode="json"), NOON)


def _envelope(kind: str, source: str, subject: str, data: dict[str, Any], time: datetime) -> Envelope:
    return Envelope(derive_id(source, subject, digest(canonical_json(data))), kind, source, subject, time, NOON, data)
