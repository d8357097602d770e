"""CMS signatures (RFC 5652) read strictly: one signer, its attributes once each, its certificate known.

Certificates and attributes are those of the bytes; that the signature fits them is checked in `integrity.py`.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms as asn1_cms
from asn1crypto import core

from lienthong.signatures.algorithms import HASHES
from lienthong.signatures.certificates import Cert, load_certificates
from lienthong.signatures.chain import Fault
from lienthong.signatures.limits import BeyondLimit, Limits
from lienthong.signatures.verdict import SubIndication, reason

READ_ERRORS = (ValueError, TypeError, KeyError, OverflowError, RecursionError, AttributeError, IndexError)


class CmsFault(Exception):  # noqa: N818 - it carries a fault to the verdict
    """A signature cannot hold; `fault` states why."""

    def __init__(self, sub: SubIndication, code: str, **details: object) -> None:
        super().__init__(code)
        self.fault = Fault(sub, reason(code, **details))


@dataclass(frozen=True)
class Signed:
    """A signed-data structure with its one signer.

    `content` is the encapsulated content, None for a detached signature. `digest` is the signer's digest algorithm.
    `attributes` are the signed attributes by name, None when there are none at all.
    """

    content_type: str
    content: bytes | None
    info: Any
    certificates: Sequence[Cert]
    certificate_blobs: Sequence[bytes]
    crl_blobs: Sequence[bytes]
    digest: str
    attributes: dict[str, Any] | None

    @property
    def signature(self) -> bytes:
        return bytes(self.info["signature"].native)

    @property
    def claimed_time(self) -> datetime | None:
        """The signing time that the signer states."""
        value = (self.attributes or {}).get("signing_time")
        moment = value.native if value is not None else None
        return moment if isinstance(moment, datetime) and moment.tzinfo else None

    @property
    def time_stamps(self) -> list[bytes]:
        """The tokens of the unsigned attribute signature-time-stamp (RFC 3161, appendix A)."""
        return self._unsigned("signature_time_stamp_token")

    @property
    def archived_crls(self) -> list[bytes]:
        """CRLs in Adobe's attribute of revocation information (ISO 32000-2, 12.8.3.3.2)."""
        value = (self.attributes or {}).get("adobe_revocation_info_archival")
        try:
            return [crl.dump() for crl in value["crl"]] if value is not None and value["crl"].native else []
        except READ_ERRORS:
            return []

    def _unsigned(self, name: str) -> list[bytes]:
        found: list[bytes] = []
        try:
            for attribute in self.info["unsigned_attrs"]:
                if attribute["type"].native == name:
                    found += [value.dump() for value in attribute["values"]]
        except READ_ERRORS:
            return found
        return found


def parse_cms(der: bytes, limits: Limits) -> Signed:
    """Read the bytes. Raises `CmsFault` for what is no signed data with one signer."""
    try:
        return _parse(der, limits)
    except READ_ERRORS as error:
        raise CmsFault(SubIndication.FORMAT_FAILURE, "cms-unreadable", problem=str(error)[:120]) from None


def _parse(der: bytes, limits: Limits) -> Signed:
    outer = asn1_cms.ContentInfo.load(der)
    if outer["content_type"].native != "signed_data":
        raise CmsFault(SubIndication.FORMAT_FAILURE, "cms-no-signed-data")
    data = outer["content"]
    infos = list(data["signer_infos"])
    if len(infos) != 1:  # EN 319 142-1, 6.2.1: exactly one
        raise CmsFault(SubIndication.FORMAT_FAILURE, "cms-signers", count=len(infos))
    info = infos[0]
    inner = data["encap_content_info"]
    blobs = [choice.chosen.dump() for choice in data["certificates"] if choice.name == "certificate"]
    crls = [choice.chosen.dump() for choice in data["crls"] if choice.name != "other"]
    if len(blobs) > limits.max_certificates:
        raise BeyondLimit("max_certificates", limits.max_certificates)
    if len(crls) > limits.max_crls:
        raise BeyondLimit("max_crls", limits.max_crls)
    content = inner["content"]
    return Signed(
        content_type=str(inner["content_type"].native),
        content=None if content is core.VOID or isinstance(content, core.Void) else bytes(content),
        info=info,
        certificates=load_certificates(blobs),
        certificate_blobs=blobs,
        crl_blobs=crls,
        digest=str(info["digest_algorithm"]["algorithm"].native),
        attributes=_attributes(info),
    )


def _attributes(info: Any) -> dict[str, Any] | None:
    """RFC 5652, 5.3 and 11: an attribute appears once, with one value."""
    if isinstance(info["signed_attrs"], core.Void) or info["signed_attrs"].native is None:
        return None
    found: dict[str, Any] = {}
    for attribute in info["signed_attrs"]:
        name = str(attribute["type"].native)
        values = list(attribute["values"])
        if name in found or len(values) != 1:
            raise CmsFault(SubIndication.FORMAT_FAILURE, "cms-attribute-twice", name=name)
        found[name] = values[0]
    return found


def find_signer(signed: Signed, also: Sequence[Cert] = ()) -> Cert:
    """The certificate that the signer names (EN 319 102-1, 5.2.3). Raises `CmsFault` when it is not there.

    The attribute signing-certificate, where it is present, must name the same one: else another certificate for the
    same key could take its place.
    """
    try:
        identifier = signed.info["sid"]
        found = [cert for cert in (*signed.certificates, *also) if _is_named(identifier, cert)]
    except READ_ERRORS:
        found = []
    if not found:
        raise CmsFault(SubIndication.NO_SIGNING_CERTIFICATE_FOUND, "signer-missing")
    named = [cert for cert in found if _ess_fits(signed, cert)]
    if not named:
        raise CmsFault(SubIndication.NO_SIGNING_CERTIFICATE_FOUND, "signer-not-the-named", name=found[0].subject)
    return named[0]


def _is_named(identifier: Any, cert: Cert) -> bool:
    if identifier.name == "subject_key_identifier":
        return bool(cert.key_id == identifier.chosen.native)
    chosen = identifier.chosen
    return bool(
        chosen["serial_number"].native == cert.serial and chosen["issuer"].hashable == cert.parsed.issuer.hashable
    )


def has_ess(signed: Signed) -> bool:
    """Whether the signature names its certificate by digest (RFC 5035)."""
    attributes = signed.attributes or {}
    return "signing_certificate_v2" in attributes or "signing_certificate" in attributes


def _ess_fits(signed: Signed, cert: Cert) -> bool:
    """RFC 5035, 3 and 5: the first identifier is that of the signer's certificate; both attributes must agree."""
    attributes = signed.attributes or {}
    try:
        for name in ("signing_certificate_v2", "signing_certificate"):
            if name in attributes and not _ess_names(attributes[name]["certs"][0], name, cert):
                return False
    except READ_ERRORS:
        return False
    return True


def _ess_names(identifier: Any, attribute: str, cert: Cert) -> bool:
    kind = "sha1" if attribute == "signing_certificate" else identifier["hash_algorithm"]["algorithm"].native
    if kind not in HASHES or kind == "md5":
        return False
    digest = hashlib.new(kind, cert.der, usedforsecurity=False).digest()
    if not hmac.compare_digest(digest, identifier["cert_hash"].native):
        return False
    named = identifier["issuer_serial"]
    if isinstance(named, core.Void) or named.native is None:
        return True
    issuers = [name.chosen.hashable for name in named["issuer"] if name.name == "directory_name"]
    return named["serial_number"].native == cert.serial and issuers == [cert.parsed.issuer.hashable]
