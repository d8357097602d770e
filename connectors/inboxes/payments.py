"""The payment platform notifies us of a payment (callback); the reply has the form of the platform.

    200 {"MaLoi": "00", "MoTaLoi", …, "TrangThaiGD": "1"}    recorded, now or by an earlier push
    401 {"MaLoi": "97", "MoTaLoi", "TrangThaiGD": "0"}       the checksum does not fit: not recorded
    4xx {"MaLoi": "99", "MoTaLoi", "TrangThaiGD": "0"}       not recorded; pushing the same again does not help
    5xx {"MaLoi": "99", "MoTaLoi", "TrangThaiGD": "0"}       not recorded; it is to be pushed again

The keys of the reply are the platform's; the values of MaLoi other than "00", and of TrangThaiGD, are ASSUMED.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from connectors.protocols.payment_checksums import is_genuine
from lienthong import Receipt, Rejected, Reply, Site, Unauthenticated
from lienthong.connectors.protocols.json_text import read_json
from lienthong.connectors.protocols.lists import object_of
from lienthong.connectors.protocols.records import sound_record, text_of

PAYMENT = "payments.notice"
"""The event type of one notice."""

RECORDED, FORGED, NOT_RECORDED = "00", "97", "99"
"""The values of MaLoi."""

_UNAUTHENTICATED = 401
_ECHOED = ("LoaiBanTin", "MaDoiTac", "MaThamChieu", "MaGiaoDich")


class Payments:
    """Takes notices whose checksum fits.

    - `secret`: shared with the platform; `previous_secret`: the one before, which is accepted while it is replaced.
    - The key of a notice is the transaction (MaGiaoDich), else our reference (MaThamChieu). A notice that is pushed
      again is the same event; the reply then tells that it is recorded.
    - A notice whose checksum does not fit is not recorded, because anybody may have written it. The operators get a
      notice of it, and the platform may push again.
    """

    def __init__(self, site: Site, *, secret: str, previous_secret: str = "") -> None:
        self._notices = site.notices
        self._secrets = [one for one in (secret, previous_secret) if one]

    def receive(self, body: bytes, headers: Mapping[str, str]) -> Receipt:  # noqa: ARG002 - the checksum is in the body
        """The notice. Raises `Rejected` when it cannot be read, `Unauthenticated` when its checksum does not fit."""
        try:
            notice = object_of(read_json(body))
        except ValueError:
            notice = None
        if notice is None:
            raise Rejected("dữ liệu gửi lên không phải một đối tượng JSON")
        if not is_genuine(notice, self._secrets):
            self._notices.add(
                "Thanh toán: có thông báo mang mã xác thực (MaXacThuc) không đúng nên không được ghi nhận; "
                "kiểm tra khoá bí mật với nền tảng thanh toán"
            )
            raise Unauthenticated("mã xác thực (MaXacThuc) không đúng")
        if not _key(notice):
            raise Rejected("thiếu cả MaGiaoDich và MaThamChieu", field="MaGiaoDich")

        def reply(new: Sequence[bool]) -> Reply:
            words = "Ghi nhận thành công" if any(new) else "Giao dịch đã được ghi nhận trước đó"
            return _reply(RECORDED, words, notice)

        return Receipt([sound_record(PAYMENT, dict(notice), _key)], reply)

    def refusal(self, status: int, why: str) -> Reply:
        """What is not recorded, in the words of the platform."""
        code = FORGED if status == _UNAUTHENTICATED else NOT_RECORDED
        return _reply(code, f"Giao dịch chưa được ghi nhận: {why}", {}, status)


def _key(notice: Mapping[str, Any]) -> str:
    return text_of(notice, "MaGiaoDich") or text_of(notice, "MaThamChieu")


def _reply(code: str, words: str, notice: Mapping[str, Any], status: int = 200) -> Reply:
    echoed = {name: text for name in _ECHOED if (text := text_of(notice, name))}
    body = {"MaLoi": code, "MoTaLoi": words, **echoed, "TrangThaiGD": "1" if code == RECORDED else "0"}
    return Reply(status, orjson.dumps(body), "application/json")
