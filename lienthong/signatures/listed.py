"""What a file of `crls/` lists as revoked, read without judging it: it tells which documents are worth another look."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path


def listed_revocations(file: Path) -> Iterator[tuple[str, datetime]]:
    """The serial numbers of a CRL, as verdicts write them (`chain[].serial`), each with its moment of revocation.

    PEM or DER. A file that is none, is gone or is half written lists nothing. No signature is checked: a forged
    list costs another look, and no more.
    """
    # A source that may never list anything imports this module, and so does each command that checks the sources.
    from asn1crypto import pem

    from lienthong.signatures.crls import Crl, UnreadableCrl

    try:
        content = file.read_bytes()
        blocks = [der for _, _, der in pem.unarmor(content, multiple=True)] if pem.detect(content) else [content]
        lists = [Crl.load(der) for der in blocks]
    except (OSError, ValueError, UnreadableCrl):
        return
    for each in lists:
        yield from ((f"{serial:x}", since) for serial, since in each.entries())
