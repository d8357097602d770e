"""The letters about paper filings: one to each agency, with the cases of its own people and of all below it.

Văn bản 758/VPUBND-KSTT (08/11/2023): heads of agencies evaluate their people by them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lienthong import WHOLE, Column, Document, Figure, Part, Scope, Sheet, SourceName
from reports.figures import format_number
from reports.month import Month
from reports.monthly import MonthlyReport
from reports.paper_filings.cases import read_cases
from reports.paper_filings.report import CATEGORIES
from reports.paper_filings.rule import Case
from reports.units import Units
from store.reading import snapshot

TITLE = "Thông báo trường hợp nộp hồ sơ giấy trực tiếp gửi các cơ quan, đơn vị"
LETTER = "Về việc cán bộ, công chức, viên chức, người hợp đồng nộp hồ sơ giấy trực tiếp"
_NUMBER = Column("TT", "number", 5)

_Letters = Mapping[str, Sequence[Case]]


@dataclass(kw_only=True, eq=False)
class PaperFilingNotices(MonthlyReport):
    """Builds the month's letters, by the tree at the end of the month. `source` is the one-stop system."""

    source: SourceName

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        """The letters of a month `2023-11`. Raises `Rejected` for another period, `Transient` without the database."""
        month = Month.parse(period)
        with snapshot(self.site.database) as connection:
            units = self.units(connection, month.last, scope)
            cases = read_cases(connection, self.source, month, units).cases
        letters = _letters(cases, units)
        without = [code for code in units.tree.codes() if code not in letters and _gets_letters(code, units)]
        return self.document(
            month,
            name="paper-filing-notices",
            title=TITLE,
            payload={
                "period": month.period,
                "letters": [
                    {
                        "unit": code,
                        "recipient": _recipient(code, units),
                        "cases": [case.filing.code for case in letters[code]],
                    }
                    for code in letters
                ],
            },
            sheets=(_list(letters, units), _units_sheet("Cơ quan, đơn vị không có trường hợp", without, units)),
            summary=(
                f"Trong {month} có {format_number(len(cases))} trường hợp; {format_number(len(letters))} cơ quan, đơn "
                f"vị nhận thông báo, {format_number(len(without))} cơ quan, đơn vị không có trường hợp.",
            ),
            figures={
                f"letters.{code}": Figure("Số trường hợp của đơn vị và các đơn vị trực thuộc", _events(found))
                for code, found in letters.items()
            },
            parts=[self._letter(month, code, letters[code], units) for code in letters],
            scope=scope,
        )

    def _letter(self, month: Month, code: str, cases: Sequence[Case], units: Units) -> Part:
        name = units.name(code) or code
        document = self.document(
            month,
            name=f"paper-filing-notice-{code}",
            title=LETTER,
            addressee=name,
            payload={"period": month.period, "unit": code, "cases": [case.filing.code for case in cases]},
            sheets=(_cases_sheet(cases, units),),
            summary=(
                f"Trong {month}, có {format_number(len(cases))} trường hợp người của {name} và các đơn vị trực thuộc "
                f"nộp hồ sơ giấy trực tiếp đối với thủ tục đã được cung cấp trực tuyến. Danh sách kèm theo.",
            ),
            figures={"cases": Figure("Số trường hợp", _events(cases))},
            kind="notice",
        )
        return Part(code, _recipient(code, units), document)


def _gets_letters(code: str, units: Units) -> bool:
    """A unit in force, the province excepted; one that the catalogue does not know, where there is no catalogue."""
    return (units.tree.in_force(code) or not units.tree) and not units.tree.is_province(code)


def _letters(cases: Sequence[Case], units: Units) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for case in cases:
        for code in units.path(case.servant.agency):
            if _gets_letters(code, units) and units.includes(code):
                found.setdefault(code, []).append(case)
    return dict(sorted(found.items()))


def _recipient(code: str, units: Units) -> str | None:
    unit = units.tree.get(code)
    return unit.email if unit is not None and unit.receives else None


def _events(cases: Sequence[Case]) -> list[str]:
    return sorted(case.filing.event_id for case in cases)


def _list(letters: _Letters, units: Units) -> Sheet:
    columns = (
        _NUMBER,
        Column("Mã đơn vị", width=16),
        Column("Cơ quan, đơn vị", width=44),
        Column("Thư điện tử", width=32),
        Column("Số trường hợp", "number", 12),
    )
    rows = [
        (number, code, units.name(code), _recipient(code, units) or "Chưa có", len(letters[code]))
        for number, code in enumerate(letters, 1)
    ]
    return Sheet("Thông báo", columns, rows)


def _units_sheet(title: str, codes: Sequence[str], units: Units) -> Sheet:
    columns = (_NUMBER, Column("Mã đơn vị", width=16), Column("Cơ quan, đơn vị", width=60))
    return Sheet(title, columns, [(number, code, units.name(code)) for number, code in enumerate(codes, 1)])


def _cases_sheet(cases: Sequence[Case], units: Units) -> Sheet:
    columns = (
        _NUMBER,
        Column("Mã hồ sơ", width=28),
        Column("Thủ tục hành chính", width=40),
        Column("Ngày tiếp nhận", "date", 13),
        Column("Số hiệu", width=16),
        Column("Đối tượng", width=14),
        Column("Đơn vị công tác", width=32),
        Column("Nơi tiếp nhận", width=32),
    )
    rows = [
        (
            number,
            case.filing.code,
            f"{case.filing.procedure_name or ''} ({case.filing.procedure})".strip(),
            case.accepted_on,
            case.servant.staff_no,
            CATEGORIES.get(case.servant.category, case.servant.category),
            units.name(case.servant.agency) or case.servant.agency_name or case.servant.agency,
            case.filing.agency_name or case.filing.agency,
        )
        for number, case in enumerate(cases, 1)
    ]
    return Sheet("Danh sách trường hợp", columns, rows)
