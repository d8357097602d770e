"""`lienthong verify`: the ledger proves that nothing in it was changed."""

import json
from collections.abc import Sequence

from rich.console import Console

from lienthong.cli import context
from lienthong.messages import message, message_n
from lienthong.runtime.existing_storage import open_ledger
from lienthong.runtime.project import Project


def verify(console: Console, project: Project, seen: Sequence[str], *, as_json: bool) -> int:
    """Show every fault, or the heads of the chains to be noted elsewhere. The exit code is 1 when there is a fault."""
    with open_ledger(project) as ledger:
        faults, heads = list(ledger.verify(seen)), ledger.heads()
    if as_json:
        found = {"clean": not faults, "faults": faults, "heads": dict(heads)}
        print(json.dumps(found, ensure_ascii=False, indent=1))  # noqa: T201 - for programs, unwrapped
    elif faults:
        for fault in faults:
            _print(console, fault)
        _print(
            console,
            message_n(
                "The ledger is NOT intact: {count} place.",
                "The ledger is NOT intact: {count} places.",
                count=len(faults),
            ),
        )
    elif not heads:
        _print(console, message("The ledger is still empty: it has no block yet, so there is nothing to verify."))
    else:
        _print(
            console,
            message(
                "The ledger is intact: every block, entry and body agrees. Note the heads of the chains elsewhere:"
            ),
        )
        for chain, head in heads.items():
            _print(console, f"  {chain} {head}")
    return context.FAULT if faults else context.OK


def _print(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
