"""Signed files for tests of documents, under the invented infrastructure, with lists that are fresh today."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.signatures.authorities import revocation_list
from tests.signatures.pdf import Slot, add_signature, document
from tests.signatures.pki import pki
from tests.signatures.signing import by, signed


def write_trust(folder: Path) -> Path:
    """A trust folder whose lists are of yesterday; the authority `police` has none."""
    found = pki().write_trust(folder)
    for name, authority in (("g2", pki().roots["g2"]), ("state", pki().authorities["state"])):
        (found / f"crls/{name}.crl").write_bytes(revocation_list(authority, issued=_yesterday(), number=900))
    return found


def add_police_list(folder: Path) -> None:
    """The list that was missing arrives."""
    police = revocation_list(pki().authorities["police"], issued=_yesterday(), number=900)
    (folder / "crls" / "police.crl").write_bytes(police)


def signed_file(signers: Sequence[str], name: str) -> bytes:
    """A PDF of these signers, whose bytes no other name has; without signers it is not signed."""
    plain = document(name)
    if not signers:
        return plain.content
    pdf = signed(signers[0], pdf=plain)
    for number, signer in enumerate(signers[1:], 2):
        pdf = add_signature(pdf, by(signer), Slot(f"Ky{number}"))
    return pdf.content


def _yesterday() -> str:
    return f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%dT%H:%M}"
