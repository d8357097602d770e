"""A certificate (RFC 5280) as the judgement needs it, read once. Its signature is checked elsewhere."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from asn1crypto import x509

from lienthong.signatures.verdict import Certificate

_HANDLED = frozenset(
    {
        "basic_constraints",
        "key_usage",
        "extended_key_usage",
        "key_identifier",
        "authority_key_identifier",
        "crl_distribution_points",
        "authority_information_access",
        "subject_alt_name",
        "issuer_alt_name",
        "certificate_policies",
        "name_constraints",
        "policy_constraints",
        "inhibit_any_policy",
        "policy_mappings",
        "private_key_usage_period",
    }
)
"""Extensions that may be critical: they are checked, or state nothing that limits what is judged here."""


class UnreadableCertificate(ValueError):  # noqa: N818 - a fact about the bytes
    """The bytes are no certificate."""


def name_key(name: Any) -> bytes:
    """A distinguished name for comparison (RFC 5280, 7.1: case and blanks of text do not count)."""
    return hashlib.sha256(name.hashable.encode()).digest()


@dataclass(frozen=True)
class Cert:
    """A certificate whose every field could be read.

    `subject_key`, `issuer_key`: names for comparison. `max_path`: CA certificates that may follow it, None for any
    number. `usages`: the names of its key usages, None where the extension is absent. `purposes`: object identifiers
    of the extended key usage, None where absent. `unknown_critical`: identifiers that are not understood.
    """

    der: bytes
    sha256: bytes
    sha1: bytes
    subject: str
    issuer: str
    subject_key: bytes
    issuer_key: bytes
    serial: int
    not_before: datetime
    not_after: datetime
    is_ca: bool
    max_path: int | None
    usages: frozenset[str] | None
    purposes: frozenset[str] | None
    purposes_critical: bool
    key_id: bytes | None
    authority_key_id: bytes | None
    key_info: bytes
    unknown_critical: tuple[str, ...]
    parsed: x509.Certificate

    @classmethod
    def load(cls, der: bytes) -> "Cert":
        """Read DER. Raises `UnreadableCertificate`."""
        try:
            return cls._read(x509.Certificate.load(der, strict=True))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError, AttributeError) as error:
            raise UnreadableCertificate(str(error)) from None

    @classmethod
    def _read(cls, parsed: x509.Certificate) -> "Cert":
        der = parsed.dump()
        extensions = [extension["extn_id"].native for extension in parsed["tbs_certificate"]["extensions"]]
        if len(set(extensions)) != len(extensions):  # RFC 5280, 4.2: an extension appears once
            raise ValueError("an extension appears twice")
        constraints = parsed.basic_constraints_value
        usages, purposes = parsed.key_usage_value, parsed.extended_key_usage_value
        return cls(
            der=der,
            sha256=hashlib.sha256(der).digest(),
            sha1=hashlib.sha1(der, usedforsecurity=False).digest(),
            subject=common_name(parsed.subject),
            issuer=common_name(parsed.issuer),
            subject_key=name_key(parsed.subject),
            issuer_key=name_key(parsed.issuer),
            serial=parsed.serial_number,
            not_before=parsed.not_valid_before,
            not_after=parsed.not_valid_after,
            is_ca=bool(constraints and constraints["ca"].native),
            max_path=constraints["path_len_constraint"].native if constraints else None,
            usages=frozenset(usages.native) if usages else None,
            purposes=frozenset(purpose.dotted for purpose in purposes) if purposes else None,
            purposes_critical="extended_key_usage" in parsed.critical_extensions,
            key_id=parsed.key_identifier,
            authority_key_id=parsed.authority_key_identifier,
            key_info=parsed["tbs_certificate"]["subject_public_key_info"].dump(),
            unknown_critical=tuple(sorted(set(parsed.critical_extensions) - _HANDLED)),
            parsed=parsed,
        )

    def __reduce__(self) -> tuple[Any, tuple[bytes]]:
        """Pickled as its bytes: what asn1crypto has parsed does not survive it."""
        return Cert.load, (self.der,)

    @property
    def algorithm(self) -> Any:
        """The algorithm of the signature on this certificate, with its parameters."""
        return self.parsed["signature_algorithm"]

    @property
    def self_issued(self) -> bool:
        return self.subject_key == self.issuer_key

    @cached_property
    def distribution_points(self) -> frozenset[str]:
        """The names (RFC 5280, 4.2.1.13) under which its CRLs are published."""
        names: set[str] = set()
        for point in self.parsed.crl_distribution_points_value or ():
            names |= point_names(point["distribution_point"])
        return frozenset(names)

    def covers(self, moment: datetime) -> bool:
        """Whether it is within its time of validity."""
        return self.not_before <= moment <= self.not_after

    def as_verdict(self) -> Certificate:
        """As a verdict shows it."""
        return Certificate(
            subject=self.subject,
            issuer=self.issuer,
            serial=f"{self.serial:x}",
            sha256=self.sha256.hex(),
            not_before=self.not_before,
            not_after=self.not_after,
        )


def point_names(point: Any) -> set[str]:
    """The full names of a distribution point as text; empty for one relative to its issuer, or none."""
    if point.native is None or point.name != "full_name":
        return set()
    return {f"{name.name}:{name.native}" for name in point.chosen}


def common_name(name: Any) -> str:
    """The common name, or the whole name where there is none."""
    found = name.native.get("common_name")
    if isinstance(found, list):
        found = found[-1]
    return str(found) if found else str(name.human_friendly)


def load_certificates(blobs: Sequence[bytes]) -> list[Cert]:
    """The readable ones of what a file brings along: one that cannot be read can be part of no chain."""
    found: dict[bytes, Cert] = {}
    for blob in blobs:
        try:
            certificate = Cert.load(blob)
        except UnreadableCertificate:
            continue
        found[certificate.sha256] = certificate
    return list(found.values())
