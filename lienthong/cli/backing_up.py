"""`lienthong backup` and `lienthong restore`."""

from pathlib import Path

from rich.console import Console

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.files.opening import FOLDER
from lienthong.adapters.sql.backup import Proof
from lienthong.cli.output import print_text
from lienthong.configuration.addresses import shown_address
from lienthong.messages import message, message_n
from lienthong.operations import backup
from lienthong.operations.file_list import listed_files
from lienthong.runtime.brokers import on_rabbitmq
from lienthong.runtime.endpoints import Endpoints
from lienthong.runtime.existing_storage import require_ledger
from lienthong.runtime.project import Project, refuse_insecure_servers


def back_up(console: Console, project: Project, target: Path) -> None:
    """Write a backup and show the heads of its chains."""
    endpoints = require_ledger(project)
    file, proof = backup.back_up(_place(endpoints), target, SystemClock().now())
    print_text(console, message("The backup is in {file}.", file=file))
    if listed := listed_files(file):
        text = message_n(
            "{count} body of a file is listed in it, and not copied: now copy {place} with any tool.",
            "{count} bodies of files are listed in it, and not copied: now copy {place} with any tool.",
            count=listed,
            place=shown_address(endpoints.files) if endpoints.files else endpoints.data / FOLDER,
        )
        print_text(console, text)
    if proof.is_proved and not proof.heads:
        print_text(console, message("The ledger has no entry yet: the backup keeps its identity alone."))
        return
    _show(console, proof)


def restore(console: Console, project: Project, file: Path) -> None:
    """Restore a backup where no ledger is yet, and show the heads of its chains."""
    endpoints = project.endpoints
    refuse_insecure_servers(project, endpoints)
    proof = backup.restore(file, _place(endpoints), SystemClock().now())
    print_text(console, message("The backup is restored. The sources are read again from where it stood."))
    _show(console, proof)
    if on_rabbitmq(endpoints):
        print_text(console, message("The queues may hold messages of the time after it: see `lienthong adopt`."))


def _place(endpoints: Endpoints) -> backup.Place:
    return backup.Place(endpoints.data, endpoints.database, on_rabbitmq(endpoints))


def _show(console: Console, proof: Proof) -> None:
    if not proof.is_proved:
        text = message("Its tables are of an earlier version: the file is sound, the ledger was not verified.")
        print_text(console, text)
        return
    print_text(console, message("Its ledger is intact. Note the heads of the chains elsewhere:"))
    for chain, head in proof.heads.items():
        print_text(console, f"  {chain} {head}", wrap=False)
