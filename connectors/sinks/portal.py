"""The national portal is informed how far a dossier is (`CapNhatTienDoHoSoMC`), through its adapter.

A step is {MaHoSo, NguoiXuLy, ChucDanh, ThoiDiemXuLy, PhongBanXuLy, NoiDungXuLy, TrangThai, NgayBatDau,
NgayKetThucTheoQuyDinh}, moments as local time `yyyyMMddHHmmss`. It is made of its event alone: sent again it is the
same step, which the portal knows by its dossier, moment and status.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connectors.protocols.adapter import NAME, Adapter, ServiceRefused
from lienthong import (
    LOCAL_ZONE,
    Dead,
    Done,
    Envelope,
    Later,
    Outcome,
    Site,
    Transaction,
    Transient,
    on_behalf_of,
    parse_utc,
)
from lienthong.connectors.protocols.http import REPLY_LIMIT, TIMEOUT, Http

SERVICE = "CapNhatTienDoHoSoMC"
STEPS = 10
"""Steps of one call: other clients of the portal send no more."""

_ACKNOWLEDGED, _LACKING = "1", "5"
"""TrangThai: mới đăng ký, because no officer has accepted it yet; yêu cầu bổ sung giấy tờ."""

_OFFICE_LIMIT, _WORDS_LIMIT = 50, 1000
"""Characters of NguoiXuLy, as published, and of NoiDungXuLy, as of other texts of the portal."""


@dataclass(slots=True)
class _Step:
    """A step, and the positions of the events that it is made of: an event may come twice."""

    values: Mapping[str, str]
    positions: list[int] = field(default_factory=list)
    events: list[Envelope] = field(default_factory=list)


class Portal:
    """Tells the portal of each submission (`submission.v1`) that it is received, and when; or what it lacks.

    - `officer` and `office` are named as the one who handled it (NguoiXuLy, PhongBanXuLy): no person did.
    - Steps that the portal refuses together are sent one by one, so that the guilty one waits and dies alone.
    """

    def __init__(
        self,
        site: Site,
        http: Http | None = None,
        *,
        url: str,
        username: str,
        password: str,
        dstcode: str,
        agency: str,
        officer: str = "Hệ thống tiếp nhận tự động",
        office: str = "",
        timeout: timedelta = TIMEOUT,
        reply_limit: int = REPLY_LIMIT,
    ) -> None:
        self._adapter = Adapter(
            http or Http(NAME, timeout=timeout, reply_limit=reply_limit),
            site.clock,
            url=url,
            account={"username": username, "password": password},
            dstcode=dstcode,
            agency=agency,
        )
        self._handled_by = {"NguoiXuLy": officer[:_OFFICE_LIMIT], "ChucDanh": "", "PhongBanXuLy": office}

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:  # noqa: ARG002 - not a sink in SQL
        """Tell the portal. Raises `Transient` when it does not answer at all."""
        outcomes: dict[int, Outcome] = {}
        steps: dict[tuple[str, ...], _Step] = {}
        for position, envelope in enumerate(envelopes):
            try:
                values = self._step(envelope.data_dict())
            except (KeyError, TypeError, ValueError):
                why = "không phải hồ sơ nộp trực tuyến đã kiểm tra: không báo lại cho Cổng được"
                outcomes[position] = Dead(why, field="outcome")
            else:
                step = steps.setdefault(tuple(values.values()), _Step(values))
                step.positions.append(position)
                step.events.append(envelope)
        waiting = list(steps.values())
        for start in range(0, len(waiting), STEPS):
            chunk = waiting[start : start + STEPS]
            try:
                answers = self._tell(chunk)
            except Transient as down:
                if start == 0:
                    raise
                answers = [Later(down.why, down.after, outage=down.outage)] * len(chunk)
            for step, outcome in zip(chunk, answers, strict=True):
                for position in step.positions:
                    outcomes[position] = outcome if outcome is not None else Done(envelopes[position])
        return [outcomes[position] for position in range(len(envelopes))]

    def _tell(self, steps: Sequence[_Step]) -> Sequence[Later | None]:
        """For each step None when the portal has it, else why not."""
        try:
            with on_behalf_of([event for step in steps for event in step.events]):
                self._adapter.push(SERVICE, [step.values for step in steps])
        except ServiceRefused as refused:
            if len(steps) > 1:
                return [outcome for step in steps for outcome in self._tell([step])]
            return [Later(refused.why)]
        return [None] * len(steps)

    def _step(self, data: Mapping[str, Any]) -> Mapping[str, str]:
        received = parse_utc(data["received_at"]).astimezone(LOCAL_ZONE)
        lacking = [str(each["message"]) for each in data["lacking"]]
        if (data["outcome"] == "lacking") != bool(lacking):
            raise ValueError("outcome")
        return {
            "MaHoSo": str(data["code"]),
            **self._handled_by,
            "ThoiDiemXuLy": f"{received:%Y%m%d%H%M%S}",
            "NoiDungXuLy": _words(received, lacking)[:_WORDS_LIMIT],
            "TrangThai": _LACKING if lacking else _ACKNOWLEDGED,
            "NgayBatDau": "",
            "NgayKetThucTheoQuyDinh": "",
        }


def _words(received: datetime, lacking: Sequence[str]) -> str:
    moment = f"{received:%H:%M:%S} ngày {received:%d/%m/%Y}"
    if not lacking:
        return f"Hệ thống xác nhận đã tiếp nhận hồ sơ trực tuyến lúc {moment}."
    return f"Hồ sơ gửi lúc {moment} chưa đủ điều kiện tiếp nhận: {' '.join(lacking)}"
