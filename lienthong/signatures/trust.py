"""The trust folder: `roots/`, `intermediates/`, `crls/` and the policy that states what of it counts.

Nothing is trusted because it lies there. A root is one by its pin; an intermediate certificate and a CRL are only
offered to the judgement, which believes them when a key that it trusts has signed them.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from asn1crypto import pem

from lienthong.errors import Finding, Misconfigured
from lienthong.messages import message
from lienthong.signatures.certificates import Cert, UnreadableCertificate
from lienthong.signatures.crls import Crl, UnreadableCrl
from lienthong.signatures.policy import Policy
from lienthong.signatures.policy_file import FILE, read_policy

MAX_FILE = 32 << 20
"""Bytes of one file of the folder at most."""


@dataclass(frozen=True)
class Trust:
    """What a verdict stands on. `unreadable` are files that are neither certificate nor CRL: skipped, and shown."""

    policy: Policy
    roots: Mapping[str, Cert]
    intermediates: Sequence[Cert]
    crls: Sequence[Crl]
    digest: str
    folder: str = ""
    unreadable: Sequence[str] = field(default_factory=tuple)
    unpinned: Sequence[str] = field(default_factory=tuple)

    def profile(self, name: str | None) -> str:
        """The name of the profile; the default one for None. Raises `UnknownProfile`."""
        chosen = name or self.policy.default_profile
        if chosen not in self.policy.profiles:
            raise UnknownProfile(chosen, tuple(self.policy.profiles))
        return chosen

    def anchors(self, profile: str) -> tuple[Cert, ...]:
        """The roots that count for a profile."""
        return tuple(self.roots[name] for name in self.policy.profiles[profile])

    @cached_property
    def supplied(self) -> frozenset[bytes]:
        """SHA-256 of the intermediate certificates, which an operator put there."""
        return frozenset(certificate.sha256 for certificate in self.intermediates)

    @cached_property
    def crls_by_issuer(self) -> Mapping[bytes, Sequence[Crl]]:
        """CRLs by the name of their issuer, newest first."""
        found: dict[bytes, list[Crl]] = defaultdict(list)
        for crl in sorted(self.crls, key=lambda crl: crl.this_update, reverse=True):
            found[crl.issuer_key].append(crl)
        return found


class UnknownProfile(ValueError):  # noqa: N818 - a fact about the question
    """The policy has no profile of this name; `names` are those that it has."""

    def __init__(self, name: str, names: Sequence[str]) -> None:
        super().__init__(name)
        self.name = name
        self.names = names


def load_trust(folder: Path) -> Trust:
    """Read the folder. Raises `Misconfigured` with file, line and key for a policy or a root that is wrong.

    A root's file that is absent or has another digest than its pin is refused: an exchanged file must not go unnoticed.
    A file in `roots/` without a pin is no anchor and nothing else; it is never read, and named in `unpinned`.
    """
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = message("the policy of the trust folder cannot be read: {error}", error=error)
        raise Misconfigured([Finding(str(path), 0, 0, "LT120", what, message("name a folder that has one"))]) from None
    policy = read_policy(text, place=str(path))
    roots = _read_roots(folder, policy, text)
    unreadable: list[str] = []
    intermediates = _read_certificates(folder / "intermediates", unreadable)
    crls = _read_crls(folder / "crls", unreadable)
    offered = sorted([*(cert.sha256 for cert in intermediates), *(crl.sha256 for crl in crls)])
    stands_on = [text.encode(), *offered]
    pinned = {pin.file for pin in policy.roots.values()}
    digest = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in stands_on)).hexdigest()
    return Trust(
        policy=policy,
        roots=roots,
        intermediates=intermediates,
        crls=crls,
        digest=f"sha256:{digest}",
        folder=str(folder),
        unreadable=tuple(unreadable),
        unpinned=tuple(name for path in _files(folder / "roots") if (name := f"roots/{path.name}") not in pinned),
    )


def _read_roots(folder: Path, policy: Policy, text: str) -> dict[str, Cert]:
    roots, findings = {}, []
    for name, pin in policy.roots.items():
        found = _read_root(folder / pin.file, pin.sha256)
        if isinstance(found, Cert):
            roots[name] = found
        else:
            findings.append(_at_pin(folder, text, pin.sha256, f"roots.{name}: {found}"))
    if findings:
        raise Misconfigured(findings)
    return roots


def _read_root(path: Path, pinned: str) -> Cert | str:
    try:
        (der, *_) = list(_blocks(path))
        certificate = Cert.load(der)
    except (OSError, ValueError, UnreadableCertificate) as error:
        return message("the certificate {file} cannot be read: {error}", file=path.name, error=error or "?")
    if certificate.sha256.hex() != pinned:
        digest = certificate.sha256.hex()
        return message("{file} has another SHA-256 than its pin: {digest}", file=path.name, digest=digest)
    return certificate


def _at_pin(folder: Path, text: str, digest: str, what: str) -> Finding:
    lines = text.lower().replace(":", "").splitlines()
    line = next((number for number, written in enumerate(lines, 1) if digest in written), 1)
    advice = message("get the certificate and its SHA-256 from the authority, by two different ways")
    return Finding(str(folder / FILE), line, 1, "LT121", what, advice)


def _read_certificates(folder: Path, unreadable: list[str]) -> list[Cert]:
    found: dict[bytes, Cert] = {}
    for path in _files(folder):
        try:
            for der in _blocks(path):
                certificate = Cert.load(der)
                found[certificate.sha256] = certificate
        except (OSError, ValueError, UnreadableCertificate):
            unreadable.append(f"{folder.name}/{path.name}")
    return list(found.values())


def _read_crls(folder: Path, unreadable: list[str]) -> list[Crl]:
    found: dict[bytes, Crl] = {}
    for path in _files(folder):
        try:
            for der in _blocks(path):
                crl = Crl.load(der)
                found[crl.sha256] = crl
        except (OSError, ValueError, UnreadableCrl):
            unreadable.append(f"{folder.name}/{path.name}")
    return list(found.values())


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _blocks(path: Path) -> list[bytes]:
    """The DER structures of a file: one, or each block of a PEM file."""
    if path.stat().st_size > MAX_FILE:
        raise ValueError(message("the file is larger than {size} MiB", size=MAX_FILE >> 20))
    content = path.read_bytes()
    if not pem.detect(content):
        return [content]
    return [der for _, _, der in pem.unarmor(content, multiple=True)]
