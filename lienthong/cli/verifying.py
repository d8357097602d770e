"""`lienthong verify`: the ledger proves that nothing in it was changed."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager

from rich.console import Console

from lienthong.adapters.clock import SystemClock
from lienthong.cli import context
from lienthong.cli.output import print_json, print_text
from lienthong.data.local_time import local_time
from lienthong.errors import Misconfigured
from lienthong.messages import Message, message, message_n
from lienthong.operations.verification import Verification, verification_json, verify
from lienthong.ports import Ledger, Provable
from lienthong.runtime.composition import open_storage
from lienthong.runtime.existing_storage import open_ledger, require_ledger
from lienthong.runtime.project import Project


def show_verification(
    console: Console, project: Project, seen: Sequence[str], *, everything: bool, as_json: bool
) -> int:
    """Show every fault, or the heads of the chains to be noted elsewhere. The exit code is 1 when there is a fault."""
    with _open(project) as (ledger, sinks):
        found = verify(ledger, seen, everything=everything, sinks=sinks)
    if as_json:
        print_json(verification_json(found))
    else:
        for line in _lines(found):
            print_text(console, line, wrap=False)
    return context.FAULT if found.faults else context.OK


@contextmanager
def _open(project: Project) -> Iterator[tuple[Ledger, Mapping[str, Provable]]]:
    """The ledger, and the sinks whose rows can be proved. Without a sound configuration the sinks are not known."""
    try:
        settings = project.settings()
    except Misconfigured:
        sys.stderr.write(f"{message('The configuration is not sound: only the ledger is verified.')}\n")
        with open_ledger(project) as ledger:
            yield ledger, {}
        return
    with closing(open_storage(settings, require_ledger(project), SystemClock())) as storage:
        yield storage.ledger, storage.provable_sinks()


def _lines(found: Verification) -> Sequence[str]:
    if found.faults:
        count = len(found.faults)
        verdict = message_n(
            "The ledger is NOT intact: {count} place.", "The ledger is NOT intact: {count} places.", count=count
        )
        return [*found.remarks, *found.faults, verdict]
    if not found.heads:
        return [message("The ledger is still empty: it has no block yet, so there is nothing to verify.")]
    heads = [f"  {chain} {head}" for chain, head in found.heads.items()]
    intact = message(
        "The ledger is intact: every block, entry and body agrees. Note the heads of the chains elsewhere:"
    )
    return [*found.remarks, _scope(found), intact, *heads]


def _scope(found: Verification) -> Message:
    """What was proved now, and what before."""
    now = message_n("{count} block was proved now", "{count} blocks were proved now", count=found.blocks)
    if found.before.at is None:
        return message("{now}: everything.", now=now)
    before = message_n("{count} block", "{count} blocks", count=found.before.blocks)
    return message(
        "{now}; {before} were proved on {time} and are not read again (`--all` reads everything).",
        now=now,
        before=before,
        time=local_time(found.before.at),
    )
