"""`lienthong subscriptions replay`: what it does, and what it shows."""

from dataclasses import asdict, dataclass

from rich.console import Console

from lienthong.cli import context
from lienthong.cli.output import print_json, print_text
from lienthong.errors import WrongUse
from lienthong.messages import format_number, message
from lienthong.operations.access_acts import Act
from lienthong.operations.clients import record_act
from lienthong.operations.moments import parse_since
from lienthong.operations.subscription_replay import Replayed, Window, count_replay
from lienthong.operations.subscription_replay import replay as run_replay
from lienthong.operations.subscriptions import SubscriptionStore, facts, require
from lienthong.runtime.brokers import open_broker
from lienthong.runtime.channels import make_channels
from lienthong.runtime.project import Project
from lienthong.runtime.signals import stop_signal
from lienthong.runtime.subscriptions import make_look_note, make_selection, open_subscription_store, refuse_recording


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options say, as they were written."""

    begin: str
    end: str
    ids: tuple[str, ...]
    rate: int
    dry_run: bool


def replay(console: Console, project: Project, name: str, asked: Asked, *, act: Act, as_json: bool) -> int:
    """Replay, or count what a replay would send. The exit code is 1 when not everything was sent."""
    with open_subscription_store(project) as store:
        window = _window(store, asked)
        selection = make_selection(require(store, name), store.settings, store.clients)
        if asked.dry_run:
            found = Replayed(count_replay(store, name, window, selection))
        else:
            found = _send(project, store, name, window, rate=asked.rate, act=act)
    if as_json:
        print_json({"name": name, **asdict(found)})
    elif asked.dry_run:
        count = format_number(found.found)
        text = message("{count} events it has confirmed would be sent to {name} once more.", count=count, name=name)
        print_text(console, text)
    else:
        sent, refused = format_number(found.sent), format_number(found.refused)
        text = message(
            "{sent} events were sent to {name} once more; it refused {refused}.", sent=sent, name=name, refused=refused
        )
        print_text(console, text)
        if found.stopped:
            print_text(console, message("The replay stopped: {why}.", why=found.stopped.rstrip(".")), "red")
    return context.FAULT if found.stopped else context.OK


def _window(store: SubscriptionStore, asked: Asked) -> Window:
    begin = parse_since(asked.begin, store.clock.now())
    if begin is None:
        raise WrongUse(message("A replay begins somewhere: write `--from 7d` or `--from 2023-11-15`."))
    ids = frozenset(one.strip() for part in asked.ids for one in part.split(",") if one.strip())
    return Window(begin, parse_since(asked.end, store.clock.now()), ids)


def _send(project: Project, store: SubscriptionStore, name: str, window: Window, *, rate: int, act: Act) -> Replayed:
    refuse_recording(project)
    one = require(store, name)
    broker = open_broker(project.settings(), project.where_a_ledger_is().endpoints, store.clock)
    try:
        make = make_channels(broker, store.settings, store.clock)
        channel, selection = make(one), make_selection(one, store.settings, store.clients)
        with stop_signal() as stop:
            note_look = make_look_note(store.clock)
            found = run_replay(store, name, window, selection, channel, rate=rate, note_look=note_look, stop=stop)
        channel.close()
    finally:
        broker.close()
    now, shown = store.clock.now(), facts(one) | {"from": window.begin.isoformat(), "sent": found.sent}
    what = message("replayed from {begin}: {sent} events", begin=window.begin.isoformat(), sent=found.sent)
    with store.ledger.transaction() as transaction:
        record_act(transaction, name, "subscription-replayed", shown, what=what, act=act, now=now)
    return found
