"""Civil servants: which records of the register are accepted, and which dossiers get a tag."""

from typing import Any

import pytest

from lienthong.envelope import Envelope
from lienthong.errors import Rejected
from tests.unit.transforms.recorded_events import received_event
from transforms.civil_servants import from_ccvc, keys, tag

NUMBER = "052085001234"


def ccvc_record(**changed: Any) -> dict[str, Any]:
    return {
        "soHieuCBCCVC": "H08.CC.000123",
        "soDinhDanh": "052 085 001 234",
        "soCMND": "211.000.001",
        "loai": "cc",
        "maDonVi": "H08.31.16",
        "tenDonVi": "UBND phường Lê Lợi",
        "chucVu": "",
        "ngayBatDau": "20120301",
        "ngayKetThuc": None,
        "capNhatLuc": "20231101000000",
        **changed,
    }


def transform(**changed: Any) -> Envelope:
    return from_ccvc(received_event("ccvc", "H08.CC.000123", ccvc_record(**changed)))


def dossier(identity: str | None = NUMBER, accepted_at: str | None = "2023-11-15T01:30:00Z") -> Envelope:
    return received_event(
        "igate", "a dossier", {"identity": identity, "accepted_at": accepted_at, "civil_servant": None}
    )


def lookup_row(agency: str, starts_on: str, ends_on: str | None) -> dict[str, Any]:
    return {
        "staff_no": "H08.CC.000123",
        "agency": agency,
        "category": "CC",
        "starts_on": starts_on,
        "ends_on": ends_on,
        "updated_at": "2023-10-31T17:00:00Z",
    }


@pytest.mark.parametrize(
    ("changed", "quality"),
    [
        ({"soDinhDanh": "5.2085E+10"}, ["identity-unreadable"]),
        ({"soDinhDanh": "5,2085E+11"}, ["identity-unreadable"]),
        ({"soDinhDanh": "52085100104"}, ["identity-unreadable"]),
        ({"soDinhDanh": 52085100104.0}, ["identity-unreadable"]),
        ({"soDinhDanh": "không có", "soCMND": 21100000}, ["identity-unreadable", "old-identity-unreadable"]),
        ({"soDinhDanh": "'052085100105"}, None),
        ({"soDinhDanh": "", "soCMND": " \u200b"}, None),
        ({"soDinhDanh": None, "soCMND": "000000001"}, None),
    ],
)
def test_a_number_that_cannot_be_read_is_flagged_and_not_guessed(changed: dict[str, Any], quality: list[str]) -> None:
    data = transform(**changed).data
    assert data.get("quality") == quality
    assert (data["identity"] is None) == (changed["soDinhDanh"] != "'052085100105")


def test_a_record_of_the_register_becomes_a_canonical_event() -> None:
    event = transform()
    assert (event.type, event.time.isoformat()) == ("civil_servant.v1", "2023-10-31T17:00:00+00:00")
    assert event.data == {
        "staff_no": "H08.CC.000123",
        "identity": NUMBER,
        "old_identity": "211000001",
        "category": "CC",
        "agency": "H08.31.16",
        "agency_name": "UBND phường Lê Lợi",
        "position": None,
        "starts_on": "2012-03-01",
        "ends_on": None,
        "updated_at": "2023-10-31T17:00:00Z",
        "observed_at": "2023-11-15T05:00:00Z",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("soHieuCBCCVC", ""),
        ("maDonVi", None),
        ("loai", "NV"),
        ("loai", None),
        ("ngayBatDau", None),
        ("ngayBatDau", "20231345"),
        ("ngayKetThuc", "chưa rõ"),
        ("ngayKetThuc", "20120301"),  # a period that ends on its first day includes no day
        ("ngayKetThuc", "20110101"),
        ("capNhatLuc", "hôm qua"),
    ],
)
def test_a_record_without_usable_person_agency_or_dates_is_rejected_with_its_field(field: str, value: object) -> None:
    with pytest.raises(Rejected) as rejected:
        transform(**{field: value})
    assert rejected.value.field == field


def test_a_person_without_usable_numbers_still_counts_as_staff() -> None:
    data = transform(soDinhDanh="52085001234", soCMND=None).data
    assert (data["identity"], data["old_identity"], data["staff_no"]) == (None, None, "H08.CC.000123")


@pytest.mark.parametrize(
    ("updated", "quality"),
    [
        ("20231115120000", None),
        ("20231115121000", None),
        ("15/11/2024 12:00:00", ("date-in-future",)),
        ("9999-12-31T23:59:59", ("date-in-future",)),
        ("19700101070000", ("date-too-old",)),
    ],
)
def test_a_period_is_updated_no_later_than_it_was_seen(updated: str, quality: tuple[str, ...] | None) -> None:
    event = transform(capNhatLuc=updated)
    assert (event.data["updated_at"], event.time) == ("2023-11-15T05:00:00Z", event.received_at)
    assert event.data.get("quality") == (quality and list(quality))


def test_without_an_update_time_the_time_of_observation_counts() -> None:
    assert transform(capNhatLuc="").data["updated_at"] == "2023-11-15T05:00:00Z"


def test_only_an_accepted_dossier_with_a_known_identity_is_looked_up() -> None:
    assert keys(dossier()) == (NUMBER,)
    assert keys(dossier(identity=None)) == keys(dossier(accepted_at=None)) == ()


def test_the_tag_names_the_agency_of_the_day_of_acceptance() -> None:
    found = {NUMBER: [lookup_row("H08.07", "2012-03-01", "2023-11-15"), lookup_row("H08.09", "2023-11-15", None)]}
    before = dossier()
    after = tag(before, found)
    assert after.data["civil_servant"] == {"staff_no": "H08.CC.000123", "agency": "H08.09", "category": "CC"}
    assert before.data["civil_servant"] is None
    assert (after.id, after.type, after.time) == (before.id, before.type, before.time)


def test_the_day_of_acceptance_is_the_local_day_in_vietnam() -> None:
    found = {NUMBER: [lookup_row("H08.07", "2012-03-01", "2023-11-15")]}
    assert tag(dossier(accepted_at="2023-11-14T16:59:59Z"), found).data["civil_servant"] is not None
    assert tag(dossier(accepted_at="2023-11-14T17:00:00Z"), found).data["civil_servant"] is None


@pytest.mark.parametrize(
    "event", [dossier(identity=None), dossier(accepted_at=None), dossier(identity="211000009"), dossier()]
)
def test_a_filer_who_is_unknown_or_not_in_service_that_day_gets_no_tag(event: Envelope) -> None:
    assert tag(event, {NUMBER: [lookup_row("H08.07", "2012-03-01", "2023-11-15")]}) == event
