"""`lienthong report NAME --explain FIGURE`: the formula of a figure and the events behind it."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from lienthong.cli.output import print_json, print_text
from lienthong.cli.reporting import asked_report
from lienthong.cli.safe_console import plain
from lienthong.data.harmless import json_text
from lienthong.data.local_time import local_time
from lienthong.messages import message, message_n
from lienthong.operations.proof import ALL_FIGURES, Evidence, Proof, figure_paths, proof_json, prove
from lienthong.report import Scope
from lienthong.runtime.project import Project

EVENTS = 50
"""Events that a person is shown when the command names no other number."""


class FigureQuestion(NamedTuple):
    """Which figure of which report; `limit` is None where none is given."""

    report: str
    period: str
    scope: Scope
    figure: str
    limit: int | None


def explain_figure(console: Console, project: Project, question: FigureQuestion, *, as_json: bool) -> None:
    """Show the proof of a figure, or the paths of all figures. Without a limit a program gets all events."""
    name, period, scope, figure, limit = question
    with asked_report(project, name, scope) as (report, _, ledger):
        document = report.build(period, scope=scope)
        if figure == ALL_FIGURES:
            _show_paths(console, figure_paths(document, name), as_json=as_json)
            return
        if limit is None:
            limit = 0 if as_json else EVENTS
        proof = prove(document, figure, ledger, report=name, limit=limit)
    if as_json:
        print_json(proof_json(proof))
    else:
        _show_proof(console, proof)


def _show_paths(console: Console, paths: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        print_json(list(paths))
        return
    for path in paths:
        print_text(console, path, wrap=False)


def _show_proof(console: Console, proof: Proof) -> None:
    title = message(
        "{figure} of the report {report}, {period}", figure=proof.figure, report=proof.report, period=proof.period
    )
    print_text(console, title, "bold")
    if proof.value is not None:
        print_text(console, message("Value: {value}", value=json_text(proof.value)))
    print_text(console, message("Formula: {formula}", formula=proof.formula))
    _show_evidence(console, message("Numerator"), proof.numerator)
    if proof.denominator is not None:
        _show_evidence(console, message("Denominator"), proof.denominator)
    print_text(console, message("`lienthong trail ID` shows everything that happened to an event."))


def _show_evidence(console: Console, side: str, evidence: Evidence) -> None:
    text = message_n(
        "{side}: {count} event, SHA-256 {digest}",
        "{side}: {count} events, SHA-256 {digest}",
        count=evidence.count,
        side=side,
        digest=evidence.digest,
    )
    print_text(console, text, wrap=False)
    if evidence.events:
        table = Table()
        table.add_column(message("Id"), no_wrap=True)
        for heading in (message("Source"), message("Subject"), message("Received (Vietnam)")):
            table.add_column(heading, overflow="fold")
        for one in evidence.events:
            at = local_time(one.received_at) if one.received_at else message("not in the ledger")
            table.add_row(*(plain(cell) for cell in (one.id, one.source, one.subject, at)))
        console.print(table)
    left_out = evidence.count - len(evidence.events)
    if left_out:
        text = message_n(
            "{count} further event is not shown: `--limit 0` shows all of them.",
            "{count} further events are not shown: `--limit 0` shows all of them.",
            count=left_out,
        )
        print_text(console, text)
