"""Which CRLs count, and what their silence proves (RFC 5280, 5 and 6.3.3; EN 319 102-1, 5.2.5 and 5.5.4 (6))."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography import x509 as builder
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ObjectIdentifier

from lienthong.signatures.certificates import Cert
from lienthong.signatures.crls import Crl, Revocation, UnreadableCrl
from lienthong.signatures.policy import Pin, Policy
from lienthong.signatures.revocation import Crls, Status
from tests.signatures.authorities import AUTHORITY, Identity, Revoked, issue, key, moment, revocation_list

AT = moment("2026-11-20")
POLICY = Policy(roots={"root": Pin("", "")}, profiles={"all": ("root",)}, default_profile="all")
ROOT = issue("Root", by=None, begins="2018-01-01", ends="2048-01-01", usage=AUTHORITY)
SUB = issue("Sub", by=ROOT, begins="2018-01-01", ends="2038-01-01", usage=AUTHORITY)
SISTER = issue("Sister", by=ROOT, begins="2018-01-01", ends="2038-01-01", usage=AUTHORITY)
LEAF = issue("Leaf", by=SUB, begins="2022-01-01", ends="2029-01-01")
ENDED = issue("Ended", by=SUB, begins="2022-01-01", ends="2024-06-01")
KEY_COMPROMISE = builder.ReasonFlags.key_compromise
POINT = builder.UniformResourceIdentifier("http://127.0.0.1/sub.crl")

FRESH = revocation_list(SUB, issued="2026-11-19")


def label(value: object) -> str:
    """The id of a case: keys, and with them the bytes, differ from process to process."""
    return "der" if isinstance(value, bytes) else str(value)


def with_extensions(
    *extensions: tuple[builder.ExtensionType, bool],
    by: Identity = SUB,
    issued: str = "2026-11-19",
    revoked: Sequence[builder.RevokedCertificate] = (),
) -> bytes:
    """A CRL with these extensions, each with whether it is critical."""
    draft = (
        builder.CertificateRevocationListBuilder()
        .issuer_name(by.certificate.subject)
        .last_update(moment(issued))
        .next_update(moment(issued) + timedelta(days=7))
    )
    for extension, critical in extensions:
        draft = draft.add_extension(extension, critical)
    for entry in revoked:
        draft = draft.add_revoked_certificate(entry)
    return draft.sign(by.key, SHA256()).public_bytes(Encoding.DER)


def scope(**only: object) -> tuple[builder.IssuingDistributionPoint, bool]:
    values: dict[str, object] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return builder.IssuingDistributionPoint(**{**values, **only}), True  # type: ignore[arg-type] - passed on


def status(
    *lists: bytes, of: Identity = LEAF, by: Identity = SUB, when: datetime = AT, at: datetime = AT, **more: bool
) -> Status:
    found = [Crl.load(der) for der in lists]
    by_issuer: dict[bytes, list[Crl]] = {}
    for one in found:
        by_issuer.setdefault(one.issuer_key, []).append(one)
    root = more.get("issued_by_root", False)
    return Crls(by_issuer, POLICY, at).status(Cert.load(of.der), Cert.load(by.der), moment=when, issued_by_root=root)


def test_a_fresh_list_of_the_issuer_proves_that_a_certificate_is_good() -> None:
    found = status(FRESH)
    assert found.proof is not None
    assert found.revocation is None


@pytest.mark.parametrize(
    ("name", "der"),
    [
        ("forged", revocation_list(SUB, issued="2026-11-19", private=key("forger"))),
        ("of a sister", revocation_list(SISTER, issued="2026-11-19")),
        (
            "signed by a sister in the issuer's name",
            revocation_list(SISTER, issued="2026-11-19", issuer=SUB.certificate.subject),
        ),
        ("too old", revocation_list(SUB, issued="2026-11-12", days=30)),
        ("past its next update", revocation_list(SUB, issued="2026-11-18", days=1)),
        ("of the future", revocation_list(SUB, issued="2026-11-21")),
        ("indirect", with_extensions(scope(indirect_crl=True))),
        ("for authorities alone", with_extensions(scope(only_contains_ca_certs=True))),
        ("for attribute certificates", with_extensions(scope(only_contains_attribute_certs=True))),
        ("for some reasons", with_extensions(scope(only_some_reasons=frozenset({builder.ReasonFlags.key_compromise})))),
        ("of another distribution point", with_extensions(scope(full_name=[POINT]))),
        ("delta", with_extensions((builder.DeltaCRLIndicator(5), True))),
        (
            "with a critical extension that is not known",
            with_extensions(
                (builder.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00"), True)
            ),
        ),
    ],
    ids=label,
)
def test_a_list_that_does_not_count_proves_nothing(name: str, der: bytes) -> None:
    assert status(der).proof is None, name
    assert status(der, FRESH).proof is not None, "a good one beside it counts all the same"


def test_an_extension_that_is_not_critical_and_a_fitting_scope_do_no_harm() -> None:
    unknown = builder.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
    assert status(with_extensions((unknown, False))).proof is not None
    assert status(with_extensions(scope(only_contains_user_certs=True))).proof is not None


def test_a_critical_extension_of_an_entry_that_is_not_known_refuses_the_list() -> None:
    entry = (
        builder.RevokedCertificateBuilder()
        .serial_number(77)
        .revocation_date(moment("2026-01-01"))
        .add_extension(builder.CertificateIssuer([builder.DirectoryName(SISTER.certificate.subject)]), critical=True)
        .build()
    )
    assert status(with_extensions(revoked=[entry])).proof is None


def test_a_revocation_counts_from_its_moment_on_and_not_before_it() -> None:
    der = revocation_list(SUB, issued="2026-11-19", revoked={LEAF.serial: Revoked("2026-03-10")})
    assert status(der).revocation is not None
    before = status(der, when=moment("2026-03-09"))
    assert before.revocation is None
    assert before.proof is not None, "the list shows since when: so not at an earlier moment"


def test_a_revocation_after_the_moment_of_judging_has_not_happened() -> None:
    der = revocation_list(SUB, issued="2026-11-19", revoked={LEAF.serial: Revoked("2026-11-25")})
    assert status(der).revocation is None


def test_a_revocation_stays_when_a_later_list_drops_the_certificate() -> None:
    older = revocation_list(SUB, issued="2026-11-10", revoked={LEAF.serial: Revoked("2026-03-10")})
    assert status(older, FRESH).revocation is not None


def test_a_hold_counts_only_in_the_newest_list() -> None:
    held = revocation_list(SUB, issued="2026-11-18", revoked={LEAF.serial: Revoked("2026-11-01", "certificate_hold")})
    found = status(held).revocation
    assert found is not None
    assert found.is_hold
    assert status(held, FRESH).revocation is None


@pytest.mark.parametrize(
    "extension", [(builder.DeltaCRLIndicator(5), True), scope(only_some_reasons=frozenset([KEY_COMPROMISE]))], ids=label
)
def test_a_newer_list_that_is_not_complete_lifts_no_hold(extension: tuple[builder.ExtensionType, bool]) -> None:
    held = revocation_list(SUB, issued="2026-11-18", revoked={LEAF.serial: Revoked("2026-11-01", "certificate_hold")})
    found = status(held, with_extensions(extension))
    assert found.revocation is not None and found.revocation.is_hold
    assert found.proof is None, "what lists a certificate does not show that it is good"


def test_a_newer_delta_list_lifts_a_hold_by_naming_it() -> None:
    held = revocation_list(SUB, issued="2026-11-18", revoked={LEAF.serial: Revoked("2026-11-01", "certificate_hold")})
    lifted = (
        builder.RevokedCertificateBuilder()
        .serial_number(LEAF.serial)
        .revocation_date(moment("2026-11-01"))
        .add_extension(builder.CRLReason(builder.ReasonFlags.remove_from_crl), critical=False)
        .build()
    )
    assert status(held, with_extensions((builder.DeltaCRLIndicator(5), True), revoked=[lifted])).revocation is None


@pytest.mark.slow
def test_a_list_of_many_thousands_is_looked_up_in_little_time() -> None:
    many = {number: Revoked("2026-01-01") for number in range(1, 20_001)}
    crl = Crl.load(revocation_list(SUB, issued="2026-11-19", revoked={**many, LEAF.serial: Revoked("2026-03-10")}))
    began = time.process_time()
    assert crl.understood
    found, unlisted = crl.revocation(LEAF.serial), crl.revocation(99_999_999)
    assert time.process_time() - began < 1.0, "read one by one it takes several seconds"
    assert found == Revocation(moment("2026-03-10"), "key_compromise")
    assert unlisted is None


def test_a_delta_list_may_revoke_though_it_proves_nothing() -> None:
    entry = builder.RevokedCertificateBuilder().serial_number(LEAF.serial).revocation_date(moment("2026-11-01")).build()
    delta = with_extensions((builder.DeltaCRLIndicator(5), True), revoked=[entry])
    assert status(delta, FRESH).revocation is not None


def test_a_list_younger_than_the_end_of_a_certificate_states_nothing_about_it() -> None:
    then = moment("2024-05-10")
    assert status(FRESH, of=ENDED, when=then).proof is None
    kept = revocation_list(SUB, issued="2024-05-20")
    assert status(FRESH, kept, of=ENDED, when=then).proof is not None


def test_a_kept_list_that_was_issued_after_the_proved_time_proves_it_however_old_it_is() -> None:
    kept = revocation_list(SUB, issued="2025-06-15")
    assert status(kept).proof is None
    assert status(kept, when=moment("2025-01-01")).proof is not None
    assert status(kept, when=moment("2025-08-01")).proof is None, "it was no longer fresh then"


def test_roots_issue_lists_less_often() -> None:
    der = revocation_list(ROOT, issued="2026-02-01", days=400)
    assert status(der, of=SUB, by=ROOT, issued_by_root=True).proof is not None
    assert status(der, of=SUB, by=ROOT).proof is None


def test_an_issuer_that_may_not_sign_lists_signs_none() -> None:
    mute = issue(
        "Mute", by=ROOT, begins="2018-01-01", ends="2038-01-01", usage=replace(AUTHORITY, key_usage=("key_cert_sign",))
    )
    below = issue("Below", by=mute, begins="2022-01-01", ends="2029-01-01")
    assert status(revocation_list(mute, issued="2026-11-19"), of=below, by=mute).proof is None


def test_sha1_lists_count_for_the_time_of_sha1_alone() -> None:
    der = revocation_list(SUB, issued="2019-06-01", digest="sha1")
    old = issue("Old", by=SUB, begins="2019-01-01", ends="2021-01-01")
    assert status(der, of=old, when=moment("2019-05-20")).proof is not None
    assert status(der, of=old, when=moment("2019-05-20"), at=moment("2019-06-02")).proof is not None
    today = revocation_list(SUB, issued="2026-11-19", digest="sha1")
    assert status(today).proof is None
    listed = revocation_list(SUB, issued="2026-11-19", digest="sha1", revoked={LEAF.serial: Revoked("2026-11-01")})
    assert status(listed, FRESH).revocation is not None, "its silence counts no more; what it lists does"


@pytest.mark.parametrize("der", [b"", b"\x30\x00", FRESH[:-3], LEAF.der], ids=label)
def test_bytes_that_are_no_list_are_refused_by_one_error(der: bytes) -> None:
    with pytest.raises(UnreadableCrl):
        Crl.load(der)
