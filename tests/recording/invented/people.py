"""Adds people and units to an invented recording: staff who move, units that are moved and merged within the month.

The applicants of its dossiers become people of the register, those without a number in it, or nothing that is a number.
"""

import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

STAFF = 60
SOURCES = {"organisations": "units", "ccvc": "records", "vneid": "accounts", "igate": "dossiers"}


def add_people(folder: Path, *, seed: int) -> Path:
    """Write the register, the catalogue and the accounts into a recording, and give its dossiers applicants."""
    chosen = random.Random(seed)
    first = date.fromisoformat(json.loads((folder / "recording.json").read_text(encoding="utf-8"))["from"])
    seen_at = f"{first - timedelta(days=20)}T06:00:00+07:00"
    units = _units(chosen, first)
    records = _records(chosen, first, sorted({unit["maDonVi"] for unit in units} - {"H08"}))
    people = sorted({record["soDinhDanh"] for record in records})
    accounts = [_account(one, chosen, first) for one in people if chosen.random() < 0.7]
    for name, bodies in (("organisations", units), ("ccvc", records), ("vneid", accounts)):
        _write(folder / name, SOURCES[name], [{"seen_at": seen_at, "body": body} for body in bodies])
    path = folder / "igate" / "dossiers.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    applicants = {row["body"]["id"]: _applicant(chosen, people) for row in rows}
    for row in rows:
        row["body"]["applicant"]["data"]["identityNumber"] = applicants[row["body"]["id"]]
    _write(folder / "igate", SOURCES["igate"], rows)
    return folder


def _write(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    folder.mkdir(exist_ok=True)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")


def _units(chosen: random.Random, first: date) -> list[dict[str, Any]]:
    """Four departments, branches and stations below them; one branch moves, one department ends within the month."""
    moved, merged = f"{first + timedelta(days=10):%Y%m%d}", f"{first + timedelta(days=15):%Y%m%d}"
    units = [_unit("H08", "TINH", None, email=None)]
    for department in range(1, 5):
        code = f"H08.0{department}"
        ends = {"until": merged, "heirs": ["H08.01", "H08.02"]} if department == 4 else {}
        units.append(_unit(code, "SO", "H08", email=chosen.choice((None, f"{code.lower()}@example.vn")), **ends))
        for branch in range(1, 4):
            below = f"{code}.0{branch}"
            units.append(_unit(below, "CHI_CUC", code))
            units += [_unit(f"{below}.0{station}", "HAT", below) for station in (1, 2)]
    units.append(_unit("H08.03.01", "CHI_CUC", "H08.02", since=moved))
    units.append(_unit("H08.03.02.01", "HAT", "H08.03.02", until=moved, heirs=["H08.03.02.02"]))
    return units


def _unit(
    code: str,
    level: str,
    parent: str | None,
    *,
    since: str = "20150101",
    until: str | None = None,
    heirs: list[str] | None = None,
    email: str | None = "office@example.vn",
) -> dict[str, Any]:
    dates = {"hieuLucTu": since, "hieuLucDen": until, "keThua": heirs or []}
    named = {"maDonVi": code, "tenDonVi": f"Đơn vị {code}", "cap": level, "maCha": parent, "maIgate": None}
    return {**named, **dates, "email": email, "lich": None}


def _records(chosen: random.Random, first: date, codes: list[str]) -> list[dict[str, Any]]:
    records = []
    for number in range(STAFF):
        identity = f"052{chosen.randint(0, 999_999_999):09d}"
        moves = f"{first + timedelta(days=chosen.randint(1, 27)):%Y%m%d}" if chosen.random() < 0.3 else None
        spans = [("20150101", moves)] + ([(moves, None)] if moves and chosen.random() < 0.7 else [])
        for starts, ends in spans:
            code = chosen.choice(codes)
            records.append(
                {
                    "soHieuCBCCVC": f"H08.CC.{number:06d}",
                    "soDinhDanh": identity,
                    "soCMND": None,
                    "hoVaTen": "NGUYỄN VĂN MẪU",
                    "loai": chosen.choice(("CC", "VC", "HD")),
                    "maDonVi": code,
                    "tenDonVi": f"Đơn vị {code}",
                    "ngayBatDau": starts,
                    "ngayKetThuc": ends,
                    "capNhatLuc": "20200101060000",
                }
            )
    return records


def _account(identity: str, chosen: random.Random, first: date) -> dict[str, Any]:
    activated = f"{first + timedelta(days=chosen.randint(-90, 27))}T08:00:00+07:00"
    level = chosen.choice((1, 2, 2, 2))
    return {"citizenPid": identity, "accountType": "PERSONAL", "accountLevel": level, "activatedAt": activated}


def _applicant(chosen: random.Random, people: list[str]) -> str:
    written = chosen.choice(people)
    spaced = f"{written[:3]} {written[3:6]}.{written[6:]}"
    return chosen.choice((written, written, spaced, "001083876290", "000000001"))
