"""Operators see notices without personal data, end doubts with who and why, and know every đồng; on every database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from connectors.notices.gateway import Verdict
from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.ports.notice_keeping import NoticeFilter
from lienthong.runtime.composition import Storage
from lienthong.runtime.notices import OpenNotices
from lienthong.settings import InboxSettings, Settings
from lienthong.topology import route_queue
from store.notices.figures import costs_of, notices_of
from tests.notice_office import NOON, Office, answer

DAY = timedelta(days=1)


@pytest.fixture
def office(database: Engine, tmp_path: Path) -> Office:
    return Office(database, tmp_path / "templates")


def test_the_costs_of_a_month_are_exact(office: Office) -> None:
    prices = iter([250, 251, None, 899])
    office.gateways["zalo"].plan = lambda message: (
        Verdict.OTHER_CHANNEL
        if message.template == "dossier-completed"
        else answer(Verdict.ACCEPTED, cost=next(prices), parts=1)
    )
    office.gateways["sms"].plan = lambda message: answer(Verdict.ACCEPTED, cost=1700, parts=2)
    for number in range(4):
        office.tell(office.happened("accepted", f"H{number}", phone=f"090500000{number}"))
    office.tell(office.happened("completed", "H9", phone="0905000009", agency="G10"))
    with office.database.connect() as connection:
        found = costs_of(connection, NOON - DAY, NOON + DAY)
        month = notices_of(connection, NOON - DAY, NOON + DAY)
        assert costs_of(connection, NOON + DAY, NOON + 2 * DAY) == []
    spent = {(one.channel, one.agency, one.happening): (one.cost, one.parts, one.sent, one.unpriced) for one in found}
    assert spent[("zalo", "G09", "accepted")] == (1400, 4, 4, 1)
    assert spent[("sms", "G10", "completed")] == (1700, 2, 1, 0)
    assert spent[("zalo", "G10", "completed")] == (0, 0, 0, 0), "a refusal costs nothing"
    assert (dict(month.sent), dict(month.states)) == ({"zalo": 4, "sms": 1}, {"accepted": 5})


def test_the_list_is_read_page_by_page_and_by_what_is_wanted(office: Office) -> None:
    for number in range(3):
        office.tell(office.happened("accepted", f"H{number}", phone=f"090500000{number}"))
    keeper = office.sinks["notices"]
    found = list(keeper.notices(NoticeFilter()))
    assert len(found) == 3 and [one["notice"] for one in found] == sorted(one["notice"] for one in found)
    assert len(list(keeper.notices(NoticeFilter(after=found[0]["notice"])))) == 2
    (one,) = keeper.notices(NoticeFilter(about="H1"))
    assert (one["about"], one["state"], one["channel"]) == ("dossier/H1", "accepted", "zalo")
    assert (
        list(keeper.notices(NoticeFilter(state="in_doubt"))) == list(keeper.notices(NoticeFilter(channel="sms"))) == []
    )
    whole = keeper.notice(one["notice"])
    assert whole is not None and [each["verdict"] for each in whole["attempts"]] == ["accepted"]
    assert keeper.notice("none") is None


@pytest.mark.parametrize(
    ("outcome", "state", "calls"), [("delivered", "delivered", 1), ("not-sent", "accepted", 2), ("failed", "failed", 1)]
)
def test_a_person_ends_a_doubt_and_the_ledger_has_who_and_why(
    office: Office, clock: ReplayClock, outcome: str, state: str, calls: int
) -> None:
    zalo = office.gateways["zalo"]
    zalo.plan = lambda message: None if zalo.calls == 1 else Verdict.ACCEPTED
    office.tell(office.happened("accepted"))
    assert office.state_of("dossier/H1/accepted/1") == "in_doubt"
    keeper, ledger = office.sinks["notices"], SqlLedger(office.database, clock)
    (doubt,) = keeper.notices(NoticeFilter(state="in_doubt"))
    resolution = keeper.resolve_notice(doubt, outcome, person="hoa (root)", why="đã gọi cho tổng đài")
    opened = OpenNotices(keeper, Storage(_settings(), clock, office.database, ledger))
    event = opened.record(resolution, who="hoa (root)")
    (entry,) = ledger.trail(event)
    assert entry.who == "hoa (root)"
    office.tell(office.event("notice.answered.v1", resolution.record.body))
    office.pass_time(NOON + timedelta(minutes=3))
    assert (office.state_of("dossier/H1/accepted/1"), zalo.calls) == (state, calls)
    assert any("hoa" in (row.why or "") for row in office.attempted())


def _settings() -> Settings:
    from lienthong.route import Route

    inbox = InboxSettings(name="notice-resolutions", use="connectors.inboxes.notice_resolutions.NoticeResolutions")
    route = Route("notice-resolutions", "", "inbox.notice-resolutions", None, (), ("notices",))
    assert route_queue(route.name) == "route.notice-resolutions"
    return Settings(inboxes={inbox.name: inbox}, routes={route.name: route})


def test_every_shipped_template_has_its_example() -> None:
    from store.notices.views import findings, previews

    folder = Path(__file__).parents[2] / "config" / "templates"
    names = {path.stem for path in folder.rglob("*.yaml")}
    for name in names:
        for one in previews(folder, name):
            assert one["text"] and "<" not in one["text"], (name, one)
    assert findings(folder) == [] and names and datetime.now(UTC)
