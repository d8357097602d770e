"""The proof of a report as a page: of each figure its formula, its value, and the first events behind it.

The page of the report leads to each of them. It loads nothing from elsewhere and has no script.
"""

from collections.abc import Iterator, Sequence
from html import escape

from lienthong.data.harmless import harmless, json_text
from lienthong.messages import in_ledger_language, ledger_language, message, message_n
from lienthong.operations.proof import digest, value_at
from lienthong.report import Document, figure_anchor

SHOWN_EVENTS = 50
"""Events of a figure that the page names; `--explain` shows the others."""

_META = (
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)
_STYLE = (
    ":root{color-scheme:light dark}body{font:1rem/1.5 serif;max-width:60rem;margin:0 auto;padding:1rem}"
    "h2{font-size:1.1rem;overflow-wrap:anywhere}code{overflow-wrap:anywhere}"
)


def render_proof_page(document: Document, *, report: str) -> bytes:
    """The page as UTF-8, in the language of the ledger. The same figures give the same bytes."""
    title = in_ledger_language(message("Proof of the figures: {title}", title=document.title))
    parts = [f"<h1>{_text(title)}</h1>", f"<p>{_text(document.subtitle)}</p>"]
    for path in sorted(document.figures):
        parts += _section(document, path, report)
    head = f"{_META}<title>{_text(title)}</title>"
    body = "\n".join(parts)
    page = (
        f'<!doctype html>\n<html lang="{ledger_language()}"><head>{head}<style>{_STYLE}</style></head>\n'
        f"<body><main>\n{body}\n</main></body></html>\n"
    )
    return page.encode("utf-8", "replace")


def _section(document: Document, path: str, report: str) -> Iterator[str]:
    figure = document.figures[path]
    value = value_at(document.payload, path)
    shown = len(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
    yield f'<section id="{figure_anchor(path)}"><h2>{_text(path)}: {_text(_plain(shown))}</h2>'
    yield f"<p>{_text(figure.formula)}</p>"
    yield from _side(in_ledger_language(message("Numerator")), figure.numerator)
    if figure.denominator is not None:
        yield from _side(in_ledger_language(message("Denominator")), figure.denominator)
    command = f"lienthong report {report} --period {document.period} --explain {path}"
    all_of_them = in_ledger_language(message("All events: {command}", command=f"`{command}`"))
    yield f"<p>{_text(all_of_them)}</p></section>"


def _side(name: str, events: Sequence[str]) -> Iterator[str]:
    of_events = in_ledger_language(
        message_n(
            "{name}: {count} event, SHA-256 {digest}",
            "{name}: {count} events, SHA-256 {digest}",
            count=len(events),
            name=name,
            digest=digest(events),
        )
    )
    yield f"<p>{_text(of_events)}</p>"
    listed = sorted(events)[:SHOWN_EVENTS]
    if listed:
        items = "".join(f"<li><code>lienthong trail {_text(one)}</code></li>" for one in listed)
        yield f"<ul>{items}</ul>"


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json_text(value, default=str)


def _text(text: str) -> str:
    return escape(harmless(text))
