"""`lienthong dead edit | approve | refuse`: what a letter says is changed by two persons, and seen before it counts."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from lienthong.adapters.clock import SystemClock
from lienthong.cli import context
from lienthong.cli.letters import escaped
from lienthong.configuration.personal import personal_keys
from lienthong.configuration.schemas import schema_of
from lienthong.dead_letters import edits, json_edit
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.dry_run import preview_edit
from lienthong.dead_letters.model import LetterStore, NotAllowed
from lienthong.ledger.records import DeadLetter
from lienthong.masking import PersonalKeys, mask_data
from lienthong.runtime.composition import Storage, open_storage
from lienthong.runtime.existing_storage import open_letter_store, require_ledger
from lienthong.runtime.project import Project


@dataclass(frozen=True, slots=True)
class EditRequest:
    """How an edit is given: by `--file`, then by `--set` over it; by neither: in an editor."""

    number: int
    reason: str

    values: Sequence[str] = ()
    file: Path | None = None
    anyway: bool = False


def propose(console: Console, project: Project, change: EditRequest, *, actor: Actor) -> int:
    """Show the change and what would come of it, and keep it as a proposal."""
    number = change.number
    with _open_storage(project) as storage:
        letter_store = storage.letter_store
        letter = _letter(letter_store, number)
        personal = personal_keys(storage.settings.bus, letter.envelope.type)
        after = _changed(letter.envelope.data, change, personal)
        if not _shown(console, storage, letter, after) and not change.anyway:
            console.print("Chưa ghi đề nghị nào. Sửa lại, hoặc thêm --anyway nếu vẫn muốn đề nghị.")
            return context.FAULT
        edit = edits.propose(letter_store, number, after, who=actor, reason=change.reason)
        console.print(
            f"Đã ghi đề nghị sửa thư số {number} (bản {edit.digest[:12]}). Một người khác duyệt bằng "
            f"`lienthong dead approve {number}`.",
            highlight=False,
        )
    return context.OK


def approve(console: Console, project: Project, number: int, *, actor: Actor) -> int:
    """Show the change once more, and let it count."""
    with _open_storage(project) as storage:
        letter_store = storage.letter_store
        edit = edits.pending_edit(letter_store, number)
        console.print(f"Đề nghị của {edit.proposed_by}: {escaped(edit.reason)}", highlight=False)
        _shown(console, storage, _letter(letter_store, number), edit.data)
        edits.approve(letter_store, edit, who=actor)
        console.print(f"Đã duyệt. `lienthong dead replay {number}` sẽ gửi bản sửa.", highlight=False)
    return context.OK


def refuse(console: Console, project: Project, number: int, *, actor: Actor, reason: str) -> int:
    """Turn a proposal down; the letter stays as it is."""
    with open_letter_store(project) as letter_store:
        edits.refuse(letter_store, edits.pending_edit(letter_store, number), who=actor, reason=reason)
    console.print(f"Đã từ chối bản sửa của thư số {number}; thư vẫn như cũ.", highlight=False)
    return context.OK


@contextmanager
def _open_storage(project: Project) -> Iterator[Storage]:
    settings = project.settings()
    require_ledger(project.endpoints)
    storage = open_storage(settings, project.endpoints, SystemClock())
    try:
        yield storage
    finally:
        storage.close()


def _letter(letter_store: LetterStore, number: int) -> DeadLetter:
    found = letter_store.letters.load([number])
    if not found:
        raise NotAllowed(f"không có thư chết số {number}")
    return found[0]


def _changed(data: Mapping[str, Any], change: EditRequest, personal: PersonalKeys | None) -> Mapping[str, Any]:
    after: Mapping[str, Any] = data
    if change.file is not None:
        after = json_edit.restore_masked(json_edit.parse_object(change.file.read_bytes()), data, personal)
    elif not change.values:
        if not sys.stdin.isatty():
            context.fail("Hãy nêu --set đường.dẫn=giá-trị hoặc --file TỆP.", context.USAGE)
        shown = json.dumps(mask_data(data, personal), ensure_ascii=False, indent=2, sort_keys=True)
        # Personal data never leaves for the editor's file: what still reads as masked is put back.
        after = json_edit.restore_masked(json_edit.parse_object(_in_editor(shown.encode())), data, personal)
    return json_edit.set_values(after, change.values)


def _in_editor(text: bytes) -> bytes:
    """What a person makes of `text` in the editor of their choice; the file is theirs alone and gone afterwards."""
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "thu.json"
        file.write_bytes(text)
        if subprocess.run([*editor, str(file)], check=False).returncode:  # noqa: S603 - the operator's own editor
            raise NotAllowed("trình soạn thảo báo lỗi; chưa ghi gì")
        return file.read_bytes()


def _shown(console: Console, storage: Storage, letter: DeadLetter, after: Mapping[str, Any]) -> bool:
    """The masked difference, and what the letter's stage would say. True when the letter would go on."""
    settings = storage.settings
    personal = personal_keys(settings.bus, letter.envelope.type)
    for line in json_edit.masked_diff(letter.envelope.data, after, personal):
        colour = {"+": "green", "-": "red"}.get(line[:1])
        console.print(f"[{colour}]{escaped(line)}[/]" if colour else escaped(line), highlight=False)
    edited = replace(letter, envelope=letter.envelope._replace(data=after))
    route = storage.routes().get(letter.stage)
    good, words = preview_edit(storage.letter_store, edited, route, schema_of(settings.bus.types))
    for sentence in words:
        console.print(("→ " if good else "[red]→[/] ") + escaped(sentence), highlight=False)
    return good
