"""An office that drafts, approves and sends reports, in tests: the real sink, a real database, a folder of files,
figures that a test sets and a clock that it moves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

import reports.rendering.html
import reports.rendering.json_file
import reports.rendering.pdf
import reports.rendering.xlsx
from lienthong import Chart, Column, Document, Figure, Part, ReportAct, SendingOutcome, Sent, Sheet, Site
from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.files.folder import FolderFiles
from lienthong.dead_letters.actor import Actor
from lienthong.envelope import Envelope
from lienthong.report import Render
from store.reports.sink import ReportEditions
from tests.contract.sinks_contract import committed
from tests.databases import open_embedded
from transforms.report_life import ReportLife

AN, BINH = Actor("An", "an"), Actor("Bình", "binh")
RENDERS: Mapping[str, Render] = {
    "json": reports.rendering.json_file.render,
    "xlsx": reports.rendering.xlsx.render,
    "pdf": reports.rendering.pdf.render,
    "html": reports.rendering.html.render,
}
RULES: Mapping[str, Any] = {
    "since": "2026-10",
    "reports": {
        "letters": {"due": {"day": 3}, "to": ["van-phong@tinh.example"]},
        "checked": {"persons": 2},
    },
    "report_mail": {"subject": "{title} {period}", "text": "{id} {files} {digest} {changes}"},
    "letter_mail": {"subject": "{subject} {period}", "text": "{unit} {id} {files}"},
}


def letter(unit: str, recipient: str | None, cases: Sequence[str]) -> Part:
    """A letter to a unit, which names its cases."""
    rows = [(number, case, date(2026, 11, 2), Decimal("0.5")) for number, case in enumerate(cases, 1)]
    columns = (Column("TT", "number"), Column("Mã"), Column("Ngày", "date"), Column("Tỷ lệ", "percent"))
    content = replace(_BARE, name=f"letter-{unit}", payload={"unit": unit, "cases": list(cases)}, kind="notice")
    return Part(
        unit, recipient, replace(content, title=f"Thông báo {unit}", sheets=(Sheet("Danh sách", columns, rows),))
    )


_BARE = Document(
    name="letters",
    title="Thông báo gửi các đơn vị",
    subtitle="",
    period="2026-11",
    agency="VĂN PHÒNG UBND TỈNH",
    place="Gia Lai",
    issued_on=datetime(2026, 12, 3, tzinfo=UTC),
    payload={},
    sheets=(),
)


@dataclass
class OfficeReports:
    """The reports of the office. `cases`: by unit, the address and the cases of its letter. `fault`: raised instead."""

    clock: ReplayClock
    cases: dict[str, tuple[str | None, list[str]]] = field(default_factory=dict)
    fault: Exception | None = None
    built: int = 0
    renders: Mapping[str, Render] = field(default_factory=lambda: RENDERS)

    def names(self) -> Sequence[str]:
        return ("letters", "checked")

    def build(self, name: str, period: str) -> Document:
        self.built += 1
        if self.fault is not None:
            raise self.fault
        counts = {unit: len(cases) for unit, (_, cases) in self.cases.items()}
        return replace(
            _BARE,
            name=f"{name}-{period}",
            period=period,
            issued_on=self.clock.now(),
            payload={"period": period, "letters": [{"unit": one, "cases": count} for one, count in counts.items()]},
            sheets=(Sheet("Đơn vị", (Column("Mã"), Column("Số", "number")), list(counts.items()), ("", len(counts))),),
            charts=(Chart("Số trường hợp", "bar", list(counts), [("Số", list(counts.values()))]),),
            figures={unit: Figure("Số trường hợp", cases) for unit, (_, cases) in self.cases.items()},
            parts=[letter(unit, address, cases) for unit, (address, cases) in self.cases.items()],
        )

    def heads(self) -> Mapping[str, str]:
        return {"main": "0" * 64}

    def render(self, document: Document, only: Sequence[str] = ()) -> Mapping[str, bytes]:
        return {suffix: render(document) for suffix, render in self.renders.items() if not only or suffix in only}


class Office:
    """The sink, its database, and the acts as the command line does them, without the ledger."""

    def __init__(
        self, folder: Path, rules: Mapping[str, Any] = RULES, *, port: int = 1, database: Engine | None = None
    ) -> None:
        self.port = port
        self.clock = ReplayClock(datetime(2026, 12, 3, 1, tzinfo=UTC))
        self.database = database or open_embedded(folder)
        self.reports = OfficeReports(self.clock, {"H08.1": ("phong-1@tinh.example", ["A", "B"])})
        self.folder = folder
        self.site = Site(self.clock, self.database, files=FolderFiles(folder / "files"), reports=self.reports)
        self.rules = rules
        self.sink = self.make_sink()

    def make_sink(self) -> ReportEditions:
        """A sink as another process has it."""
        mail: Any = {"host": "127.0.0.1", "port": self.port, "sender": "gui@tinh.example", "security": "none"}
        mail["axis_folder"] = self.folder / "axis"
        return ReportEditions(self.site, rules=ReportLife.model_validate(self.rules), **mail)

    def look(self) -> str:
        """The schedule looks; returns the note of the delivery."""
        now = self.clock.now()
        event = Envelope("E1", "reports.look.v1", "schedule.monthly-reports", "", now, now, {})
        with committed(self.database) as transaction:
            (outcome,) = self.sink.deliver([event], transaction)
        return str(getattr(outcome, "note", ""))

    def draft(self, report: str = "letters", period: str = "2026-11", *, by: Actor = AN) -> ReportAct | None:
        prepared = self.sink.prepare_draft(report, period)
        if prepared is None:
            return None
        with committed(self.database) as transaction:
            return self.sink.write_draft(prepared, transaction, who=str(by), why="")

    def approve(self, edition: str = "letters/2026-11/1", *, by: Actor = AN, number: str = "") -> ReportAct:
        with committed(self.database) as transaction:
            return self.sink.approve_edition(edition, transaction, person=by, why="", number=number)

    def send(self, edition: str = "letters/2026-11/1", *, is_recording: bool = False) -> list[Sent]:
        found = list(self.sink.send_edition(edition, person=AN, is_recording=is_recording))
        with committed(self.database) as transaction:
            self.sink.end_sending(edition, transaction, person=AN)
        return found

    def resolve(self, recipient: str, outcome: SendingOutcome, edition: str = "letters/2026-11/1") -> None:
        with committed(self.database) as transaction:
            self.sink.resolve_sending(edition, recipient, outcome, transaction, person=AN, why="đã hỏi")

    def sendings(self, edition: str = "letters/2026-11/1") -> dict[tuple[str, str], str]:
        """The state of each message, by unit and address."""
        found = self.sink.edition(edition)
        assert found is not None
        return {(one["unit"], one["recipient"]): one["state"] for one in found["sendings"]}

    def state(self, edition: str = "letters/2026-11/1") -> str:
        found = self.sink.edition(edition)
        assert found is not None
        return str(found["state"])
