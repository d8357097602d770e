"""`lienthong dead`: what could not go on, and what is done about it."""

import getpass
import json
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from lienthong import dead_letters
from lienthong.accounts import DeadLetter
from lienthong.bookkeeping import LOCAL
from lienthong.cli import opening, showing
from lienthong.masking import mask_data, mask_text
from lienthong.ports import Ledger


def letter_json(letter: DeadLetter, *, body: bool = False) -> dict[str, object]:
    """A letter for programs; numbers of persons are masked."""
    told: dict[str, object] = {
        "number": letter.number,
        "event": letter.envelope.id,
        "source": letter.envelope.source,
        "subject": mask_text(letter.envelope.subject),
        "stage": letter.stage,
        "attempts": letter.attempt,
        "error": letter.error,
        "field": letter.field,
        "reason": mask_text(letter.reason),
        "died_at": letter.died_at.isoformat(),
        "state": letter.state,
    }
    return told | ({"data": mask_data(letter.envelope.data, NAMES)} if body else {})


STATES = {"parked": "đang chờ", "replayed": "đã chạy lại", "discarded": "đã huỷ"}

NAMES = dict.fromkeys(("fullname", "ownerFullname", "hoVaTen", "fullName", "ChuHoSo", "HoTen", "officer"), "name")
"""Keys whose values are names of persons in what the sources send."""


def show_list(console: Console, letters: Sequence[DeadLetter]) -> None:
    """One line a letter."""
    table = Table(title=f"{showing.number(len(letters))} thư chết", title_justify="left")
    for column in ("Số", "Mã", "Trường", "Lý do"):
        table.add_column(column, no_wrap=column != "Lý do")
    for letter in letters:
        cells = (letter.envelope.subject or "(không có mã)", letter.field or "", letter.reason)
        table.add_row(str(letter.number), *(mask_text(cell).replace("[", r"\[") for cell in cells))
    console.print(table)


def show_one(console: Console, letter: DeadLetter) -> None:
    """Everything about one letter, its body masked."""
    show_list(console, [letter])
    died = f"{letter.died_at.astimezone(LOCAL):%d/%m/%Y %H:%M:%S}"
    console.print(
        f"Sự kiện {letter.envelope.id}; chết lúc {died} ở {letter.stage} sau {letter.attempt} lần thử; "
        f"lỗi {letter.error}; trạng thái {STATES[letter.state]}.",
        highlight=False,
    )
    console.print_json(json.dumps(mask_data(letter.envelope.data, NAMES), ensure_ascii=False))


def discard(console: Console, ledger: Ledger, number: int, reason: str) -> int:
    """Give a letter up for good."""
    letter = ledger.letter(number)
    if letter is None:
        console.print(f"Không có thư chết số {number}.")
        return opening.FAULT
    if dead_letters.discard(letter, ledger, who=getpass.getuser(), reason=reason):
        console.print(f"Đã huỷ thư số {number}.")
    else:
        console.print(f"Thư số {number} đã được xử lý trước đó; không làm gì.")
    return opening.OK
