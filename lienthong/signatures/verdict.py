"""What is found about a signed file, in the words of ETSI EN 319 102-1 V1.3.1.

Every value survives `as_json` and `from_json`: verdicts are kept for years and compared with later ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

from lienthong.messages import Language, reader_language
from lienthong.signatures.sentences import sentence

Kind = Literal["signature", "document-time-stamp"]
TimeSource = Literal["judging-time", "known-since", "time-stamp"]


class Indication(StrEnum):
    """The status of a signature or of a document (clause 5.1.3)."""

    TOTAL_PASSED = "TOTAL-PASSED"
    INDETERMINATE = "INDETERMINATE"
    TOTAL_FAILED = "TOTAL-FAILED"

    @property
    def rank(self) -> int:
        """0 for passed, 2 for failed: the worst has the highest."""
        return list(Indication).index(self)


class SubIndication(StrEnum):
    """Why a signature did not pass (clause 5.1.3, tables 5 and 6)."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CERTIFICATE_CHAIN_GENERAL_FAILURE = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE_NO_POE = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    POLICY_PROCESSING_ERROR = "POLICY_PROCESSING_ERROR"
    SIGNATURE_POLICY_NOT_AVAILABLE = "SIGNATURE_POLICY_NOT_AVAILABLE"
    TIMESTAMP_ORDER_FAILURE = "TIMESTAMP_ORDER_FAILURE"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    REVOKED_NO_POE = "REVOKED_NO_POE"
    REVOKED_CA_NO_POE = "REVOKED_CA_NO_POE"
    OUT_OF_BOUNDS_NO_POE = "OUT_OF_BOUNDS_NO_POE"
    OUT_OF_BOUNDS_NOT_REVOKED = "OUT_OF_BOUNDS_NOT_REVOKED"
    NO_POE = "NO_POE"
    TRY_LATER = "TRY_LATER"
    SIGNED_DATA_NOT_FOUND = "SIGNED_DATA_NOT_FOUND"
    CUSTOM = "CUSTOM"


FAILURES = frozenset(
    {
        SubIndication.FORMAT_FAILURE,
        SubIndication.HASH_FAILURE,
        SubIndication.SIG_CRYPTO_FAILURE,
        SubIndication.REVOKED,
        SubIndication.EXPIRED,
        SubIndication.NOT_YET_VALID,
    }
)
"""The sub-indications of TOTAL-FAILED; all others belong to INDETERMINATE."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict is as it is, or what was noticed beside it. The sentence is made when it is shown.

    `code` is one of `lienthong.signatures.sentences`, `details` the values of its sentence.
    """

    code: str
    details: Mapping[str, str] = field(default_factory=dict)

    def text(self, language: Language) -> str:
        """The sentence, which states what an officer can do."""
        return sentence(self.code, self.details, language)

    def as_json(self, language: Language) -> dict[str, Any]:
        return {"code": self.code, "message": self.text(language), "details": dict(self.details)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Reason":
        return cls(value["code"], dict(value.get("details") or {}))


def reason(code: str, **details: object) -> Reason:
    """A reason with its details as text."""
    return Reason(code, {name: str(value) for name, value in details.items()})


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of a chain. `sha256` is that of its DER, `serial` hexadecimal."""

    subject: str
    issuer: str
    serial: str
    sha256: str
    not_before: datetime
    not_after: datetime

    def as_json(self) -> dict[str, Any]:
        return _plain(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Certificate":
        return cls(**{**value, **_instants(value, "not_before", "not_after")})


@dataclass(frozen=True, slots=True)
class CrlUsed:
    """A CRL that was believed. `sha256` is that of its DER."""

    issuer: str
    sha256: str
    this_update: datetime
    next_update: datetime | None

    def as_json(self) -> dict[str, Any]:
        return _plain(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "CrlUsed":
        return cls(**{**value, **_instants(value, "this_update", "next_update")})


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """What is found about one signature, or about one document time stamp.

    - `field`: the name of the form field of a PDF, or the Id of an XML signature.
    - `signed_by`, `issuer`: names as the certificate has them; proved only by a chain.
    - `claimed_time`: what the signer states; it proves nothing.
    - `best_signature_time`: the earliest moment at which the signature is proved to have existed: by a time stamp, or
      because the caller had the file then (`known-since`).
    - `modification_level`: what was added after it: none | lta_updates | form_filling | annotations | other.
    - `chain`: from the signer to the root; empty when there is none.
    """

    indication: Indication
    sub_indication: SubIndication | None = None
    reasons: Sequence[Reason] = ()
    type: Kind = "signature"
    field: str = ""
    signed_by: str | None = None
    issuer: str | None = None
    claimed_time: datetime | None = None
    best_signature_time: datetime | None = None
    best_signature_time_source: TimeSource = "judging-time"
    covers_whole_file: bool = False
    modification_level: str | None = None
    chain: Sequence[Certificate] = ()
    crls: Sequence[CrlUsed] = ()
    recheck_after: datetime | None = None

    def as_json(self, language: Language | None = None) -> dict[str, Any]:
        language = language or reader_language()
        return _plain(self) | {
            "reasons": [given.as_json(language) for given in self.reasons],
            "chain": [certificate.as_json() for certificate in self.chain],
            "crls": [crl.as_json() for crl in self.crls],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "SignatureVerdict":
        times = _instants(value, "claimed_time", "best_signature_time", "recheck_after")
        parts = {
            "chain": tuple(map(Certificate.from_json, value["chain"])),
            "crls": tuple(map(CrlUsed.from_json, value["crls"])),
        }
        return cls(**{**value, **_judgement(value), **times, **parts})


@dataclass(frozen=True, slots=True)
class DocumentVerdict:
    """What is found about a file: as good as its worst signature.

    `policy` is the digest of the policy and trust that it stands on, `digest` that of the file, both `sha256:<hex>`.
    `recheck_after`: when it is worth to judge again; None when more time alone changes nothing.
    """

    indication: Indication
    sub_indication: SubIndication | None
    reasons: Sequence[Reason]
    signatures: Sequence[SignatureVerdict]
    policy: str
    profile: str
    checked_at: datetime
    digest: str
    media_type: str
    recheck_after: datetime | None = None

    def as_json(self, language: Language | None = None) -> dict[str, Any]:
        """The keys of `docs/signatures.md`; sentences in `language`, by default the reader's."""
        language = language or reader_language()
        return _plain(self) | {
            "reasons": [given.as_json(language) for given in self.reasons],
            "signatures": [verdict.as_json(language) for verdict in self.signatures],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "DocumentVerdict":
        signatures = tuple(map(SignatureVerdict.from_json, value["signatures"]))
        times = _instants(value, "checked_at", "recheck_after")
        return cls(**{**value, **_judgement(value), **times, "signatures": signatures})


def _judgement(value: Mapping[str, Any]) -> dict[str, Any]:
    sub = value["sub_indication"]
    return {
        "indication": Indication(value["indication"]),
        "sub_indication": SubIndication(sub) if sub else None,
        "reasons": tuple(map(Reason.from_json, value["reasons"])),
    }


def _plain(value: Any) -> dict[str, Any]:
    return {name: _json_value(getattr(value, name)) for name in value.__slots__}


def _json_value(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _instants(value: Mapping[str, Any], *names: str) -> dict[str, datetime | None]:
    return {name: datetime.fromisoformat(value[name]) if value.get(name) else None for name in names}
