"""What the reports about people and units must come to, reckoned from the lines of a recording alone.

It shares no code with the product: paper filings by the tree, the letters, and VNeID accounts.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.recording.invented.reference import Dossier, lines_of, local

Body = dict[str, Any]


def people_answers(folder: Path, dossiers: Iterable[Dossier], month: str) -> dict[str, Any]:
    """The reports of a month, by file name. `dossiers`: of iGate, as the reference of the recording knows them last."""
    first = date.fromisoformat(f"{month}-01")
    end = (first + timedelta(days=32)).replace(day=1)
    units = [body for _, body in lines_of(folder, "organisations/units.jsonl")]
    records = [body for _, body in lines_of(folder, "ccvc/records.jsonl")]
    cases = sorted(
        (case for one in dossiers if (case := _case(one.body, records, first, end))), key=lambda one: one["dossier"]
    )
    at_end, cut_off = _Tree(units, end - timedelta(days=1)), first.replace(day=25)
    rolled_up: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        for code in at_end.path(case["staff_agency"]):
            rolled_up[code].append(case["dossier"])
    letters = [
        {"unit": code, "recipient": at_end.known[code]["email"], "cases": rolled_up[code]}
        for code in sorted(rolled_up)
        if at_end.known[code]["cap"] != "TINH" and not at_end.has_ended(code)
    ]
    return {
        f"paper-filings-{month}.json": {
            "total": len(cases),
            "cases": cases,
            "by_staff_agency": dict(sorted(Counter(case["staff_agency"] for case in cases).items())),
            "rolled_up": {code: len(rolled_up[code]) for code in sorted(rolled_up)},
        },
        f"paper-filing-notices-{month}.json": {"letters": letters},
        f"vneid-activation-{month}.json": _activation(folder, records, _Tree(units, cut_off), cut_off),
    }


class _Tree:
    """Of each code the version that began last by the day; what has ended stands under its first successor."""

    def __init__(self, units: list[Body], day: date) -> None:
        self.day = f"{day:%Y%m%d}"
        self.known: dict[str, Body] = {}
        for unit in units:
            before = self.known.get(unit["maDonVi"], {"hieuLucTu": ""})
            if before["hieuLucTu"] <= unit["hieuLucTu"] <= self.day:
                self.known[unit["maDonVi"]] = unit

    def has_ended(self, code: str) -> bool:
        until = self.known[code]["hieuLucDen"]
        return until is not None and until <= self.day

    def path(self, code: str) -> list[str]:
        unit = self.known[code]
        above = unit["keThua"][0] if self.has_ended(code) and unit["keThua"] else unit["maCha"]
        return [code, *(self.path(above) if above else [])]


def _case(body: Body, records: list[Body], first: date, end: date) -> Body | None:
    if not body or not body["acceptedDate"] or body["applyMethod"]["name"] != "Trực tiếp":
        return None
    moment = local(body["acceptedDate"])
    assert moment is not None
    day, written = moment.date(), body["applicant"]["data"]["identityNumber"]
    servant = _record(records, re.sub(r"\D", "", written), day)
    if not first <= day < end or servant is None or body["dossierStatus"]["name"] == "Không được tiếp nhận":
        return None
    return {
        "dossier": body["code"],
        "staff_no": servant["soHieuCBCCVC"],
        "staff_agency": servant["maDonVi"],
        "procedure": ".".join(body["procedure"]["code"].split(".")[:2]),
        "accepted_on": day.isoformat(),
        "receiving_agency": body["agency"]["code"],
        "receiving_officer": (body["accepter"] or {}).get("fullname"),
    }


def _record(records: list[Body], identity: str, day: date) -> Body | None:
    """The record of a person that holds on a day."""
    on = f"{day:%Y%m%d}"
    holding = [
        one
        for one in records
        if one["soDinhDanh"] == identity
        and one["ngayBatDau"] <= on
        and (one["ngayKetThuc"] is None or on < one["ngayKetThuc"])
    ]
    return holding[-1] if holding else None


def _activation(folder: Path, records: list[Body], tree: _Tree, cut_off: date) -> Body:
    accounts = [body for _, body in lines_of(folder, "vneid/accounts.jsonl")]
    activated = {
        one["citizenPid"] for one in accounts if one["accountLevel"] == 2 and one["activatedAt"] < cut_off.isoformat()
    }
    alone: dict[str, Counter[str]] = defaultdict(Counter)
    rolled_up: dict[str, Counter[str]] = defaultdict(Counter)
    for identity in {one["soDinhDanh"] for one in records}:
        serving = _record(records, identity, cut_off)
        if serving is not None:
            found = {"staff": 1, "level2": int(identity in activated)}
            alone[serving["maDonVi"]].update(found)
            for code in tree.path(serving["maDonVi"]):
                rolled_up[code].update(found)
    tables = {"by_agency": alone, "rolled_up": rolled_up}
    shown = {name: {code: dict(of) for code, of in sorted(table.items())} for name, table in tables.items()}
    return {"as_at": cut_off.isoformat(), **shown}
