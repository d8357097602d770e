"""`lienthong dead`: what could not go on, and what is done about it."""

import getpass
import json
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from lienthong import dead_letters
from lienthong.accounts import DeadLetter
from lienthong.adapters.clock import SystemClock
from lienthong.bookkeeping import LOCAL
from lienthong.cli import opening, showing
from lienthong.masking import mask_data, mask_text
from lienthong.serving import Crew
from lienthong.wiring import Places, build, open_books


def parked(places: Places) -> Sequence[DeadLetter]:
    """All letters waiting for somebody."""
    books = open_books(opening.settings(), places, SystemClock())
    try:
        return books.ledger.letters()
    finally:
        books.close()


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


NAMES = dict.fromkeys(("fullname", "ownerFullname", "hoVaTen", "fullName", "ChuHoSo", "HoTen", "officer"), "name")
"""Keys whose values are names of persons in what the sources send."""


def show_list(console: Console, letters: Sequence[DeadLetter]) -> None:
    """One line a letter."""
    table = Table(title=f"{showing.number(len(letters))} thư chết", title_justify="left")
    for column in ("Số", "Chết lúc", "Chặng", "Mã", "Trường", "Lý do"):
        table.add_column(column, overflow="fold", no_wrap=column in ("Số", "Chết lúc"))
    for letter in letters:
        died = f"{letter.died_at.astimezone(LOCAL):%d/%m/%Y %H:%M}"
        cells = (letter.stage, mask_text(letter.envelope.subject) or "(không có mã)", letter.field or "", letter.reason)
        table.add_row(str(letter.number), died, *(mask_text(cell).replace("[", r"\[") for cell in cells))
    console.print(table)


def show_one(console: Console, letter: DeadLetter) -> None:
    """Everything about one letter, its body masked."""
    show_list(console, [letter])
    console.print(f"Sự kiện {letter.envelope.id}, lần thử thứ {letter.attempt}, lỗi {letter.error}, {letter.state}")
    console.print_json(json.dumps(mask_data(letter.envelope.data, NAMES), ensure_ascii=False))


def replay(console: Console, places: Places, numbers: Sequence[int], *, everything: bool) -> int:
    """Send letters back and work until nothing is in flight. Returns the exit code."""
    bus = build(opening.settings(), places, SystemClock())
    with Crew(bus) as crew:
        crew.recover()
        ledger = bus.books.ledger
        chosen = ledger.letters() if everything else [found for n in numbers if (found := ledger.letter(n))]
        unknown = sorted(set(numbers) - {letter.number for letter in chosen})
        for number in unknown if not everything else ():
            console.print(f"Không có thư chết số {number}.")
        told = dead_letters.replay(chosen, ledger, bus.broker, who=getpass.getuser())
        for number in told.passed_over:
            console.print(f"Thư số {number} đã được xử lý trước đó; không làm gì.")
        crew.rest()
        again = [letter for letter in ledger.letters() if letter.envelope.id in {c.envelope.id for c in chosen}]
    console.print(f"Đã chạy lại {len(told.sent)} thư; {len(again)} thư lại chết.")
    if again:
        show_list(console, again)
    return opening.FAULT if unknown or again else opening.OK


def discard(console: Console, places: Places, number: int, reason: str) -> int:
    """Give a letter up for good."""
    books = open_books(opening.settings(), places, SystemClock())
    try:
        letter = books.ledger.letter(number)
        if letter is None:
            console.print(f"Không có thư chết số {number}.")
            return opening.FAULT
        if not dead_letters.discard(letter, books.ledger, who=getpass.getuser(), reason=reason):
            console.print(f"Thư số {number} đã được xử lý trước đó; không làm gì.")
            return opening.OK
    finally:
        books.close()
    console.print(f"Đã huỷ thư số {number}.")
    return opening.OK
