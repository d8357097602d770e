"""Short names for what most samples do: who signs what, how."""

from collections.abc import Callable, Sequence
from typing import Any

from tests.signatures.authorities import Identity
from tests.signatures.cms import Making, Stamp, signed_data, stamper, token
from tests.signatures.pdf import PLAIN, Pdf, Signs, Slot, add_signature, document
from tests.signatures.pki import NOW, pki


def by(signer: str | Identity, **making: Any) -> Signs:
    """Signs as this member of the infrastructure; see `Making` for the rest."""

    def signs(data: bytes) -> bytes:
        return signed_data(data, pki().signers[signer] if isinstance(signer, str) else signer, Making(**making))

    return signs


def stamped(at: str, authority: str = "stamper", **making: Any) -> Stamp:
    """A stamp of this time by a time-stamping authority of the infrastructure."""
    return stamper(pki().stampers[authority], at, making=Making(**making))


def signed(signer: str = "agency", slot: Slot = PLAIN, pdf: Pdf | None = None, **making: Any) -> Pdf:
    """A document of one page with a signature of this signer."""
    return add_signature(pdf or document(), by(signer, **making), slot)


def one(signer: str = "agency", slot: Slot = PLAIN, **making: Any) -> Callable[[], bytes]:
    """The maker of a sample with one signature."""
    return lambda: signed(signer, slot, **making).content


def old_style(**more: Any) -> Slot:
    return Slot(format="adbe.pkcs7.detached", **more)


def document_stamp(pdf: Pdf, authority: str = "stamper") -> Pdf:
    """Append a document time stamp of today."""
    slot = Slot("DauThoiGian", "ETSI.RFC3161", kind=b"/DocTimeStamp")
    return add_signature(pdf, lambda data: token(data, pki().stampers[authority], NOW), slot)


def range_of(*numbers: Callable[[int, int, int], int] | int) -> Callable[[int, int, int], Sequence[int]]:
    """A /ByteRange whose numbers are given, or computed from the begin and end of the gap and the end of the file."""
    return lambda begin, end, total: [each if isinstance(each, int) else each(begin, end, total) for each in numbers]
