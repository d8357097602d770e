"""`lienthong dead replay`: the letters go back to where they died, and the bus works until nothing is ready."""

import getpass
from collections.abc import Sequence

from rich.console import Console

from lienthong import dead_letters
from lienthong.adapters.clock import SystemClock
from lienthong.cli import opening
from lienthong.cli.letters import show_list
from lienthong.places import Places
from lienthong.serving import Crew
from lienthong.wiring import build


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
