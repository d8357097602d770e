"""The monthly report on reuse (khai thác, sử dụng lại): document by document, what the store of documents gave."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from lienthong import WHOLE, Chart, Column, Document, Scope, Sheet, SourceName
from reports.figures import format_number, format_share, share
from reports.month import Month
from reports.monthly import MonthlyReport
from reports.reuse.rule import OUTCOMES, Component, by_unit, components_of, dossiers_of, find_components, payload, proof
from reports.units import Units
from store.documents.figures import asked_between, asked_without_dossier, receiving_agencies, reused_between
from store.reading import snapshot

ORIGINS = {
    "uploaded": "Tải lên kho của tỉnh",
    "dossier-result": "Kết quả giải quyết hồ sơ",
    "national-store": "Kho trên Cổng Dịch vụ công quốc gia",
}
KINDS = {
    "result": "Kết quả giải quyết",
    "certified_copy": "Bản sao chứng thực điện tử",
    "citizen_supplied": "Công dân cung cấp",
}


@dataclass(kw_only=True, eq=False)
class ReuseReport(MonthlyReport):
    """Builds the month's report. `source` is the one-stop system.

    `listed` is how many components the table for people has; the JSON has all of them.
    """

    source: SourceName
    listed: Annotated[int, Field(ge=0)] = 2000

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        """The report of one month `2023-11`. Raises `Rejected` for another period, `Transient` without the database."""
        month = Month.parse(period)
        when = (month.start, month.end)
        with snapshot(self.site.database) as connection:
            units = self.units(connection, month.last, scope)
            agencies = receiving_agencies(connection, self.source, *when)
            asked, reused = asked_between(connection, *when), reused_between(connection, *when)
            components = find_components(asked, reused, agencies, units)
            without_dossier = asked_without_dossier(connection, *when) if scope.unit is None else 0
        return self.document(
            month,
            name="reuse",
            title="Kết quả khai thác, sử dụng lại giấy tờ trong kho dữ liệu",
            payload=payload(month, components, without_dossier),
            sheets=(_outcomes(components), _origins(components), _units(components, units), self._list(components)),
            summary=_summary(month, components, without_dossier),
            charts=[_chart(components)],
            figures=proof(components),
            scope=scope,
        )

    def _list(self, components: Sequence[Component]) -> Sheet:
        columns = (
            *(Column("TT", "number", 5), Column("Mã hồ sơ", width=28), Column("Thành phần hồ sơ", width=20)),
            *(Column("Kho trả lời", width=30), Column("Giấy tờ sử dụng lại", width=24)),
            *(Column("Loại", width=20), Column("Nguồn giấy tờ", width=24), Column("Cơ quan cấp", width=18)),
        )
        rows = [
            (number, one.dossier, one.component, OUTCOMES[one.outcome], *_document(one))
            for number, one in enumerate(components[: self.listed], 1)
        ]
        left_out = len(components) - len(rows)
        note = f"Còn {format_number(left_out)} thành phần, xem tệp JSON" if left_out else ""
        total = ("", f"Tổng cộng: {format_number(len(components))} thành phần", note, *[""] * 5)
        return Sheet("Từng thành phần hồ sơ", columns, rows, total)


def _document(one: Component) -> tuple[object, ...]:
    if one.reused is None:
        return "", "", "", ""
    reused = one.reused
    kind, origin = KINDS.get(reused.kind, reused.kind), ORIGINS.get(reused.origin, reused.origin)
    return reused.document_type, kind, origin, reused.agency or ""


def _summary(month: Month, components: Sequence[Component], without_dossier: int) -> tuple[str, ...]:
    reusing, of_dossiers = dossiers_of(components)
    reused, of_components = components_of(components)
    if not of_dossiers:
        return (f"Trong {month}, không có hồ sơ nào hỏi hoặc sử dụng lại giấy tờ trong kho.",)
    text = (
        f"Trong {month}, {format_number(reusing)}/{format_number(of_dossiers)} hồ sơ có thành phần được sử dụng lại từ "
        f"kho, đạt {format_share(reusing, of_dossiers)}; {format_number(reused)}/{format_number(of_components)} thành "
        f"phần, đạt {format_share(reused, of_components)}."
    )
    if not without_dossier:
        return (text,)
    return (text, f"Ngoài ra {format_number(without_dossier)} thành phần được hỏi khi chưa có mã hồ sơ.")


def _outcomes(components: Sequence[Component]) -> Sheet:
    columns = (
        *(Column("Kho trả lời", width=48), Column("Được sử dụng lại", "number", 12)),
        *(Column("Thành phần", "number", 12), Column("Tỷ lệ", "percent", 10)),
    )
    rows = []
    for name, title in OUTCOMES.items():
        found = components_of([one for one in components if one.outcome == name])
        rows.append((title, *found, share(*found)))
    total = components_of(components)
    return Sheet("Theo trả lời của kho", columns, rows, ("Tổng cộng", *total, share(*total)))


def _origins(components: Sequence[Component]) -> Sheet:
    counts = Counter((one.reused.origin, one.reused.kind) for one in components if one.reused)
    columns = (Column("Nguồn giấy tờ", width=40), Column("Loại", width=32), Column("Thành phần", "number", 12))
    rows = [
        (ORIGINS.get(origin, origin), KINDS.get(kind, kind), counts[origin, kind]) for origin, kind in sorted(counts)
    ]
    return Sheet("Theo nguồn giấy tờ", columns, rows, ("Tổng cộng", "", counts.total()))


def _units(components: Sequence[Component], units: Units) -> Sheet:
    columns = (
        *(Column("TT", "number", 5), Column("Mã đơn vị", width=16), Column("Đơn vị", width=44)),
        *(Column("Hồ sơ sử dụng lại", "number", 12), Column("Hồ sơ", "number", 12), Column("Tỷ lệ", "percent", 10)),
    )
    found = {unit: dossiers_of(of) for unit, of in by_unit(components).items()}
    rows = [(n, unit, units.name(unit), *one, share(*one)) for n, (unit, one) in enumerate(found.items(), 1)]
    return Sheet("Theo đơn vị tiếp nhận", columns, rows)


def _chart(components: Sequence[Component]) -> Chart:
    counts = Counter(one.outcome for one in components)
    names = ["Đính kèm", "Công dân chọn", "Phải số hóa", "Không hỏi kho"]
    return Chart(
        "Kho trả lời cho các thành phần", "share", names, [("Thành phần", [counts[name] for name in OUTCOMES])]
    )
