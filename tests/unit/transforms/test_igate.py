"""iGate dossiers: each one is rejected with a field, kept with a flag, or accepted."""

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.envelope import Envelope
from lienthong.errors import Rejected
from schemas.canonical.dossier_v1 import Dossier
from schemas.plain import plain
from schemas.wire.igate import IgateDossier
from tests.unit.transforms.recorded_events import load_table, received_event
from transforms.dossiers import CODE_PATTERN, _read_igate, from_igate

CODE = "000.00.01.H08-231115-0007"
TABLES = {
    "channels": load_table("channels"),
    "levels": load_table("online-levels"),
    "statuses": load_table("igate-statuses"),
}
VIETNAMESE_NAME = [{"languageId": 46, "name": "English"}, {"languageId": 228, "name": " Một  phần "}]


def igate_dossier(**changed: Any) -> dict[str, Any]:
    """A valid dossier, accepted at 08:30 local time and received at noon."""
    return {
        "code": CODE,
        "dossierStatus": {"id": 2, "name": "Đang xử lý"},
        "procedure": {"code": "1.000656.000.00.00.H08", "translate": [{"languageId": 228, "name": "Đăng ký khai tử"}]},
        "procedureLevel": {"id": "x", "name": VIETNAMESE_NAME},
        "agency": {"code": "000.00.01.H08", "name": [{"languageId": 228, "name": "UBND phường Lê Lợi"}]},
        "applyMethod": {"id": 1, "name": "Trực tiếp"},
        "appliedDate": "2023-11-15T01:25:00.000+0000",
        "acceptedDate": "2023-11-15T08:30:00.000+0700",
        "appointmentDate": "2023-11-16T10:00:00.000+0000",
        "dueDate": "2023-11-16T10:00:00.000+0000",
        "completedDate": None,
        "returnedDate": "",
        "updatedDate": "2023-11-15T03:15:00.000+0000",
        "applicant": {"data": {"identityNumber": " 052\u00a0085.001 234"}},
        "accepter": {"fullname": unicodedata.normalize("NFD", " Võ Thu Mai")},
        **changed,
    }


def transform(**changed: Any) -> Envelope:
    return from_igate(received_event("igate", CODE, igate_dossier(**changed)), **TABLES)


def test_a_valid_dossier_becomes_a_canonical_event() -> None:
    event = transform()
    assert event.data == {
        "code": CODE,
        "procedure": "1.000656",
        "procedure_name": "Đăng ký khai tử",
        "online_level": "partial",
        "channel": "in_person",
        "status": 4,
        "agency": "000.00.01.H08",
        "agency_name": "UBND phường Lê Lợi",
        "officer": "Võ Thu Mai",
        "identity": "052085001234",
        "submitted_at": "2023-11-15T01:25:00Z",
        "accepted_at": "2023-11-15T01:30:00Z",
        "appointment_at": "2023-11-16T10:00:00Z",
        "completed_at": None,
        "returned_at": None,
        "updated_at": "2023-11-15T03:15:00Z",
        "observed_at": "2023-11-15T05:00:00Z",
        "civil_servant": None,
        "quality": [],
        "fee": None,
        "online_payment": None,
        "result_file": None,
        "components": None,
        "vneid_authenticated": None,
        "filed_on": None,
        "rejected_at": None,
        "supplements": None,
        "applicant": None,
        "phone": None,
        "email": None,
        "source_notifies": False,
        "other_code": None,
    }


@pytest.mark.parametrize("phone", ["+84 900 000 001", ["+84 900 000 001"]])
def test_the_applicant_can_be_informed_whatever_the_form_of_the_values(phone: object) -> None:
    person = {"fullname": "", "ownerFullname": " Nguyễn  Văn Mẫu", "phoneNumber": phone, "email": [" mau@example.vn "]}
    data = transform(applicant={"data": person}).data
    found = {name: data[name] for name in ("applicant", "phone", "email")}
    assert found == {"applicant": "Nguyễn Văn Mẫu", "phone": "+84 900 000 001", "email": "mau@example.vn"}


def steps(flag: object) -> list[dict[str, Any]]:
    return [{"assignee": None}, {"bpmProcessDefinitionTask": {"variable": {"mustSendSMSToApplicant": flag}}}]


@pytest.mark.parametrize(
    ("tasks", "notifies"),
    [
        *[({"currentTask": steps(flag)}, True) for flag in (True, 1, "1", "true", [True])],
        *[({"currentTask": steps(flag)}, False) for flag in (False, None, 0, "", "không")],
        ({"currentTask": steps(True)[1]}, True),
        ({"currentTask": None, "task": steps(True)}, True),
        ({"currentTask": []}, False),
        ({"currentTask": [{"bpmProcessDefinitionTask": None}]}, False),
        ({"currentTask": "Đang xử lý"}, None),
    ],
)
def test_it_is_known_whether_igate_tells_the_applicant_itself(tasks: dict[str, Any], notifies: bool | None) -> None:
    assert transform(**tasks).data["source_notifies"] is notifies


@pytest.mark.parametrize(
    ("national", "other"), [("G22.99.01-231115-000045", ...), (CODE, None), (None, None), (" ", None)]
)
def test_the_code_of_the_national_portal_is_kept_when_it_differs(national: object, other: object) -> None:
    assert transform(nationCode=national).data["other_code"] == (national if other is ... else other)


def test_the_event_keeps_its_id_and_subject_and_gets_the_time_of_the_change() -> None:
    before = received_event("igate", CODE, igate_dossier())
    after = from_igate(before, **TABLES)
    assert (after.id, after.subject, after.type) == (before.id, CODE, "dossier.v1")
    assert after.time.isoformat() == "2023-11-15T03:15:00+00:00"


@pytest.mark.parametrize("missing", [None, "", " \u00a0", "\u200b"])
def test_a_dossier_without_a_code_is_rejected(missing: object) -> None:
    with pytest.raises(Rejected) as rejected:
        transform(code=missing)
    assert (rejected.value.field, rejected.value.why) == ("code", "hồ sơ không có mã nên không biết là hồ sơ nào")


def test_a_code_that_is_a_number_is_read_as_its_text_and_flagged() -> None:
    data = transform(code=2304110004).data
    assert (data["code"], data["quality"]) == ("2304110004", ["code-unusual"])


@pytest.mark.parametrize(
    ("code", "kind"),
    [(True, "đúng/sai"), (7.5, "số lẻ"), ({"a": "1", "b": "2"}, "đối tượng"), (["1", "2"], "danh sách")],
)
def test_a_code_of_another_kind_is_rejected_with_its_kind(code: object, kind: str) -> None:
    with pytest.raises(Rejected, match=kind) as rejected:
        transform(code=code)
    assert rejected.value.field == "code"


@pytest.mark.parametrize(
    ("procedure", "field"),
    [(None, "procedure"), ("1.000656", "procedure"), ({}, "procedure.code"), ({"code": " "}, "procedure.code")],
)
def test_a_dossier_without_a_procedure_is_rejected(procedure: object, field: str) -> None:
    with pytest.raises(Rejected) as rejected:
        transform(procedure=procedure)
    assert rejected.value.field == field


@pytest.mark.parametrize(
    "field",
    ["appliedDate", "acceptedDate", "appointmentDate", "dueDate", "completedDate", "returnedDate", "updatedDate"],
)
def test_an_invalid_date_is_rejected_with_its_field_and_value(field: str) -> None:
    with pytest.raises(Rejected) as rejected:
        transform(**{field: "31/13/2023 25:61"})
    assert rejected.value.field == field
    assert "“31/13/2023 25:61”" in rejected.value.why


@pytest.mark.parametrize("missing", [None, "", {}, {"id": 1}, {"id": 1, "name": ""}, {"name": None}, {"name": []}])
def test_a_dossier_without_an_apply_method_counts_as_in_person(missing: object) -> None:
    data = transform(applyMethod=missing).data
    assert (data["channel"], data["quality"]) == ("in_person", [])


@pytest.mark.parametrize("unknown", ["Bồ câu", {"id": 9, "name": "Bồ câu"}, 9, ["x"]])
def test_an_unknown_apply_method_gives_no_channel_and_a_flag(unknown: object) -> None:
    data = transform(applyMethod=unknown).data
    assert (data["channel"], data["quality"]) == (None, ["channel-unknown"])


@pytest.mark.parametrize(
    ("name", "channel"), [("Trực tuyến", "online"), ("Bưu chính công ích", "post"), ("TRỰC\u00a0TIẾP", "in_person")]
)
def test_names_are_compared_in_composed_unicode_and_without_case(name: str, channel: str) -> None:
    for form in ("NFC", "NFD"):
        assert transform(applyMethod={"name": unicodedata.normalize(form, name)}).data["channel"] == channel


@pytest.mark.parametrize(
    ("level", "meaning"),
    [("Mức độ 2", "information"), ("Mức độ 3", "partial"), ("Mức độ 4", "full"), ("Toàn trình", "full")],
)
def test_the_old_levels_are_mapped_as_decree_42_does(level: str, meaning: str) -> None:
    assert transform(procedureLevel={"name": [{"languageId": 228, "name": level}]}).data["online_level"] == meaning


@pytest.mark.parametrize(
    ("status", "number"),
    [
        (0, 1),
        (12, 3),
        ({"id": 6}, 7),
        ({"id": "5", "name": ""}, 10),
        ({"id": 99, "name": "Đã xử lý xong"}, 9),  # the name counts; the number is used only without a known name
        ({"id": 2, "name": "Tên mới"}, 4),
    ],
)
def test_a_status_is_read_by_name_else_by_number(status: object, number: int) -> None:
    assert transform(dossierStatus=status).data["status"] == number


@pytest.mark.parametrize(
    ("changed", "flag"),
    [
        ({"applicant": None}, "identity-unknown"),
        ({"applicant": {"data": {"identityNumber": "000000001"}}}, "identity-unknown"),
        ({"procedureLevel": None}, "level-unknown"),
        ({"procedureLevel": {"name": [{"languageId": 228, "name": "Mức độ 9"}]}}, "level-unknown"),
        ({"dossierStatus": 77}, "status-unknown"),
        ({"dossierStatus": None}, "status-unknown"),
        ({"agency": None}, "agency-unknown"),
        ({"accepter": None}, "officer-unknown"),
        ({"code": "HS-7"}, "code-unusual"),
    ],
)
def test_a_missing_or_unusual_value_is_kept_with_a_flag(changed: dict[str, Any], flag: str) -> None:
    assert transform(**changed).data["quality"] == [flag]


def test_no_officer_is_expected_before_acceptance() -> None:
    assert transform(accepter=None, acceptedDate=None).data["quality"] == []


@pytest.mark.parametrize("code", ["000.00.BD.H08-230411-0004", "H15.50.05.12-260917-0681", "G09.20-20260609-0092637"])
def test_old_and_new_forms_of_dossier_codes_get_no_flag(code: str) -> None:
    assert transform(code=code).data["quality"] == []


def test_without_an_updated_date_the_latest_past_date_counts_and_no_appointment() -> None:
    assert transform(updatedDate=None).data["updated_at"] == "2023-11-15T01:30:00Z"


@pytest.mark.parametrize(
    ("updated", "flags"),
    [
        ("2023-11-15T05:00:00.000+0000", []),
        ("2023-11-15T05:10:00.000+0000", []),  # a clock that is a few minutes ahead
        ("2023-11-15T05:10:01.000+0000", ["date-in-future"]),
        ("2099-01-01T00:00:00.000+0000", ["date-in-future"]),
        ("9999-12-31T23:59:59.999-1200", ["date-in-future"]),
        ("1970-01-01T00:00:00.000+0000", ["date-too-old"]),
        ("0001-01-01T00:00:00.000+1400", ["date-too-old"]),
    ],
)
def test_a_version_is_changed_no_later_than_it_was_seen(updated: str, flags: list[str]) -> None:
    event = transform(updatedDate=updated)
    assert event.data["updated_at"] == event.data["observed_at"] == "2023-11-15T05:00:00Z"
    assert event.time == event.received_at
    assert event.data["quality"] == flags


@pytest.mark.parametrize("field", ["appliedDate", "acceptedDate", "completedDate", "returnedDate"])
def test_a_date_of_the_past_that_lies_in_the_future_is_flagged(field: str) -> None:
    assert transform(**{field: "2024-11-15T05:00:00.000+0000"}).data["quality"] == ["date-in-future"]


def test_without_any_past_date_the_time_of_observation_counts() -> None:
    data = transform(updatedDate="", appliedDate=None, acceptedDate=None).data
    assert data["updated_at"] == data["observed_at"] == "2023-11-15T05:00:00Z"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "code", "data", "fullname", "languageId"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(igate_dossier())), ANYTHING, max_size=5))
@pytest.mark.slow
def test_any_value_in_any_field_is_accepted_or_rejected_with_a_field(changed: dict[str, Any]) -> None:
    try:
        event = transform(**changed)
    except Rejected as rejected:
        assert rejected.field in {*changed, "procedure.code"}
    else:
        assert Dossier.model_validate_json(Dossier(**event.data).model_dump_json()).code == event.data["code"]


WRAPPED = st.sampled_from(
    [
        lambda value: [value],
        lambda value: {"0": value},
        lambda value: {"item": value},
        lambda value: [value, value],
        lambda value: [[value]],
        lambda value: {"name": {"name": value}},
    ]
)


def _wrap(dossier: dict[str, Any], path: str, wrap: Any) -> dict[str, Any]:
    """The dossier with the value at `path` in another form."""
    name, _, rest = path.partition(".")
    inner = dossier[name]
    return {**dossier, name: _wrap(inner, rest, wrap) if rest else wrap(inner)}


PATHS = [*igate_dossier(), "agency.name", "agency.code", "procedure.translate", "procedure.code", "applyMethod.name"]
PATHS += ["procedureLevel.name", "dossierStatus.id", "dossierStatus.name", "applicant.data", "accepter.fullname"]


@given(st.sampled_from(PATHS), WRAPPED, st.dictionaries(st.sampled_from(sorted(igate_dossier())), ANYTHING, max_size=1))
def test_a_dossier_has_the_same_values_as_its_plain_form(path: str, wrap: Any, changed: dict[str, Any]) -> None:
    body = _wrap(igate_dossier(), path, wrap) | changed
    event = received_event("igate", CODE, body)
    data, unclear = plain(IgateDossier, body)
    tables = TABLES["channels"], TABLES["levels"], TABLES["statuses"]
    try:
        expected = Dossier.model_validate(_read_igate(event, data, tables, CODE_PATTERN, unclear=unclear)).to_data()
    except Rejected as rejected:
        with pytest.raises(Rejected, match=re.escape(rejected.why)):
            from_igate(event, **TABLES)
        return
    found = from_igate(event, **TABLES).data
    unclear = {"shape-unclear"} - set(found["quality"])
    assert {**found, "quality": sorted({*found["quality"], *unclear})} == {
        **expected,
        "quality": sorted({*expected["quality"], "shape-unclear"}),
    }
