"""What all monthly reports have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from lienthong import WHOLE, Chart, Document, Figure, Part, Rejected, Scope, Sheet, Signer, Site
from reports.month import Month
from reports.units import Units, read_units
from store.reading import Connection
from transforms.organisation_files import OrganisationFiles

_NONE: Mapping[str, Figure] = {}


@dataclass(kw_only=True, eq=False)
class MonthlyReport:
    """The head and foot of a report, from its file in `config/reports/`.

    `agency`, below its `superior`, issues the report at `place` on `legal_bases`; `notes` state how it counts and what
    was assumed; `signer` signs it and `recipients` get it. `issuer` is the agency as a sentence writes it.
    `organisations` are the files of config/organisations/.
    """

    site: Site = field(kw_only=False)
    agency: str
    place: str
    superior: str = ""
    issuer: str = ""
    legal_bases: Sequence[str] = ()
    notes: Sequence[str] = ()
    signer: Signer | None = None
    recipients: Sequence[str] = ()
    organisations: OrganisationFiles = field(default_factory=OrganisationFiles)

    def units(self, connection: Connection, day: date, scope: Scope) -> Units:
        """The units for a report as at the local day `day`, by the store and by `organisations`.

        Raises `Rejected` (field `unit`) for a unit that there is not.
        """
        return read_units(connection, day, scope, now=self.site.clock.now(), files=self.organisations)

    def refuse_part(self, scope: Scope) -> None:
        """For a report that knows no organisations. Raises `Rejected` (field `unit`) for anything but the whole."""
        if scope != WHOLE:
            raise Rejected("báo cáo này chỉ lập cho toàn tỉnh, không lập riêng cho một đơn vị", field="unit")

    def document(
        self,
        month: Month,
        *,
        name: str,
        title: str,
        subtitle: str = "",
        payload: Mapping[str, object],
        sheets: Sequence[Sheet],
        summary: Sequence[str],
        charts: Sequence[Chart] = (),
        figures: Mapping[str, Figure] = _NONE,
        parts: Sequence[Part] = (),
        scope: Scope = WHOLE,
        kind: Literal["report", "notice"] = "report",
        addressee: str = "",
    ) -> Document:
        """The document of one month, dated now. `subtitle` is the month and its days unless given."""
        return Document(
            name=f"{name}-{month.period}{scope.suffix}",
            title=title,
            subtitle=subtitle or f"Kỳ báo cáo: {month} ({month.days()})",
            period=month.period,
            agency=self.agency,
            place=self.place,
            issued_on=self.site.clock.now(),
            payload=payload,
            sheets=sheets,
            summary=summary,
            notes=self.notes,
            recipients=self.recipients,
            charts=charts,
            figures=figures,
            parts=parts,
            kind=kind,
            legal_bases=self.legal_bases,
            superior=self.superior,
            signer=self.signer,
            issuer=self.issuer,
            addressee=addressee,
        )
