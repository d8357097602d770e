"""An office that tells citizens, in tests: the real sinks over a real database, gateways that err as planned, a clock
that is moved, and processes that die.

The queue stands for broker and ledger: an event leaves it after the transaction of its sink, together with what that
hands back. A process that dies in between finds it again.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, select

from connectors.notices.gateway import Answer, Message, Verdict
from lienthong.adapters.clock import ReplayClock
from lienthong.envelope import LOCAL_ZONE, Envelope
from lienthong.errors import Transient
from lienthong.outcome import Dead, Done, Later
from lienthong.ports import Record, Site
from store.notices.attempts import Attempts
from store.notices.channel import NoticeChannel
from store.notices.release import DUE
from store.notices.sink import LOOK, Notices
from store.notices.tables import attempts, notices
from tests.contract.sinks_contract import committed
from tests.mortal import KilledError, Life
from transforms.notices.rules import NoticeRules

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=LOCAL_ZONE)
PHONE = "0905123456"
MINUTE = timedelta(minutes=1)

RULES: Mapping[str, Any] = {
    "since": "2026-01-01T00:00:00+07:00",
    "per_day": 5,
    "channels": {"zalo": {"patience": "2h", "tries": 3}, "sms": {"tries": 3}, "email": {"quiet": None}},
    "rules": {
        name: {"happening": happening, "channels": ["zalo", "sms"], "template": f"dossier-{name}", "useful_for": useful}
        for name, happening, useful in (
            ("submitted", "submitted", "1d"),
            ("accepted", "accepted", "3d"),
            ("supplement", "supplement_requested", "7d"),
            ("reappointed", "reappointed", "7d"),
            ("completed", "completed", "30d"),
        )
    },
}
OFFICERS = {
    "happening": "deadline.at_risk",
    "to": "officers",
    "channels": ["email"],
    "template": "risk",
    "useful_for": "2d",
}

Plan = Answer | Transient | None
"""What a gateway does with a call: it answers, is away, or (None) takes it and the connection breaks."""


def template(channel: str, name: str) -> str:
    parameters = "parameters:\n  ma_ho_so: {kind: code, field: dossier}\n"
    if "risk" in name:
        parameters = "parameters:\n  ma_ho_so: {kind: code, field: key}\n"
    match channel:
        case "zalo":
            return f'template_id: "12345"\ntitle: Ho so\nparagraphs: ["{name} <ma_ho_so>"]\n{parameters}'
        case "sms":
            return f"brandname: GIALAI\ntext: {name} <ma_ho_so>\n{parameters}"
    return f"subject: {name}\ntext: {name} <ma_ho_so>\n{parameters}"


def write_templates(folder: Path) -> Path:
    names = [rule["template"] for rule in RULES["rules"].values()] + ["risk", "fixed", "taken-back"]
    for channel in ("zalo", "sms", "email"):
        place = folder / channel / "vi"
        place.mkdir(parents=True, exist_ok=True)
        for name in names:
            (place / f"{name}.yaml").write_text(template(channel, name), encoding="utf-8")
    return folder


def answer(verdict: Verdict, **more: Any) -> Answer:
    return Answer(verdict, more.pop("why", "theo kế hoạch"), **more)


@dataclass
class Gateway:
    """A gateway. `plan` gives what it does with a call, by recipient and call; it accepts what is not planned.

    `sent`: what reached a telephone, with the moment. `asked`: what it was asked.
    """

    clock: ReplayClock
    channel: str
    plan: Callable[[Message], Plan | Verdict] = lambda message: Verdict.ACCEPTED
    life: Life = field(default_factory=Life)
    sent: list[tuple[datetime, Message]] = field(default_factory=list)
    calls: int = 0
    asked: list[str] = field(default_factory=list)
    knows: bool = False

    def send(self, message: Message) -> Answer:
        self.life.tick()
        self.calls += 1
        planned = self.plan(message)
        if isinstance(planned, Transient):
            raise planned
        if planned is None:
            self.sent.append((self.clock.now(), message))
            self.life.tick()
            return answer(Verdict.IN_DOUBT)
        if isinstance(planned, Verdict):
            cost = 250 if planned in (Verdict.ACCEPTED, Verdict.DELIVERED) else None
            planned = answer(planned, gateway_id=f"{self.channel}-{self.calls}", cost=cost)
        if planned.verdict in (Verdict.ACCEPTED, Verdict.DELIVERED, Verdict.IN_DOUBT):
            self.sent.append((self.clock.now(), message))
        self.life.tick()
        return planned

    def query(self, message_id: str, gateway_id: str | None) -> Answer | None:
        self.asked.append(message_id)
        if not self.knows:
            return None
        was_sent = any(message.notice_id == message_id for _, message in self.sent)
        return answer(Verdict.DELIVERED if was_sent else Verdict.RETRY)


class MortalAttempts(Attempts):
    """Attempts of a process that may end after each of their commits."""

    life = Life()

    def begin(self, *given: Any, **named: Any) -> Any:
        found = super().begin(*given, **named)
        self.life.tick()
        return found

    def note(self, *given: Any) -> None:
        super().note(*given)
        self.life.tick()

    def undo(self, *given: Any) -> None:
        super().undo(*given)
        self.life.tick()


class Office:
    """See the module. `events`: what waits, with the sink that takes it."""

    def __init__(
        self, database: Engine, folder: Path, rules: Mapping[str, Any] = RULES, start: datetime = NOON
    ) -> None:
        self.database = database
        self.clock = ReplayClock(start.astimezone(UTC))
        self.rules = NoticeRules.model_validate(rules)
        self.folder = folder if any(folder.glob("zalo/vi/*.yaml")) else write_templates(folder)
        self.gateways = {name: Gateway(self.clock, name) for name in ("zalo", "sms", "email")}
        self.queue: deque[tuple[str, Envelope]] = deque()
        self.halted: dict[str, str] = {}
        self.waiting: dict[str, list[Envelope]] = defaultdict(list)
        self.life = Life()
        self._numbers = count(1)
        self.restart()
        event.listen(database, "commit", lambda _: self.life.tick())

    def restart(self, life: Life | None = None) -> None:
        """A new process, with a life of its own."""
        self.life = life or Life()
        site = Site(self.clock, self.database)
        self.sinks: dict[str, Any] = {"notices": Notices(site, rules=self.rules, templates=self.folder)}
        for name, gateway in self.gateways.items():
            gateway.life = self.life
            channel = NoticeChannel(site, gateway)
            mortal = MortalAttempts(self.database)
            mortal.life = self.life
            channel._attempts = mortal
            self.sinks[name] = channel

    def tell(self, *events: Envelope) -> None:
        """Let these events come one look after the other, and work until nothing is left to do now."""
        for one in events:
            self.queue += [("notices", one), ("notices", self.event(LOOK, {"schedule": "notice-hours"}))]
            self.work()

    def tell_together(self, *events: Envelope) -> None:
        """Let these events come at the same look."""
        self.queue.extend(("notices", one) for one in events)
        self.queue.append(("notices", self.event(LOOK, {"schedule": "notice-hours"})))
        self.work()

    def work(self) -> None:
        """Handle what is in the queue, bundle by bundle. What has to wait is tried again when the clock is moved."""
        while self.queue:
            sink, first = self.queue[0]
            bundle = [first]
            for name, one in list(self.queue)[1:]:
                if name != sink or len(bundle) == 20:
                    break
                bundle.append(one)
            self._handle(sink, bundle)

    def _handle(self, sink: str, bundle: Sequence[Envelope]) -> None:
        if sink in self.halted:
            self.waiting[sink] += bundle
            self._leave(len(bundle))
            return
        self.life.tick()
        with committed(self.database) as transaction:
            outcomes = self.sinks[sink].deliver(bundle, transaction)
            handed: list[tuple[str, Envelope]] = []
            later: list[Envelope] = []
            for one, outcome in zip(bundle, outcomes, strict=True):
                match outcome:
                    case Done(follow_ups=records):
                        handed += [self._handed_back(record) for record in records]
                    case Later(halt=halt, why=why):
                        later.append(one)
                        if halt:
                            self.halted[sink] = why
                    case Dead(why=why, field=where):
                        raise AssertionError(f"{sink}: {one.type} is dead: {where}: {why}")
            self.life.tick()
        # The ledger has committed: what was handed back is there, and the event is acked.
        self._leave(len(bundle))
        self.queue.extend(handed)
        self.waiting[sink] += later
        self.life.tick()

    def _leave(self, events: int) -> None:
        for _ in range(events):
            self.queue.popleft()

    def _handed_back(self, record: Record) -> tuple[str, Envelope]:
        sink = record.body["channel"] if record.type == DUE else "notices"
        return sink, self.event(record.type, record.body, record.key)

    def event(self, kind: str, data: Mapping[str, Any], key: str = "") -> Envelope:
        now = self.clock.now()
        return Envelope(f"E{next(self._numbers)}", kind, "test", key, now, now, data)

    def happened(self, happening: str, dossier: str = "H1", **more: Any) -> Envelope:
        """A happening of now, announced at once."""
        at = more.pop("at", self.clock.now()).astimezone(UTC)
        data = {
            "dossier": dossier,
            "source": "igate",
            "happening": happening,
            "occurrence": 1,
            "at": at.isoformat(),
            "seen_at": more.pop("seen_at", at).astimezone(UTC).isoformat(),
            "change": "new",
            "phone": PHONE,
            "agency": "G09",
            "source_notifies": False,
            **more,
        }
        return self.event("dossier.happened.v1", data, dossier)

    def pass_time(self, until: datetime, step: timedelta = MINUTE) -> None:
        """Let time pass; each step the held notices are looked at, and what waits is tried again."""
        while self.clock.now() < until:
            self.clock.move_to(min(self.clock.now() + step, until.astimezone(UTC)))
            for sink, events in self.waiting.items():
                if sink not in self.halted:
                    self.queue.extend((sink, one) for one in events)
                    events.clear()
            self.tell_together()

    def resume(self, sink: str) -> None:
        """What `lienthong resume` does."""
        del self.halted[sink]
        self.queue.extend((sink, one) for one in self.waiting.pop(sink, ()))
        self.work()

    def sent(self, channel: str = "") -> list[tuple[str, str, str, str]]:
        """What reached telephones: local time, channel, number, template; in the order in which it went."""
        found = [
            (moment, f"{moment.astimezone(LOCAL_ZONE):%d %H:%M}", name, message.recipient, message.template)
            for name, gateway in self.gateways.items()
            for moment, message in gateway.sent
            if channel in ("", name)
        ]
        return [line[1:] for line in sorted(found, key=lambda line: line[0])]

    def states(self) -> dict[str, str]:
        """By fact, the state of its notice, and why."""
        with self.database.connect() as connection:
            rows = connection.execute(select(notices.c.fact, notices.c.state, notices.c.why)).all()
        return {row.fact: f"{row.state}: {row.why}" if row.why else row.state for row in rows}

    def state_of(self, fact: str) -> str:
        return self.states()[fact].partition(":")[0]

    def attempted(self) -> list[Any]:
        with self.database.connect() as connection:
            return list(connection.execute(select(attempts).order_by(attempts.c.began_at, attempts.c.notice_id)))


def each_once(office: Office) -> None:
    """No number got one fact twice."""
    seen: set[tuple[str, str]] = set()
    for gateway in office.gateways.values():
        for _, message in gateway.sent:
            key = (message.notice_id, message.recipient)
            assert key not in seen, f"{message.recipient} got {message.template} twice"
            seen.add(key)


def lives(work: Callable[[Life], None], longest: int = 500) -> Iterable[int]:
    """Do `work` in a process that ends at its first call, then in one that ends at its second, ...; yields after each
    death. The last one lives to the end, and is yielded as 0.
    """
    for last in range(1, longest):
        try:
            work(Life(last))
        except KilledError:
            yield last
        else:
            yield 0
            return
    raise AssertionError("the work never ends")
