"""The national portal behind its adapter (sandbox/mapi.py): dossiers, accounts, and what is reported to it.

DanhSachHoSo  {ngayNhan1, ngayNhan2}, local days, both included → {"error_code", "message", "data"}
TraCuuHoSo    {mahoso}                                          → {"error_code", "result"}
TraCuuTechID  {provider, mstorcmnd}                             → {"error_code", "result"}, see sandbox/accounts.py
CapNhatTienDoHoSoMC  {data: [step, …]}                          → {"error_code", "message"}; kept, see `GET /-/received`
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sandbox.accounts import Accounts
from sandbox.clock import Clock, parse_instant
from sandbox.listing import Listing, Query, Version, Window
from sandbox.mapi import Mapi, Refused
from sandbox.progress import Progress
from sandbox.recording import Line, Recording
from sandbox.sessions import Monotonic

DAY = timedelta(days=1)


class Portal(Mapi):
    """The stand-in server."""

    def __init__(self, recording: Recording, clock: Clock, monotonic: Monotonic) -> None:
        super().__init__(monotonic)
        self._clock = clock
        self._zone = recording.zone
        lines = recording.lines.get("dvcqg", ())
        self._listing = Listing(lines, dossier_key, self._read)
        self._accounts = Accounts(lines)
        for push in recording.pushes:
            self._accounts.add_push(push)
        self._progress = Progress()

    @property
    def received(self) -> Sequence[dict[str, Any]]:
        """The steps that were reported, oldest first."""
        return self._progress.steps

    def add(self, line: Line) -> None:
        self._listing.add(line)
        self._accounts.add(line)

    def find(self, body: dict[str, Any]) -> tuple[Iterable[bytes], bytes]:
        match body.get("service"):
            case "DanhSachHoSo":
                query, name = Query((self._days(body),)), '"message":"Thành công","data"'.encode()
            case "TraCuuHoSo":
                query, name = Query(code=str(body.get("mahoso"))), b'"result"'
            case "TraCuuTechID":
                return self._accounts.find(str(body.get("mstorcmnd")), self._clock.now), b'"result"'
            case "CapNhatTienDoHoSoMC":
                self._progress.receive(body.get("data"), self._clock.now.astimezone(self._zone))
                return (), '"message":"Cập nhật tiến độ thành công","result"'.encode()
            case _:
                raise Refused("Dịch vụ không tồn tại")
        found = self._listing.select(self._clock.now, query)
        return (version.line.raw for version in found), name

    def _days(self, body: dict[str, Any]) -> Window:
        try:
            first, last = (_parse_local(body.get(name), "%Y-%m-%d", self._zone) for name in ("ngayNhan1", "ngayNhan2"))
            return Window(0, first, last + DAY)
        except (ValueError, OverflowError) as error:
            raise Refused("ngayNhan1, ngayNhan2 phải có dạng yyyy-MM-dd") from error

    def _read(self, body: dict[str, Any], line: Line, key: str, _: Sequence[Version]) -> Version:
        received = _parse_compact(body.get("NgayTiepNhan"), self._zone) or _parse_compact(
            body.get("NgayNopHoSo"), self._zone
        )
        return Version(key, str(body.get("MaHoSo") or "") or None, (received or line.seen_at,), line)


def dossier_key(body: dict[str, Any], line: Line) -> str:
    """The key of the dossier of a body: its code, else a key that no other body has."""
    return str(body.get("MaHoSo") or f"line {line.number}")


def _parse_local(value: object, form: str, zone: tzinfo) -> datetime:
    return parse_instant(datetime.strptime(str(value), form).replace(tzinfo=zone).isoformat(), zone)


def _parse_compact(value: object, zone: tzinfo) -> datetime | None:
    """Parse local time `yyyyMMddHHmmss`. Returns UTC. The length is checked because strptime accepts shorter text."""
    text = str(value)
    try:
        return _parse_local(text, "%Y%m%d%H%M%S", zone) if len(text) == 14 else None
    except ValueError:
        return None
