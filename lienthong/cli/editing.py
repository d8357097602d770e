"""`lienthong dead edit | approve | refuse`: two persons edit a letter, and each sees the edit before it counts."""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from lienthong.adapters.clock import SystemClock
from lienthong.cli import context
from lienthong.cli.output import print_text
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.model import NotAllowed
from lienthong.ledger.records import DeadLetter
from lienthong.masking import mask_text
from lienthong.messages import message
from lienthong.operations import edits
from lienthong.runtime.composition import Storage, open_storage
from lienthong.runtime.existing_storage import open_letter_store, require_ledger
from lienthong.runtime.project import Project

DIGEST_DIGITS = 12
"""Digits of an edit's digest that are shown."""


@dataclass(frozen=True, slots=True)
class EditRequest:
    """An edit as it was asked for: `file` in place of the data, then `values` over it; an editor without either.

    `anyway` proposes it although the stage would still reject the letter.
    """

    number: int
    reason: str
    values: Sequence[str] = ()
    file: Path | None = None
    anyway: bool = False


def propose(console: Console, project: Project, request: EditRequest, *, actor: Actor) -> int:
    """Show the edit and what would come of it, and keep it as a proposal."""
    with _open_storage(project) as storage:
        letter = edits.find_letter(storage.letter_store, request.number)
        data = _edited_data(storage, letter, request)
        if not _show(console, storage, letter, data) and not request.anyway:
            text = message("No edit was proposed. Correct it, or add `--anyway` to propose it all the same.")
            print_text(console, text)
            return context.FAULT
        edit = edits.propose(storage.letter_store, request.number, data, who=actor, reason=request.reason)
    text = message(
        "The edit of letter {number} is proposed (edit {digest}). Another person approves it with "
        "`lienthong dead approve {number}`.",
        number=request.number,
        digest=edit.digest[:DIGEST_DIGITS],
    )
    print_text(console, text)
    return context.OK


def approve(console: Console, project: Project, number: int, *, actor: Actor) -> int:
    """Show the edit once more, and approve it."""
    with _open_storage(project) as storage:
        letter_store = storage.letter_store
        edit = edits.pending_edit(letter_store, number)
        text = message("Proposed by {person}: {reason}", person=edit.proposed_by, reason=mask_text(edit.reason))
        print_text(console, text)
        _show(console, storage, edits.find_letter(letter_store, number), edit.data)
        edits.approve(letter_store, edit, who=actor)
    text = message("Approved. `lienthong dead replay {number}` will send the edited letter.", number=number)
    print_text(console, text)
    return context.OK


def refuse(console: Console, project: Project, number: int, *, actor: Actor, reason: str) -> int:
    """Refuse a proposal; the letter stays as it is."""
    project.use_ledger_language()
    with open_letter_store(project) as letter_store:
        edits.refuse(letter_store, edits.pending_edit(letter_store, number), who=actor, reason=reason)
    text = message("The edit of letter {number} is refused; the letter stays as it is.", number=number)
    print_text(console, text)
    return context.OK


@contextmanager
def _open_storage(project: Project) -> Iterator[Storage]:
    settings = project.settings()
    storage = open_storage(settings, require_ledger(project), SystemClock())
    try:
        yield storage
    finally:
        storage.close()


def _edited_data(storage: Storage, letter: DeadLetter, request: EditRequest) -> Mapping[str, Any]:
    document = None
    if request.file is not None:
        document = request.file.read_bytes()
    elif not request.values:
        if not sys.stdin.isatty():
            context.fail(message("Give `--set PATH=VALUE` or `--file FILE`."), context.USAGE)
        document = _edit_in_editor(edits.masked_document(letter, storage.settings).encode())
    return edits.edited_data(letter, storage.settings, document=document, values=request.values)


def _edit_in_editor(text: bytes) -> bytes:
    """What a person makes of `text` in the editor of their choice. The file is private and deleted afterwards."""
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "thu.json"
        file.write_bytes(text)
        if subprocess.run([*editor, str(file)], check=False).returncode:  # noqa: S603 - the operator's own editor
            raise NotAllowed(message("the editor reported an error; nothing was written"))
        return file.read_bytes()


def _show(console: Console, storage: Storage, letter: DeadLetter, data: Mapping[str, Any]) -> bool:
    """Show the masked difference, and what the letter's stage would make of it. True when it would be accepted."""
    preview = edits.preview(storage.letter_store, letter, data, settings=storage.settings, routes=storage.routes())
    for line in preview.diff:
        print_text(console, line, {"+": "green", "-": "red"}.get(line[:1], ""))
    for sentence in preview.sentences:
        print_text(console, f"→ {sentence}", "" if preview.is_accepted else "red")
    return preview.is_accepted
