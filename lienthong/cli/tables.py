"""Tables for operators: the trail of an event, the balance, and what verification found."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from lienthong.cli import context
from lienthong.envelope import LOCAL_ZONE
from lienthong.ledger.records import Account, Balance, Entry
from lienthong.masking import mask_text
from lienthong.runtime.existing_storage import open_ledger
from lienthong.runtime.project import Project

VERDICTS = {
    "received": "đã nhận",
    "done": "xong",
    "dropped": "bỏ qua",
    "later": "chờ thử lại",
    "dead": "chết",
    "proposed": "đề nghị sửa",
    "edited": "duyệt bản sửa",
    "refused": "từ chối bản sửa",
    "replayed": "chạy lại",
    "discarded": "huỷ",
}
COLOURS = {"dead": "red", "edited": "cyan", "later": "yellow", "dropped": "dim", "replayed": "cyan", "discarded": "dim"}


def trail(console: Console, project: Project, key: str, *, as_json: bool) -> int:
    """Show the trail of a dossier or an event. The exit code is 1 when the ledger has none."""
    with open_ledger(project) as ledger:
        entries = ledger.trail(key)
    if as_json:
        print(json.dumps(trail_json(entries), ensure_ascii=False, indent=1))  # noqa: T201 - for programs, unwrapped
    elif entries:
        show_trail(console, key, entries)
    if not entries:
        context.fail(f"Sổ không có sự kiện nào với mã {mask_text(key)}.")
    return context.OK


def balance(console: Console, project: Project, *, as_json: bool) -> int:
    """Show the balance. The exit code is 1 when it does not add up."""
    with open_ledger(project) as ledger:
        found = ledger.balance()
    if as_json:
        print(json.dumps(balance_json(found), ensure_ascii=False, indent=1))  # noqa: T201 - for programs, unwrapped
    else:
        show_balance(console, found)
    return context.FAULT if found.faults else context.OK


def show_trail(console: Console, key: str, entries: Sequence[Entry]) -> None:
    """One event after the other, each with its story in order of time."""
    by_event: dict[str, list[Entry]] = {}
    for entry in entries:
        by_event.setdefault(entry.event_id, []).append(entry)
    console.print(f"Hành trình của [bold]{mask_text(key)}[/]: {len(by_event)} sự kiện")
    for number, (event_id, story) in enumerate(by_event.items(), 1):
        table = Table(title=f"{number}. Sự kiện {event_id}", title_justify="left", expand=False)
        table.add_column("Lúc (giờ Việt Nam)", no_wrap=True)
        table.add_column("Chặng", no_wrap=True)
        table.add_column("Kết quả", no_wrap=True)
        table.add_column("Chuyển đến / lý do", min_width=24)
        for entry in story:
            colour = COLOURS.get(entry.verdict, "")
            at = f"{(entry.at or entry.received_at).astimezone(LOCAL_ZONE):%d/%m/%Y %H:%M:%S}"
            verdict = f"[{colour}]{VERDICTS[entry.verdict]}[/]" if colour else VERDICTS[entry.verdict]
            table.add_row(at, entry.stage, verdict, _note(entry))
        console.print(table)


def _note(entry: Entry) -> str:
    handed = f"→ {', '.join(entry.to)}" if entry.to else ""
    who = f"({entry.who})" if entry.who else ""
    reason = "" if entry.verdict == "received" else mask_text(entry.reason)
    return " ".join(part for part in (handed, reason, who) if part).replace("[", r"\[")


def trail_json(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """The trail for programs."""
    return [
        {
            "event": entry.event_id,
            "source": entry.source,
            "subject": mask_text(entry.subject),
            "at": entry.at.isoformat() if entry.at else None,
            "stage": entry.stage,
            "turn": entry.turn,
            "verdict": entry.verdict,
            "to": list(entry.to),
            "reason": mask_text(entry.reason),
            "who": entry.who,
        }
        for entry in entries
    ]


def balance_json(balance: Balance) -> dict[str, Any]:
    """The balance for programs; the form of `balance.json`."""
    days: dict[str, dict[str, Any]] = {}
    for (source, day), account in sorted(balance.days.items()):
        days.setdefault(source, {})[day] = account_json(account)
    return {
        "sources": {name: account_json(account) for name, account in sorted(balance.sources.items())},
        "stages": {name: account_json(account) for name, account in balance.stages.items()},
        "days": days,
        "faults": list(balance.faults),
    }


def account_json(account: Account) -> dict[str, int]:
    """One line of the balance."""
    return {
        "received": account.received,
        "delivered": account.delivered,
        "dropped": account.dropped,
        "dead": account.dead,
        "in_flight": account.in_flight,
        "difference": account.difference,
    }


def show_balance(console: Console, balance: Balance) -> None:
    """Sources, then stages; then every fault in a sentence."""
    console.print(_accounts("Theo nguồn (số sự kiện)", "Nguồn", balance.sources.items()))
    console.print(_accounts("Theo chặng (số lượt)", "Chặng", balance.stages.items()))
    for fault in balance.faults:
        console.print(f"[red]Chênh lệch:[/] {fault}")
    if not balance.faults:
        console.print("Sổ cân: mọi sự kiện đã nhận đều có nơi đến.")


def _accounts(title: str, first: str, accounts: Iterable[tuple[str, Account]]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first, no_wrap=True)
    for column in ("Nhận", "Giao", "Bỏ qua", "Chết", "Đang chờ", "Lệch"):
        table.add_column(column, justify="right", no_wrap=True)
    for name, account in accounts:
        figures = account_json(account).values()
        alarm = "red" if account.difference else ""
        table.add_row(name, *(number(figure) for figure in figures), style=alarm)
    return table


def number(figure: int) -> str:
    """1.234.567, as Vietnamese write it."""
    return f"{figure:,}".replace(",", ".")
