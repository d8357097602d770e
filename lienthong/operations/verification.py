"""Verification: the ledger proves that no entry was changed, deleted, added or moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from lienthong.ledger.records import Verified
from lienthong.ports import Ledger, Provable, Unprovable

NO_SINKS: Mapping[str, Provable] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found.

    - `faults` are sentences; `heads` are the hashes of the last blocks by chain, to be noted elsewhere.
    - `remarks`: what the rows of sinks leave open, such as those from before there were seals.
    - `before`: what an earlier verification had proved and this one did not read again; `blocks`: proved now.
    """

    faults: Sequence[str]
    heads: Mapping[str, str]
    before: Verified
    blocks: int
    remarks: Sequence[str] = ()


def verify(
    ledger: Ledger, seen: Sequence[str] = (), *, everything: bool = True, sinks: Mapping[str, Provable] = NO_SINKS
) -> Verification:
    """Verify every chain: since the last verification, or everything; and what `sinks` (by stage) keep.

    `seen` are heads that were noted on an earlier day; each must still be in its chain.
    """
    before = Verified() if everything else ledger.verified()
    faults = list(ledger.verify(seen, since_verified=not everything))
    remarks: list[str] = []
    for stage, sink in sinks.items():
        found = list(sink.verify(ledger.seals(stage)))
        remarks += [one for one in found if isinstance(one, Unprovable)]
        faults += [one for one in found if not isinstance(one, Unprovable)]
    proved = 0 if faults else max(0, ledger.verified().blocks - before.blocks)
    return Verification(faults, dict(ledger.heads()), before, proved, remarks)


def verification_json(verification: Verification) -> dict[str, Any]:
    before = verification.before
    return {
        "clean": not verification.faults,
        "faults": list(verification.faults),
        "remarks": list(verification.remarks),
        "heads": dict(verification.heads),
        "blocks_proved": verification.blocks,
        "proved_before": {"blocks": before.blocks, "at": before.at.isoformat()} if before.at else None,
    }
