"""What the commands for webhooks do, and what they show."""

from contextlib import closing

import typer
from rich.console import Console
from rich.table import Table

from lienthong.adapters.clock import SystemClock
from lienthong.cli.output import print_json, print_text
from lienthong.cli.safe_console import plain
from lienthong.cli.subscription_acts import print_consent
from lienthong.messages import Message, message
from lienthong.operations.access_acts import Act
from lienthong.operations.webhook_acts import replace_secret, require_webhook
from lienthong.runtime.project import Project
from lienthong.runtime.subscriptions import open_subscription_store
from lienthong.runtime.webhooks import make_webhook, seek_consent
from lienthong.subscriptions.channel import Answer, Delivered
from lienthong.subscriptions.check import Result, greeting, run_trials
from lienthong.subscriptions.check import conformance as conformance_trials


def handshake(console: Console, project: Project, name: str, *, act: Act, without_handshake: bool) -> None:
    """Ask for consent. Ends with 1 when there is none."""
    with open_subscription_store(project) as store:
        one = require_webhook(store, name)
        one = seek_consent(store, one, act=act, without_handshake=without_handshake)
    print_consent(console, one)
    if one.state == "paused":
        raise typer.Exit(1)


def secret(console: Console, project: Project, name: str, *, act: Act, as_json: bool) -> None:
    """Replace the secret, and show the new one."""
    with open_subscription_store(project) as store:
        one = replace_secret(store, name, act=act)
    if as_json:
        print_json({"name": one.name, "secret": one.secret})
        return
    print_text(console, message("Its new secret, shown this one time; for a day requests bear both signatures:"))
    print_text(console, one.secret, "bold", wrap=False)


def check(console: Console, project: Project, name: str, *, conformance: bool, as_json: bool) -> None:
    """Send test events. Ends with 1 when one of them was not delivered."""
    clock = SystemClock()
    with open_subscription_store(project) as store:
        one = require_webhook(store, name)
        trials = conformance_trials(clock.now()) if conformance else [greeting(clock.now())]
        with closing(make_webhook(one, store.settings, clock)) as channel:
            results = list(run_trials(channel, trials))
    if as_json:
        print_json([_json(one) for one in results])
    else:
        console.print(_table(results))
    if not all(one.is_delivered for one in results):
        raise typer.Exit(1)


def _table(results: list[Result]) -> Table:
    shown = Table(title=message("What came back"), title_justify="left", show_lines=True)
    for heading in (message("Test"), message("Sent"), message("Answer"), message("Then the receiver must have")):
        shown.add_column(heading)
    for one in results:
        answers = " / ".join(dict.fromkeys(_words(answer) for answer in one.answers))
        timed = f"{answers} ({one.seconds:.2f} s)"
        must = one.trial.must + "".join(f"\n{subject}: {value}" for subject, value in one.trial.expected.items())
        row = (one.trial.name, one.trial.sent, timed, must)
        shown.add_row(*map(plain, row), style="" if one.is_delivered else "red")
    return shown


def _words(answer: Answer) -> str | Message:
    return message("accepted") if isinstance(answer, Delivered) else answer.why


def _json(one: Result) -> dict[str, object]:
    return {
        "test": one.trial.name,
        "sent": one.trial.sent,
        "delivered": one.is_delivered,
        "answers": [_words(answer) for answer in one.answers],
        "seconds": round(one.seconds, 3),
        "must": one.trial.must,
        "expected": dict(one.trial.expected),
    }
