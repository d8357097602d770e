"""The report on lateness (chậm tiếp nhận): of the portal's dossiers of a month, which were late, and by whose doing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lienthong import LOCAL_ZONE, WHOLE, Calendars, Column, Document, ProvenLateness, Scope, Sheet
from reports.figures import format_number
from reports.lateness.proof import prove
from reports.month import Month
from reports.monthly import MonthlyReport
from store.lateness import Proof, find_both, first_shown, submitted_between
from store.reading import snapshot
from transforms.lateness import Lateness, judge

VERDICTS = {
    "on_time": "Đúng hạn",
    "office": "Chậm do cơ quan",
    "inbound": "Chậm do đồng bộ từ Cổng về một cửa",
    "outbound": "Chậm do đồng bộ từ một cửa lên Cổng",
}

_Judged = Sequence[tuple[Proof, Lateness]]


@dataclass(kw_only=True, eq=False)
class LatenessReport(MonthlyReport):
    """Builds the month's report. `local` and `portal` are the sources of the one-stop system and of the portal.

    `limit_minutes`: working minutes from the submission until the portal shows the dossier as accepted.
    """

    local: str
    portal: str
    calendars: Calendars
    limit_minutes: int = 480

    def lateness(self, key: str) -> ProvenLateness | None:
        """See `ProvesLateness` of the engine: `lienthong lateness` shows it."""
        with snapshot(self.site.database) as connection:
            here, there = find_both(connection, local=self.local, portal=self.portal, code=key)
            shown = None if there is None else first_shown(connection, self.portal, there[1]["code"])
        if here is None and there is None:
            return None
        return prove(here, there, shown, sources=(self.local, self.portal), calendars=self.calendars, limit=self.limit)

    @property
    def limit(self) -> timedelta:
        """The working time from the submission until the portal shows the dossier as accepted."""
        return timedelta(minutes=self.limit_minutes)

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        """The report of the dossiers submitted in one month `2023-11`.

        Raises `Rejected` for another period, `Transient` without the database.
        """
        month = Month.parse(period)
        self.refuse_part(scope)
        with snapshot(self.site.database) as connection:
            proofs = submitted_between(
                connection, local=self.local, portal=self.portal, period=(month.start, month.end)
            )
        judged = [(proof, judge(proof.moments, self.calendars.of(proof.agency or ""), self.limit)) for proof in proofs]
        totals = Counter(found.verdict for _, found in judged)
        late = [one for one in judged if one[1].verdict != "on_time"]
        return self.document(
            month,
            name="lateness",
            title="Nguyên nhân chậm tiếp nhận hồ sơ nộp trên Cổng Dịch vụ công quốc gia",
            payload={
                "period": month.period,
                "totals": dict(totals),
                "dossiers": [_entry(proof, found) for proof, found in judged],
            },
            sheets=[_totals(totals), _list(late)],
            summary=(
                f"Trong {month}, có {format_number(len(judged))} hồ sơ nộp trên Cổng có đủ bốn thời điểm, trong đó "
                f"{format_number(len(late))} hồ sơ chậm.",
            ),
        )


def _entry(proof: Proof, found: Lateness) -> dict[str, Any]:
    moments = proof.moments
    return {
        "dossier": proof.code,
        "submitted_at": _local(moments.submitted),
        "arrived_at": _local(moments.arrived),
        "accepted_at": _local(moments.accepted),
        "shown_at": _local(moments.shown),
        "office_minutes": found.office_minutes,
        "inbound_minutes": found.inbound_minutes,
        "outbound_minutes": found.outbound_minutes,
        "verdict": found.verdict,
    }


def _local(moment: datetime) -> str:
    return moment.astimezone(LOCAL_ZONE).isoformat(timespec="seconds")


def _totals(totals: Counter[Any]) -> Sheet:
    columns = (Column("Kết luận", width=48), Column("Số hồ sơ", "number", 14))
    return Sheet(
        "Tổng hợp", columns, [(title, totals[name]) for name, title in VERDICTS.items()], ("Tổng cộng", totals.total())
    )


def _list(late: _Judged) -> Sheet:
    columns = (
        Column("TT", "number", 5),
        Column("Mã hồ sơ", width=28),
        Column("Cơ quan", width=32),
        Column("Kết luận", width=34),
        Column("Phút của cơ quan", "number", 12),
        Column("Phút đồng bộ về", "number", 12),
        Column("Phút đồng bộ lên", "number", 12),
        Column("Sự kiện làm chứng", width=46),
    )
    rows = [
        (
            number,
            proof.code,
            proof.agency_name or proof.agency or "",
            VERDICTS[found.verdict],
            found.office_minutes,
            found.inbound_minutes,
            found.outbound_minutes,
            proof.shown_event,
        )
        for number, (proof, found) in enumerate(late, 1)
    ]
    return Sheet("Danh sách hồ sơ chậm", columns, rows)
