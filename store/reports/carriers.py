"""How a message of an edition leaves: by e-mail, or as a package for the document axis."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from connectors.edxml.folder import PackageFolder
from connectors.edxml.package import Letter, Organisation, make_package
from connectors.notices.gateway import Answer, Attachment, Gateway
from lienthong import Signer
from store.instants import parse_instant
from store.reports import rows
from store.reports.mail import Target, make_mail, safe_name
from transforms.report_life import Axis, AxisOrganisation, ReportLife

EMAIL, AXIS = "email", "axis"
"""The channels."""


class Carrier(Protocol):
    """One way to a recipient. `is_here`: what it sends stays on this machine."""

    is_here: bool

    def prepare(self, target: Target, row: rows.EditionRow, files: Sequence[Attachment]) -> Callable[[], Answer]:
        """What sends the message, once: see `Gateway.send`. Raises `Rejected` for a message that cannot be made."""

    def has(self, target: Target, row: rows.EditionRow) -> bool:
        """Whether it is proved that the message has left."""


class MailCarrier:
    """E-mail."""

    def __init__(self, gateway: Gateway, rules: ReportLife, *, is_here: bool) -> None:
        self.gateway = gateway
        self.is_here = is_here
        self._rules = rules

    def prepare(self, target: Target, row: rows.EditionRow, files: Sequence[Attachment]) -> Callable[[], Answer]:
        """See `Carrier`."""
        text = self._rules.letter_mail if target.unit else self._rules.report_mail
        mail = make_mail(target, row, files, text)
        return lambda: self.gateway.send(mail)

    def has(self, target: Target, row: rows.EditionRow) -> bool:  # noqa: ARG002 - a mail server cannot be asked
        """See `Carrier`."""
        return False


class AxisCarrier:
    """A package in a folder. The axis's own software takes it from there, at any moment."""

    is_here = False

    def __init__(self, folder: PackageFolder, axis: Axis) -> None:
        self._folder = folder
        self._axis = axis

    def prepare(self, target: Target, row: rows.EditionRow, files: Sequence[Attachment]) -> Callable[[], Answer]:
        """See `Carrier`."""
        package = make_package(make_letter(target, row, self._axis), files)
        return lambda: self._folder.write(package_name(row), package)

    def has(self, target: Target, row: rows.EditionRow) -> bool:  # noqa: ARG002 - an edition has one package
        """See `Carrier`."""
        return self._folder.has(package_name(row))


def make_letter(target: Target, row: rows.EditionRow, axis: Axis) -> Letter:
    """What a package states of an edition. It was sent when it was approved, so that the same edition is the same."""
    document = target.document
    return Letter(
        sender=_organisation(axis.sender),
        to=[_organisation(one) for one in axis.to],
        number=row.number,
        place=document.place,
        issued_at=document.issued_on,
        sent_at=parse_instant(row.approved_at),
        type_name=axis.type_name,
        subject=document.title,
        content=" ".join(document.summary),
        signer=_signer(document.signer),
        reason=target.changes,
    )


def _signer(signer: Signer | None) -> Mapping[str, str]:
    if signer is None:
        return {}
    return {"Competence": signer.authority, "Position": signer.title, "FullName": signer.name}


def package_name(row: rows.EditionRow) -> str:
    """The name of the package of an edition."""
    return f"{safe_name(row.edition_id.replace('/', '-'))}.edxml"


def _organisation(one: AxisOrganisation) -> Organisation:
    return Organisation(**one.model_dump())
