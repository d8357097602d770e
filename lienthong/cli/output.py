"""How answers are written: JSON for programs, text and tables for people. Dates are dd/mm/yyyy in both languages."""

import sys

from rich.console import Console
from rich.text import Text

from lienthong.data.harmless import harmless, json_text


def print_json(value: object) -> None:
    """Write a value for programs: unwrapped, on stdout."""
    sys.stdout.write(json_text(value, indent=1) + "\n")


def print_text(console: Console, text: str, style: str = "", *, wrap: bool = True, lines: bool = False) -> None:
    """Write a line for people: text, never a command to the terminal. With `lines` its line breaks count."""
    console.print(Text(harmless(text, lines=lines), style), highlight=False, soft_wrap=not wrap)
