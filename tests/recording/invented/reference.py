"""What a recording must come to, reckoned from its lines alone, as the description of recordings states it.

It shares no code with the product. It covers notices, what gateways sent, deadlines, lateness, and iGate's balance.
"""

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from tests.recording.invented.working_time import VIETNAM, between, due_after

HOURS = timedelta(hours=8)
ORDER = (
    "submitted", "accepted", "supplement_requested", "supplement_received", "reappointed", "rejected", "withdrawn",
    "completed", "returned",
)  # fmt: skip
ASKING, REFUSED, WITHDRAWN = "Yêu cầu bổ sung", "Không được tiếp nhận", "Công dân yêu cầu rút"
ONLINE_NOTICES = {"submitted", "accepted", "supplement_requested", "rejected", "completed"}
BY_SMS = {-108, -110, -114, -118, -119}
DATES = ("appliedDate", "acceptedDate", "appointmentDate", "completedDate", "returnedDate", "updatedDate")

Body = dict[str, Any]


@dataclass
class Dossier:
    """A dossier of iGate as it is known at a moment. `facts`: by (happening, number), when it happened."""

    body: Body = field(default_factory=dict)
    changed_at: datetime | None = None
    facts: dict[tuple[str, int], datetime] = field(default_factory=dict)
    rounds: int = 0
    is_asking: bool = False
    held: list[tuple[datetime, int, str, str]] = field(default_factory=list)


def answers(folder: Path) -> dict[str, Any]:
    """The answers: {files: {name: content}, sent: [{channel, phone, at}]}, in the form of `answers.json`."""
    return Reference(folder).run()


def local(text: str | None) -> datetime | None:
    """A moment as iGate (with an offset) or the portal (yyyyMMddHHmmss, local) writes it. Raises ValueError."""
    if not text:
        return None
    if re.fullmatch(r"\d{14}", text):
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=VIETNAM)
    return datetime.fromisoformat(text).astimezone(VIETNAM)


def lines_of(folder: Path, name: str) -> list[tuple[datetime, Body]]:
    """The lines of a file: (seen_at, body)."""
    path = folder / name
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []
    return [(datetime.fromisoformat(row["seen_at"]).astimezone(VIETNAM), row["body"]) for row in rows]


def phone_of(text: object) -> str:
    """The mobile number in the form 84…; "" for what is none."""
    digits = re.sub(r"\D", "", str(text or ""))
    national = digits[2:] if digits.startswith("84") and len(digits) == 11 else digits.removeprefix("0")
    return f"84{national}" if re.fullmatch(r"[35789]\d{8}", national) else ""


def is_sound(body: Body) -> bool:
    """Whether a version of iGate has a code, a procedure, and dates that are dates."""
    try:
        for name in DATES:
            local(body.get(name))
    except (ValueError, TypeError):
        return False
    return bool(body.get("code")) and bool((body.get("procedure") or {}).get("code"))


def shown_by_tick(lines: list[tuple[datetime, Body]], key: str) -> dict[datetime, dict[str, Body]]:
    """By tick, the versions of dossiers that are shown from then on: of one dossier the last line of the tick."""
    ticks: dict[datetime, dict[str, Body]] = defaultdict(dict)
    for seen_at, body in lines:
        ticks[seen_at][str(body.get(key))] = body
    shown: dict[str, Body] = {}
    for tick in sorted(ticks):
        for name, body in list(ticks[tick].items()):
            if shown.get(name) == body:
                del ticks[tick][name]
        shown |= ticks[tick]
    return ticks


class Reference:
    def __init__(self, folder: Path) -> None:
        head = json.loads((folder / "recording.json").read_text(encoding="utf-8"))
        self.months = _months(head["from"], head["to"])
        self.igate = lines_of(folder, "igate/dossiers.jsonl")
        self.portal = lines_of(folder, "dvcqg/dossiers.jsonl")
        every = [lines_of(folder, str(path.relative_to(folder))) for path in sorted(folder.glob("*/*.jsonl"))]
        moments = sorted({seen_at for lines in every for seen_at, _ in lines})
        self.ends_at = moments[-1]
        self.ticks = moments
        plan = folder / "gateways.json"
        self.gateways = json.loads(plan.read_text(encoding="utf-8")) if plan.is_file() else {}
        self.dossiers: dict[str, Dossier] = defaultdict(Dossier)
        self.sent: list[dict[str, str]] = []
        self.notices: list[tuple[datetime, str, str, str]] = []  # left at, happening, state, channel

    def run(self) -> dict[str, Any]:
        shown = shown_by_tick(self.igate, "id")
        received = dead = 0
        morning = datetime.combine(self.ticks[0].date(), time(7), VIETNAM)
        for tick in self.ticks:
            while morning <= tick:
                self._release(morning)
                morning += timedelta(days=1)
            for name, body in sorted(shown.get(tick, {}).items()):
                received += 1
                if is_sound(body):
                    self._count(self.dossiers[name], body, tick)
                else:
                    dead += 1
            self._release(tick)
        balance = {"received": received, "dead": dead, "delivered": received - dead, "difference": 0}
        files: dict[str, Any] = {"balance.json": {"sources": {"igate": balance}}}
        for month in self.months:
            files[f"notices-{month}.json"] = self._notices(month)
            files[f"deadlines-{month}.json"] = self._deadlines(month)
            files[f"lateness-{month}.json"] = self._lateness(month)
        return {"files": files, "sent": self.sent}

    def _count(self, dossier: Dossier, body: Body, seen_at: datetime) -> None:
        changed_at = local(body["updatedDate"])
        assert changed_at is not None
        changed_at = min(changed_at, seen_at)
        if dossier.changed_at is not None and changed_at < dossier.changed_at:
            return
        before, dossier.body, dossier.changed_at = dossier.body, body, changed_at
        for key, at in self._happenings(dossier, before, changed_at):
            is_new = key not in dossier.facts
            dossier.facts[key] = at
            if is_new:
                self._note(dossier, key[0], at, seen_at)

    def _happenings(
        self, dossier: Dossier, before: Body, changed_at: datetime
    ) -> list[tuple[tuple[str, int], datetime]]:
        body, found = dossier.body, []
        status = (body.get("dossierStatus") or {}).get("name")
        dated = (("accepted", "acceptedDate"), ("completed", "completedDate"), ("returned", "returnedDate"))
        if _is_online(body) and body.get("appliedDate"):
            found.append((("submitted", 1), local(body["appliedDate"])))
        found += [((name, 1), local(body[of])) for name, of in dated if body.get(of)]
        if status == ASKING and not dossier.is_asking:
            dossier.rounds += 1
            found.append((("supplement_requested", dossier.rounds), changed_at))
        if dossier.is_asking and status not in (ASKING, REFUSED, WITHDRAWN):
            found.append((("supplement_received", dossier.rounds), changed_at))
        dossier.is_asking = status == ASKING
        for name, of in (("rejected", REFUSED), ("withdrawn", WITHDRAWN)):
            if status == of and (name, 1) not in dossier.facts:
                found.append(((name, 1), changed_at))
        return [(key, at) for key, at in found if at is not None]

    def _note(self, dossier: Dossier, happening: str, at: datetime, seen_at: datetime) -> None:
        body = dossier.body
        steps = body.get("currentTask") or []
        definitions = [step.get("bpmProcessDefinitionTask", {}) for step in steps]
        if any(one.get("variable", {}).get("mustSendSMSToApplicant") for one in definitions):
            return
        phone = phone_of(((body.get("applicant") or {}).get("data") or {}).get("phoneNumber"))
        allowed = ONLINE_NOTICES if _is_online(body) else {"completed"}
        if phone and happening in allowed:
            dossier.held.append((at, ORDER.index(happening), happening, phone))

    def _release(self, now: datetime) -> None:
        if not time(7) <= now.time() < time(21):
            return
        for dossier in self.dossiers.values():
            if not dossier.held:
                continue
            *older, newest = sorted(dossier.held)
            dossier.held = []
            self.notices += [(now, happening, "suppressed", "") for _, _, happening, _ in older]
            self._send(newest[2], newest[3], now)

    def _send(self, happening: str, phone: str, now: datetime) -> None:
        for channel in ("zalo", "sms"):
            plan = self.gateways.get(channel, {})
            code = plan.get("by_phone", {}).get(phone, plan.get("default", 0))
            took = code in (0, 100)
            if took or code == "timeout_but_sent":
                self.sent.append({"channel": channel, "phone": phone, "at": now.isoformat()})
            state = "accepted" if took else "in doubt" if code in ("timeout", "timeout_but_sent") else "failed"
            if channel == "zalo" and code in BY_SMS:
                continue
            self.notices.append((now, happening, state, channel))
            return

    def _notices(self, month: str) -> dict[str, Any]:
        left = [one for one in self.notices if one[0].isoformat().startswith(month)]
        return {
            "period": month,
            "sent": dict(Counter(channel for _, _, state, channel in left if state == "accepted")),
            "by_happening": dict(Counter(happening for _, happening, _, _ in left)),
            "states": dict(Counter(state for _, _, state, _ in left)),
        }

    def _deadlines(self, month: str) -> dict[str, Any]:
        kinds = {kind: {"met": 0, "breached": 0, "running": 0} for kind in ("acceptance", "processing")}
        breached = []
        for dossier in self.dossiers.values():
            for kind, started_at, due_at, ended_at in self._clocks(dossier):
                if not started_at.isoformat().startswith(month):
                    continue
                late = ended_at > due_at if ended_at else due_at < self.ends_at and not dossier.is_asking
                state = "breached" if late else "met" if ended_at else "running"
                kinds[kind][state] += 1
                if late:
                    ended = ended_at.isoformat(timespec="seconds") if ended_at else None
                    breached.append(
                        {
                            "dossier": dossier.body["code"],
                            "kind": kind,
                            "due_at": due_at.isoformat(timespec="seconds"),
                            "ended_at": ended,
                        }
                    )
        return {"period": month, "kinds": kinds, "breached": breached}

    def _clocks(self, dossier: Dossier) -> list[tuple[str, datetime, datetime, datetime | None]]:
        facts, clocks = dossier.facts, []
        withdrawn = facts.get(("withdrawn", 1))

        def first(*names: str) -> datetime | None:
            moments = [facts[name, 1] for name in names if (name, 1) in facts]
            return min([*moments, *([withdrawn] if withdrawn else [])], default=None)

        if applied := facts.get(("submitted", 1)):
            ended = first("accepted", "supplement_requested", "rejected")
            clocks.append(("acceptance", applied, due_after(applied, HOURS), ended))
        accepted, due = facts.get(("accepted", 1)), local(dossier.body.get("appointmentDate"))
        if accepted and due:
            clocks.append(("processing", accepted, due, first("completed")))
        return clocks

    def _lateness(self, month: str) -> dict[str, Any]:
        shown_at: dict[str, datetime] = {}
        newest: dict[str, Body] = {}
        for tick, versions in sorted(shown_by_tick(self.portal, "MaHoSo").items()):
            for code, body in versions.items():
                newest[code] = body
                if int(body["TrangThaiHoSo"]) >= 2 and body["TrangThaiHoSo"] != "3":
                    shown_at.setdefault(code, tick)
        local_ones = {one.body["code"]: one for one in self.dossiers.values() if one.body}
        found = []
        for code, body in newest.items():
            here = local_ones.get(code)
            if here is None or body["NoiNopHoSo"] != "1" or code not in shown_at:
                continue
            moments = (local(body["NgayNopHoSo"]), local(here.body["appliedDate"]), local(here.body["acceptedDate"]))
            submitted, arrived, accepted = moments
            if submitted and arrived and accepted and submitted.isoformat().startswith(month):
                found.append(_late(code, submitted, arrived, accepted, shown_at[code]))
        totals = Counter(one["verdict"] for one in found)
        return {"period": month, "totals": dict(totals), "dossiers": found}


def _late(code: str, submitted: datetime, arrived: datetime, accepted: datetime, shown: datetime) -> dict[str, Any]:
    def minutes(first: datetime, last: datetime) -> int:
        return int(between(first, last).total_seconds() // 60)

    verdict = "on_time"
    if minutes(submitted, shown) > 480:
        by_way_in = minutes(submitted, accepted) > 480
        verdict = "office" if minutes(arrived, accepted) > 480 else "inbound" if by_way_in else "outbound"
    moments = {"submitted_at": submitted, "arrived_at": arrived, "accepted_at": accepted, "shown_at": shown}
    return {
        "dossier": code,
        **{name: moment.isoformat(timespec="seconds") for name, moment in moments.items()},
        "office_minutes": minutes(arrived, accepted),
        "inbound_minutes": minutes(submitted, arrived),
        "outbound_minutes": minutes(accepted, shown),
        "verdict": verdict,
    }


def _is_online(body: Body) -> bool:
    return (body.get("applyMethod") or {}).get("name") == "Trực tuyến"


def _months(first: str, end: str) -> list[str]:
    months, day = [], datetime.fromisoformat(first)
    while day < datetime.fromisoformat(end):
        months.append(f"{day:%Y-%m}")
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return months
