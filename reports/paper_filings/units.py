"""Of the paper-filings report: the figures by unit, by procedure and by month, and how each came about."""

from collections import Counter
from collections.abc import Mapping, Sequence

from lienthong import Chart, Column, Figure, Sheet
from reports.month import Month
from reports.paper_filings.rule import Case, within
from reports.units import Units

MONTHS = 12
"""Months of the trend, the last of which is that of the report."""

_WHAT = "Số hồ sơ nộp trực tiếp của người đang công tác"


def by_agency(cases: Sequence[Case], units: Units) -> dict[str, int]:
    """How many cases each agency has, itself only."""
    return dict(sorted(Counter(units.of(case.servant.agency) for case in cases).items()))


def figures_of_cases(cases: Sequence[Case], year: Sequence[Case], month: Month, units: Units) -> dict[str, object]:
    """For programs: the cases rolled up the tree, by procedure, and of the twelve months that end with this one."""
    return {
        "by_staff_agency": by_agency(cases, units),
        "rolled_up": units.roll_up(case.servant.agency for case in cases),
        "by_procedure": dict(sorted(Counter(case.filing.procedure for case in cases).items())),
        "trend": {one.period: n for one in _months(month) if (n := len(within(year, one)))},
    }


def proof_of_cases(cases: Sequence[Case], units: Units) -> dict[str, Figure]:
    """By the path of each figure, the events of the dossiers that it counts."""
    found: dict[str, list[str]] = {"total": []}
    for case in cases:
        paths = ["total", f"by_staff_agency.{units.of(case.servant.agency)}", f"by_procedure.{case.filing.procedure}"]
        paths += [f"rolled_up.{above}" for above in units.path(case.servant.agency)]
        for path in paths:
            found.setdefault(path, []).append(case.filing.event_id)
    return {path: Figure(_WHAT, sorted(ids)) for path, ids in found.items()}


def charts_of_cases(year: Sequence[Case], month: Month, rolled_up: Mapping[str, int], units: Units) -> list[Chart]:
    """The trend of twelve months, and the agencies just under the province with the most cases."""
    months = _months(month)
    counts = [len(within(year, one)) for one in months]
    charts = [
        Chart(
            "Số trường hợp trong 12 tháng", "line", [f"{one.first:%m/%Y}" for one in months], [("Trường hợp", counts)]
        )
    ]
    top = [code for code in rolled_up if len(units.tree.path(code)) == _UNDER_PROVINCE]
    ranked = sorted(top, key=lambda code: (-rolled_up[code], code))[:_RANKED]
    if ranked:
        names = [units.name(code) or code for code in ranked]
        charts.append(
            Chart("Cơ quan có nhiều trường hợp nhất", "bar", names, [("Trường hợp", [rolled_up[c] for c in ranked])])
        )
    return charts


_UNDER_PROVINCE = 2
_RANKED = 10


def rolled_up_sheet(rolled_up: Mapping[str, int], alone: Mapping[str, int], units: Units) -> Sheet:
    """For people: every unit in the order of the tree, with its own cases and those of all below it."""
    columns = (
        Column("TT", "number", 5),
        Column("Mã đơn vị", width=16),
        Column("Cơ quan, đơn vị", width=46),
        Column("Của riêng đơn vị", "number", 12),
        Column("Cả đơn vị trực thuộc", "number", 12),
    )
    ordered = sorted(rolled_up, key=lambda code: units.tree.path(code)[::-1])
    rows = [
        (number, code, units.name(code), alone.get(code, 0), rolled_up[code]) for number, code in enumerate(ordered, 1)
    ]
    return Sheet("Tổng hợp theo cây tổ chức", columns, rows)


def by_procedure_sheet(cases: Sequence[Case]) -> Sheet:
    """For people: the procedures, those with most cases first."""
    counts = Counter(case.filing.procedure for case in cases)
    names = {case.filing.procedure: case.filing.procedure_name or "" for case in cases}
    columns = (
        Column("TT", "number", 5),
        Column("Mã thủ tục", width=14),
        Column("Thủ tục hành chính", width=56),
        Column("Số trường hợp", "number", 12),
    )
    ordered = sorted(counts, key=lambda code: (-counts[code], code))
    rows = [(number, code, names[code], counts[code]) for number, code in enumerate(ordered, 1)]
    return Sheet("Theo thủ tục hành chính", columns, rows, ("", "", "Tổng cộng", len(cases)))


def _months(month: Month) -> list[Month]:
    return [month.back(MONTHS - 1 - place) for place in range(MONTHS)]
