"""The report on deadlines (thời hạn) that began in a month: how many were met, and which were missed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lienthong import LOCAL_ZONE, WHOLE, Calendars, Column, Document, Figure, Scope, Sheet
from reports.figures import format_number
from reports.month import Month
from reports.monthly import MonthlyReport
from store.deadlines.reading import events_of, started_between
from store.instants import parse_optional
from store.reading import snapshot
from transforms.deadline_facts import Subject
from transforms.deadline_rules import DeadlineRules

STATES = {"met": "Đúng hạn", "breached": "Quá hạn", "running": "Chưa đến hạn"}
"""What is counted; while a supplement is awaited, a deadline counts as running."""


@dataclass(kw_only=True, eq=False)
class DeadlineReport(MonthlyReport):
    """Builds the month's report on the deadlines of the rules `kinds`, each with its Vietnamese name.

    `pauses`: whether the clock stands still while something is awaited, as it does in `lienthong deadlines`.
    """

    rules: DeadlineRules
    calendars: Calendars
    kinds: dict[str, str]
    pauses: bool = True

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        """The report of one month `2023-11`, as its deadlines stand now.

        Raises `Rejected` for another period, `Transient` without the database.
        """
        month = Month.parse(period)
        self.refuse_part(scope)
        with snapshot(self.site.database) as connection:
            rows = started_between(
                connection,
                self.rules if self.pauses else self.rules.without_pauses(),
                self.calendars,
                names=tuple(self.kinds),
                period=(month.start, month.end),
                now=self.site.clock.now(),
            )
            events = events_of(connection, {_subject(row) for row in rows})
        counts = _count(rows, tuple(self.kinds))
        breached = [row for row in rows if row["state"] == "breached"]
        return self.document(
            month,
            name="deadlines",
            title="Thực hiện thời hạn tiếp nhận và giải quyết hồ sơ",
            payload={"period": month.period, "kinds": counts, "breached": [_entry(row) for row in breached]},
            sheets=[_totals(counts, self.kinds), _list(breached, self.kinds)],
            summary=(
                f"Trong {month}, có {format_number(len(rows))} thời hạn bắt đầu tính, trong đó "
                f"{format_number(len(breached))} thời hạn đã quá.",
            ),
            figures=_figures(rows, events, self.kinds),
        )


def _subject(row: Mapping[str, Any]) -> Subject:
    return Subject(row["kind"], row["source"], row["key"])


def _figures(
    rows: Sequence[Mapping[str, Any]], events: Mapping[Subject, str], kinds: Mapping[str, str]
) -> dict[str, Figure]:
    """Each count with the newest version of every dossier that it counts."""
    behind: dict[tuple[str, str], list[str]] = {(kind, state): [] for kind in kinds for state in STATES}
    for row in rows:
        if event_id := events.get(_subject(row)):
            behind[row["rule"], _counted(row)].append(event_id)
    figures = {
        f"kinds.{kind}.{state}": Figure(
            f"Số thời hạn “{kinds[kind]}” bắt đầu trong kỳ, {STATES[state].lower()}", sorted(ids)
        )
        for (kind, state), ids in behind.items()
    }
    missed = sorted(one for (_, state), ids in behind.items() if state == "breached" for one in ids)
    return {**figures, "breached": Figure("Số thời hạn bắt đầu trong kỳ đã quá", missed)}


def _counted(row: Mapping[str, Any]) -> str:
    return "running" if row["state"] == "paused" else str(row["state"])


def _count(rows: Sequence[Mapping[str, Any]], kinds: Sequence[str]) -> dict[str, dict[str, int]]:
    counts = {kind: dict.fromkeys(STATES, 0) for kind in kinds}
    for row in rows:
        counts[row["rule"]][_counted(row)] += 1
    return counts


def _entry(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "dossier": row["key"],
        "kind": row["rule"],
        "due_at": _local(row["due_at"]),
        "ended_at": _local(row["ended_at"]),
    }


def _local(text: str | None) -> str | None:
    moment = parse_optional(text)
    return None if moment is None else moment.astimezone(LOCAL_ZONE).isoformat(timespec="seconds")


def _totals(counts: Mapping[str, Mapping[str, int]], names: Mapping[str, str]) -> Sheet:
    columns = (Column("Thời hạn", width=48), *(Column(title, "number", 14) for title in STATES.values()))
    rows = [(names[kind], *(count[state] for state in STATES)) for kind, count in counts.items()]
    total = ("Tổng cộng", *(sum(count[state] for count in counts.values()) for state in STATES))
    return Sheet("Tổng hợp", columns, rows, total)


def _list(rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Sheet:
    columns = (
        Column("TT", "number", 5),
        Column("Mã hồ sơ", width=28),
        Column("Thời hạn", width=36),
        Column("Cơ quan", width=32),
        Column("Hạn", width=18),
        Column("Hoàn thành", width=18),
    )
    listed = [
        (
            number,
            row["key"],
            names[row["rule"]],
            row["agency_name"] or row["agency"] or "",
            _minute(row["due_at"]),
            _minute(row["ended_at"]) or "chưa",
        )
        for number, row in enumerate(rows, 1)
    ]
    return Sheet("Danh sách thời hạn đã quá", columns, listed)


def _minute(text: str | None) -> str:
    moment = parse_optional(text)
    return "" if moment is None else f"{moment.astimezone(LOCAL_ZONE):%d/%m/%Y %H:%M}"
