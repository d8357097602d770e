"""The checksum of the payment platform's messages, against digests made by another program."""

import hashlib
from typing import Any

import pytest

from connectors.protocols.payment_checksums import (
    CHECKSUM,
    NOTICE_FIELDS,
    REQUEST_FIELDS,
    is_genuine,
    notice_checksum,
    request_checksum,
    with_checksum,
)

INIT = {
    "LoaiBanTin": "INIT",
    "PhienBan": "1.0.6",
    "MaDoiTac": "H08",
    "MaThamChieu": "dvc0000001H08231115000720231115082500",
    "SoTien": "8000",
    "LoaiHinhThanhToan": "PAY",
    "MaKenhThanhToan": "1",
    "MaThietBi": "1",
    "NgonNgu": "vi-VN",
    "MaTienTe": "VND",
    "MaNganHang": "PAYMENT",
    "ThongTinGiaoDich": "Thanh toan le phi ho so",
    "ThoiGianGD": "20231115082500",
    "Ip": "192.0.2.1",
}
NOTICE = {
    "LoaiBanTin": "PAY",
    "MaLoi": "00",
    "MaDoiTac": "H08",
    "MaThamChieu": "dvc0000233H082401070010520240107190000",
    "SoTien": "80000",
    "MaTienTe": "VND",
    "MaGiaoDich": "GD00000005",
    "MaNganHang": "PAYMENT",
    "ThoiGianGD": "20240107190000",
    "ThongTinGiaoDich": "000.02.33.H08-240107-00105",
    "MaXacThuc": "947873f64b06e35e4341fcb9b8c6611b7161adb297119e4b4ae8b788ee470e10",
}


def test_the_checksum_of_a_request_is_the_digest_of_its_fields_in_their_order() -> None:
    # The output of sha256sum for INIT|1.0.6|H08|dvc…|8000|PAY|…|192.0.2.1|sandbox without a line end.
    assert request_checksum(INIT, "sandbox") == "bb28fe8408340a904a98da07f512062e9cc61a35a6bcc21277d9bcf7bd5a6965"
    sent = with_checksum(INIT, "sandbox")
    assert sent == {**INIT, CHECKSUM: "bb28fe8408340a904a98da07f512062e9cc61a35a6bcc21277d9bcf7bd5a6965"}
    assert with_checksum(sent, "sandbox") == sent, "a checksum that is there already is no part of it"


def test_a_query_lacks_fields_and_keeps_their_places() -> None:
    query = {"LoaiBanTin": "QUERY", "PhienBan": "1.0.6", "MaDoiTac": "H08", "MaThamChieu": "dvc1", "Ip": "192.0.2.1"}
    text = "QUERY|1.0.6|H08|dvc1||||||||||192.0.2.1|sandbox"
    assert request_checksum(query, "sandbox") == hashlib.sha256(text.encode()).hexdigest()


def test_a_notice_that_the_platform_made_is_genuine() -> None:
    assert notice_checksum(NOTICE, "sandbox") == NOTICE["MaXacThuc"]
    assert is_genuine(NOTICE, ["sandbox"])
    assert is_genuine(NOTICE, ["new", "sandbox"]), "the secret before counts while it is replaced"
    assert is_genuine({**NOTICE, "MaXacThuc": NOTICE["MaXacThuc"].upper()}, ["sandbox"])
    assert is_genuine({**NOTICE, "SoTien": 80000}, ["sandbox"]), "some write figures as numbers"
    assert is_genuine({**NOTICE, "SoTien": 80000.0}, ["sandbox"]), "and some as numbers with a fraction"


@pytest.mark.parametrize("field", NOTICE_FIELDS)
def test_a_notice_is_not_genuine_once_any_field_is_changed(field: str) -> None:
    assert not is_genuine({**NOTICE, field: "1"}, ["sandbox"])


@pytest.mark.parametrize("given", [None, "", 1, [], "ẫ" * 64, "\ud800"])
def test_a_notice_without_a_checksum_that_can_be_compared_is_not_genuine(given: Any) -> None:
    assert not is_genuine({**NOTICE, "MaXacThuc": given}, ["sandbox"])


def test_without_a_secret_nothing_is_genuine() -> None:
    assert not is_genuine(NOTICE, [])
    assert not is_genuine(NOTICE, ["another"])


def test_each_field_counts_once() -> None:
    assert len(set(REQUEST_FIELDS)) == 14 and len(set(NOTICE_FIELDS)) == 10
