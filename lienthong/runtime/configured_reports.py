"""The reports of the configuration, for what keeps their drafts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from lienthong.configuration.resolve import resolve
from lienthong.operations.reports import heads_note
from lienthong.report import Document, Render

if TYPE_CHECKING:
    from lienthong.runtime.composition import Storage


@dataclass(frozen=True, slots=True)
class ConfiguredReports:
    """See `lienthong.ports.configured_reports.Reports`."""

    storage: "Storage"

    def names(self) -> Sequence[str]:
        """The names of `config/reports/`."""
        return tuple(self.storage.settings.reports)

    def build(self, name: str, period: str) -> Document:
        """The whole report, with the heads of the ledger among its notes and those of its parts."""
        noted = heads_note(self.heads())
        document = self.storage.report(name).build(period)
        parts = [
            replace(part, document=replace(part.document, notes=[*part.document.notes, *noted]))
            for part in document.parts
        ]
        return replace(document, notes=[*document.notes, *noted], parts=parts)

    def heads(self) -> Mapping[str, str]:
        """The heads of the ledger's chains."""
        return dict(self.storage.ledger.heads())

    def render(self, document: Document, only: Sequence[str] = ()) -> Mapping[str, bytes]:
        """The document in each configured format, or in those of `only`."""
        formats = self.storage.settings.bus.formats
        wanted = {suffix: name for suffix, name in formats.items() if not only or suffix in only}
        return {suffix: cast("Render", resolve(name))(document) for suffix, name in wanted.items()}
