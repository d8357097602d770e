"""Of the paper-filings report: who was reminded at the counter, and filed on paper all the same.

Văn bản 758/VPUBND-KSTT (08/11/2023), annex, step 3: the officer acknowledges what the person decided.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from lienthong import Column, Sheet
from reports.figures import format_number
from reports.paper_filings.rule import Case
from store.rows import CounterCheck
from transforms.moments import local_date

_DECISIONS = {"paper": "Vẫn nộp hồ sơ giấy", "online": "Nộp trực tuyến", None: "Chưa xác nhận"}

_Key = tuple[str, str, date]


@dataclass(frozen=True, slots=True)
class Reminder:
    """A check whose person was to be reminded, and the dossiers of the report that this person filed then."""

    check: CounterCheck
    dossiers: tuple[str, ...]


def find_reminders(checks: Iterable[CounterCheck], cases: Iterable[Case]) -> tuple[Reminder, ...]:
    """The reminders of a month, in the order of the checks.

    A case belongs to a check of the same person, by either number, the same procedure and the same local day.
    """
    filed: dict[_Key, list[str]] = {}
    for case in cases:
        numbers = {case.filing.identity, case.servant.identity, case.servant.old_identity}
        for number in filter(None, numbers):
            filed.setdefault((number, case.filing.procedure, case.accepted_on), []).append(case.filing.code)
    return tuple(Reminder(check, tuple(filed.get(_key(check), ()))) for check in checks if check.reminded)


def reminders_payload(checks: Sequence[CounterCheck], reminders: Sequence[Reminder]) -> dict[str, object]:
    """For programs. `dossiers` are those of the report whose person was reminded and decided for paper."""
    decisions = Counter(reminder.check.decision for reminder in reminders)
    on_paper = {code for reminder in reminders if reminder.check.decision == "paper" for code in reminder.dossiers}
    return {
        "checks": len(checks),
        "reminded": len(reminders),
        "paper": decisions["paper"],
        "online": decisions["online"],
        "not_acknowledged": decisions[None],
        "dossiers": sorted(on_paper),
    }


def reminders_sheet(reminders: Sequence[Reminder], categories: dict[str, str]) -> Sheet:
    """For people: every reminder with what came of it. No number of a person is shown."""
    return Sheet(
        "Nhắc nhở tại nơi tiếp nhận",
        (
            Column("TT", "number", 5),
            Column("Ngày", "date", 12),
            Column("Đối tượng", width=14),
            Column("Cơ quan, đơn vị công tác", width=20),
            Column("Thủ tục hành chính", width=18),
            Column("Nơi tiếp nhận", width=20),
            Column("Người tiếp nhận", width=22),
            Column("Kết quả", width=22),
            Column("Mã hồ sơ", width=28),
        ),
        [
            (
                number,
                local_date(reminder.check.checked_at),
                categories.get(reminder.check.staff_kind or "", reminder.check.staff_kind or ""),
                reminder.check.staff_agency or "",
                reminder.check.procedure,
                reminder.check.agency,
                reminder.check.officer,
                _DECISIONS.get(reminder.check.decision, ""),
                ", ".join(reminder.dossiers),
            )
            for number, reminder in enumerate(reminders, start=1)
        ],
        ("", f"Tổng cộng: {format_number(len(reminders))} lượt", *[""] * 7),
    )


def _key(check: CounterCheck) -> _Key:
    return check.identity or "", check.procedure, local_date(check.checked_at)
