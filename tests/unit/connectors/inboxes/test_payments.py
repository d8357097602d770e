"""The payment platform's notices: only genuine ones are taken, and each reply tells what is true."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest

from connectors.inboxes.payments import Payments
from connectors.protocols.payment_checksums import notice_checksum
from lienthong.errors import Rejected, Unauthenticated
from lienthong.notices import Notices
from lienthong.ports import Receipt, Reply
from tests.fake_systems import make_site

SECRET = "khoa-dung-chung"


def notice(**fields: Any) -> dict[str, Any]:
    facts = {
        "LoaiBanTin": "PAY",
        "MaLoi": "00",
        "MaDoiTac": "H08",
        "MaThamChieu": "dvc1",
        "SoTien": "80000",
        "MaGiaoDich": "GD1",
        "ThoiGianGD": "20240107190000",
        **fields,
    }
    return {"MaXacThuc": notice_checksum(facts, SECRET), **facts}


def push(pushed: Any, **parameters: str) -> tuple[Receipt, list[str]]:
    notices = Notices()
    inbox = Payments(replace(make_site(), notices=notices), **{"secret": SECRET, **parameters})
    receipt = inbox.receive(pushed if isinstance(pushed, bytes) else orjson.dumps(pushed), {})
    return receipt, notices.take()


def answer(receipt: Receipt, new: Sequence[bool] = ()) -> Mapping[str, Any]:
    reply = receipt.reply if isinstance(receipt.reply, Reply) else receipt.reply(new)
    assert (reply.status, reply.content_type) == (200, "application/json")
    body: Mapping[str, Any] = orjson.loads(reply.body)
    return body


def test_a_genuine_notice_is_recorded_as_it_came_and_echoed() -> None:
    pushed = notice()
    receipt, noticed = push(pushed)
    (record,) = receipt.records
    assert (record.type, record.key, record.body) == ("payments.notice", "GD1", pushed)
    assert answer(receipt, [True]) == {
        "MaLoi": "00",
        "MoTaLoi": "Ghi nhận thành công",
        "LoaiBanTin": "PAY",
        "MaDoiTac": "H08",
        "MaThamChieu": "dvc1",
        "MaGiaoDich": "GD1",
        "TrangThaiGD": "1",
    }
    assert "trước đó" in answer(receipt, [False])["MoTaLoi"]
    assert not noticed


def test_a_notice_is_known_by_our_reference_where_the_platform_has_no_number() -> None:
    assert push(notice(MaGiaoDich=""))[0].records[0].key == "dvc1"


@pytest.mark.parametrize("change", [{"SoTien": "1"}, {"MaXacThuc": ""}, {"MaXacThuc": None}, {"MaGiaoDich": "GD2"}])
def test_a_notice_that_was_changed_is_refused_and_the_operators_learn_of_it(change: Mapping[str, Any]) -> None:
    notices = Notices()
    inbox = Payments(replace(make_site(), notices=notices), secret=SECRET)
    with pytest.raises(Unauthenticated):
        inbox.receive(orjson.dumps({**notice(), **change}), {})
    (noticed,) = notices.take()
    assert "MaXacThuc" in noticed


def test_the_secret_before_is_accepted_while_it_is_replaced() -> None:
    assert push(notice(), secret="new", previous_secret=SECRET)[0].records
    for secret in ("new", ""):
        with pytest.raises(Unauthenticated):
            push(notice(), secret=secret)


@pytest.mark.parametrize("pushed", [b"", b"{", b"[]", b"7", b"[" * 100_000])
def test_what_cannot_be_read_is_refused(pushed: bytes) -> None:
    with pytest.raises(Rejected):
        push(pushed)


def test_a_genuine_notice_without_any_number_is_refused() -> None:
    with pytest.raises(Rejected):
        push(notice(MaGiaoDich="", MaThamChieu=""))


@pytest.mark.parametrize(("status", "code"), [(401, "97"), (400, "99"), (503, "99")])
def test_a_refusal_is_worded_as_the_platform_words_it(status: int, code: str) -> None:
    reply = Payments(make_site(), secret=SECRET).refusal(status, "vì sao")
    assert (reply.status, reply.content_type) == (status, "application/json")
    assert orjson.loads(reply.body) == {
        "MaLoi": code,
        "MoTaLoi": "Giao dịch chưa được ghi nhận: vì sao",
        "TrangThaiGD": "0",
    }
