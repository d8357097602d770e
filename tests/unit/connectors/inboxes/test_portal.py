"""What the portal pushes, in every form that is in use, and what it is answered."""

from collections.abc import Sequence
from typing import Any

import orjson
import pytest

from connectors.inboxes.portal import Portal
from lienthong.errors import Rejected
from lienthong.ports import Receipt, Reply
from tests.fake_systems import make_site

CODE = "000.00.34.H08-240108-800001"
DOSSIER = {"MaHoSo": CODE, "MaTTHC": "1.001612.000.00.00.H08", "NgayNopHoSo": "20240108125400"}


def call(*dossiers: Any, **more: Any) -> dict[str, Any]:
    return {
        "session": "",
        "madonvi": "H08",
        "service": "DongBoHoSoMC",
        "isUpdating": "False",
        "data": list(dossiers),
        **more,
    }


def push(pushed: Any) -> Receipt:
    body = pushed if isinstance(pushed, bytes) else orjson.dumps(pushed)
    return Portal(make_site(), agencies=["H08", "000.00.00.H08"]).receive(body, {})


def answer(receipt: Receipt, new: Sequence[bool] | None = None) -> tuple[Any, str]:
    reply = receipt.reply
    if not isinstance(reply, Reply):
        reply = reply([True] * len(receipt.records) if new is None else new)
    assert (reply.status, reply.content_type) == (200, "application/json")
    body = orjson.loads(reply.body)
    return body["error_code"], body["message"]


@pytest.mark.parametrize(
    "pushed",
    [
        call(DOSSIER),
        call(DOSSIER, isUpdating="True", session="abc"),
        call(DOSSIER, madonvi="000.00.00.H08"),
        [call(DOSSIER)],
        call(data=DOSSIER),
        call(data={"0": DOSSIER}),
        [DOSSIER],
        DOSSIER,
    ],
    ids=["call", "update", "whole-agency", "call-in-a-list", "object", "numbered", "bare-list", "bare"],
)
def test_a_dossier_is_the_record_whatever_it_is_wrapped_in(pushed: Any) -> None:
    receipt = push(pushed)
    (record,) = receipt.records
    assert (record.type, record.key, record.body) == ("portal.submission", CODE, DOSSIER)
    code, words = answer(receipt)
    assert code == 0 and "thành công" in words


def test_a_repetition_is_stated_and_so_is_a_part_that_is_one() -> None:
    receipt = push(call(DOSSIER, {**DOSSIER, "MaHoSo": "2"}))
    assert answer(receipt, [False, False])[0] == 1
    assert "đã tồn tại" in answer(receipt, [False, False])[1]
    code, words = answer(receipt, [True, False])
    assert (code, "1 hồ sơ đã được ghi nhận trước đó" in words) == (0, True)


def test_what_has_no_code_is_named_with_its_place_and_costs_no_other() -> None:
    receipt = push(call({"MaTTHC": "1.000656"}, DOSSIER, "?", {"MaHoSo": ["x"]}))
    assert [record.key for record in receipt.records] == [CODE]
    code, words = answer(receipt)
    assert code == -1
    assert "1, 3, 4" in words and "1 hồ sơ còn lại đã được ghi nhận" in words
    assert "thành công" not in words


@pytest.mark.parametrize(
    "pushed",
    [
        *(b"", b"{", b"\x00", b'{"data": NaN}', b"[" * 100_000, b"null", b"7", b"[]", b"{}", b'"\xff"'),
        *(
            call(),
            call(data=None),
            call(data="x"),
            call(service="XoaHoSo"),
            call(DOSSIER, madonvi="H48"),
            call({}),
            [7],
        ),
    ],
)
def test_what_cannot_be_taken_is_refused(pushed: Any) -> None:
    with pytest.raises(Rejected) as refused:
        push(pushed)
    assert refused.value.why and "thành công" not in refused.value.why


def test_a_dossier_that_no_database_can_keep_is_received_and_dies_alone() -> None:
    receipt = push(b'[{"MaHoSo": "1", "ChuHoSo": "\\ud800"}, {"MaHoSo": "2"}]')
    assert [record.key for record in receipt.records] == ["1", "2"]
    orjson.dumps([dict(record.body) for record in receipt.records])


def test_a_refusal_is_worded_as_the_portal_words_it() -> None:
    reply = Portal(make_site(), agencies=[]).refusal(503, "sổ cái không trả lời")
    assert reply.status == 503
    assert orjson.loads(reply.body) == {
        "error_code": -1,
        "message": "Chưa ghi nhận hồ sơ nào: sổ cái không trả lời",
    }
