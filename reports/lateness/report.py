"""The report on lateness (chậm tiếp nhận): of the portal's dossiers of a month, which were late, and by whose doing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lienthong import (
    LOCAL_ZONE,
    WHOLE,
    Calendars,
    Column,
    Document,
    Figure,
    MissingVersion,
    ProvenLateness,
    Scope,
    Sheet,
)
from reports.figures import format_number
from reports.lateness.proof import Measure, prove
from reports.month import Month as Period
from reports.monthly import MonthlyReport
from store.lateness import Month, Proof, find_both, first_shown, submitted_between
from store.reading import snapshot
from store.synchronisation.reading import alarms_of, open_alarms
from transforms.lateness import Clocks, Lateness, judge
from transforms.synchronisation import Synchronisation, Tolerance

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
    `synchronisation`: how exact the clocks of the two systems are; without it, exact.
    """

    local: str
    portal: str
    calendars: Calendars
    limit_minutes: int = 480
    synchronisation: Synchronisation | None = None

    def lateness(self, key: str) -> ProvenLateness | None:
        """See `ProvesLateness` of the engine: `lienthong lateness` shows it."""
        with snapshot(self.site.database) as connection:
            known = find_both(connection, local=self.local, portal=self.portal, code=key)
            there = known.there
            shown = None if there is None else first_shown(connection, self.portal, there[1]["code"])
            codes = [(self.local, known.here), (self.portal, known.there)]
            missing = alarms_of(connection, [(source, one[1]["code"]) for source, one in codes if one is not None])
        return None if known.here is None and there is None else prove(known, shown, missing, self.measure)

    def missing(self) -> Sequence[MissingVersion]:
        """See `ProvesLateness` of the engine: `lienthong lateness --missing` shows them."""
        with snapshot(self.site.database) as connection:
            return open_alarms(connection)

    @property
    def measure(self) -> Measure:
        """What the minutes are measured with."""
        pair = self.synchronisation and self.synchronisation.pair_of(self.local, self.portal)
        wrong = pair.clock_tolerance_minutes if pair else Tolerance()
        clocks = Clocks(local=timedelta(minutes=wrong.local), portal=timedelta(minutes=wrong.portal))
        return Measure(self.local, self.portal, self.calendars, timedelta(minutes=self.limit_minutes), clocks)

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        """The report of the dossiers submitted in one month `2023-11`.

        Raises `Rejected` for another period, `Transient` without the database.
        """
        month = Period.parse(period)
        self.refuse_part(scope)
        with snapshot(self.site.database) as connection:
            found = submitted_between(connection, local=self.local, portal=self.portal, period=(month.start, month.end))
        measure, of = self.measure, self.calendars.of
        judged = [
            (proof, judge(proof.moments, of(proof.agency or ""), measure.limit, measure.clocks))
            for proof in found.proofs
        ]
        totals = Counter(found.verdict for _, found in judged)
        late = [one for one in judged if one[1].verdict != "on_time"]
        return self.document(
            month,
            name="lateness",
            title="Nguyên nhân chậm tiếp nhận hồ sơ nộp trên Cổng Dịch vụ công quốc gia",
            payload={
                "period": month.period,
                "totals": dict(totals),
                "dossiers": [_entry(proof, lateness) for proof, lateness in judged],
                **_ambiguous(found),
            },
            sheets=[_totals(totals), _list(late), *_unjoined(found)],
            summary=(
                f"Trong {month}, có {format_number(len(judged))} hồ sơ nộp trên Cổng có đủ bốn thời điểm, trong đó "
                f"{format_number(len(late))} hồ sơ chậm.",
                *_clock_note(measure),
            ),
            figures=_figures(judged),
        )


def _figures(judged: _Judged) -> dict[str, Figure]:
    """By the path of each figure, the dossiers' events in the one-stop system; of one dossier, all that prove it."""
    of_verdict: dict[str, list[str]] = {}
    for proof, lateness in judged:
        of_verdict.setdefault(lateness.verdict, []).append(proof.local_event)
    every = [proof.local_event for proof, _ in judged]
    figures = {f"totals.{name}": Figure(VERDICTS[name], events, every) for name, events in of_verdict.items()}
    what = "Phiên bản mới nhất ở một cửa, trên Cổng, và phiên bản mà Cổng hiện đã tiếp nhận lần đầu"
    for proof, _ in judged:
        events = sorted({proof.local_event, proof.portal_event, proof.shown_event})
        figures[f"dossiers.{proof.code}"] = Figure(what, events)
    return figures


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


def _ambiguous(found: Month) -> dict[str, Any]:
    """What is not counted, because more than one dossier of the one-stop system claims to be it."""
    rows = [{"dossier": code, "claimants": list(claimants)} for code, claimants in found.ambiguous.items()]
    return {"ambiguous": rows} if rows else {}


def _unjoined(found: Month) -> Sequence[Sheet]:
    columns = (Column("TT", "number", 5), Column("Mã hồ sơ trên Cổng", width=28), Column("Hồ sơ một cửa", width=60))
    rows = [(number, code, ", ".join(named)) for number, (code, named) in enumerate(found.ambiguous.items(), 1)]
    return [Sheet("Trùng mã, chưa ghép", columns, rows)] if rows else []


def _clock_note(measure: Measure) -> Sequence[str]:
    if not measure.tolerances:
        return ()
    wrong = ", ".join(f"{source} {minutes} phút" for source, minutes in measure.tolerances.items())
    return (f"Đồng hồ có thể lệch ({wrong}); chỉ kết luận chậm khi vẫn chậm với mọi độ lệch ấy.",)


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
