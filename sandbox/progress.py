"""What is reported to the national portal of how far dossiers are: the steps of CapNhatTienDoHoSoMC, each once."""

from datetime import datetime
from typing import Any

from sandbox.mapi import Refused

_REQUIRED = ("MaHoSo", "NguoiXuLy", "ThoiDiemXuLy", "NoiDungXuLy", "TrangThai")
_IDENTITY = ("MaHoSo", "ThoiDiemXuLy", "TrangThai")
_KNOWN = "-3"


class Progress:
    """`steps` are those that were received, oldest first, each with `receivedAt` (ISO 8601)."""

    def __init__(self) -> None:
        self.steps: list[dict[str, Any]] = []

    def receive(self, data: object, now: datetime) -> None:
        """Keep the new steps of one call. Raises `Refused` when a step is incomplete or known; none is kept."""
        rows = data if isinstance(data, list) else []
        if not rows:
            raise Refused("data phải là danh sách tiến độ")
        for row in rows:
            missing = [name for name in _REQUIRED if not isinstance(row, dict) or not row.get(name)]
            if missing:
                raise Refused(f"Thiếu {', '.join(missing)}")
        known = {_identity(step) for step in self.steps}
        new = {_identity(row): row for row in rows}
        if known.intersection(new):
            raise Refused("Tiến độ đã tồn tại", _KNOWN)
        self.steps += [{**row, "receivedAt": now.isoformat()} for row in new.values()]


def _identity(step: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(step[name]) for name in _IDENTITY)
