"""What the file of a document must be, by the province's table; and who signed it, by the names in certificates."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from lienthong import fold
from transforms.document_types import Demand, demand, missing_roles, role_of, valid_until

TABLES = Path(__file__).parents[3] / "config" / "tables"


def table(name: str) -> dict[str, str]:
    """A table of the province, with its keys as the engine folds them."""
    rows = yaml.safe_load((TABLES / f"{name}.yaml").read_text("utf-8"))
    return {fold(key): value for key, value in rows.items()}


TYPES, AGENCIES = table("document-types"), table("signing-agencies")


def test_every_row_of_the_province_can_be_read() -> None:
    assert {key: demand(TYPES, key).profile for key in TYPES} == {
        "result": "official",
        "certified_copy": "official",
        "citizen_supplied": "forms",
    }
    assert demand(TYPES, "result").roles == ("person", "agency")
    assert demand(TYPES, "citizen_supplied") == Demand("forms", (), ("application/pdf",))


def test_the_first_key_with_a_row_counts() -> None:
    rows = {**TYPES, "kq.g15.000099": "official; agency; pdf, xml; 180 days"}
    rule = demand(rows, "KQ.G15.000099", "result")
    assert rule == Demand("official", ("agency",), ("application/pdf", "application/xml"), timedelta(days=180))
    assert demand(rows, None, "KQ.G15.000001", "result").roles == ("person", "agency")


@pytest.mark.parametrize(
    "row", ["official; person; pdf", "official; clerk; pdf;", "; person; pdf;", "a; ; doc;", "a; ; pdf; soon"]
)
def test_a_row_that_is_none_is_named(row: str) -> None:
    with pytest.raises(ValueError, match="write"):
        demand({"result": row}, "result")
    with pytest.raises(ValueError, match="no row"):
        demand({}, "result")


def test_validity_follows_the_rule_unless_it_is_stated() -> None:
    rule = Demand("official", (), (), timedelta(days=180))
    issued, stated = date(2024, 1, 1), date(2030, 1, 1)
    assert valid_until(issued, None, rule) == date(2024, 6, 29)
    assert valid_until(issued, stated, rule) == stated
    assert valid_until(None, None, rule) is None
    assert valid_until(issued, None, Demand("official", (), ())) is None


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Ủy ban nhân dân xã Thử Nghiệm", "agency"),
        ("UY BAN NHAN DAN XA THU NGHIEM", "agency"),
        ("C=VN, O=Bình Định, CN=Sở Tư pháp", "agency"),
        ("Common Name: UBND phường Quy Nhơn, Country: VN", "agency"),
        ("Vụ Tổ chức cán bộ", "agency"),
        ("TRƯỜNG ĐẠI HỌC QUY NHƠN", "agency"),
        ("SO TU PHAP TINH GIA LAI", "agency"),
        ("HDND xa Thu Nghiem", "agency"),
        ("Vũ Văn An", "person"),
        ("VU VAN AN", "person"),
        ("Trương Thị Hoa", "person"),
        ("TRUONG VAN HOA", "person"),
        ("Quý Minh Châu", "person"),
        ("Ban Van Sinh", "person"),
        ("Nguyễn Văn Ký", "person"),
        ("Bantle Ba", "person"),
        ("C=VN, O=UBND xã Thử Nghiệm, CN=Trần Thị Ban", "person"),
        ("", "person"),
    ],
)
def test_the_role_of_a_signer_follows_the_name(name: str, role: str) -> None:
    assert role_of(name, AGENCIES) == role


def test_a_failed_signature_and_a_time_stamp_stand_for_no_role() -> None:
    def by(name: str, indication: str = "TOTAL-PASSED", kind: str = "signature") -> dict[str, Any]:
        return {"type": kind, "signed_by": name, "indication": indication}

    verdict = {"signatures": [by("Nguyễn Văn Ký"), by("UBND xã", "TOTAL-FAILED"), by("Sở", kind="document-time-stamp")]}
    assert missing_roles(verdict, ("person", "agency"), AGENCIES) == ["agency"]
    assert missing_roles({"signatures": [by("UBND xã", "INDETERMINATE")]}, ("agency",), AGENCIES) == []
