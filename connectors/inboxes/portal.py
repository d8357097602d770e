"""The national public service portal (Cổng Dịch vụ công quốc gia) pushes dossiers that were filed online.

A push is a call of `DongBoHoSoMC` (`{"session", "madonvi", "service", "isUpdating", "data": [dossier, …]}`), the list
alone, as some adapters send it, or one dossier. The reply:

    200 {"error_code": 0,  "message"}    recorded
    200 {"error_code": 1,  "message"}    recorded by an earlier push, all of it
    200 {"error_code": -1, "message"}    recorded, except for the dossiers that the message names
    4xx {"error_code": -1, "message"}    nothing is recorded, and pushing the same again does not help; 5xx: it does
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from lienthong import Receipt, Record, Rejected, Reply, Site
from lienthong.connectors.protocols.json_text import read_json
from lienthong.connectors.protocols.lists import list_of, object_of
from lienthong.connectors.protocols.records import sound_record, text_of
from schemas.wire.submissions import PortalSubmission

SUBMISSION = "portal.submission"
"""The event type of one version of a dossier, as pushed."""

RECORDED, KNOWN, REFUSED = 0, 1, -1
"""The codes of a reply."""

_SERVICES = ("", "DongBoHoSoMC")
_FIELDS = frozenset(PortalSubmission.model_fields)
_NAMED = 10
"""How many positions a message names."""


class Portal:
    """Takes dossiers. The reply tells that they are recorded; whether they are in order, the portal learns later.

    - A dossier is the record, unchanged; its key is its code. `isUpdating` is not kept: the portal may push the same
      dossier once as new and, unanswered, once more as known.
    - A dossier without a code is refused at once and not recorded: no later answer could name it.
    - `agencies`: the codes by which the portal may name us (madonvi). A push to anybody else is refused.
    """

    def __init__(self, site: Site, *, agencies: Sequence[str]) -> None:  # noqa: ARG002 - every connector gets it
        """It needs nothing of the site."""
        self._agencies = frozenset(agencies)

    def receive(self, body: bytes, headers: Mapping[str, str]) -> Receipt:  # noqa: ARG002 - the port gives them
        """The dossiers of one push. Raises `Rejected` when it has none, or is not for us."""
        try:
            pushed = read_json(body)
        except ValueError:
            raise Rejected("dữ liệu gửi lên không phải JSON") from None
        call = _call_of(pushed)
        if call is not None:
            self._check(call)
        dossiers = list_of(call.get("data"), _FIELDS) if call is not None else _bare_dossiers(pushed)
        if not dossiers:
            raise Rejected("không có hồ sơ nào trong dữ liệu gửi lên: thiếu data hoặc MaHoSo", field="data")
        return _receipt(dossiers)

    def refusal(self, status: int, why: str) -> Reply:
        """What is not recorded, in the words of the portal."""
        return _reply(REFUSED, f"Chưa ghi nhận hồ sơ nào: {why}", status)

    def _check(self, call: Mapping[str, Any]) -> None:
        if text_of(call, "service") not in _SERVICES:
            raise Rejected("dịch vụ không tồn tại; ở đây chỉ nhận DongBoHoSoMC", field="service")
        agency = text_of(call, "madonvi")
        if agency and agency not in self._agencies:
            raise Rejected("mã đơn vị không phải của tỉnh", field="madonvi")


def _call_of(pushed: object) -> Mapping[str, Any] | None:
    """The call of a service that was pushed, None when dossiers were pushed without one."""
    found = object_of(pushed)
    return found if found is not None and ("data" in found or "service" in found) else None


def _bare_dossiers(pushed: object) -> list[Any] | None:
    if isinstance(pushed, Mapping):
        return [pushed] if "MaHoSo" in pushed else None
    return list_of(pushed)


def _receipt(dossiers: Sequence[Any]) -> Receipt:
    records: list[Record] = []
    without_code: list[int] = []
    for number, dossier in enumerate(dossiers, 1):
        found = object_of(dossier)
        if found is None or not text_of(found, "MaHoSo"):
            without_code.append(number)
        else:
            records.append(sound_record(SUBMISSION, dict(found), lambda body: text_of(body, "MaHoSo")))
    if not records:
        raise Rejected(f"thiếu MaHoSo ở hồ sơ thứ {_positions(without_code)}", field="data")

    def reply(new: Sequence[bool]) -> Reply:
        if without_code:
            return _reply(REFUSED, _not_recorded(without_code, len(records)))
        count = sum(new)
        if count == 0:
            return _reply(KNOWN, "Hồ sơ đã tồn tại: nội dung này đã được ghi nhận trước đó")
        known = len(new) - count
        words = f"Ghi nhận thành công {count} hồ sơ"
        return _reply(RECORDED, f"{words}; {known} hồ sơ đã được ghi nhận trước đó" if known else words)

    return Receipt(records, reply)


def _not_recorded(positions: Sequence[int], recorded: int) -> str:
    words = f"Chưa ghi nhận được hồ sơ thứ {_positions(positions)} trong data: thiếu MaHoSo"
    return f"{words}; {recorded} hồ sơ còn lại đã được ghi nhận"


def _positions(positions: Sequence[int]) -> str:
    return ", ".join(str(position) for position in positions[:_NAMED]) + (", …" if len(positions) > _NAMED else "")


def _reply(code: int, words: str, status: int = 200) -> Reply:
    return Reply(status, orjson.dumps({"error_code": code, "message": words}), "application/json")
