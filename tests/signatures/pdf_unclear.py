"""PDF files whose signatures can be neither accepted nor refused, by time, by revocation or by chain."""

from tests.signatures.authorities import key, moment, revocation_list
from tests.signatures.cms import stamper
from tests.signatures.pdf import Slot, add_signature
from tests.signatures.pki import false_pki, pki
from tests.signatures.samples import FAILED, UNCLEAR, Sample, hanoi
from tests.signatures.signing import by, one, signed, stamped

_LATER = ("TRY_LATER", "CERTIFICATE_CHAIN_GENERAL_FAILURE")
_NO_CHAIN = ("NO_CERTIFICATE_CHAIN_FOUND", "CERTIFICATE_CHAIN_GENERAL_FAILURE")
_BOUNDS = ("OUT_OF_BOUNDS_NO_POE", "OUT_OF_BOUNDS_NOT_REVOKED")
_CONSTRAINTS = ("CHAIN_CONSTRAINTS_FAILURE", "SIG_CONSTRAINTS_FAILURE")
_CRYPTO = ("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "CRYPTO_CONSTRAINTS_FAILURE")
_X509 = "EN 319 102-1, 5.2.6"


def _false(*carries: str, **making: object) -> bytes:
    false = false_pki()
    return signed(false["agency"], carries=[false[each] for each in carries], **making).content  # type: ignore[arg-type] - an identity is a signer too


def _forged_list() -> bytes:
    return revocation_list(pki().authorities["police"], issued="2026-11-18T17:00", private=key("forger"))


def _sisters_list() -> bytes:
    """A fresh list of another authority, with this authority's name nowhere."""
    return revocation_list(pki().authorities["state"], issued="2026-11-19T17:00")


def _person_good_agency_unclear() -> bytes:
    return add_signature(signed("person"), by("police"), Slot("Ky2")).content


def _foreign_stamp() -> bytes:
    return signed("revoked", at="2026-01-10", stamp=stamper(false_pki()["stamper"], "2026-01-10")).content


SAMPLES = (
    Sample("expired-no-stamp", one("expired", at="2024-04-10"), UNCLEAR, _BOUNDS, clause=f"{_X509}, 5.3"),
    Sample(
        "signed-after-expiry",
        one("expired", at="2025-05-01", stamp=stamped("2025-05-01")),
        UNCLEAR,
        _BOUNDS,
        clause="EN 319 102-1, 5.5.4 (4)b",
        also=((FAILED, ("EXPIRED",)),),
    ),
    Sample(
        "expired-with-stamp-and-no-list-of-then",
        one("expired", at="2024-05-28", stamp=stamped("2024-05-28")),
        UNCLEAR,
        (*_BOUNDS, "TRY_LATER"),
        clause="RFC 5280, 5: a list younger than a certificate's end proves nothing",
    ),
    Sample("not-yet-valid", one("future"), UNCLEAR, ("OUT_OF_BOUNDS_NO_POE", "NOT_YET_VALID"), clause=_X509),
    Sample(
        "stamp-before-certificate",
        one(at="2024-02-01", stamp=stamped("2024-02-01")),
        FAILED,
        ("NOT_YET_VALID",),
        clause="EN 319 102-1, 5.5.4 (4)b",
        also=((UNCLEAR, ("NOT_YET_VALID",)),),
    ),
    Sample(
        "claimed-far-ahead",
        one(at="2026-11-21T02:00"),
        UNCLEAR,
        ("SIG_CONSTRAINTS_FAILURE",),
        clause="policy: claimed_in_future",
    ),
    Sample("revoked", one("revoked", at="2026-01-10"), UNCLEAR, ("REVOKED_NO_POE",), clause=_X509),
    Sample(
        "revoked-before-stamp",
        one("revoked", at="2026-04-01", stamp=stamped("2026-04-01")),
        UNCLEAR,
        ("REVOKED_NO_POE",),
        clause="EN 319 102-1, 5.5.4 (4)a",
        also=((FAILED, ("REVOKED",)),),
    ),
    Sample("revoked-with-foreign-stamp", _foreign_stamp, UNCLEAR, ("REVOKED_NO_POE",), clause="5.5.4 (3)b"),
    Sample(
        "revoked-with-stamp-of-revoked-authority",
        one("revoked", at="2026-01-10", stamp=stamped("2026-01-10", "revoked")),
        UNCLEAR,
        ("REVOKED_NO_POE",),
        clause="5.5.4 (3)b",
    ),
    Sample(
        "revoked-with-stamp-of-another-signature",
        lambda: (
            signed(
                "revoked", at="2026-01-10", stamp=stamper(pki().stampers["stamper"], "2026-01-10", over=b"another")
            ).content
        ),
        UNCLEAR,
        ("REVOKED_NO_POE",),
        clause="5.5.4 (3)b",
    ),
    Sample(
        "revoked-with-spoiled-stamp",
        one("revoked", at="2026-01-10", stamp=stamped("2026-01-10", spoils_value=True)),
        UNCLEAR,
        ("REVOKED_NO_POE",),
        clause="5.5.4 (3)b",
    ),
    Sample(
        "revoked-with-stamp-without-purpose",
        one("revoked", at="2026-01-10", stamp=stamped("2026-01-10", "no-purpose")),
        UNCLEAR,
        ("REVOKED_NO_POE",),
        clause="5.5.4 (3)b; RFC 3161, 2.3",
    ),
    Sample(
        "revoked-with-stamp-ahead-of-the-moment",
        one("revoked", stamp=stamped("2027-01-10")),
        UNCLEAR,
        ("REVOKED_NO_POE",),
        clause="5.5.4 (3)",
    ),
    Sample("held", one("held"), UNCLEAR, ("TRY_LATER",), clause=f"{_X509}: suspended"),
    Sample("list-missing", one("police"), UNCLEAR, _LATER, clause=_X509),
    Sample(
        "list-of-a-sister",
        lambda: signed("police", carries_lists=[_sisters_list()]).content,
        UNCLEAR,
        _LATER,
        clause="RFC 5280, 6.3.3 (b)",
    ),
    Sample("list-expired", one("party"), UNCLEAR, _LATER, clause=_X509),
    Sample("list-too-old", one("court"), UNCLEAR, _LATER, clause="policy: crl_max_age"),
    Sample("list-forged", one("foreign-affairs"), UNCLEAR, _LATER, clause="RFC 5280, 6.3.3 (f)"),
    Sample(
        "forged-list-carried",
        lambda: signed("police", carries_lists=[_forged_list()]).content,
        UNCLEAR,
        _LATER,
        clause="RFC 5280, 6.3.3 (f)",
    ),
    Sample(
        "judged-before-any-list",
        one(at="2024-06-15"),
        UNCLEAR,
        _LATER,
        at=moment("2024-07-20"),
        clause="a list issued after the moment does not exist yet",
    ),
    Sample(
        "one-good-one-unclear",
        _person_good_agency_unclear,
        UNCLEAR,
        _LATER,
        signers=2,
        clause="the document is as good as its worst signature",
    ),
    Sample("authority-revoked", one("front"), UNCLEAR, ("REVOKED_CA_NO_POE", "REVOKED_NO_POE"), clause=_X509),
    Sample("wrong-root-chain-embedded", lambda: _false("state", "root"), UNCLEAR, _NO_CHAIN, clause=_X509),
    Sample("wrong-root-leaf-only", _false, UNCLEAR, _NO_CHAIN, clause=_X509),
    Sample("self-signed", one("self-signed"), UNCLEAR, _NO_CHAIN, clause=_X509),
    Sample("citizen-on-a-result", one("citizen"), UNCLEAR, _NO_CHAIN, clause="policy: profile official"),
    Sample(
        "issuer-is-no-authority",
        one("under-no-authority"),
        UNCLEAR,
        (*_NO_CHAIN, "CHAIN_CONSTRAINTS_FAILURE"),
        clause="RFC 5280, 6.1.4 (k)",
    ),
    Sample(
        "signer-plays-authority",
        lambda: signed("under-signer", carries=[pki().signers["agency"]]).content,
        UNCLEAR,
        (*_NO_CHAIN, "CHAIN_CONSTRAINTS_FAILURE"),
        clause="RFC 5280, 6.1.4 (k)",
    ),
    Sample(
        "authority-signs-a-document", one("authority"), UNCLEAR, _CONSTRAINTS, clause="policy: ca_may_sign_documents"
    ),
    Sample("wrong-key-usage", one("encipherer"), UNCLEAR, _CONSTRAINTS, clause="policy: key_usage_any_of"),
    Sample(
        "unknown-critical-extension",
        one("critical"),
        UNCLEAR,
        (*_NO_CHAIN, "CHAIN_CONSTRAINTS_FAILURE"),
        clause="RFC 5280, 6.1.5 (f)",
    ),
    Sample("short-key", one("short-key"), UNCLEAR, _CRYPTO, clause="policy: min_rsa_bits"),
    Sample("sha1-of-today", one(digest="sha1"), UNCLEAR, _CRYPTO, clause="policy: sha1_until"),
    Sample(
        "sha1-of-2019-without-stamp",
        one("first", digest="sha1", at="2019-05-20"),
        UNCLEAR,
        _CRYPTO,
        clause="policy: sha1_until, time not proven",
    ),
    Sample(
        "sha1-stamped-too-late",
        one("first", digest="sha1", at="2024-05-20", stamp=stamped("2024-05-20")),
        UNCLEAR,
        _CRYPTO,
        clause="policy: sha1_until",
    ),
    Sample(
        "certificate-not-in-file",
        one(carries_signer=False),
        UNCLEAR,
        ("NO_SIGNING_CERTIFICATE_FOUND",),
        clause="EN 319 102-1, 5.2.3",
    ),
    Sample(
        "names-another-certificate",
        lambda: signed(names=pki().signers["person"]).content,
        UNCLEAR,
        ("NO_SIGNING_CERTIFICATE_FOUND", "SIG_CONSTRAINTS_FAILURE"),
        clause="EN 319 102-1, 5.2.3.4",
        also=((FAILED, ("FORMAT_FAILURE", "SIG_CRYPTO_FAILURE")),),
    ),
    Sample(
        "claimed-eight-hours-ahead",
        one(at="2026-11-20T15:10"),
        UNCLEAR,
        ("SIG_CONSTRAINTS_FAILURE",),
        at=hanoi("2026-11-20T14:05"),
        clause="policy: local_time_written_as_utc",
    ),
)
