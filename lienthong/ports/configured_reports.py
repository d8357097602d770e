"""The reports of a project, for what keeps their drafts."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from lienthong.report import Document


class Reports(Protocol):
    """The configured reports. They raise what a report raises; see `lienthong.report.Report`."""

    def names(self) -> Sequence[str]:
        """The names of `config/reports/`."""

    def build(self, name: str, period: str) -> Document:
        """The whole report of a period, made now; its notes name the heads of the ledger. KeyError for no report."""

    def heads(self) -> Mapping[str, str]:
        """The heads of the ledger's chains, see `Ledger.heads`."""

    def render(self, document: Document, only: Sequence[str] = ()) -> Mapping[str, bytes]:
        """The document in each configured format, or in those of `only`, by file ending.

        The same document gives the same bytes.
        """


class NoReports:
    """Of a site without reports."""

    def names(self) -> Sequence[str]:
        return ()

    def build(self, name: str, period: str) -> Document:  # noqa: ARG002 - there is none
        raise KeyError(name)

    def heads(self) -> Mapping[str, str]:
        return {}

    def render(self, document: Document, only: Sequence[str] = ()) -> Mapping[str, bytes]:  # noqa: ARG002 - no format
        return {}
