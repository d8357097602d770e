"""Chains: links by keys and not by names, constraints of RFC 5280, and no more work than there are certificates."""

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from cryptography import x509 as builder
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from lienthong.signatures.certificates import Cert, UnreadableCertificate, load_certificates
from lienthong.signatures.chain import chain_fault, find_chains
from lienthong.signatures.missing import missing_issuer
from lienthong.signatures.policy import Pin, Policy
from lienthong.signatures.signer_purpose import Purpose, purpose_fault
from tests.signatures.authorities import AUTHORITY, STAMPING, TIME_STAMPING, Identity, Usage, issue, key, moment, name

YEARS = {"begins": "2018-01-01", "ends": "2038-01-01"}
ROOT = issue("Root", by=None, usage=AUTHORITY, **YEARS)
SUB = issue("Sub", by=ROOT, usage=AUTHORITY, **YEARS)
LEAF = issue("Leaf", by=SUB, **YEARS)
POLICY = Policy(roots={"root": Pin("", "")}, profiles={"all": ("root",)}, default_profile="all")


def label(value: object) -> str:
    """The id of a case: keys, and with them the bytes, differ from process to process."""
    return "der" if isinstance(value, bytes) else str(value)


def cert(identity: Identity) -> Cert:
    return Cert.load(identity.der)


def chains(leaf: Identity, *offered: Identity, anchors: Sequence[Identity] = (ROOT,)) -> list[tuple[str, ...]]:
    found = find_chains(cert(leaf), anchors=[cert(one) for one in anchors], offered=[cert(one) for one in offered])
    return [tuple(one.subject for one in chain.certificates) for chain in found]


def fault(leaf: Identity, *offered: Identity) -> str | None:
    (chain,) = find_chains(cert(leaf), anchors=[cert(ROOT)], offered=[cert(one) for one in offered])
    found = chain_fault(chain)
    return found.reason.code if found else None


def limited(subtrees: builder.NameConstraints) -> Identity:
    """An authority that may issue for some names only."""
    private = key("limited")
    draft = (
        builder.CertificateBuilder()
        .subject_name(name("Limited"))
        .issuer_name(ROOT.certificate.subject)
        .public_key(private.public_key())
        .serial_number(builder.random_serial_number())
        .not_valid_before(moment("2018-01-01"))
        .not_valid_after(moment("2038-01-01"))
        .add_extension(builder.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(builder.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .add_extension(subtrees, critical=True)
    )
    return Identity(draft.sign(ROOT.key, SHA256()), private, ROOT)


def test_a_chain_leads_over_what_is_offered_to_a_root() -> None:
    assert chains(LEAF, SUB) == [("Leaf", "Sub", "Root")]
    assert chains(LEAF) == []
    assert chains(SUB) == [("Sub", "Root")]


def test_names_numbers_and_key_identifiers_make_no_link() -> None:
    identifier = builder.SubjectKeyIdentifier.from_public_key(SUB.key.public_key()).digest
    false = issue(
        "Sub", by=ROOT, usage=AUTHORITY, private=key("other"), serial=SUB.serial, key_identifier=identifier, **YEARS
    )
    assert chains(LEAF, false) == []
    assert chains(LEAF, false, SUB) == [("Leaf", "Sub", "Root")]


def test_a_key_identifier_that_does_not_fit_hinders_no_chain() -> None:
    """RFC 5280, 4.2.1.1: identifiers help to choose; the key alone decides."""
    renewed = issue("Sub", by=ROOT, usage=AUTHORITY, private=SUB.key, key_identifier=b"\x01" * 20, **YEARS)
    assert chains(LEAF, renewed) == [("Leaf", "Sub", "Root")]


def test_each_renewed_certificate_of_an_authority_makes_a_chain_of_its_own() -> None:
    renewed = issue("Sub", by=ROOT, usage=AUTHORITY, private=SUB.key, begins="2026-01-01", ends="2046-01-01")
    assert len(chains(LEAF, SUB, renewed)) == 2


@pytest.mark.slow
def test_authorities_of_one_name_that_certify_each_other_cost_no_more_than_their_number() -> None:
    """Six keys of one name, each certified by the elsewhere's: without a limit the paths never end."""
    keys = [key(f"ring-{number}") for number in range(6)]
    selves = [issue("Ring", by=None, usage=AUTHORITY, private=one, **YEARS) for one in keys]
    ring = [
        issue("Ring", by=above, usage=AUTHORITY, private=one, **YEARS)
        for above in selves
        for one in keys
        if one is not above.key
    ]
    leaf = issue("Below the ring", by=selves[0], **YEARS)
    begin = time.process_time()
    assert chains(leaf, *ring, *selves) == []
    assert time.process_time() - begin < 5
    door = issue("Ring", by=ROOT, usage=AUTHORITY, private=keys[3], **YEARS)
    assert chains(leaf, *ring, *selves, door)[0][-1] == "Root"


def test_a_path_that_is_longer_than_an_authority_permits_is_no_chain() -> None:
    short = issue("Short", by=ROOT, usage=replace(AUTHORITY, path_length=0), **YEARS)
    below = issue("Below", by=short, usage=AUTHORITY, **YEARS)
    assert fault(issue("Fine", by=short, **YEARS), short) is None
    assert fault(issue("Too deep", by=below, **YEARS), below, short) == "path-too-long"


def test_who_is_no_authority_issues_nothing() -> None:
    assert fault(issue("Under a signer", by=LEAF, **YEARS), LEAF, SUB) == "issuer-is-no-authority"
    mute = issue("Mute", by=ROOT, usage=Usage(authority=True, key_usage=("crl_sign",)), **YEARS)
    assert fault(issue("Under the mute", by=mute, **YEARS), mute) == "issuer-may-not-issue"


def test_a_critical_extension_that_is_not_known_refuses_the_chain() -> None:
    assert fault(issue("Critical", by=SUB, usage=Usage(critical_unknown=True), **YEARS), SUB) == (
        "unknown-critical-extension"
    )


@pytest.mark.parametrize(
    ("subtrees", "expected"),
    [
        (builder.NameConstraints([builder.DirectoryName(name("Limited person"))], None), None),
        (builder.NameConstraints([builder.DirectoryName(name("Another person"))], None), "name-not-permitted"),
        (builder.NameConstraints(None, [builder.DirectoryName(name("Limited person"))]), "name-not-permitted"),
        (builder.NameConstraints([builder.RFC822Name("gialai.gov.vn")], None), None),
        (builder.NameConstraints(None, [builder.RFC822Name("gialai.gov.vn")]), None),
    ],
)
def test_an_authority_issues_for_the_names_that_it_is_limited_to(
    subtrees: builder.NameConstraints, expected: str | None
) -> None:
    above = limited(subtrees)
    assert fault(issue("Limited person", by=above, **YEARS), above) == expected


@pytest.mark.parametrize(
    ("usage", "purpose", "expected"),
    [
        (Usage(), Purpose.DOCUMENT, None),
        (Usage(key_usage=("content_commitment",)), Purpose.DOCUMENT, None),
        (Usage(key_usage=("key_encipherment",)), Purpose.DOCUMENT, "key-usage"),
        (Usage(key_usage=()), Purpose.DOCUMENT, "key-usage"),
        (Usage(authority=True, key_usage=("digital_signature", "key_cert_sign")), Purpose.DOCUMENT, "authority-signed"),
        (STAMPING, Purpose.DOCUMENT, "purpose"),
        (STAMPING, Purpose.TIME_STAMP, None),
        (Usage(), Purpose.TIME_STAMP, "purpose"),
        (Usage(extended=(TIME_STAMPING,)), Purpose.TIME_STAMP, "purpose"),
        (
            Usage(extended=(TIME_STAMPING, builder.ObjectIdentifier("1.3.6.1.5.5.7.3.4")), extended_critical=True),
            Purpose.TIME_STAMP,
            "purpose",
        ),
        (
            Usage(key_usage=("key_encipherment",), extended=(TIME_STAMPING,), extended_critical=True),
            Purpose.TIME_STAMP,
            "key-usage",
        ),
    ],
)
def test_a_certificate_signs_what_it_is_meant_for(usage: Usage, purpose: Purpose, expected: str | None) -> None:
    leaf = issue("Purpose", by=SUB, usage=usage, **YEARS)
    (chain,) = find_chains(cert(leaf), anchors=[cert(ROOT)], offered=[cert(SUB)])
    found = purpose_fault(chain, purpose, POLICY)
    assert (found.reason.code if found else None) == expected


def test_the_reason_for_no_chain_names_what_is_missing() -> None:
    other = issue("Other root", by=None, usage=AUTHORITY, **YEARS)
    under_other = issue("Under other", by=other, **YEARS)
    self_signed = issue("Self", by=None, **YEARS)
    anchors, elsewhere = [cert(ROOT)], [cert(other)]
    assert missing_issuer(cert(LEAF), [], anchors, elsewhere).code == "issuer-missing"
    assert missing_issuer(cert(LEAF), [], anchors, elsewhere).details["issuer"] == "Sub"
    assert missing_issuer(cert(under_other), [], anchors, elsewhere).code == "root-of-another-profile"
    assert missing_issuer(cert(self_signed), [], anchors, elsewhere).code == "root-not-trusted"
    false = issue("Sub", by=ROOT, usage=AUTHORITY, private=key("other"), **YEARS)
    assert missing_issuer(cert(LEAF), [cert(false)], anchors, elsewhere).code == "issuer-of-another-key"


@pytest.mark.parametrize("der", [b"", b"\x30\x00", LEAF.der[:-5], LEAF.der[:40], b"<html>"], ids=label)
def test_bytes_that_are_no_certificate_are_refused_by_one_error_and_passed_over_among_others(der: bytes) -> None:
    with pytest.raises(UnreadableCertificate):
        Cert.load(der)
    assert [one.subject for one in load_certificates([der, SUB.certificate.public_bytes(Encoding.DER)])] == ["Sub"]
