"""Sign-ins: who it is, at which level, in every spelling of the providers; and whether that suffices."""

from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from lienthong.data.text import fold
from lienthong.envelope import Envelope
from lienthong.errors import Rejected
from schemas.requests.sign_ins import TYPE, Answer, Question
from tests.unit.schemas.test_wire import sample
from tests.unit.transforms.recorded_events import ROOT
from transforms.sign_ins import answer, numbers_of, open_sealed, procedure_keys, sealed_keys

NOON = datetime(2024, 1, 14, 5, tzinfo=UTC)
KINDS = {fold(k): v for k, v in yaml.safe_load((ROOT / "config/tables/account-kinds.yaml").read_text("utf-8")).items()}
PORTAL = sample("sso_01_dvcqg_userinfo.json")
THROUGH_PORTAL = sample("sso_02_vneid_via_dvcqg_userinfo.json")
DIRECT = sample("sso_04_vneid_direct_userinfo_plain.json")
ACCOUNT = "a1b2c3d4-0000-4000-8000-000000000001"
PERSON = "052085001234"


def asked(at: datetime = NOON, **question: Any) -> Envelope:
    data = Question.model_validate({"provider": "dvcqg", **question}).model_dump(mode="json")
    return Envelope("e1", TYPE, "request.sign-ins", "e1", at, at, {**data, "client": "cong"})


def answer_to(required: int | None = None, /, **question: Any) -> dict[str, Any]:
    envelope = asked(**question)
    found = {key: {"authentication_level": required} for key in procedure_keys(envelope)}
    answered: dict[str, Any] = dict(answer(envelope, found, kinds=KINDS).data["answer"])
    assert Answer.model_validate(answered)
    return answered


def level(**claims: Any) -> Any:
    return answer_to(claims={"sub": "x", **claims})["level"]


@pytest.mark.parametrize(
    ("provider", "claims", "subject"),
    [
        ("dvcqg", PORTAL, ACCOUNT),
        ("vneid", THROUGH_PORTAL, ACCOUNT),
        ("dvcqg", THROUGH_PORTAL, ACCOUNT),
        ("vneid", DIRECT, PERSON),
    ],
)
def test_the_samples_of_the_providers_are_read(provider: str, claims: dict[str, Any], subject: str) -> None:
    assert answer_to(provider=provider, claims=claims) == {
        "subject": subject,
        "identity": PERSON,
        "name": "NGUYỄN VĂN MẪU",
        "account_kind": "citizen",
        "level": 2,
        "required_level": None,
        "sufficient": None,
        "reason": "Không hỏi cho thủ tục nào.",
    }


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        *((value, 2) for value in (2, "2", 2.0, " 2 ", "2.0", "Mức 2", "mức độ 2", "MỨC  ĐỘ 2", "LOA2", "loa-2")),
        *((value, None) for value in ("", None, "cao", "5", "-1", 22, 1.5, True, "2 hoặc 3")),
        (1, 1), ("0", 0), (3, 3), ("mức\u00a01", 1), ("\uff12", None),
    ],
)  # fmt: skip
def test_a_level_is_read_in_every_spelling(stated: object, read: int | None) -> None:
    for claim in ("IAL", "accountLevel", "loAs", "ial", "LOAS", "AccountLevel"):
        assert level(**{claim: stated}) == read, claim


def test_of_the_level_of_the_account_and_of_the_sign_in_the_lower_one_counts() -> None:
    assert (level(IAL=2, loAs="1"), level(IAL=1, loAs="2"), level(IAL="?", loAs=2)) == (1, 1, 2)
    assert level(IAL=2, accountLevel=1) == 2


@pytest.mark.parametrize(
    ("have", "required", "sufficient", "reason"),
    [
        (2, 1, True, None),
        (2, 2, True, None),
        (1, 2, False, "Thủ tục yêu cầu mức độ xác thực 2; tài khoản đăng nhập ở mức 1."),
        (None, 2, None, "không đọc được mức độ của tài khoản"),
        (2, None, None, "Danh mục không ghi"),
    ],
)
def test_the_level_is_compared_with_that_of_the_procedure(
    have: int | None, required: int | None, sufficient: bool | None, reason: str | None
) -> None:
    found = answer_to(required, claims={"sub": "x", "loAs": have}, procedure="1.000656.000.00.00.H08")
    assert (found["level"], found["required_level"], found["sufficient"]) == (have, required, sufficient)
    assert found["reason"] == reason or reason in found["reason"]


def test_a_procedure_that_the_catalogue_lacks_is_an_answer_and_no_error() -> None:
    found = answer(asked(claims=PORTAL, procedure="9.999999"), {}, kinds=KINDS).data["answer"]
    assert (found["required_level"], found["sufficient"]) == (None, None)
    assert "không có trong danh mục" in found["reason"]


def test_the_catalogue_is_asked_for_the_local_day_of_the_sign_in() -> None:
    late = datetime(2024, 1, 13, 17, tzinfo=UTC)
    assert procedure_keys(asked(late, claims=PORTAL, procedure="1.000656.000.00.00.H08")) == ("1.000656@2024-01-14",)
    assert procedure_keys(asked(claims=PORTAL)) == ()


@pytest.mark.parametrize(
    ("claims", "kind", "identity", "name"),
    [
        ({"LoaiTaiKhoan": 1}, "citizen", PERSON, "An Văn"),
        ({"LoaiTaiKhoan": "2", "MaSoThue": 4100258987, "TenDoanhNghiep": "CTY"}, "enterprise", "4100258987", "CTY"),
        ({"LoaiTaiKhoan": 2, "MaSoDoanhNghiep": "4100258987-001"}, "enterprise", "4100258987-001", "An Văn"),
        ({"loaitaikhoan": 3}, "organisation", PERSON, "An Văn"),
        ({"accountType": "organization"}, "organisation", PERSON, "An Văn"),
        ({"accountType": "Cá  nhân", "MaSoThue": "8000000001"}, "citizen", PERSON, "An Văn"),
        ({"accountType": "PET"}, "unknown", PERSON, "An Văn"),
        ({}, "unknown", PERSON, "An Văn"),
        ({"LoaiTaiKhoan": 2, "MaSoThue": "12"}, "enterprise", PERSON, "An Văn"),
    ],
)  # fmt: skip
def test_enterprises_and_organisations_have_their_own_number_and_name(
    claims: dict[str, Any], kind: str, identity: str, name: str
) -> None:
    found = answer_to(claims={"sub": "x", "SoDinhDanh": PERSON, "HoVaTen": "An  Văn ", **claims})
    assert (found["account_kind"], found["identity"], found["name"]) == (kind, identity, name)


@pytest.mark.parametrize(
    ("claims", "identity", "subject"),
    [
        ({"citizenPid": 201085001234}, "201085001234", "201085001234"),
        ({"SoDinhDanh": "", "SoCMND": "211 395 325", "TechID": "t"}, "211395325", "t"),
        ({"SoDinhDanh": "000000001", "sub": "s"}, None, "s"),
        ({"CITIZENPID": ["052085001234"]}, PERSON, PERSON),
        ({"sub": 17, "citizenPid": "52085001234"}, None, "17"),
    ],
)
def test_a_number_is_read_in_every_spelling_and_no_usable_one_is_no_error(
    claims: dict[str, Any], identity: str | None, subject: str
) -> None:
    found = answer_to(provider="vneid", claims=claims)
    assert (found["identity"], found["subject"]) == (identity, subject)


def test_claims_that_name_no_account_are_refused_without_showing_a_number() -> None:
    for claims in ({}, {"citizenPid": "52085001234"}, {"HoVaTen": "AN"}, {"sub": " \u200b"}):
        with pytest.raises(Rejected) as raised:
            answer_to(provider="vneid", claims=claims)
        assert raised.value.field == "claims"
        assert "52085001234" not in raised.value.why


def test_claims_that_are_not_needed_are_not_kept() -> None:
    data = asked(claims={**PORTAL, "Cha": "A", "Me": "B", "NhomMau": "01", "GioiTinh": "1"}).data["claims"]
    assert {name for name, value in data.items() if value is not None} == {
        "sub", "TechID", "SoDinhDanh", "SoCMND", "HoVaTen", "LoaiTaiKhoan", "loAs",
    }  # fmt: skip


def test_the_exact_spelling_of_a_claim_counts_before_others() -> None:
    assert answer_to(claims={"SUB": "wrong", "sub": "right", "Sub": "wrong"})["subject"] == "right"


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ({"provider": "zalo", "claims": {}}, "provider"),
        ({}, "either"),
        ({"claims": {"sub": "x"}, "data": "a", "key": "b", "provider": "vneid"}, "either"),
        ({"data": "a", "provider": "vneid"}, "belong together"),
        ({"data": "a", "key": "b"}, "only VNeID"),
        ({"claims": [1, 2]}, "claims"),
        ({"claims": {"sub": {"a": {"b": 1}}}}, "sub"),
        ({"claims": {"sub": "x" * 501}}, "500"),
        ({"claims": {"sub": "x"}, "procedure": ""}, "procedure"),
        ({"claims": {"sub": "x"}, "more": 1}, "more"),
    ],
)
def test_a_question_of_another_form_is_refused(question: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Question.model_validate({"provider": "dvcqg", **question})


def test_an_encrypted_reply_is_opened_by_the_lookup_and_replaced_by_its_claims() -> None:
    envelope = asked(provider="vneid", data="D+/=", key="K=")
    assert sealed_keys(envelope) == ("K=.D+/=",)
    opened = open_sealed(envelope, {"K=.D+/=": {**DIRECT, "birthDate": "12/03/1985"}})
    assert {"data", "key"}.isdisjoint(opened.data)
    assert opened.data["client"] == "cong"
    assert "birthDate" not in opened.data["claims"]
    assert answer(opened, {}, kinds=KINDS).data["answer"]["subject"] == PERSON


def test_what_cannot_be_opened_is_refused_in_the_same_words_whatever_it_is() -> None:
    envelope = asked(provider="vneid", data="D", key="K")
    whys = set()
    for found in ({}, {"K.D": {"sub": {"a": {"b": 1}}}}):
        with pytest.raises(Rejected) as raised:
            open_sealed(envelope, found)
        whys.add((raised.value.why, raised.value.field))
    assert len(whys) == 1


def test_plain_claims_ask_for_nothing_to_be_opened() -> None:
    plain = asked(claims=PORTAL)
    assert sealed_keys(plain) == ()
    assert open_sealed(plain, {}) is plain


def test_the_old_number_is_known_of_a_citizen_whose_account_was_proved() -> None:
    def numbers(level: int, **claims: str) -> tuple[str, str] | None:
        given = asked(claims={"sub": "x", "LoaiTaiKhoan": "1", "IAL": level, "SoCMND": "211 000 001", **claims})
        return numbers_of(answer(given, {}, kinds=KINDS).data)

    assert numbers(2, SoDinhDanh=PERSON) == (PERSON, "211000001")
    assert [numbers(1, SoDinhDanh=PERSON), numbers(2), numbers(2, SoDinhDanh="211000002")] == [None] * 3
    assert numbers(2, SoDinhDanh=PERSON, LoaiTaiKhoan="2", MaSoThue="0100109106") is None
