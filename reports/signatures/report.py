"""The monthly report on signatures: verdicts on files of the store of documents, by issuer and by reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from lienthong import WHOLE, Chart, Column, Document, Scope, Sheet
from reports.figures import format_number, format_share, share
from reports.month import Month
from reports.monthly import MonthlyReport
from reports.signatures.rule import INDICATIONS, NO_ISSUER, Verdicts, payload, proof, read_verdicts
from reports.units import Units
from store.documents.figures import judged_between
from store.reading import snapshot

_NUMBER = Column("TT", "number", 5)
_NO_ISSUER = "Không có chữ ký hoặc không đọc được chứng thư"


@dataclass(kw_only=True, eq=False)
class SignatureReport(MonthlyReport):
    """Builds the month's report; each version counts by its last verdict of the month.

    `listed` is how many versions that were not accepted are listed.
    """

    listed: Annotated[int, Field(ge=0)] = 500

    def build(self, period: str, *, scope: Scope = WHOLE) -> Document:
        """The report of one month `2023-11`. Raises `Rejected` for another period, `Transient` without the database."""
        month = Month.parse(period)
        with snapshot(self.site.database) as connection:
            units = self.units(connection, month.last, scope)
            found = read_verdicts(judged_between(connection, month.start, month.end), units, listed=self.listed)
        return self.document(
            month,
            name="signatures",
            title="Kết quả kiểm tra chữ ký số trên giấy tờ điện tử",
            payload=payload(month, found),
            sheets=(_by_issuer(found), _by_reason(found), _by_agency(found, units), _refused(found)),
            summary=_summary(month, found),
            charts=[
                Chart(
                    "Kết luận về các tệp",
                    "share",
                    list(INDICATIONS.values()),
                    [("Tệp", [len(found.versions[name]) for name in INDICATIONS])],
                )
            ],
            figures=proof(found),
            scope=scope,
        )


def _summary(month: Month, found: Verdicts) -> tuple[str, ...]:
    versions, accepted = len(found.all_versions()), len(found.accepted)
    if not versions:
        return (f"Trong {month}, không có tệp nào được kiểm tra chữ ký số.",)
    failed, unknown = len(found.versions["TOTAL-FAILED"]), len(found.versions["INDETERMINATE"])
    return (
        f"Trong {month}, có {format_number(versions)} tệp được kiểm tra; {format_number(accepted)}/"
        f"{format_number(versions)} tệp được chấp nhận, đạt {format_share(accepted, versions)}; "
        f"{format_number(failed)} tệp không hợp lệ, {format_number(unknown)} tệp chưa kết luận được.",
    )


def _by_issuer(found: Verdicts) -> Sheet:
    columns = (
        *(_NUMBER, Column("Đơn vị cấp chứng thư", width=60)),
        *(Column(title, "number", 12) for title in INDICATIONS.values()),
        *(Column("Số chữ ký", "number", 12), Column("Tỷ lệ hợp lệ", "percent", 10)),
    )
    rows = []
    for number, (issuer, of) in enumerate(sorted(found.issuers.items()), 1):
        counts = [len(of.get(name, ())) for name in INDICATIONS]
        name = _NO_ISSUER if issuer == NO_ISSUER else issuer
        rows.append((number, name, *counts, sum(counts), share(counts[0], sum(counts))))
    return Sheet("Theo đơn vị cấp chứng thư", columns, rows)


def _by_reason(found: Verdicts) -> Sheet:
    versions = len(found.all_versions())
    columns = (
        *(_NUMBER, Column("Mã lý do", width=26), Column("Lý do", width=70), Column("Số tệp", "number", 10)),
        *(Column("Tổng số tệp", "number", 10), Column("Tỷ lệ", "percent", 10)),
    )
    ordered: Sequence[str] = sorted(found.reasons, key=lambda code: (-len(found.reasons[code]), code))
    rows = []
    for number, code in enumerate(ordered, 1):
        count = len(found.reasons[code])
        rows.append((number, code, found.words[code], count, versions, share(count, versions)))
    return Sheet("Theo lý do", columns, rows)


def _by_agency(found: Verdicts, units: Units) -> Sheet:
    columns = (
        *(_NUMBER, Column("Cơ quan cấp giấy tờ", width=20), Column("Tên", width=40)),
        *(Column("Được chấp nhận", "number", 12), Column("Số tệp", "number", 12), Column("Tỷ lệ", "percent", 10)),
    )
    rows = []
    for number, (agency, of) in enumerate(sorted(found.agencies.items()), 1):
        counts = (of["accepted"], of["versions"])
        name = units.name(units.place(agency) or agency)
        rows.append((number, agency or "Không rõ", name, *counts, share(*counts)))
    return Sheet("Theo cơ quan cấp giấy tờ", columns, rows)


def _refused(found: Verdicts) -> Sheet:
    columns = (
        *(_NUMBER, Column("Giấy tờ", width=34), Column("Phiên bản", "number", 9), Column("Loại", width=18)),
        *(Column("Cơ quan cấp", width=18), Column("Kết luận", width=18), Column("Lý do", width=60)),
    )
    rows = [
        (
            *(number, one.document_id, one.version, one.document_type, one.agency or "Không rõ"),
            *(INDICATIONS.get(one.indication, one.indication), reasons),
        )
        for number, (one, reasons) in enumerate(found.refused, 1)
    ]
    return Sheet("Tệp không được chấp nhận", columns, rows)
