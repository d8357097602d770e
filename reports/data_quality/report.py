"""The monthly report on data quality: by source and flag, with the worst records, for those who correct them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field

from lienthong import WHOLE, Chart, Column, Document, Scope, Sheet
from reports.data_quality.rule import ANY, Count, Group, Quality, count, masked, proof, take_in
from reports.figures import format_number, format_share, share
from reports.month import Month
from reports.monthly import MonthlyReport
from reports.units import Units
from schemas.canonical import (
    civil_servant_v1,
    dossier_v1,
    organisation_unit_v1,
    payment_v1,
    petition_v1,
    portal_account_v1,
    procedure_v1,
    question_v1,
)
from store.quality import KINDS, flagged_records, flags_of_all, records_with
from store.reading import Connection, snapshot

SHAPES: Mapping[str, type[BaseModel]] = {
    "dossiers": dossier_v1.Dossier,
    "civil_servants": civil_servant_v1.CivilServant,
    "procedures": procedure_v1.Procedure,
    "units": organisation_unit_v1.OrganisationUnit,
    "portal_accounts": portal_account_v1.PortalAccount,
    "payments": payment_v1.Payment,
    "questions": question_v1.Question,
    "petitions": petition_v1.Petition,
}
"""By kind of record, the schema whose marks hide personal data."""


@dataclass(kw_only=True, eq=False)
class DataQuality(MonthlyReport):
    """Builds the month's report on all records that were seen last in it.

    `kinds` and `flags` give the Vietnamese names of records and flags; `worst` is how many records of each source and
    kind are listed.
    """

    kinds: dict[str, str]
    flags: dict[str, str]
    worst: Annotated[int, Field(ge=0, le=1000)] = 20

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        """The report of one month `2023-11`. Raises `Rejected` for another period, `Transient` without the database."""
        month = Month.parse(period)
        found = Quality()
        with snapshot(self.site.database) as connection:
            units = self.units(connection, month.last, scope)
            for name, kind in KINDS.items():
                take_in(found, flagged_records(connection, kind, month.start, month.end), name, units)
                if scope.unit is None:
                    for source, quality, number in flags_of_all(connection, kind):
                        found.all_records[Group(source, name, quality)] += number
            worst = list(self._worst(connection, found, month, units))
        counts = count(found)
        return self.document(
            month,
            name="data-quality",
            title="Chất lượng dữ liệu theo nguồn",
            payload={
                "period": month.period,
                "sources": [
                    {
                        "source": source,
                        "kind": kind,
                        "records": of[ANY].records,
                        "flagged": of[ANY].flagged,
                        "flags": {flag: one.flagged for flag, one in of.items() if flag and one.flagged},
                    }
                    for (source, kind), of in counts.items()
                ],
                "worst": worst,
            },
            sheets=(self._by_source(counts), self._by_flag(counts), self._records(worst)),
            summary=_summary(month, counts),
            charts=[_chart(counts, self.kinds)],
            figures=proof(found),
            scope=scope,
        )

    def _worst(self, connection: Connection, found: Quality, month: Month, units: Units) -> Iterator[dict[str, Any]]:
        """Of each source and kind, the records with most flags."""
        groups = [one for one in found.population.groups() if one.flags]
        left: dict[tuple[str, str], int] = {}
        for group in sorted(groups, key=lambda one: (one.source, one.kind, -len(one.flags.split()), one.flags)):
            key = (group.source, group.kind)
            kind, number = KINDS[group.kind], left.setdefault(key, self.worst)
            rows = records_with(
                connection,
                kind,
                (month.start, month.end),
                source=group.source,
                quality=group.flags,
                agencies=None if units.scope.unit is None else found.agencies[group.kind],
                limit=number,
            )
            left[key] -= len(rows)
            for row in rows:
                event = row.pop("event_id")
                shown = masked(row, SHAPES[group.kind])
                yield {
                    "source": group.source,
                    "kind": group.kind,
                    "flags": group.flags.split(),
                    "record": {name: shown[name] for name in kind.shown},
                    "event": event,
                }

    def _by_source(self, counts: Mapping[tuple[str, str], Mapping[str, Count]]) -> Sheet:
        columns = (
            *(Column("TT", "number", 5), Column("Nguồn", width=18), Column("Loại bản ghi", width=34)),
            *(Column("Bản ghi có cờ", "number", 10), Column("Bản ghi trong kỳ", "number", 10)),
            *(
                Column("Tỷ lệ", "percent", 10),
                Column("Có cờ, toàn kho", "number", 10),
                Column("Toàn kho", "number", 10),
            ),
        )
        rows = [
            (number, source, self.kinds.get(kind, kind), *_row(of[ANY]))
            for number, ((source, kind), of) in enumerate(counts.items(), 1)
        ]
        return Sheet("Theo nguồn", columns, rows)

    def _by_flag(self, counts: Mapping[tuple[str, str], Mapping[str, Count]]) -> Sheet:
        columns = (
            *(Column("TT", "number", 5), Column("Nguồn", width=16), Column("Loại bản ghi", width=20)),
            *(Column("Nội dung", width=44), Column("Bản ghi có cờ", "number", 10)),
            *(Column("Bản ghi trong kỳ", "number", 10), Column("Tỷ lệ", "percent", 10)),
            *(Column("Có cờ, toàn kho", "number", 10), Column("Toàn kho", "number", 10)),
        )
        rows: list[tuple[object, ...]] = []
        for (source, kind), of in counts.items():
            for flag, one in of.items():
                if flag:
                    what = (source, self.kinds.get(kind, kind), self.flags.get(flag, flag))
                    rows.append((len(rows) + 1, *what, *_row(one)))
        return Sheet("Theo nguồn và nội dung", columns, rows)

    def _records(self, worst: list[dict[str, Any]]) -> Sheet:
        columns = (
            *(Column("TT", "number", 5), Column("Nguồn", width=16), Column("Loại bản ghi", width=18)),
            *(Column("Bản ghi", width=44), Column("Nội dung", width=40), Column("Sự kiện", width=36)),
        )
        rows = [
            (
                *(number, one["source"], self.kinds.get(one["kind"], one["kind"])),
                "; ".join(str(value) for value in one["record"].values() if value not in (None, "")),
                "; ".join(self.flags.get(flag, flag) for flag in one["flags"]),
                one["event"],
            )
            for number, one in enumerate(worst, 1)
        ]
        return Sheet("Bản ghi có nhiều cờ nhất", columns, rows)


def _row(one: Count) -> tuple[object, ...]:
    return one.flagged, one.records, share(one.flagged, one.records), one.all_flagged, one.all_records


def _summary(month: Month, counts: Mapping[tuple[str, str], Mapping[str, Count]]) -> tuple[str, ...]:
    flagged, records = (sum(getattr(of[ANY], name) for of in counts.values()) for name in ("flagged", "records"))
    return (
        f"Trong {month}, có {format_number(records)} bản ghi được nhận lần cuối; {format_number(flagged)}/"
        f"{format_number(records)} bản ghi có cờ chất lượng, tỷ lệ {format_share(flagged, records)}.",
    )


def _chart(counts: Mapping[tuple[str, str], Mapping[str, Count]], kinds: Mapping[str, str]) -> Chart:
    names = [f"{source}: {kinds.get(kind, kind)}" for source, kind in counts]
    return Chart("Bản ghi có cờ theo nguồn", "bar", names, [("Bản ghi", [of[ANY].flagged for of in counts.values()])])
