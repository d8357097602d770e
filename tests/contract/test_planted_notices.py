"""Planted recordings through the real sinks on every database: exactly the notices that the reference states.

The whole bus plays the same recordings on the embedded database alone (`tests/recording/test_invented.py`): a recording
never touches a server.
"""

import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from connectors.notices.errors import ErrorTable
from connectors.notices.gateway import Message, Verdict
from lienthong.configuration.load import load
from lienthong.envelope import LOCAL_ZONE, Envelope
from lienthong.errors import Rejected
from lienthong.outcome import Done
from lienthong.ports import Site
from store.notices.tables import notices
from store.writer import DataStore
from tests.contract.sinks_contract import committed
from tests.notice_office import Office
from tests.recording.invented.generator import write_recording
from tests.recording.invented.reference import answers, lines_of, shown_by_tick
from transforms.dossiers import from_igate

ROOT = Path(__file__).parents[2]
UNLIMITED = {"NOTICES_SINCE": "2000-01-01T00:00:00+07:00", "NOTICES_PER_DAY": "1000000", "NOTICES_USEFUL_FOR": "9999d"}
SETTINGS, _ = load(ROOT, UNLIMITED)
TABLES = SETTINGS.tables


def versions(folder: Path) -> Iterator[tuple[datetime, list[Envelope]]]:
    """By tick, the sound versions that iGate shows then, as `dossier.v1`."""
    lines = lines_of(folder, "igate/dossiers.jsonl")
    shown = shown_by_tick(lines, "id")
    known: set[str] = set()
    for tick in sorted({seen_at for seen_at, _ in [*lines, *lines_of(folder, "dvcqg/dossiers.jsonl")]}):
        yield (
            tick,
            [one for name, body in sorted(shown.get(tick, {}).items()) if (one := version(name, body, tick, known))],
        )


def version(name: str, body: Mapping[str, Any], tick: datetime, known: set[str]) -> Envelope | None:
    event = str(uuid.uuid5(uuid.NAMESPACE_URL, name + json.dumps(body, sort_keys=True)))
    if event in known:  # it returns to an earlier content: ids of returns have version 8
        event = f"{event[:14]}8{event[15:-6]}{len(known):06}"
    known.add(event)
    envelope = Envelope(event, "igate.dossier", "igate", str(body.get("code")), tick, tick, body)
    try:
        return from_igate(
            envelope,
            channels=TABLES["channels"],
            levels=TABLES["online-levels"],
            statuses=TABLES["igate-statuses"],
        )
    except Rejected:
        return None


def planned(codes: Mapping[str, Any], errors: ErrorTable, office: Office) -> Any:
    def plan(message: Message) -> Any:
        code = codes.get("by_phone", {}).get(message.recipient, codes.get("default", 0))
        if code == "timeout_but_sent":
            return None
        if code in (0, 100):
            return Verdict.ACCEPTED
        return Verdict.IN_DOUBT if code == "timeout" else errors.answer(str(code), message, office.clock.now())

    return plan


def play(folder: Path, database: Engine) -> Office:
    """The recording from tick to tick, with a look at 07:00 of each day and at each tick."""
    plans = json.loads((folder / "gateways.json").read_text("utf-8"))
    office: Office | None = None
    for tick, shown in versions(folder):
        if office is None:
            morning = datetime.combine(tick.astimezone(LOCAL_ZONE).date(), time(7), LOCAL_ZONE)
            office = Office(database, ROOT / "config/templates", SETTINGS.own_files["notices"], tick)
            for name, table in (("zalo", "zalo-errors"), ("sms", "esms-errors")):
                office.gateways[name].plan = planned(plans.get(name, {}), ErrorTable(name, TABLES[table]), office)
        while morning <= tick:
            office.clock.move_to(morning)
            office.tell_together()
            morning += timedelta(days=1)
        office.clock.move_to(tick)
        office.tell_together(*happened(shown, office))
    assert office is not None
    return office


def happened(shown: list[Envelope], office: Office) -> list[Envelope]:
    """The facts that the data store hands back about versions."""
    with committed(office.database) as transaction:
        sink = DataStore(Site(office.clock, office.database), happenings=True, tell_within=timedelta(days=36_500))
        outcomes = sink.deliver(shown, transaction)
    records = [record for one in outcomes if isinstance(one, Done) for record in one.follow_ups]
    return [office.event(record.type, record.body, str(record.key)) for record in records]


@pytest.mark.parametrize("seed", [3])
def test_exactly_the_planted_notices_in_the_right_channel_at_the_right_time(
    database: Engine, tmp_path: Path, seed: int
) -> None:
    folder = write_recording(tmp_path / "recording", seed=seed, dossiers=30, month="2024-02")
    expected = answers(folder)
    office = play(folder, database)
    silent = {
        phone
        for plan in json.loads((folder / "gateways.json").read_text("utf-8")).values()
        for phone, code in plan.get("by_phone", {}).items()
        if code == "timeout"
    }
    sent = Counter(
        (channel, message.recipient, at.astimezone(LOCAL_ZONE).isoformat())
        for channel, gateway in office.gateways.items()
        for at, message in gateway.sent
        if message.recipient not in silent
    )
    assert sent == Counter((one["channel"], one["phone"], one["at"]) for one in expected["sent"])
    found = left_in("2024-02", database)
    assert found == expected["files"]["notices-2024-02.json"]["states"]
    assert sent.total() > 30 and found["suppressed"] and found["in doubt"]


def left_in(month: str, database: Engine) -> Counter[str]:
    """The states of the notices that left in a local month, or were decided then without being sent."""
    columns = (notices.c.state, notices.c.sent_at, notices.c.changed_at)
    with database.connect() as connection:
        rows = connection.execute(select(*columns).where(notices.c.state != "held")).all()
    left = ((row.state, datetime.fromisoformat(row.sent_at or row.changed_at).astimezone(LOCAL_ZONE)) for row in rows)
    return Counter(state.replace("_", " ") for state, at in left if f"{at:%Y-%m}" == month)
