"""PDF files whose signatures hold."""

from dataclasses import replace

from tests.signatures.authorities import moment
from tests.signatures.pdf import Slot, add_signature, document, empty_field, fill
from tests.signatures.pki import pki
from tests.signatures.samples import PASSED, Sample, hanoi
from tests.signatures.signing import by, document_stamp, old_style, one, signed, stamped

_BLOCKS = "EN 319 102-1, 5.3: all building blocks pass at the moment of judging"
_LATER = "ISO 32000-2, 12.8.2: what may follow a signature"
_TIME = "EN 319 102-1, 5.5.4"


def _two(*, form: bool = False) -> bytes:
    return add_signature(signed("person", pdf=document(form=form)), by("agency"), Slot("Ky2")).content


def _certified_then_signed() -> bytes:
    certified = signed("person", Slot(certifies=2), document(form=True))
    return add_signature(certified, by("agency"), Slot("Ky2")).content


def _in_prepared_field() -> bytes:
    prepared, number = empty_field(document(), "Ky1")
    return add_signature(prepared, by("agency"), Slot("Ky1", in_field=number)).content


def _two_prepared_fields() -> bytes:
    prepared, first = empty_field(document(), "Ky1")
    prepared, second = empty_field(prepared, "Ky2")
    once = add_signature(prepared, by("person"), Slot("Ky1", in_field=first))
    return add_signature(once, by("agency"), Slot("Ky2", in_field=second)).content


def _with_validation_data() -> bytes:
    pdf = signed()
    crl = pki().lists["state"]
    number = pdf.free
    held = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(crl), crl)
    extended = replace(pdf, catalog=pdf.catalog + b" /DSS << /Type /DSS /CRLs [%d 0 R] >>" % number)
    return extended.update({**extended.frame(), number: held}).content


def _mixed_formats() -> bytes:
    return add_signature(signed("person"), by("agency", bare=True), old_style(name="Ky2")).content


SAMPLES = (
    Sample("pades-leaf-only", one(), PASSED, clause=_BLOCKS),
    Sample("old-format", one(slot=old_style(), bare=True), PASSED, clause=_BLOCKS),
    Sample("person-then-agency", _two, PASSED, clause=_LATER, signers=2),
    Sample(
        "two-signers-of-a-form",
        lambda: _two(form=True),
        PASSED,
        clause=_LATER,
        signers=2,
    ),
    Sample("two-formats", _mixed_formats, PASSED, clause=_LATER, signers=2),
    Sample(
        "whole-chain-embedded",
        lambda: signed(carries=[pki().authorities["state"], pki().roots["g2"]]).content,
        PASSED,
        clause=_BLOCKS,
    ),
    Sample("first-generation", one("first"), PASSED, clause="policy: SHA-1 in supplied CA certificates counts"),
    Sample("elliptic", one("elliptic"), PASSED, clause=_BLOCKS),
    Sample("sha512", one(digest="sha512"), PASSED, clause=_BLOCKS),
    Sample("non-repudiation", one("non-repudiation"), PASSED, clause="policy: key_usage_any_of"),
    Sample("citizen-on-a-form", one("citizen"), PASSED, clause="policy: profile forms", profile="forms"),
    Sample("two-megabytes", lambda: signed(pdf=document(padding=2_000_000)).content, PASSED, clause=_BLOCKS),
    Sample("certified", one(slot=Slot(certifies=1)), PASSED, clause=_BLOCKS),
    Sample(
        "certified-form-filled",
        lambda: fill(signed(slot=Slot(certifies=2), pdf=document(form=True)), "An").content,
        PASSED,
        clause="ISO 32000-2, table 257, P=2",
    ),
    Sample("certified-then-signed", _certified_then_signed, PASSED, clause="ISO 32000-2, table 257, P=2", signers=2),
    Sample("prepared-field", _in_prepared_field, PASSED, clause=_BLOCKS),
    Sample("two-prepared-fields", _two_prepared_fields, PASSED, clause=_LATER, signers=2),
    Sample("document-time-stamp", lambda: document_stamp(signed()).content, PASSED, clause=_LATER),
    Sample("validation-data-added", _with_validation_data, PASSED, clause=_LATER),
    Sample("stamped", one(stamp=stamped("2026-11-18T03:00")), PASSED, clause=_TIME),
    Sample(
        "claimed-seven-hours-ahead",
        one(at="2026-11-20T14:00"),
        PASSED,
        at=hanoi("2026-11-20T14:05"),
        clause="policy: local_time_written_as_utc",
    ),
    Sample(
        "stamp-of-another-signature",
        one(stamp=stamped("2026-11-18T03:00", content=b"x")),
        PASSED,
        clause=f"{_TIME} (3)b: a stamp that does not pass is set aside",
    ),
    Sample(
        "stamp-without-purpose", one(stamp=stamped("2026-11-18T03:00", "no-purpose")), PASSED, clause=f"{_TIME} (3)b"
    ),
    Sample(
        "revoked-after-with-stamp",
        one("revoked", at="2026-01-10", stamp=stamped("2026-01-10")),
        PASSED,
        clause=f"{_TIME} (4)a",
    ),
    Sample(
        "expired-with-stamp",
        one("expired", at="2024-05-10", stamp=stamped("2024-05-10")),
        PASSED,
        clause=f"{_TIME} (4)b and (6)",
    ),
    Sample(
        "crl-expired-but-issued-after-stamp",
        one("party", at="2026-08-01", stamp=stamped("2026-08-01")),
        PASSED,
        clause=f"{_TIME} (6)",
    ),
    Sample(
        "crl-too-old-but-issued-after-stamp",
        one("court", at="2026-09-20", stamp=stamped("2026-09-20")),
        PASSED,
        clause=f"{_TIME} (6)",
    ),
    Sample(
        "sha1-stamped-in-2019",
        one(
            "finance-old",
            digest="sha1",
            at="2019-05-20",
            bare=True,
            slot=old_style(),
            stamp=stamped("2019-05-20", "old"),
        ),
        PASSED,
        clause=f"{_TIME} (4)c; policy: sha1_until",
    ),
    Sample(
        "revocation-after-the-moment-of-judging",
        one("revoked", at="2025-06-16"),
        PASSED,
        at=moment("2025-06-17"),
        clause="--at is the present of the run",
    ),
    Sample("forged-list-beside-a-good-one", one("assembly"), PASSED, clause="RFC 5280, 6.3.3 (f)"),
    Sample(
        "list-carried-by-the-file",
        lambda: signed("police", carries_lists=[_police_list()]).content,
        PASSED,
        clause="a list counts if its issuer's key verifies it, wherever it comes from",
    ),
)


def _police_list() -> bytes:
    from tests.signatures.authorities import revocation_list

    return revocation_list(pki().authorities["police"], issued="2026-11-18T17:00")
