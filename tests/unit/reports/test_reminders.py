"""Who was reminded at the counter, and went on with paper: beside the figures of the report, which do not change."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lienthong.envelope import Envelope
from lienthong.ports import Site, SourceName
from lienthong.report import Document
from reports.paper_filings.reminders import find_reminders, reminders_payload, reminders_sheet
from reports.paper_filings.report import CATEGORIES, PaperFilings
from reports.paper_filings.rule import find_cases
from store.rows import CounterCheck
from store.writer import DataStore
from tests.contract.sinks_contract import committed
from tests.databases import open_in_memory
from tests.unit.reports.test_paper_filings import FILING, MONTH, NUMBER, OLD, SERVANT
from tests.unit.store.events import NOON, acknowledgement, check, dossier, servant

CHECK = CounterCheck(
    check_id="check-1",
    checked_at=datetime(2023, 11, 15, 1, tzinfo=UTC),
    identity=NUMBER,
    procedure="1.000656",
    agency="000.00.01.H08",
    officer="Võ Thu Mai",
    staff_kind="CC",
    staff_agency="H08.31.16",
    reminded=True,
    decision="paper",
)
CASES = find_cases([FILING], [SERVANT], MONTH)


@pytest.mark.parametrize(
    ("other", "matches"),
    [
        ({}, True),
        ({"identity": OLD}, True),
        ({"checked_at": datetime(2023, 11, 15, 16, 59, tzinfo=UTC)}, True),
        ({"checked_at": datetime(2023, 11, 15, 17, tzinfo=UTC)}, False),
        ({"identity": "052099000002"}, False),
        ({"identity": None}, False),
        ({"procedure": "2.000815"}, False),
    ],
)
def test_a_dossier_belongs_to_a_reminder_of_its_person_procedure_and_day(
    other: dict[str, object], matches: bool
) -> None:
    (reminder,) = find_reminders([replace(CHECK, **other)], CASES)
    assert reminder.dossiers == ((FILING.code,) if matches else ())


def test_the_figures_tell_what_came_of_the_reminders() -> None:
    checks = [
        CHECK,
        replace(CHECK, check_id="check-2", decision="online", procedure="2.000815"),
        replace(CHECK, check_id="check-3", decision=None),
        replace(CHECK, check_id="check-4", reminded=False, decision="paper"),
    ]
    reminders = find_reminders(checks, CASES)
    assert reminders_payload(checks, reminders) == {
        "checks": 4,
        "reminded": 3,
        "paper": 1,
        "online": 1,
        "not_acknowledged": 1,
        "dossiers": [FILING.code],
    }
    sheet = reminders_sheet(reminders, CATEGORIES)
    assert [row[7] for row in sheet.rows] == ["Vẫn nộp hồ sơ giấy", "Nộp trực tuyến", "Chưa xác nhận"]
    assert NUMBER not in str(sheet)


class _Clock:
    def now(self) -> datetime:
        return datetime(2023, 12, 1, 2, tzinfo=UTC)


def test_the_report_has_a_table_of_reminders_in_a_month_with_checks_alone() -> None:
    engine = open_in_memory()
    site = Site(_Clock(), engine)
    report = PaperFilings(site, source=SourceName("igate"), quality={}, agency="VPUBND", place="Bình Định")

    def store(*events: Envelope) -> Document:
        with committed(engine) as transaction:
            DataStore(site).deliver(events, transaction)
        return report.build("2023-11")

    before = store(dossier(), servant())
    asked = check(at=NOON)._replace(data={**check().data, "procedure": "1.001193", "at": NOON.isoformat()})
    after = store(asked, acknowledgement(1, "paper"))
    figures = dict(after.payload)
    assert figures.pop("reminders") == {
        "checks": 1,
        "reminded": 1,
        "paper": 1,
        "online": 0,
        "not_acknowledged": 0,
        "dossiers": ["000.00.31.H08-231107-0001"],
    }
    assert figures == before.payload
    titles = [sheet.title for sheet in before.sheets]
    assert [sheet.title for sheet in after.sheets] == [*titles[:-1], "Nhắc nhở tại nơi tiếp nhận", titles[-1]]
    assert store(check(2, datetime(2023, 12, 1, tzinfo=UTC))).payload == after.payload
    engine.dispose()
