"""Makes a trust folder and a signed file for trying the store of documents. Everything in it is invented.

    python -m sandbox.trust FOLDER

FOLDER gets `trust/` (a root, an authority beneath, their lists of revoked certificates, policy.yaml) and
`ket-qua-thu-nghiem.pdf`, signed by an invented officer and an invented agency. Authorities are named MARK. The keys are
never written: nothing else can be signed under this root, and each call makes another one. It lasts 30 days.
"""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

MARK = "THU NGHIEM"
"""What every name begins with: trial."""

DAYS = 30
PDF = "ket-qua-thu-nghiem.pdf"

_POLICY = """# Made by `python -m sandbox.trust` for trying. Invented: no root for where documents are real.
version: 1
roots:
  trial:
    file: roots/trial.crt
    sha256: {pin}
    name: "{name}"
profiles:
  official:
    roots: [trial]
  forms:
    roots: [trial]
default_profile: official
revocation:
  required: true
  crl_max_age: 30d
"""
_NOTE = "Made for trying by `python -m sandbox.trust`: invented, and worth nothing. `lienthong doctor` warns of it.\n"


@dataclass(frozen=True, slots=True)
class Member:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: RSAPrivateKey


def make(folder: Path, now: datetime) -> Path:
    """Write everything into `folder`; returns the trust folder. Raises `FileExistsError` where there is one already."""
    root = _issue(f"{MARK} RootCA", None, now, authority=True)
    authority = _issue(f"{MARK} CA phuc vu co quan nha nuoc", root, now, authority=True)
    signers = [
        _issue(name, authority, now, authority=False)
        for name in (f"{MARK} Nguyen Van Ky", "Ủy ban nhân dân xã Thử Nghiệm")
    ]
    trust = folder / "trust"
    trust.mkdir(parents=True)
    files = {
        "roots/trial.crt": _der(root),
        "intermediates/trial-authority.crt": _der(authority),
        "crls/trial-root.crl": _list(root, now),
        "crls/trial-authority.crl": _list(authority, now),
    }
    pin = hashlib.sha256(files["roots/trial.crt"]).hexdigest()
    files["FOR-TRYING.txt"] = _NOTE.encode()
    files["policy.yaml"] = _POLICY.format(pin=pin, name=f"{MARK} RootCA").encode()
    for name, content in files.items():
        (trust / name).parent.mkdir(exist_ok=True)
        (trust / name).write_bytes(content)
    (folder / PDF).write_bytes(_signed(_page(), signers))
    return trust


def _issue(name: str, by: Member | None, now: datetime, *, authority: bool) -> Member:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"{MARK} - KHONG CO GIA TRI"),
        ]
    )
    uses = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    signs = {"digital_signature": not authority, "content_commitment": not authority}
    issues = {"key_cert_sign": authority, "crl_sign": authority}
    draft = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.KeyUsage(**uses, **signs, **issues), critical=True)
    )
    return Member(draft.sign(by.key if by else key, SHA256()), key)


def _der(member: Member) -> bytes:
    return member.certificate.public_bytes(Encoding.DER)


def _list(authority: Member, now: datetime) -> bytes:
    """A list that names nothing, and holds as long as the rest."""
    draft = x509.CertificateRevocationListBuilder().issuer_name(authority.certificate.subject)
    dated = draft.last_update(now - timedelta(hours=1)).next_update(now + timedelta(days=DAYS))
    numbered = dated.add_extension(x509.CRLNumber(1), critical=False)
    return numbered.sign(authority.key, SHA256()).public_bytes(Encoding.DER)


def _page() -> bytes:
    """A page that states what it is."""
    generic: Any = import_module("pyhanko.pdf_utils.generic")
    writing: Any = import_module("pyhanko.pdf_utils.writer")

    def named(**values: object) -> Any:
        return generic.DictionaryObject({generic.NameObject(f"/{name}"): value for name, value in values.items()})

    writer = writing.PdfFileWriter()
    words = f"BT /F1 18 Tf 60 740 Td ({MARK} - KHONG CO GIA TRI PHAP LY) Tj ET".encode()
    of_font = {"Type": "/Font", "Subtype": "/Type1", "BaseFont": "/Helvetica"}
    font = named(**{name: generic.NameObject(value) for name, value in of_font.items()})
    content = writer.add_object(generic.StreamObject(stream_data=words))
    resources = named(Font=named(F1=font))
    writer.insert_page(writing.PageObject(content, (0, 0, 595, 842), resources))
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def _signed(content: bytes, members: Sequence[Member]) -> bytes:
    """The file with one signature after the other."""
    keys: Any = import_module("asn1crypto.keys")
    certificates: Any = import_module("asn1crypto.x509")
    signing: Any = import_module("pyhanko.sign.signers")
    pades = import_module("pyhanko.sign.fields").SigSeedSubFilter.PADES
    store = import_module("pyhanko_certvalidator.registry").SimpleCertificateStore
    writer = import_module("pyhanko.pdf_utils.incremental_writer").IncrementalPdfFileWriter
    for number, member in enumerate(members, 1):
        key = member.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        signer = signing.SimpleSigner(
            signing_cert=certificates.Certificate.load(_der(member)),
            signing_key=keys.PrivateKeyInfo.load(key),
            cert_registry=store(),
        )
        metadata = signing.PdfSignatureMetadata(field_name=f"Ky{number}", md_algorithm="sha256", subfilter=pades)
        content = signing.sign_pdf(writer(BytesIO(content)), metadata, signer=signer).getvalue()
    return content


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.trust", description="Make a trust folder for trying.")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where to make it; it must not have one yet")
    folder: Path = parser.parse_args(arguments).folder
    try:
        trust = make(folder, datetime.now(UTC).replace(microsecond=0))
    except OSError as error:
        sys.stderr.write(f"Cannot write {folder / 'trust'}: {error.strerror}.\n")
        return 2
    sys.stdout.write(
        f"{trust} is for trying only: its root is invented.\n"
        f"  lienthong signature check {folder / PDF} --trust {trust}\n"
        f"  LIENTHONG_TRUST={trust} lienthong serve\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
