"""`lienthong dead edit | approve | refuse`: what a letter says is changed by two persons, and seen before it counts."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from lienthong.accounts import DeadLetter
from lienthong.adapters.clock import SystemClock
from lienthong.cli import opening
from lienthong.cli.letters import escaped
from lienthong.configuration.schemas import schema_of
from lienthong.dead_letters import changes, edits
from lienthong.dead_letters.box import Desk, NotAllowed
from lienthong.dead_letters.person import Person
from lienthong.dead_letters.rehearsal import objections
from lienthong.masking import mask_data
from lienthong.wiring import Books, open_books


@dataclass(frozen=True, slots=True)
class Change:
    """How an edit is given: by `--set`, by `--file`, both in this order reversed, or by neither: in an editor."""

    values: Sequence[str] = ()
    file: Path | None = None


def propose(
    console: Console, data: Path, number: int, change: Change, *, who: Person, reason: str, anyway: bool
) -> int:
    """Show the change and what would come of it, and keep it as a proposal."""
    with _books(data) as books:
        desk, personal = books.desk, books.settings.bus.personal
        letter = _letter(desk, number)
        after = _changed(letter.envelope.data, change, personal)
        if not _shown(console, books, letter, after) and not anyway:
            console.print("Chưa ghi đề nghị nào. Sửa lại, hoặc thêm --anyway nếu vẫn muốn đề nghị.")
            return opening.FAULT
        edit = edits.propose(desk, number, after, who=who, reason=reason)
        console.print(
            f"Đã ghi đề nghị sửa thư số {number} (bản {edit.digest[:12]}). Một người khác duyệt bằng "
            f"`lienthong dead approve {number}`.",
            highlight=False,
        )
    return opening.OK


def approve(console: Console, data: Path, number: int, *, who: Person) -> int:
    """Show the change once more, and let it count."""
    with _books(data) as books:
        desk = books.desk
        edit = edits.waiting(desk, number)
        console.print(f"Đề nghị của {edit.proposed_by}: {escaped(edit.reason)}", highlight=False)
        _shown(console, books, _letter(desk, number), edit.data)
        edits.approve(desk, edit, who=who)
        console.print(f"Đã duyệt. `lienthong dead replay {number}` sẽ gửi bản sửa.", highlight=False)
    return opening.OK


def refuse(console: Console, desk: Desk, number: int, *, who: Person, reason: str) -> int:
    """Turn a proposal down; the letter stays as it is."""
    edits.refuse(desk, edits.waiting(desk, number), who=who, reason=reason)
    console.print(f"Đã từ chối bản sửa của thư số {number}; thư vẫn như cũ.", highlight=False)
    return opening.OK


@contextmanager
def _books(data: Path) -> Iterator[Books]:
    settings = opening.settings()
    with opening.desk(data):  # says so when there is no ledger yet
        pass
    books = open_books(settings, opening.places(data), SystemClock())
    try:
        yield books
    finally:
        books.close()


def _letter(desk: Desk, number: int) -> DeadLetter:
    found = desk.letters.whole([number])
    if not found:
        raise NotAllowed(f"không có thư chết số {number}")
    return found[0]


def _changed(data: Mapping[str, Any], change: Change, personal: Collection[str] | None) -> Mapping[str, Any]:
    after: Mapping[str, Any] = data
    if change.file is not None:
        after = changes.unmasked(changes.parsed(change.file.read_bytes()), data, personal)
    elif not change.values:
        if not sys.stdin.isatty():
            opening.fail("Hãy nêu --set đường.dẫn=giá-trị hoặc --file TỆP.", opening.USAGE)
        shown = json.dumps(mask_data(data, personal), ensure_ascii=False, indent=2, sort_keys=True)
        # Personal data never leaves for the editor's file: what still reads as masked is put back.
        after = changes.unmasked(changes.parsed(_in_editor(shown.encode())), data, personal)
    return changes.with_values(after, change.values)


def _in_editor(text: bytes) -> bytes:
    """What a person makes of `text` in the editor of their choice; the file is theirs alone and gone afterwards."""
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "thu.json"
        file.write_bytes(text)
        if subprocess.run([*editor, str(file)], check=False).returncode:  # noqa: S603 - the operator's own editor
            raise NotAllowed("trình soạn thảo báo lỗi; chưa ghi gì")
        return file.read_bytes()


def _shown(console: Console, books: Books, letter: DeadLetter, after: Mapping[str, Any]) -> bool:
    """The masked difference, and what the letter's stage would say. True when the letter would go on."""
    settings = books.settings
    for line in changes.masked_diff(letter.envelope.data, after, settings.bus.personal):
        colour = {"+": "green", "-": "red"}.get(line[:1])
        console.print(f"[{colour}]{escaped(line)}[/]" if colour else escaped(line), highlight=False)
    edited = replace(letter, envelope=letter.envelope._replace(data=after))
    route = books.routes().get(letter.stage)
    good, words = objections(books.desk, edited, route, schema_of(settings.bus.types))
    for sentence in words:
        console.print(("→ " if good else "[red]→[/] ") + escaped(sentence), highlight=False)
    return good
