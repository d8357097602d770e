"""`lienthong files check | collect`: the bodies of files."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import typer

from lienthong.cli.options import AsJson
from lienthong.cli.typer_app import App
from lienthong.messages import format_number, message, message_n
from lienthong.runtime.project import Project

if TYPE_CHECKING:
    from lienthong.runtime.composition import Storage

files = App(help=message("The bodies of files: whether all are there, and what nothing names any more."))


@files.command(
    help=message(
        "Read every body and compare it with its digest. The exit code is 1 when one is missing or is not as it was."
    )
)
def check(project: Project, *, as_json: AsJson = False) -> None:
    from lienthong.adapters.sql.file_names import SqlFileNames
    from lienthong.cli import context
    from lienthong.cli.output import print_json, print_text
    from lienthong.operations.files import check_files
    from lienthong.runtime.files import kept_by

    with open_files_of(project) as storage:
        found = check_files(storage.files, SqlFileNames(storage.database), kept_by(storage.settings))
    if as_json:
        print_json(found._asdict())
    else:
        console = context.console()
        for digest in found.missing:
            print_text(console, message("{digest} is missing", digest=digest), "red")
        for digest in found.damaged:
            print_text(console, message("{digest} is not as it was kept", digest=digest), "red")
        for digest in found.unread:
            print_text(console, message("{digest} could not be read", digest=digest), "red")
        size = format_number(found.size / 1e6, decimals=1)
        text = message_n(
            "{count} body was read, {size} MB.", "{count} bodies were read, {size} MB.", count=found.read, size=size
        )
        print_text(console, text)
    raise typer.Exit(context.OK if found.is_sound else context.FAULT)


@files.command(help=message("Remove now what nothing names any more; `lienthong run` does it every hour."))
def collect(project: Project, *, as_json: AsJson = False) -> None:
    from lienthong.cli import context
    from lienthong.cli.output import print_json, print_text
    from lienthong.runtime.files import make_collection

    with open_files_of(project) as storage:
        done = make_collection(storage).run()
        is_known = bool(storage.settings.bus.kept_by)
    if as_json:
        print_json(done._asdict())
    else:
        removed = message_n("{count} body was removed", "{count} bodies were removed", count=done.removed)
        drafts = message_n("{count} broken upload", "{count} broken uploads", count=done.drafts)
        print_text(context.console(), message("{removed}, and {drafts}.", removed=removed, drafts=drafts))
        if not is_known:
            text = message("No body is removed until `files: {{kept_by: …}}` stands in config/bus.yaml.")
            print_text(context.console(), text)


@contextmanager
def open_files_of(project: Project) -> "Iterator[Storage]":
    """The storage of a ledger that is there, with its files."""
    from lienthong.adapters.clock import SystemClock
    from lienthong.runtime.composition import open_storage
    from lienthong.runtime.existing_storage import require_ledger

    with closing(open_storage(project.settings(), require_ledger(project), SystemClock())) as storage:
        yield storage
