"""Verification: the ledger proves that no entry was changed, deleted, added or moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lienthong.ports import Ledger


@dataclass(frozen=True, slots=True)
class Verification:
    """`faults` are sentences; `heads` are the hashes of the last blocks by chain, to be noted elsewhere."""

    faults: Sequence[str]
    heads: Mapping[str, str]


def verify(ledger: Ledger, seen: Sequence[str] = ()) -> Verification:
    """Verify every chain. `seen` are heads that were noted on an earlier day; each must still be in its chain."""
    return Verification(list(ledger.verify(seen)), dict(ledger.heads()))


def verification_json(verification: Verification) -> dict[str, Any]:
    return {
        "clean": not verification.faults,
        "faults": list(verification.faults),
        "heads": dict(verification.heads),
    }
