"""Notices of payments become events, matched to their dossiers; what is wrong with them is flagged."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lienthong.envelope import Envelope
from lienthong.errors import Rejected
from transforms.payments import dossier_keys, from_platform, match, of_dossier

CODE = "000.02.33.H08-240107-00105"
NOW = datetime(2024, 1, 7, 12, 0, 5, tzinfo=UTC)


def notice(**fields: Any) -> dict[str, Any]:
    return {
        "LoaiBanTin": "PAY",
        "MaLoi": "00",
        "MaDoiTac": "H08",
        "MaThamChieu": "dvc0000233H082401070010520240107190000",
        "SoTien": "80000",
        "MaTienTe": "VND",
        "MaGiaoDich": "GD5",
        "MaNganHang": "PAYMENT",
        "ThoiGianGD": "20240107190000",
        "ThongTinGiaoDich": CODE,
        "MaXacThuc": "0" * 64,
        **fields,
    }


def read(**fields: Any) -> Envelope:
    return from_platform(Envelope("e1", "payments.notice", "inbox.payments", "GD5", NOW, NOW, notice(**fields)))


def matched(known: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """The payment when the data store has `known` of the dossier; None: it knows no such dossier."""
    found = {} if known is None else {CODE: {"payments": [], "fee": None, **known}}
    return dict(match(read(**fields), found).data)


def paid(transaction: str = "GD1", amount: int = 80000, **facts: Any) -> dict[str, Any]:
    return {"transaction": transaction, "amount": amount, "paid": True, **facts}


def test_a_payment_is_matched_to_its_dossier() -> None:
    assert dossier_keys(read()) == [CODE]
    assert matched({}) == {
        "transaction": "GD5",
        "reference": "dvc0000233H082401070010520240107190000",
        "dossier": CODE,
        "amount": 80000,
        "currency": "VND",
        "paid": True,
        "error": None,
        "bank": "PAYMENT",
        "paid_at": "2024-01-07T12:00:00Z",
        "received_at": "2024-01-07T12:00:05Z",
        "matched": None,
        "doubles": None,
        "quality": [],
    }


def test_a_payment_is_matched_by_our_reference_where_its_words_name_no_code() -> None:
    assert matched({}, ThongTinGiaoDich="Thanh toan le phi")["dossier"] == CODE


def test_a_payment_of_no_known_dossier_is_kept_and_flagged() -> None:
    payment = matched(None)
    assert (payment["dossier"], payment["quality"]) == (CODE, ["unmatched"]), "its dossier may come later"
    payment = matched(None, MaThamChieu="x", ThongTinGiaoDich="Thanh toan")
    assert (payment["dossier"], payment["quality"]) == (None, ["unmatched"])


def test_a_payment_is_matched_and_seen_as_double_once_its_dossier_is_there_whatever_came_first() -> None:
    first = {**paid("GD1"), "quality": ["unmatched"]}
    second = {**paid("GD2"), "quality": ["shape-unclear", "unmatched"]}
    assert [one["quality"] for one in of_dossier([first, second], 80000)] == [[], ["doubled", "shape-unclear"]]
    assert [one["quality"] for one in of_dossier([first], 135000)] == [["amount-differs"]]
    failed = {**paid("GD3"), "paid": False, "quality": ["repeated"]}
    assert [one["quality"] for one in of_dossier([failed, first], None)] == [["repeated"], []]


@pytest.mark.parametrize(
    ("known", "quality"),
    [
        ({"payments": [paid()]}, ["doubled"]),
        ({"payments": [paid(amount=20000)]}, []),
        ({"payments": [paid(amount=20000)], "fee": 20000}, ["doubled"]),
        ({"payments": [paid(amount=20000)], "fee": 100000}, []),
        ({"payments": [paid()], "fee": 160000}, []),
        ({"payments": [paid()], "fee": 100000}, ["amount-differs", "doubled"]),
        ({"payments": [{**paid(), "paid": False}]}, []),
        ({"payments": [paid("GD5")]}, []),
        ({"payments": [paid("GD5", 1)]}, ["repeated"]),
        ({"fee": 80000}, []),
        ({"fee": 135000}, ["amount-differs"]),
    ],
)
def test_payments_that_come_twice_or_do_not_fit_the_fee_are_flagged(known: dict[str, Any], quality: list[str]) -> None:
    assert matched(known)["quality"] == quality


def test_a_payment_that_failed_is_no_payment() -> None:
    payment = matched({"payments": [paid()], "fee": 135000}, MaLoi="24")
    assert (payment["paid"], payment["error"], payment["quality"]) == (False, "24", [])


@pytest.mark.parametrize(
    ("fields", "flag"),
    [
        ({"SoTien": "tám mươi nghìn"}, "amount-unreadable"),
        ({"SoTien": None}, "amount-unreadable"),
        ({"ThoiGianGD": "20241399000000"}, "time-unreadable"),
        ({"ThoiGianGD": "20300101000000"}, "time-in-future"),
    ],
)
def test_what_cannot_be_read_is_flagged_and_the_payment_kept(fields: dict[str, Any], flag: str) -> None:
    payment = matched({}, **fields)
    assert payment["quality"] == [flag]
    assert payment["paid_at"] <= payment["received_at"]


def test_figures_come_as_numbers_too() -> None:
    payment = matched({}, SoTien=80000, MaGiaoDich=5, MaLoi="00")
    assert (payment["amount"], payment["transaction"]) == (80000, "5")


def test_without_any_number_it_is_rejected() -> None:
    with pytest.raises(Rejected) as rejected:
        read(MaGiaoDich="", MaThamChieu=None)
    assert rejected.value.field == "MaGiaoDich"
