"""The paper-filings report (Văn bản số 758/VPUBND-KSTT, 08/11/2023): who filed on paper, and who received it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lienthong import WHOLE, Column, Document, Scope, Sheet, SourceName
from reports.figures import format_number, share
from reports.month import Month
from reports.monthly import MonthlyReport
from reports.paper_filings.cases import count_filed, read_cases
from reports.paper_filings.reminders import find_reminders, reminders_payload, reminders_sheet
from reports.paper_filings.rule import Case, payload
from reports.paper_filings.units import (
    by_agency,
    by_procedure_sheet,
    charts_of_cases,
    figures_of_cases,
    proof_of_cases,
    rolled_up_sheet,
)
from store.counter_checks import counter_checks_between
from store.reading import accepted_quality, quality_counts, snapshot

TITLE = "Trường hợp nộp hồ sơ giấy trực tiếp của cán bộ, công chức, viên chức, người hợp đồng"
CATEGORIES = {"CB": "Cán bộ", "CC": "Công chức", "VC": "Viên chức", "HD": "Người hợp đồng"}
NUMBER = Column("TT", "number", 5)


@dataclass(kw_only=True, eq=False)
class PaperFilings(MonthlyReport):
    """Builds the month's report on the dossiers of `source`, the one-stop system (hệ thống một cửa).

    `quality` gives the Vietnamese name of each quality flag of a dossier, in the order of their rows.
    """

    source: SourceName
    quality: dict[str, str]

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        """The report of one month `2023-11`. Raises `Rejected` for another period, `Transient` without the database."""
        month = Month.parse(period)
        with snapshot(self.site.database) as connection:
            units = self.units(connection, month.last, scope)
            found = read_cases(connection, self.source, month, units)
            quality = accepted_quality(connection, self.source, month.start, month.end)
            accepted = quality[""] if scope.unit is None else count_filed(connection, self.source, month, units)
            all_flags = quality_counts(connection, self.source)
            checks = counter_checks_between(connection, month.start, month.end)
        cases = found.cases
        figures = payload(month, cases) | figures_of_cases(cases, found.year, month, units)
        rolled_up = units.roll_up(case.servant.agency for case in cases)
        sheets = [_list(cases), rolled_up_sheet(rolled_up, by_agency(cases, units), units), _by_agency(cases)]
        sheets += [_by_receiver(cases), by_procedure_sheet(cases)]
        if checks and scope.unit is None:  # a month in which the counters did not ask looks as it did before
            reminders = find_reminders(checks, cases)
            figures["reminders"] = reminders_payload(checks, reminders)
            sheets.append(reminders_sheet(reminders, CATEGORIES))
        if scope.unit is None:  # it is of all dossiers, not of some people's
            sheets.append(_quality(quality, all_flags, self.quality))
        return self.document(
            month,
            name="paper-filings",
            title=TITLE,
            payload=figures,
            sheets=sheets,
            summary=_summary(month, accepted, cases, scope),
            charts=charts_of_cases(found.year, month, rolled_up, units),
            figures=proof_of_cases(cases, units),
            scope=scope,
        )


def _summary(month: Month, accepted: int, cases: Sequence[Case], scope: Scope) -> tuple[str, ...]:
    of_part = "" if scope.unit is None else " của người thuộc đơn vị và các đơn vị trực thuộc"
    dossiers = f"{format_number(accepted)} hồ sơ{of_part}"
    if not cases:
        return (f"Trong {month}, không phát sinh trường hợp phải thống kê trên tổng số {dossiers}.",)
    agencies = len({case.servant.agency for case in cases})
    people = len({case.servant.staff_no for case in cases})
    receivers = len({(case.filing.agency, case.filing.officer) for case in cases})
    return (
        f"Trong {month}, trên tổng số {dossiers} đã tiếp nhận, có {format_number(len(cases))} trường hợp "
        f"nộp hồ sơ giấy trực tiếp đối với thủ tục hành chính đã được cung cấp dịch vụ công trực tuyến; liên quan đến "
        f"{format_number(people)} cán bộ, công chức, viên chức, người hợp đồng thuộc {format_number(agencies)} cơ "
        f"quan, đơn vị.",
        f"Các trường hợp trên do {format_number(receivers)} người tiếp nhận. Danh sách chi tiết, gắn với người đã tiếp "
        f"nhận hồ sơ, tại Phụ lục kèm theo.",
    )


def _list(cases: Sequence[Case]) -> Sheet:
    return Sheet(
        "Danh sách trường hợp nộp hồ sơ giấy trực tiếp",
        (
            NUMBER,
            Column("Mã hồ sơ", width=28),
            Column("Thủ tục hành chính", width=34),
            Column("Ngày tiếp nhận", "date", 12),
            Column("Số hiệu CBCCVC", width=16),
            Column("Đối tượng", width=12),
            Column("Cơ quan, đơn vị công tác", width=28),
            Column("Nơi tiếp nhận", width=32),
            Column("Người tiếp nhận", width=20),
        ),
        [
            (
                number,
                case.filing.code,
                f"{case.filing.procedure_name or ''} ({case.filing.procedure})".strip(),
                case.accepted_on,
                case.servant.staff_no,
                CATEGORIES.get(case.servant.category, case.servant.category),
                case.servant.agency_name or case.servant.agency,
                case.filing.agency_name or case.filing.agency,
                case.filing.officer or "Không rõ",
            )
            for number, case in enumerate(cases, start=1)
        ],
        ("", f"Tổng cộng: {format_number(len(cases))} trường hợp", *[""] * 7),
    )


def _by_agency(cases: Sequence[Case]) -> Sheet:
    counts = Counter(case.servant.agency for case in cases)
    names = {case.servant.agency: case.servant.agency_name or "" for case in cases}
    return Sheet(
        "Theo cơ quan, đơn vị công tác",
        (
            NUMBER,
            Column("Mã đơn vị", width=16),
            Column("Cơ quan, đơn vị", width=46),
            Column("Số trường hợp", "number", 14),
        ),
        [(number, code, names[code], counts[code]) for number, code in enumerate(sorted(counts), start=1)],
        ("", "", "Tổng cộng", len(cases)),
    )


def _by_receiver(cases: Sequence[Case]) -> Sheet:
    counts = Counter(
        (case.filing.agency_name or case.filing.agency or "", case.filing.officer or "Không rõ") for case in cases
    )
    return Sheet(
        "Theo nơi và người tiếp nhận",
        (
            NUMBER,
            Column("Nơi tiếp nhận", width=42),
            Column("Người tiếp nhận", width=26),
            Column("Số trường hợp", "number", 14),
        ),
        [(number, *receiver, counts[receiver]) for number, receiver in enumerate(sorted(counts), start=1)],
        ("", "", "Tổng cộng", len(cases)),
    )


def _quality(counts: Counter[str], all_flags: Mapping[str, int], names: Mapping[str, str]) -> Sheet:
    """How many dossiers carry each flag, of the month and of the whole store; a flag without a name is shown itself."""
    flags = list(names) + sorted({flag for flag in all_flags if flag} - set(names))
    return Sheet(
        "Chất lượng dữ liệu",
        (
            NUMBER,
            Column("Nội dung", width=46),
            Column("Tiếp nhận trong kỳ", "number", 11),
            Column("Tỷ lệ", "percent", 10),
            Column("Toàn bộ kho dữ liệu", "number", 11),
        ),
        [
            (number, names.get(flag, flag), counts[flag], share(counts[flag], counts[""]), all_flags.get(flag, 0))
            for number, flag in enumerate(flags, start=1)
        ],
        ("", "Tổng số hồ sơ", counts[""], "", all_flags.get("", 0)),
    )
