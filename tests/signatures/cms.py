"""Signed data and time stamps put together by hand, so that any part of them can be wrong."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from asn1crypto import algos, cms, core, tsp, x509

from tests.signatures.authorities import Identity, moment, sign

Stamp = Callable[[bytes], bytes]
"""Makes a time-stamp token over the value of a signature."""


@dataclass(frozen=True)
class Making:
    """How a signature is made. The defaults make a good PAdES signature with the signer's certificate alone.

    - `at`: the claimed time; without one the attribute is left out.
    - `names`: whose certificate the attribute signing-certificate-v2 names; by default the signer's.
    - `bare`: no signing-certificate attribute, as in `adbe.pkcs7.detached`.
    - `carries`: certificates in the file besides the signer's; `carries_signer` leaves that out when false.
    """

    digest: str = "sha256"
    at: str | None = "2026-11-18T03:00"
    names: Identity | None = None
    bare: bool = False
    carries: Sequence[Identity] = ()
    carries_signer: bool = True
    carries_lists: Sequence[bytes] = ()
    stamp: Stamp | None = None
    content_type: str = "data"
    message_digest: bytes | None = None
    spoils_value: bool = False
    signer_infos: int = 1
    content: bytes | None = None
    signed_digest_name: str | None = None
    attributes: Sequence[cms.CMSAttribute] = ()
    without_attributes: bool = False
    twice: str | None = None


HONEST = Making()


def signed_data(data: bytes, signer: Identity, making: Making = HONEST) -> bytes:
    """A CMS SignedData over `data`, in DER."""
    infos = [_signer_info(data, signer, making) for _ in range(making.signer_infos)]
    certificates = [*([signer] if making.carries_signer else []), *making.carries]
    parts: dict[str, Any] = {
        "version": "v1" if making.content_type == "data" else "v3",
        "digest_algorithms": [{"algorithm": making.digest}],
        "encap_content_info": {"content_type": making.content_type},
        "signer_infos": infos,
    }
    if making.content is not None:
        parts["encap_content_info"]["content"] = core.ParsableOctetString(making.content)
    if certificates:
        parts["certificates"] = [each.parsed for each in certificates]
    if making.carries_lists:
        from asn1crypto.crl import CertificateList

        parts["crls"] = [CertificateList.load(each) for each in making.carries_lists]
    content = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(parts)})
    der: bytes = content.dump()
    return der


def _signer_info(data: bytes, signer: Identity, making: Making) -> cms.SignerInfo:
    attributes = _attributes(data, signer, making)
    signed = data if making.without_attributes else cms.CMSAttributes(attributes).dump()
    value = sign(signer.key, signed, making.digest)
    if making.spoils_value:
        value = value[:-1] + bytes([value[-1] ^ 1])
    algorithm = f"{making.digest}_{'ecdsa' if signer.parsed.public_key.algorithm == 'ec' else 'rsa'}"
    certificate = signer.parsed
    parts: dict[str, Any] = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            "issuer_and_serial_number",
            {"issuer": certificate.issuer, "serial_number": certificate.serial_number},
        ),
        "digest_algorithm": {"algorithm": making.signed_digest_name or making.digest},
        "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": algorithm},
        "signature": value,
    }
    if making.without_attributes:
        del parts["signed_attrs"]
    if making.stamp:
        token = cms.ContentInfo.load(making.stamp(value))
        parts["unsigned_attrs"] = [attribute("signature_time_stamp_token", token)]
    return cms.SignerInfo(parts)


def _attributes(data: bytes, signer: Identity, making: Making) -> list[cms.CMSAttribute]:
    imprint = making.message_digest or hashlib.new(making.digest, making.content or data).digest()
    attributes = [attribute("content_type", making.content_type), attribute("message_digest", imprint)]
    if making.at:
        attributes.append(attribute("signing_time", cms.Time({"utc_time": moment(making.at)})))
    if not making.bare:
        attributes.append(attribute("signing_certificate_v2", naming(making.names or signer)))
    attributes += making.attributes
    attributes += [each for each in attributes if each["type"].native == making.twice]
    return attributes


def attribute(kind: str, value: Any) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def naming(signer: Identity) -> tsp.SigningCertificateV2:
    """The attribute that names a certificate by its digest, issuer and number."""
    certificate = signer.parsed
    issuer_serial = {
        "issuer": [x509.GeneralName("directory_name", certificate.issuer)],
        "serial_number": certificate.serial_number,
    }
    entry = {
        "hash_algorithm": {"algorithm": "sha256"},
        "cert_hash": hashlib.sha256(signer.der).digest(),
        "issuer_serial": issuer_serial,
    }
    return tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2(entry)]})


def stamper(authority: Identity, at: str, *, over: bytes | None = None, making: Making = HONEST) -> Stamp:
    """Stamps with this time; `over` is what the imprint is made of instead of the signature's value."""

    def stamp(value: bytes) -> bytes:
        return token(over if over is not None else value, authority, moment(at), making)

    return stamp


def token(stamped: bytes, authority: Identity, at: datetime, making: Making = HONEST) -> bytes:
    """A time-stamp token (RFC 3161) over `stamped`."""
    imprint = hashlib.new(making.digest, stamped).digest()
    info = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": "1.3.6.1.4.1.99999.2",
            "message_imprint": {
                "hash_algorithm": algos.DigestAlgorithm({"algorithm": making.digest}),
                "hashed_message": imprint,
            },
            "serial_number": core.Integer(1),
            "gen_time": core.GeneralizedTime(at),
        }
    ).dump()
    return signed_data(info, authority, replace(making, at=None, content_type="tst_info", content=info))
