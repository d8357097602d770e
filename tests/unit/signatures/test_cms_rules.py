"""CMS signatures: what makes one unreadable, changed or forged (RFC 5652, 5035, 6211; EN 319 102-1, 5.2.2 to 5.2.7)."""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from asn1crypto import algos, cms, core, tsp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lienthong.signatures.algorithms import UnknownAlgorithm, Used, verify
from lienthong.signatures.certificates import Cert
from lienthong.signatures.cms import CmsFault, find_signer, parse_cms
from lienthong.signatures.integrity import check_signature
from lienthong.signatures.limits import BeyondLimit, Limits
from lienthong.signatures.policy import Pin, Policy
from lienthong.signatures.verdict import SubIndication
from tests.signatures.authorities import AUTHORITY, issue, key
from tests.signatures.cms import Making, attribute, naming, signed_data

DATA = b"%PDF the signed bytes"
YEARS = {"begins": "2018-01-01", "ends": "2038-01-01"}
SUB = issue("Sub", by=None, usage=AUTHORITY, **YEARS)
LEAF = issue("Leaf", by=SUB, **YEARS)
TWIN = issue("Leaf", by=SUB, private=LEAF.key, **YEARS)
POLICY = Policy(roots={"root": Pin("", "")}, profiles={"all": ("root",)}, default_profile="all")


def label(value: object) -> str:
    """The id of a case: keys, and with them the bytes, differ from process to process."""
    return "der" if isinstance(value, (bytes, partial)) else str(value)


def judged(der: bytes, data: bytes = DATA) -> tuple[SubIndication, str] | None:
    """The fault, or None when the signature fits."""
    try:
        signed = parse_cms(der, Limits())
        check_signature(
            signed,
            find_signer(signed),
            content_type="data",
            digest=lambda name: hashlib.new(name, data).digest(),
        )
    except CmsFault as found:
        return found.fault.sub, found.fault.reason.code
    return None


def signature(**making: Any) -> bytes:
    return signed_data(DATA, LEAF, Making(**making))


def rebuilt(change: Callable[[Any], None], **making: Any) -> bytes:
    """A signature in which something unsigned was changed afterwards."""
    info = cms.ContentInfo.load(signature(**making))
    change(info["content"])
    der: bytes = info.dump(force=True)
    return der


def v1_naming(digest: bytes) -> cms.CMSAttribute:
    return attribute("signing_certificate", tsp.SigningCertificate({"certs": [tsp.ESSCertID({"cert_hash": digest})]}))


def protection(digest: str, algorithm: str) -> cms.CMSAttribute:
    value = cms.CMSAlgorithmProtection(
        {
            "digest_algorithm": {"algorithm": digest},
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": algorithm}),
        }
    )
    return attribute("cms_algorithm_protection", value)


def test_a_sound_signature_fits_in_each_form_that_writers_give_it() -> None:
    assert judged(signature()) is None
    assert judged(signature(bare=True)) is None
    assert judged(signature(without_attributes=True)) is None
    assert judged(signature() + bytes(4096)) is None, "padding"
    assert judged(signature(bare=True, attributes=[v1_naming(Cert.load(LEAF.der).sha1)])) is None
    assert judged(signature(attributes=[protection("sha256", "sha256_rsa")])) is None


def set_digest(name: str) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        data["signer_infos"][0]["digest_algorithm"] = {"algorithm": name}

    return change


@pytest.mark.parametrize(
    ("der", "sub", "code"),
    [
        (partial(signature, message_digest=bytes(32)), SubIndication.HASH_FAILURE, "hash-mismatch"),
        (partial(signature, spoils_value=True), SubIndication.SIG_CRYPTO_FAILURE, "signature-mismatch"),
        (partial(signature, without_attributes=True, spoils_value=True), SubIndication.HASH_FAILURE, "hash-mismatch"),
        (partial(signature, signer_infos=2), SubIndication.FORMAT_FAILURE, "cms-signers"),
        (partial(signature, signer_infos=0), SubIndication.FORMAT_FAILURE, "cms-signers"),
        (partial(signature, content_type="tst_info"), SubIndication.FORMAT_FAILURE, "cms-content-type"),
        (partial(signature, twice="message_digest"), SubIndication.FORMAT_FAILURE, "cms-attribute-twice"),
        (partial(signature, twice="signing_time"), SubIndication.FORMAT_FAILURE, "cms-attribute-twice"),
        (partial(signature, carries_signer=False), SubIndication.NO_SIGNING_CERTIFICATE_FOUND, "signer-missing"),
        (partial(signature, names=TWIN), SubIndication.NO_SIGNING_CERTIFICATE_FOUND, "signer-not-the-named"),
        (
            partial(signature, bare=True, attributes=[v1_naming(bytes(20))]),
            SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
            "signer-not-the-named",
        ),
        (
            partial(signature, attributes=[v1_naming(bytes(20))]),
            SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
            "signer-not-the-named",
        ),
        (
            partial(signature, attributes=[protection("sha512", "sha256_rsa")]),
            SubIndication.FORMAT_FAILURE,
            "cms-protection",
        ),
        (
            partial(signature, attributes=[protection("sha256", "sha512_rsa")]),
            SubIndication.FORMAT_FAILURE,
            "cms-protection",
        ),
        (partial(rebuilt, set_digest("sha512")), SubIndication.FORMAT_FAILURE, "cms-two-hashes"),
        (b"", SubIndication.FORMAT_FAILURE, "cms-unreadable"),
        (b"garbage", SubIndication.FORMAT_FAILURE, "cms-unreadable"),
        (bytes.fromhex("30820fff"), SubIndication.FORMAT_FAILURE, "cms-unreadable"),
        (b"\x30\x80" * 5000, SubIndication.FORMAT_FAILURE, "cms-unreadable"),
        (LEAF.der, SubIndication.FORMAT_FAILURE, "cms-unreadable"),
        (
            cms.ContentInfo({"content_type": "data", "content": core.OctetString(b"x")}).dump(),
            SubIndication.FORMAT_FAILURE,
            "cms-no-signed-data",
        ),
    ],
    ids=label,
)
def test_what_does_not_fit_has_its_own_word(der: bytes | Callable[[], bytes], sub: SubIndication, code: str) -> None:
    # It is made here: each process of a run collects the cases, and to make the signatures takes seconds.
    assert judged(der if isinstance(der, bytes) else der()) == (sub, code)


@pytest.mark.parametrize("missing", ["content_type", "message_digest"])
def test_attributes_that_must_be_there_are_missed(missing: str) -> None:
    signed = parse_cms(signature(), Limits())
    assert signed.attributes is not None
    del signed.attributes[missing]
    with pytest.raises(CmsFault) as fault:
        check_signature(
            signed, find_signer(signed), content_type="data", digest=lambda _: hashlib.sha256(DATA).digest()
        )
    assert fault.value.fault.sub is SubIndication.FORMAT_FAILURE


def test_a_signature_over_changed_content_has_another_digest() -> None:
    assert judged(signature(), DATA + b"!") == (SubIndication.HASH_FAILURE, "hash-mismatch")


def test_each_kind_of_truncation_is_one_fault() -> None:
    der = signature()
    assert {judged(der[:cut]) for cut in range(0, len(der) - 1, 97)} == {
        (SubIndication.FORMAT_FAILURE, "cms-unreadable")
    }


def test_too_many_certificates_are_beyond_a_limit() -> None:
    with pytest.raises(BeyondLimit):
        parse_cms(signature(carries=[SUB] * 30), Limits(max_certificates=20))


def spki(private: Any) -> bytes:
    der: bytes = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return der


def pss(digest: str, salt: int) -> Any:
    return algos.SignedDigestAlgorithm(
        {
            "algorithm": "rsassa_pss",
            "parameters": algos.RSASSAPSSParams(
                {
                    "hash_algorithm": {"algorithm": digest},
                    "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": digest}},
                    "salt_length": salt,
                }
            ),
        }
    )


def named(algorithm: str) -> Any:
    return algos.SignedDigestAlgorithm({"algorithm": algorithm})


def test_every_kind_of_key_that_authorities_issue_is_verified() -> None:
    plain: Any = key("plain")
    elliptic = ec.generate_private_key(ec.SECP384R1())
    edwards, large = ed25519.Ed25519PrivateKey.generate(), ed448.Ed448PrivateKey.generate()
    salted = plain.sign(DATA, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    cases = [
        (plain, named("sha256_rsa"), plain.sign(DATA, padding.PKCS1v15(), hashes.SHA256())),
        (plain, pss("sha256", 32), salted),
        (elliptic, named("sha384_ecdsa"), elliptic.sign(DATA, ec.ECDSA(hashes.SHA384()))),
        (edwards, named("ed25519"), edwards.sign(DATA)),
        (large, named("ed448"), large.sign(DATA)),
    ]
    for private, algorithm, value in cases:
        used = verify(spki(private), algorithm, value, DATA)
        assert used is not None
        assert used.weakness(POLICY) is None
        assert verify(spki(private), algorithm, value, DATA + b"!") is None
    assert verify(spki(plain), pss("sha256", 20), salted, DATA) is None, "the length of the salt is a parameter"


def test_a_signature_by_a_key_of_another_kind_is_not_verified() -> None:
    with pytest.raises(UnknownAlgorithm):
        verify(spki(ec.generate_private_key(ec.SECP256R1())), named("sha256_rsa"), b"x", DATA)
    with pytest.raises(UnknownAlgorithm):
        verify(spki(key("plain")), named("sha256_ecdsa"), b"x", DATA)
    with pytest.raises(UnknownAlgorithm):
        verify(b"no key", named("sha256_rsa"), b"x", DATA)
    with pytest.raises(UnknownAlgorithm):
        verify(spki(key("plain")), named("sha256_dsa"), b"x", DATA)


def test_what_is_weak_is_weak_by_the_policy() -> None:
    assert Used("md5", "rsa", 4096).weakness(POLICY) == "never"
    assert Used("sha1", "rsa", 2048).weakness(POLICY) == "sha1"
    assert Used("sha256", "rsa", 1024).weakness(POLICY) == "never"
    assert Used("sha256", "ec", 192).weakness(POLICY) == "never"
    assert Used("sha256", "ec", 256).weakness(POLICY) is None


def test_md5_is_verified_so_that_the_verdict_can_state_why_it_is_refused() -> None:
    weak: rsa.RSAPrivateKey = key("plain")  # type: ignore[assignment] - no prefix, so RSA
    value = weak.sign(DATA, padding.PKCS1v15(), hashes.MD5())  # noqa: S303 - the weak hash is the case
    used = verify(spki(weak), named("md5_rsa"), value, DATA)
    assert used is not None
    assert used.weakness(POLICY) == "never"


def test_the_signer_may_be_named_by_key_identifier() -> None:
    def by_key(data: Any) -> None:
        identifier = Cert.load(LEAF.der).key_id
        data["signer_infos"][0]["sid"] = cms.SignerIdentifier("subject_key_identifier", core.OctetString(identifier))

    assert judged(rebuilt(by_key)) is None


def test_the_naming_of_these_fixtures_is_that_of_the_standard() -> None:
    assert naming(LEAF)["certs"][0]["cert_hash"].native == hashlib.sha256(LEAF.der).digest()
