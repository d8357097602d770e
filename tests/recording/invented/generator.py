"""Makes recordings of one month with invented dossiers, by a seed: everything that happens to versions happens here.

Late, skipped, doubled, stale and broken versions, versions that return, dates of the future, several supplements,
re-appointments, withdrawals, refusals, clocks of the portal that lag, nights and days off, and gateways that refuse,
are silent, or send and are silent.
"""

import json
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.recording.invented.working_time import VIETNAM, is_working

TICK, HOUR, DAY = timedelta(hours=6), timedelta(hours=1), timedelta(days=1)
CHANNELS = {"Trực tuyến": 2, "Trực tiếp": 1, "Bưu chính công ích": 3}
STATUSES = {
    "Mới đăng ký": 0, "Đã tiếp nhận": 1, "Đang xử lý": 2, "Yêu cầu bổ sung": 3, "Đã xử lý xong": 4,
    "Đã trả kết quả": 5, "Công dân yêu cầu rút": 6, "Không được tiếp nhận": 12,
}  # fmt: skip
PORTAL = {
    "Mới đăng ký": "1", "Đã tiếp nhận": "2", "Không được tiếp nhận": "3", "Đang xử lý": "4", "Yêu cầu bổ sung": "5",
    "Công dân yêu cầu rút": "7", "Đã xử lý xong": "9", "Đã trả kết quả": "10",
}  # fmt: skip
REFUSALS = (-108, -110, -114, -118, -119, "timeout", "timeout_but_sent", -113, -117)

Body = dict[str, Any]
Line = tuple[datetime, Body]


def write_recording(folder: Path, *, seed: int, dossiers: int, month: str = "2024-04", dirt: float = 1.0) -> Path:
    """Write a recording into `folder`, which is made. `dirt`: how much goes wrong, from 0."""
    maker = _Maker(seed, datetime.fromisoformat(f"{month}-01").replace(tzinfo=VIETNAM), dirt)
    maker.make(dossiers)
    end = (maker.begin + 32 * DAY).replace(day=1)
    head = {
        "name": f"invented-{seed}",
        "from": f"{maker.begin:%Y-%m-%d}",
        "to": f"{end:%Y-%m-%d}",
        "timezone": "+07:00",
    }
    folder.mkdir(parents=True)
    (folder / "recording.json").write_text(json.dumps(head), encoding="utf-8")
    (folder / "gateways.json").write_text(json.dumps(maker.gateways), encoding="utf-8")
    for name, lines in (("igate", maker.igate), ("dvcqg", maker.portal)):
        rows = [
            {"seen_at": seen_at.isoformat(), "body": body} for seen_at, body in sorted(lines, key=lambda one: one[0])
        ]
        (folder / name).mkdir()
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / name / "dossiers.jsonl").write_text(text, encoding="utf-8")
    return folder


class _Maker:
    def __init__(self, seed: int, begin: datetime, dirt: float) -> None:
        self.random = random.Random(seed)
        self.begin = begin
        self.dirt = dirt
        self.igate: list[Line] = []
        self.portal: list[Line] = []
        self.gateways: dict[str, Any] = {"zalo": {"default": 0, "by_phone": {}}, "sms": {"default": 0, "by_phone": {}}}

    def chance(self, share: float) -> bool:
        return self.random.random() < share * self.dirt

    def make(self, dossiers: int) -> None:
        for number in range(dossiers):
            states = self._life(number)
            self._show_in_igate(states)
            self._show_on_portal(states)
        self._make_old_and_many(dossiers)

    def _make_old_and_many(self, first: int) -> None:
        """A dossier that was completed a hundred days before it is seen, and one person's thirty of one day."""
        noon = self.begin + 12 * DAY + 9 * HOUR
        for number in range(first, first + 31):
            body = self._new(number, noon - (104 * DAY if number == first else DAY))
            completed = noon - 100 * DAY if number == first else noon
            body |= dict.fromkeys(("acceptedDate", "completedDate", "updatedDate"), _igate(completed))
            body |= {
                "dossierStatus": {"id": 4, "name": "Đã xử lý xong"},
                "returnedDate": _igate(noon + HOUR),
                "currentTask": [],
            }
            body["applicant"]["data"]["phoneNumber"] = "+84988123456"
            self.igate.append((noon + 3 * HOUR, body))

    def _moment(self, after: datetime, longest: timedelta) -> datetime:
        """A moment after another one, mostly within office hours."""
        at = after + timedelta(minutes=self.random.randint(1, max(2, int(longest.total_seconds() // 60))))
        while self.random.random() < 0.8 and not (is_working(at.date()) and 7 <= at.hour < 17):
            at += timedelta(minutes=self.random.randint(20, 400))
        return at

    def _life(self, number: int) -> list[Body]:
        """The states of a dossier in iGate, one for each change, in their order."""
        applied = self.begin + timedelta(minutes=self.random.randint(-3 * 1440, 27 * 1440))
        states = [self._new(number, applied)]
        self._ask(states, self.random.choice((0, 0, 0, 1, 2)), ("Mới đăng ký", "Đang xử lý"))
        fate = self.random.random()
        if fate < 0.08:
            self._change(states, DAY, "Không được tiếp nhận")
        elif fate < 0.13:
            self._change(states, DAY, "Công dân yêu cầu rút")
        elif fate > 0.2:
            self._process(states)
        return states

    def _change(self, states: list[Body], longest: timedelta, status: str | None = None, *dates: str) -> Body:
        """Add a state, with its date of change also in the fields `dates`."""
        at = self._moment(_read(states[-1]["updatedDate"]), longest)
        new = {**states[-1], **dict.fromkeys(("updatedDate", *dates), _igate(at))}
        if status:
            new["dossierStatus"] = {"id": STATUSES[status], "name": status}
        states.append(new)
        return new

    def _ask(self, states: list[Body], times: int, after: tuple[str, ...]) -> None:
        for _ in range(times):
            self._change(states, DAY, "Yêu cầu bổ sung")
            if self.random.random() < 0.75:
                self._change(states, 2 * DAY, self.random.choice(after))

    def _process(self, states: list[Body]) -> None:
        accepted = self._change(states, 2 * DAY, "Đã tiếp nhận", "acceptedDate")
        accepted["accepter"] = {"id": "1", "fullname": "Đinh Gia Giang"}
        accepted["appointmentDate"] = _igate(_read(accepted["acceptedDate"]) + self.random.randint(4, 100) * HOUR)
        self._ask(states, self.random.choice((0, 0, 1, 2)), ("Đang xử lý",))
        if self.random.random() < 0.3:
            moved = _read(states[-1]["appointmentDate"]) + self.random.choice((-5, 20, 60)) * HOUR
            self._change(states, DAY, "Đang xử lý")["appointmentDate"] = _igate(moved)
        if self.random.random() < 0.75:
            self._change(states, 2 * DAY, "Đã xử lý xong", "completedDate")
            if self.random.random() < 0.7:
                self._change(states, DAY, "Đã trả kết quả", "returnedDate")
            if self.chance(0.1):
                self._change(states, DAY)["accepter"] = {"id": "2", "fullname": "Lê Thị Hà"}
        elif self.random.random() < 0.2:
            self._change(states, DAY, "Công dân yêu cầu rút")

    def _new(self, number: int, applied: datetime) -> Body:
        agency, channel = f"000.0{self.random.randint(1, 5)}.3{self.random.randint(1, 9)}.H08", self._channel()
        return {
            "id": f"{self.random.getrandbits(96):024x}",
            "code": f"{agency}-{applied:%y%m%d}-{number:05d}",
            "dossierStatus": {"id": 0, "name": "Mới đăng ký"},
            "procedure": {
                "code": "1.001193.000.00.00.H08",
                "translate": [{"languageId": 228, "name": "Đăng ký khai sinh"}],
                "sector": {"code": "G15-HT01"},
            },
            "procedureLevel": {"name": [{"languageId": 228, "name": "Toàn trình"}]},
            "agency": {"code": agency, "name": [{"languageId": 228, "name": f"Bộ phận Một cửa {agency}"}]},
            "currentTask": [
                {"bpmProcessDefinitionTask": {"variable": {"mustSendSMSToApplicant": self.random.random() < 0.06}}}
            ],
            "applyMethod": channel,
            "applicant": {
                "data": {
                    "fullname": "NGUYỄN VĂN MẪU",
                    "phoneNumber": self._phone(),
                    "identityNumber": "052192379326",
                }
            },
            "accepter": None,
            "appliedDate": _igate(applied),
            "acceptedDate": None,
            "appointmentDate": _igate(applied + 60 * HOUR),
            "completedDate": None,
            "returnedDate": None,
            "updatedDate": _igate(applied),
        }

    def _channel(self) -> Body | None:
        name = self.random.choice(("Trực tuyến",) * 6 + ("Trực tiếp",) * 3 + ("Bưu chính công ích",))
        return {"id": CHANNELS[name], "name": name}

    def _phone(self) -> str | None:
        national = self.random.choice("35789") + "".join(self.random.choices("0123456789", k=8))
        if self.random.random() < 0.3:
            by_phone = self.gateways["zalo"]["by_phone"]
            code = by_phone[f"84{national}"] = self.random.choice(REFUSALS)
            if code in (-108, -118) and self.random.random() < 0.2:
                by_sms = self.gateways["sms"]["by_phone"]
                by_sms[f"84{national}"] = self.random.choice(("timeout", "timeout_but_sent", 108, 100))
        forms = ("+84{}", "84{}", "0{}", "+84{}", "+84{}")
        text = self.random.choice(forms).format(national)
        if self.chance(0.1):
            text = f"0{national[:3]} {national[3:6]} {national[6:]}"
        none = ("khong co", "", None, "12345", "0")
        return self.random.choice(none) if self.chance(0.06) else text

    def _show_in_igate(self, states: list[Body]) -> None:
        tick = self._tick_after(_read(states[0]["updatedDate"]))
        for place, state in enumerate(states):
            tick = max(tick, self._tick_after(_read(state["updatedDate"])))
            if self.chance(0.15):
                tick += self.random.randint(1, 6) * TICK
            if place + 1 < len(states) and self.chance(0.12):
                continue  # it was not seen in time
            if self.chance(0.05):
                self._line(tick, _broken(state, self.random))
                tick += TICK
            self._line(tick, self._dated(state, tick))
            if self.chance(0.12) and place:
                tick += TICK
                stale = dict(self.random.choice(states[:place]))
                self._line(tick, stale)  # an older version, seen before or not
                if self.chance(0.5):
                    tick += TICK
                    self._line(tick, state)
            if self.chance(0.1):
                self._line(tick + TICK, state)

    def _dated(self, state: Body, tick: datetime) -> Body:
        """Some versions bear a date of change of the future."""
        ahead = tick + self.random.choice((HOUR, 300 * DAY))
        return {**state, "updatedDate": _igate(ahead)} if self.chance(0.04) else state

    def _line(self, tick: datetime, body: Body) -> None:
        """Keep a line that a search around its dates finds: within eight days of one of them."""
        dates = [
            _read(body[name]) for name in ("acceptedDate", "appointmentDate", "returnedDate") if _is_date(body[name])
        ]
        if any(abs(tick - at) < 8 * DAY for at in dates):
            self.igate.append((tick, body))

    def _show_on_portal(self, states: list[Body]) -> None:
        if self.random.random() < 0.15:
            return
        of_portal = "1" if states[0]["applyMethod"]["name"] == "Trực tuyến" else "2"
        submitted = _read(states[0]["appliedDate"]) - timedelta(minutes=self.random.choice((0, 3, 17, 600)))
        tick, before = self._tick_after(submitted), None
        for state in states:
            tick = max(tick, self._tick_after(_read(state["updatedDate"]))) + self.random.choice((0, 0, 0, 1, 5)) * TICK
            body = _portal_body(state, submitted, of_portal)
            since = _read(state["acceptedDate"]) if state["acceptedDate"] else submitted
            if abs(tick - since) < 10 * DAY:
                self.portal.append((tick, body))
                if before is not None and self.chance(0.1):
                    self.portal.append((tick + TICK, before))
                    if self.chance(0.7):
                        self.portal.append((tick + 2 * TICK, body))
                    tick += 2 * TICK
            before = body

    def _tick_after(self, moment: datetime) -> datetime:
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + ((moment - midnight) // TICK + 1) * TICK


def _portal_body(state: Body, submitted: datetime, filed_on: str) -> Body:
    return {
        "MaHoSo": state["code"],
        "MaTTHC": state["procedure"]["code"],
        "TenTTHC": "Đăng ký khai sinh",
        "KenhThucHien": "2" if filed_on == "1" else "1",
        "ChuHoSo": "NGUYỄN VĂN MẪU",
        "NgayNopHoSo": _portal(_igate(submitted)),
        "NgayTiepNhan": _portal(state["acceptedDate"]),
        "NgayHenTra": _portal(state["appointmentDate"]),
        "TrangThaiHoSo": PORTAL[state["dossierStatus"]["name"]],
        "NgayTra": _portal(state["returnedDate"]),
        "NgayKetThucXuLy": _portal(state["completedDate"]),
        "NgayTuChoi": "",
        "DonViXuLy": "UBND xã",
        "TaiLieuNop": [],
        "DanhSachLePhi": [],
        "DanhSachGiayToKetQua": [],
        "NoiNopHoSo": filed_on,
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "001083876290"}],
    }


def _broken(state: Body, chosen: random.Random) -> Body:
    """A version that lacks its code or its procedure, or with a date that is none."""
    name, value = chosen.choice((("code", None), ("procedure", None), ("appliedDate", "32/13/2024"), ("code", "")))
    return {**state, name: value}


def _is_date(text: str | None) -> bool:
    return bool(text) and "/" not in str(text)


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(VIETNAM)


def _igate(moment: datetime) -> str:
    return (moment - 7 * HOUR).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def _portal(text: str | None) -> str:
    return _read(text).strftime("%Y%m%d%H%M%S") if text else ""
