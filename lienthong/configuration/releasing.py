"""Releasing the schemas of the announced event types: `lienthong schema --contracts`."""

from collections.abc import Sequence
from pathlib import Path

from lienthong.configuration.announced_types import case_types
from lienthong.configuration.check_contracts import check_contracts
from lienthong.configuration.contracts import read_contracts, write_contract
from lienthong.configuration.reader_schemas import schema_of_type
from lienthong.errors import Misconfigured
from lienthong.settings import Settings

REFUSED = ("LT642", "LT643")
"""What no release can mend: see `lienthong explain`."""


def release_contracts(root: Path, settings: Settings) -> Sequence[str]:
    """Write the contract of each type that is announced or was released; the types whose file changed, by name.

    Raises `Misconfigured` when a change breaks readers; then nothing is written.
    """
    refused = [finding for finding in check_contracts(root, settings) if finding.code in REFUSED]
    if refused:
        raise Misconfigured(refused)
    kinds = sorted({*case_types(root, settings), *read_contracts(root)[0]})
    schemas = {kind: found[0] for kind in kinds if (found := schema_of_type(settings, kind)) is not None}
    return [kind for kind, schema in schemas.items() if write_contract(root, kind, schema)]
