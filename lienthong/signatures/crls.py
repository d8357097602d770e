"""A CRL (RFC 5280, 5) read once, its revocations by serial number. Its signature is checked by `genuine`."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from asn1crypto import crl as asn1_crl
from cryptography import x509

from lienthong.signatures.certificates import Cert, common_name, name_key, point_names
from lienthong.signatures.verdict import CrlUsed

_HANDLED = frozenset({"authority_key_identifier", "crl_number", "issuing_distribution_point", "delta_crl_indicator"})
_TRUE = b"\x01\x01\xff"
"""DER of the BOOLEAN that marks an extension as critical. Where it is not, no entry has a critical one."""
_HANDLED_IN_ENTRIES = frozenset({"crl_reason", "invalidity_date", "hold_instruction_code"})


class UnreadableCrl(ValueError):  # noqa: N818 - a fact about the bytes
    """The bytes are no CRL."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """An entry of a CRL: since when, and why. A hold may be lifted again."""

    since: datetime
    cause: str

    @property
    def is_hold(self) -> bool:
        return self.cause == "certificate_hold"


@dataclass(frozen=True)
class Crl:
    """A CRL whose head could be read; its entries are read when they are asked for."""

    der: bytes
    sha256: bytes
    issuer: str
    issuer_key: bytes
    this_update: datetime
    next_update: datetime | None
    critical: frozenset[str]
    parsed: asn1_crl.CertificateList

    @classmethod
    def load(cls, der: bytes) -> "Crl":
        """Read DER. Raises `UnreadableCrl`."""
        try:
            parsed = asn1_crl.CertificateList.load(der, strict=True)
            content = parsed["tbs_cert_list"]
            return cls(
                der=der,
                sha256=hashlib.sha256(der).digest(),
                issuer=common_name(content["issuer"]),
                issuer_key=name_key(content["issuer"]),
                this_update=content["this_update"].native,
                next_update=content["next_update"].native,
                critical=frozenset(parsed.critical_extensions),
                parsed=parsed,
            )
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError, AttributeError) as error:
            raise UnreadableCrl(str(error)) from None

    def __reduce__(self) -> tuple[Any, tuple[bytes]]:
        """Pickled as its bytes: what asn1crypto has parsed does not survive it."""
        return Crl.load, (self.der,)

    @property
    def algorithm(self) -> Any:
        return self.parsed["signature_algorithm"]

    @property
    def is_delta(self) -> bool:
        """RFC 5280, 5.2.4: it lists changes to another CRL, and its silence proves nothing."""
        return self.parsed.delta_crl_indicator_value is not None

    @cached_property
    def understood(self) -> bool:
        """RFC 5280, 5.2 and 5.3: a CRL with a critical extension that is not understood must not be used."""
        try:
            return self.critical <= _HANDLED and not (_TRUE in self._raw_entries and self._entries[1])
        except (ValueError, TypeError, KeyError, AttributeError):
            return False

    def revocation(self, serial: int) -> Revocation | None:
        """The entry of a serial number. A list of many thousands is looked up, and not read."""
        try:
            entry = self._native.get_revoked_certificate_by_serial_number(serial) if self._raw_entries else None
            return None if entry is None else _revocation(entry)
        except (ValueError, x509.DuplicateExtension):  # stricter than what issuers write
            return self._entries[0].get(serial)

    def entries(self) -> Iterable[tuple[int, datetime]]:
        """Every serial number with its moment of revocation."""
        try:
            return [(each.serial_number, each.revocation_date_utc) for each in self._native]
        except ValueError:  # stricter than what issuers write
            return [(serial, entry.since) for serial, entry in self._entries[0].items()]

    @cached_property
    def _native(self) -> x509.CertificateRevocationList:
        return x509.load_der_x509_crl(self.der)

    @cached_property
    def _raw_entries(self) -> bytes:
        """The entries as they are written."""
        return bytes(self.parsed["tbs_cert_list"]["revoked_certificates"].contents or b"")

    @cached_property
    def _entries(self) -> tuple[dict[int, Revocation], bool]:
        found: dict[int, Revocation] = {}
        strange = False
        for entry in self.parsed["tbs_cert_list"]["revoked_certificates"]:
            cause = "unspecified"
            for extension in entry["crl_entry_extensions"]:
                name = extension["extn_id"].native
                if name == "crl_reason":
                    cause = extension["extn_value"].parsed.native
                strange = strange or (extension["critical"].native and name not in _HANDLED_IN_ENTRIES)
            found[entry["user_certificate"].native] = Revocation(entry["revocation_date"].native, cause)
        return found, strange

    def concerns(self, certificate: Cert) -> bool:
        """Whether it is about certificates such as this one (RFC 5280, 6.3.3 (b)): issuer and scope.

        An indirect CRL speaks for other issuers and is not taken: a CRL counts for the issuer that signed it alone.
        """
        if self.issuer_key != certificate.issuer_key:
            return False
        point = self.parsed.issuing_distribution_point_value
        if point is None:
            return True
        if point["indirect_crl"].native or point["only_contains_attribute_certs"].native:
            return False
        if point["only_contains_user_certs" if certificate.is_ca else "only_contains_ca_certs"].native:
            return False
        if point["distribution_point"].native is None:
            return True
        return bool(point_names(point["distribution_point"]) & certificate.distribution_points)

    @property
    def for_some_reasons(self) -> bool:
        """RFC 5280, 5.2.5: it knows of some reasons only, so that its silence proves nothing."""
        point = self.parsed.issuing_distribution_point_value
        return point is not None and point["only_some_reasons"].native is not None

    def as_verdict(self) -> CrlUsed:
        return CrlUsed(self.issuer, self.sha256.hex(), self.this_update, self.next_update)


def _revocation(entry: x509.RevokedCertificate) -> Revocation:
    try:
        cause = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.name
    except x509.ExtensionNotFound:
        cause = "unspecified"
    return Revocation(entry.revocation_date_utc, cause)


def load_crls(blobs: Iterable[bytes]) -> list[Crl]:
    """The readable ones of what a file brings along."""
    found: dict[bytes, Crl] = {}
    for blob in blobs:
        try:
            crl = Crl.load(blob)
        except UnreadableCrl:
            continue
        found[crl.sha256] = crl
    return list(found.values())
