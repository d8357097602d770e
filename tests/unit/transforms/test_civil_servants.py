"""Civil servants: what the register must say, and who is tagged on which day."""

from typing import Any

import pytest

from lienthong.envelope import Envelope
from lienthong.errors import Rejected
from tests.unit.transforms.recorded import received
from transforms.civil_servants import from_ccvc, keys, tag

NUMBER = "052085001234"


def wire(**changed: Any) -> dict[str, Any]:
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


def understand(**changed: Any) -> Envelope:
    return from_ccvc(received("ccvc", "H08.CC.000123", wire(**changed)))


def dossier(identity: str | None = NUMBER, accepted_at: str | None = "2023-11-15T01:30:00Z") -> Envelope:
    return received("igate", "a dossier", {"identity": identity, "accepted_at": accepted_at, "civil_servant": None})


def served(agency: str, starts_on: str, ends_on: str | None) -> dict[str, Any]:
    return {
        "staff_no": "H08.CC.000123",
        "agency": agency,
        "category": "CC",
        "starts_on": starts_on,
        "ends_on": ends_on,
        "updated_at": "2023-10-31T17:00:00Z",
    }


def test_a_record_of_the_register_becomes_canonical() -> None:
    event = understand()
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
        ("ngayKetThuc", "20120301"),  # a period that ends on its first day holds no day
        ("ngayKetThuc", "20110101"),
        ("capNhatLuc", "hôm qua"),
    ],
)
def test_a_record_that_cannot_be_dated_or_placed_is_refused_by_its_field(field: str, value: object) -> None:
    with pytest.raises(Rejected) as refused:
        understand(**{field: value})
    assert refused.value.field == field


def test_without_usable_numbers_the_person_still_counts_as_staff() -> None:
    data = understand(soDinhDanh="52085001234", soCMND=None).data
    assert (data["identity"], data["old_identity"], data["staff_no"]) == (None, None, "H08.CC.000123")


def test_without_a_moment_of_update_the_moment_of_observation_counts() -> None:
    assert understand(capNhatLuc="").data["updated_at"] == "2023-11-15T05:00:00Z"


def test_only_an_accepted_dossier_of_a_known_person_is_looked_up() -> None:
    assert keys(dossier()) == (NUMBER,)
    assert keys(dossier(identity=None)) == keys(dossier(accepted_at=None)) == ()


def test_the_tag_names_the_agency_of_the_day_of_acceptance() -> None:
    found = {NUMBER: [served("H08.07", "2012-03-01", "2023-11-15"), served("H08.09", "2023-11-15", None)]}
    before = dossier()
    after = tag(before, found)
    assert after.data["civil_servant"] == {"staff_no": "H08.CC.000123", "agency": "H08.09", "category": "CC"}
    assert before.data["civil_servant"] is None
    assert (after.id, after.type, after.time) == (before.id, before.type, before.time)


def test_the_day_is_the_local_one_so_midnight_in_vietnam_decides() -> None:
    found = {NUMBER: [served("H08.07", "2012-03-01", "2023-11-15")]}
    assert tag(dossier(accepted_at="2023-11-14T16:59:59Z"), found).data["civil_servant"] is not None
    assert tag(dossier(accepted_at="2023-11-14T17:00:00Z"), found).data["civil_servant"] is None


@pytest.mark.parametrize(
    "event", [dossier(identity=None), dossier(accepted_at=None), dossier(identity="211000009"), dossier()]
)
def test_who_was_not_in_service_that_day_or_is_not_known_stays_untagged(event: Envelope) -> None:
    assert tag(event, {NUMBER: [served("H08.07", "2012-03-01", "2023-11-15")]}) == event
