"""Of the VNeID report: the figures by unit, rolled up the tree, their change since last month, and their proof."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from lienthong import Chart, Column, Figure, Sheet
from reports.figures import format_number, format_share, share
from reports.units import Units
from reports.vneid_activation.rule import Count, Person

_WHAT = "Số người có tài khoản mức độ 2 trên số người đang công tác"
_RANKED = 10
_UNDER_PROVINCE = 2
_NUMBER = Column("TT", "number", 5)


def count_people(people: Iterable[Person], units: Units) -> tuple[dict[str, Count], dict[str, Count]]:
    """By agency itself, and rolled up the tree."""
    alone: dict[str, Count] = {}
    rolled_up: dict[str, Count] = {}
    for person in people:
        _add(alone, units.of(person.serving.agency), person)
        for above in units.path(person.serving.agency):
            _add(rolled_up, above, person)
    return dict(sorted(alone.items())), dict(sorted(rolled_up.items()))


def _add(counts: dict[str, Count], code: str, person: Person) -> None:
    before = counts.get(code, Count())
    counts[code] = Count(before.staff + 1, before.level2 + (person.account is not None))


def as_json(counts: Mapping[str, Count]) -> dict[str, object]:
    """For programs."""
    return {code: {"staff": found.staff, "level2": found.level2} for code, found in counts.items()}


def proof_of_people(people: Sequence[Person], units: Units) -> dict[str, Figure]:
    """By the path of each figure, the events of the accounts and of the periods of service that it counts."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for person in people:
        agency = person.serving.agency
        paths = [f"by_agency.{units.of(agency)}", *(f"rolled_up.{above}" for above in units.path(agency))]
        for path in paths:
            activated, staff = found.setdefault(path, ([], []))
            staff.append(person.serving.event_id)
            if person.account is not None:
                activated.append(person.account.event_id)
    return {path: Figure(_WHAT, sorted(activated), sorted(staff)) for path, (activated, staff) in found.items()}


def change(now: Sequence[Person], earlier: Sequence[Person], before: date) -> tuple[str, ...]:
    """A sentence on what changed since the last cut-off day."""
    if not earlier:
        return ()
    more = _activated(now) - _activated(earlier)
    return (
        f"So với ngày {before:%d/%m/%Y} ({format_share(_activated(earlier), len(earlier))}), số người đã kích hoạt "
        f"{'tăng' if more >= 0 else 'giảm'} {format_number(abs(more))}.",
    )


def rolled_up_sheet(rolled_up: Mapping[str, Count], earlier: Mapping[str, Count], units: Units) -> Sheet:
    """For people: every unit with all below it, in the order of the tree, and its share a month before."""
    columns = (
        _NUMBER,
        Column("Mã đơn vị", width=16),
        Column("Cơ quan, đơn vị", width=44),
        Column("Đang công tác", "number", 10),
        Column("Đã kích hoạt mức độ 2", "number", 10),
        Column("Tỷ lệ", "percent", 10),
        Column("Tỷ lệ kỳ trước", "percent", 10),
    )
    ordered = sorted(rolled_up, key=lambda code: units.tree.path(code)[::-1])
    rows = []
    for number, code in enumerate(ordered, 1):
        found, past = rolled_up[code], earlier.get(code, Count())
        shares = (share(found.level2, found.staff), share(past.level2, past.staff))
        rows.append((number, code, units.name(code), found.staff, found.level2, *shares))
    return Sheet("Tổng hợp theo cây tổ chức", columns, rows)


def below_sheet(counts: Mapping[str, Count], names: Mapping[str, str]) -> Sheet:
    """For people: the agencies below 100 %, those with most people missing first."""
    columns = (
        _NUMBER,
        Column("Mã đơn vị", width=16),
        Column("Cơ quan, đơn vị", width=50),
        Column("Chưa kích hoạt", "number", 12),
        Column("Tỷ lệ", "percent", 10),
    )
    below = {code: found for code, found in counts.items() if found.level2 < found.staff}
    ordered = sorted(below, key=lambda code: (below[code].level2 - below[code].staff, code))
    missing = {code: found.staff - found.level2 for code, found in below.items()}
    shares = {code: share(found.level2, found.staff) for code, found in below.items()}
    rows = [(n, code, names.get(code, ""), missing[code], shares[code]) for n, code in enumerate(ordered, 1)]
    return Sheet("Cơ quan, đơn vị chưa đạt 100%", columns, rows)


def charts_of_people(people: Sequence[Person], rolled_up: Mapping[str, Count], units: Units) -> list[Chart]:
    """The share of those who have activated, and the agencies just under the province with the lowest shares."""
    activated = _activated(people)
    parts = ["Đã kích hoạt mức độ 2", "Chưa kích hoạt"]
    charts = [Chart("Kích hoạt tài khoản mức độ 2", "share", parts, [("Người", [activated, len(people) - activated])])]
    top = [code for code in rolled_up if len(units.tree.path(code)) == _UNDER_PROVINCE]
    ranked = sorted(top, key=lambda code: (rolled_up[code].level2 / rolled_up[code].staff, code))[:_RANKED]
    if ranked:
        shares = [share(rolled_up[code].level2, rolled_up[code].staff) for code in ranked]
        values = [None if isinstance(one, str) else one for one in shares]
        names = [units.name(code) or code for code in ranked]
        charts.append(Chart("Cơ quan có tỷ lệ thấp nhất", "bar", names, [("Tỷ lệ", values)], percent=True))
    return charts


def _activated(people: Sequence[Person]) -> int:
    return sum(person.account is not None for person in people)
