"""The paper-filings report (Văn bản số 758/VPUBND-KSTT, 08/11/2023): who filed on paper, and who received it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lienthong import Column, Document, Sheet, Site, SourceName
from reports.figures import number_text, share
from reports.month import Month
from store import tables as store
from store.reading import filings, quality_counts, reading, service_periods
from store.rows import Filing

TITLE = "Trường hợp nộp hồ sơ giấy trực tiếp của cán bộ, công chức, viên chức, người hợp đồng"
CATEGORIES = {"CB": "Cán bộ", "CC": "Công chức", "VC": "Viên chức", "HD": "Người hợp đồng"}
ORDER = Column("TT", "number", 5)
CASES = Column("Số trường hợp", "number", 14)


class PaperFilings:
    """Builds the month's report. `find` and `payload` hold the rules: (filings, periods, period) → cases → figures.

    `source` is the one-stop system's; `quality` says in Vietnamese what each quality flag of a dossier means.
    """

    def __init__(
        self,
        site: Site,
        *,
        source: SourceName,
        find: Callable[..., Sequence[Any]],
        payload: Callable[..., Mapping[str, Any]],
        agency: str,
        place: str,
        quality: dict[str, str],
        notes: Sequence[str] = (),
        recipients: Sequence[str] = (),
    ) -> None:
        store.create(site.database)
        self._site, self._source = site, source
        self._find, self._payload = find, payload
        self._agency, self._place, self._quality = agency, place, quality
        self._notes, self._recipients = notes, recipients

    def build(self, period: str) -> Document:
        """The report of one month `2023-11`. Raises `Rejected` for another period, `Transient` without the database."""
        month = Month.of(period)
        with reading(self._site.database) as connection:
            accepted = filings(connection, self._source, month)
            ever = quality_counts(connection, self._source)
            cases = self._find(accepted, service_periods(connection), period)
        return Document(
            name=f"paper-filings-{period}",
            title=TITLE,
            subtitle=f"Kỳ báo cáo: {month} ({month.days()})",
            period=period,
            agency=self._agency,
            place=self._place,
            issued_on=self._site.clock.now(),
            payload=self._payload(period, cases),
            sheets=(_listed(cases), _by_agency(cases), _by_receiver(cases), _quality(accepted, ever, self._quality)),
            summary=_summary(month, accepted, cases),
            notes=self._notes,
            recipients=self._recipients,
        )


def _summary(month: Month, accepted: Sequence[Filing], cases: Sequence[Any]) -> tuple[str, ...]:
    if not cases:
        return (f"Trong {month}, không phát sinh trường hợp phải thống kê trên tổng số {_dossiers(accepted)}.",)
    agencies = len({case.servant.agency for case in cases})
    people = len({case.servant.staff_no for case in cases})
    receivers = len({(case.filing.agency, case.filing.officer) for case in cases})
    return (
        f"Trong {month}, trên tổng số {_dossiers(accepted)} đã tiếp nhận, có {number_text(len(cases))} trường hợp nộp "
        f"hồ sơ giấy trực tiếp đối với thủ tục hành chính đã được cung cấp dịch vụ công trực tuyến; liên quan đến "
        f"{number_text(people)} cán bộ, công chức, viên chức, người hợp đồng thuộc {number_text(agencies)} cơ quan, "
        f"đơn vị.",
        f"Các trường hợp trên do {number_text(receivers)} người tiếp nhận. Danh sách chi tiết, gắn với người đã tiếp "
        f"nhận hồ sơ, tại Phụ lục kèm theo.",
    )


def _dossiers(accepted: Sequence[Filing]) -> str:
    return f"{number_text(len(accepted))} hồ sơ"


def _listed(cases: Sequence[Any]) -> Sheet:
    return Sheet(
        "Danh sách trường hợp nộp hồ sơ giấy trực tiếp",
        (
            ORDER,
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
        ("", f"Tổng cộng: {number_text(len(cases))} trường hợp", *[""] * 7),
    )


def _by_agency(cases: Sequence[Any]) -> Sheet:
    counts = Counter(case.servant.agency for case in cases)
    names = {case.servant.agency: case.servant.agency_name or "" for case in cases}
    return Sheet(
        "Theo cơ quan, đơn vị công tác",
        (
            ORDER,
            Column("Mã đơn vị", width=16),
            Column("Cơ quan, đơn vị", width=46),
            Column("Số trường hợp", "number", 14),
        ),
        [(number, code, names[code], counts[code]) for number, code in enumerate(sorted(counts), start=1)],
        ("", "", "Tổng cộng", len(cases)),
    )


def _by_receiver(cases: Sequence[Any]) -> Sheet:
    counts = Counter(
        (case.filing.agency_name or case.filing.agency or "", case.filing.officer or "Không rõ") for case in cases
    )
    return Sheet(
        "Theo nơi và người tiếp nhận",
        (
            ORDER,
            Column("Nơi tiếp nhận", width=42),
            Column("Người tiếp nhận", width=26),
            Column("Số trường hợp", "number", 14),
        ),
        [(number, *where, counts[where]) for number, where in enumerate(sorted(counts), start=1)],
        ("", "", "Tổng cộng", len(cases)),
    )


def _quality(accepted: Sequence[Filing], ever: Mapping[str, int], names: Mapping[str, str]) -> Sheet:
    """How many dossiers carry each flag, of the month and in all; a flag without a configured name shows as is."""
    counts = Counter(flag for filing in accepted for flag in filing.quality)
    flags = list(names) + sorted({flag for flag in ever if flag} - set(names))
    return Sheet(
        "Chất lượng dữ liệu",
        (
            ORDER,
            Column("Nội dung", width=46),
            Column("Tiếp nhận trong kỳ", "number", 11),
            Column("Tỷ lệ", "percent", 10),
            Column("Toàn bộ kho dữ liệu", "number", 11),
        ),
        [
            (number, names.get(flag, flag), counts[flag], share(counts[flag], len(accepted)), ever.get(flag, 0))
            for number, flag in enumerate(flags, start=1)
        ],
        ("", "Tổng số hồ sơ", len(accepted), "", ever.get("", 0)),
    )
