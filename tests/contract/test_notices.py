"""Citizens are informed once, in the right channel, at the right time, whatever the gateways answer."""

from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from connectors.notices.gateway import Verdict
from lienthong.envelope import LOCAL_ZONE
from lienthong.errors import Transient
from store.notices.tables import notices
from tests.contract.sinks_contract import OpenTransaction
from tests.mortal import KilledError, Life
from tests.notice_office import NOON, OFFICERS, PHONE, RULES, Office, each_once, write_templates

NIGHT = datetime(2026, 11, 26, 22, 0, tzinfo=LOCAL_ZONE)
NUMBER = "84905123456"


@pytest.fixture
def office(database: Engine, tmp_path: Path) -> Office:
    return Office(database, tmp_path / "templates")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=LOCAL_ZONE)


def changed(rule: str, **more: Any) -> dict[str, Any]:
    return {**RULES, "rules": {**RULES["rules"], rule: {**RULES["rules"][rule], **more}}}


def test_a_happening_is_announced_at_once_by_day_and_once(office: Office) -> None:
    accepted = office.happened("accepted")
    office.tell(accepted, accepted)
    office.tell(accepted, office.happened("accepted", source="dvcqg"))
    assert office.sent() == [("26 12:00", "zalo", NUMBER, "dossier-accepted")]
    assert office.states() == {"dossier/H1/accepted/1": "accepted: theo kế hoạch"}


def test_nothing_is_sent_at_night_and_the_newest_state_alone_is_announced_in_the_morning(office: Office) -> None:
    office.pass_time(NIGHT, timedelta(hours=1))
    office.tell(office.happened("submitted"), office.happened("accepted", "H2"))
    office.pass_time(NIGHT + timedelta(hours=1))
    office.tell(office.happened("accepted"))
    office.pass_time(at(27, 6, 59), timedelta(minutes=30))
    assert office.sent() == []
    office.pass_time(at(27, 8))
    assert office.sent() == [
        ("27 07:00", "zalo", NUMBER, "dossier-accepted"),
        ("27 07:00", "zalo", NUMBER, "dossier-accepted"),
    ]
    assert office.states()["dossier/H1/submitted/1"] == "suppressed: thay bằng tình trạng mới hơn (accepted)"


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_in_whatever_order_states_of_a_night_arrive_the_newest_is_announced(
    office: Office, order: tuple[int, ...]
) -> None:
    office.pass_time(NIGHT, timedelta(hours=2))
    happened = [
        office.happened("submitted", at=at(26, 21, 5)),
        office.happened("accepted", at=at(26, 21, 30)),
        office.happened("supplement_requested", at=at(26, 21, 40)),
    ]
    for place in order:
        office.tell(happened[place])
    office.pass_time(at(27, 9), timedelta(minutes=30))
    assert office.sent() == [("27 07:00", "zalo", NUMBER, "dossier-supplement")]


def test_what_comes_late_is_not_announced_after_a_newer_state(office: Office) -> None:
    office.tell(office.happened("completed"))
    office.tell(office.happened("accepted", at=NOON - timedelta(hours=5)))
    assert [line[3] for line in office.sent()] == ["dossier-completed"]
    assert office.states()["dossier/H1/accepted/1"] == "suppressed: đã có tình trạng mới hơn"


def test_a_rule_without_channels_sends_nothing_and_replaces_what_is_held(office: Office) -> None:
    withdrawn = {"happening": "withdrawn", "channels": [], "template": "none", "useful_for": "1d"}
    office = Office(office.database, office.folder, {**RULES, "rules": {**RULES["rules"], "withdrawn": withdrawn}})
    office.pass_time(NIGHT, timedelta(hours=2))
    office.tell(office.happened("accepted"))
    office.pass_time(NIGHT + timedelta(minutes=5))
    office.tell(office.happened("withdrawn"))
    office.pass_time(at(27, 9), timedelta(hours=1))
    assert office.sent() == []
    assert office.state_of("dossier/H1/accepted/1") == "suppressed"


@pytest.mark.parametrize("more", [{"source_notifies": True}, {"phone": None}, {"at": NOON - timedelta(hours=15)}])
def test_what_is_not_announced_itself_takes_no_held_notice_with_it(office: Office, more: dict[str, Any]) -> None:
    """Accepted at night; then something newer of which there is no notice, or that is not useful any more."""
    short = changed("supplement", useful_for="20h")
    office = Office(office.database, office.folder, short)
    office.pass_time(NIGHT, timedelta(hours=2))
    office.tell(office.happened("accepted", at=NOON - timedelta(hours=16)))
    office.pass_time(at(27, 6, 30), timedelta(hours=1))
    office.tell(office.happened("supplement_requested", **{"at": NIGHT, **more}))
    office.pass_time(at(27, 9), timedelta(minutes=30))
    assert [line[3] for line in office.sent()] == ["dossier-accepted"]


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_a_state_that_is_retracted_at_night_gives_back_what_it_replaced(office: Office, order: tuple[int, ...]) -> None:
    office.pass_time(NIGHT, timedelta(hours=2))
    events = [
        office.happened("submitted", at=at(26, 21, 5)),
        office.happened("accepted", at=at(26, 21, 30)),
        office.happened("completed", at=at(26, 21, 40)),
        office.happened("completed", at=at(26, 21, 40), change="retracted", seen_at=NIGHT + timedelta(minutes=1)),
    ]
    for place in order:
        office.tell(events[place])
    office.pass_time(at(27, 9), timedelta(minutes=30))
    assert [line[3] for line in office.sent()] == ["dossier-accepted"]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"source_notifies": True}, "hệ thống nguồn tự thông báo"),
        ({"phone": None}, "không có số điện thoại hay địa chỉ dùng được"),
        ({"phone": "0269 3824 404"}, "không có số điện thoại hay địa chỉ dùng được"),
        ({"phone": "12345"}, "không có số điện thoại hay địa chỉ dùng được"),
    ],
)
def test_nothing_goes_where_the_source_informs_or_there_is_no_number(
    office: Office, more: dict[str, Any], why: str
) -> None:
    office.tell(office.happened("accepted", **more))
    assert office.sent() == [] and office.states() == {}
    with office.database.begin() as connection:
        outcome = office.sinks["notices"].deliver([office.happened("accepted", **more)], OpenTransaction(connection))
    assert outcome[0].note == why


def test_the_first_load_of_years_tells_nothing_and_writes_no_row(office: Office) -> None:
    office.tell(*(office.happened("accepted", f"H{days}", at=NOON - timedelta(days=days)) for days in range(3, 900, 7)))
    assert office.sent() == [] and office.states() == {}


def test_each_class_of_answer_of_the_first_channel(office: Office) -> None:
    plans: dict[str, Any] = {"84905000001": Verdict.OTHER_CHANNEL, "84905000002": Verdict.DEAD, "84905000003": None}
    plans |= {"84905000004": Verdict.NEXT_DAY, "84905000005": Verdict.RETRY}
    office.gateways["zalo"].plan = lambda message: plans.get(message.recipient, Verdict.ACCEPTED)
    for number in range(1, 7):
        office.tell(office.happened("accepted", f"H{number}", phone=f"090500000{number}"))
    assert office.sent("sms") == [("26 12:00", "sms", "84905000001", "dossier-accepted")]
    states = [office.state_of(f"dossier/H{number}/accepted/1") for number in range(1, 7)]
    assert states == ["accepted", "failed", "in_doubt", "held", "held", "accepted"]
    plans["84905000004"] = Verdict.ACCEPTED
    office.pass_time(at(27, 9), timedelta(minutes=2))
    assert ("27 07:00", "zalo", "84905000004", "dossier-accepted") in office.sent()
    assert ("26 12:12", "sms", "84905000005", "dossier-accepted") in office.sent(), "the third try was the last"
    each_once(office)


def test_a_doubt_is_asked_about_and_a_receipt_ends_it(office: Office) -> None:
    zalo = office.gateways["zalo"]
    zalo.plan = lambda message: None
    office.tell(office.happened("accepted"), office.happened("accepted", "H2"))
    office.pass_time(at(28, 12), timedelta(minutes=10))
    assert len(zalo.sent) == 2 and len(zalo.asked) == 8, "four times each, then a person decides"
    notice = zalo.sent[0][1].notice_id
    office.tell(office.event("notice.answered.v1", {"notice": notice, "channel": "zalo", "verdict": "delivered"}))
    assert sorted(state.partition(":")[0] for state in office.states().values()) == ["delivered", "in_doubt"]
    each_once(office)


def test_a_gateway_that_knows_ends_the_doubt(office: Office) -> None:
    zalo = office.gateways["zalo"]
    zalo.plan, zalo.knows = (lambda message: None), True
    office.tell(office.happened("accepted"))
    office.pass_time(NOON + timedelta(minutes=10))
    assert office.state_of("dossier/H1/accepted/1") == "delivered" and len(zalo.sent) == 1


def test_a_notice_is_in_doubt_where_its_event_died_with_the_processes_that_called(office: Office) -> None:
    def kill(_: Any) -> None:
        raise KilledError

    office.gateways["zalo"].plan = kill
    with pytest.raises(KilledError):
        office.tell(office.happened("accepted"))
    office.queue.clear()  # the event is a dead letter of the channel
    office.restart()
    office.pass_time(office.clock.now() + timedelta(minutes=14))
    assert office.state_of("dossier/H1/accepted/1") == "sending"
    office.pass_time(office.clock.now() + timedelta(minutes=2))
    assert office.state_of("dossier/H1/accepted/1") == "in_doubt"
    assert len(office.attempted()) == 1 and office.sent() == []


def test_an_answer_that_was_noted_counts_where_its_event_died_before_it_came_back(office: Office) -> None:
    for last in range(1, 60):
        office.restart(Life(last))
        try:
            office.tell(office.happened("accepted", f"H{last}", phone=f"0905{last:06}"))
        except KilledError:
            office.queue.clear()  # the event is a dead letter of the channel
        fact = f"dossier/H{last}/accepted/1"
        noted = [one for one in office.attempted() if one.verdict and one.notice_id in notice_ids(office, fact)]
        if noted and office.state_of(fact) == "sending":
            break
    office.restart()
    assert office.state_of(fact) == "sending"
    office.pass_time(office.clock.now() + timedelta(minutes=16))
    assert office.state_of(fact) == "accepted"
    assert [line[2] for line in office.sent()].count(f"84905{last:06}") == 1


def notice_ids(office: Office, fact: str) -> set[str]:
    with office.database.connect() as connection:
        return set(connection.scalars(select(notices.c.notice_id).where(notices.c.fact == fact)))


def test_both_gateways_are_down_for_a_day(office: Office) -> None:
    away = Transient("cổng không trả lời")
    for name in ("zalo", "sms"):
        office.gateways[name].plan = lambda message: away
    office.tell(
        office.happened("submitted"), *(office.happened("accepted", f"H{n}", phone=f"090500000{n}") for n in range(4))
    )
    office.pass_time(at(27, 12, 30), timedelta(minutes=10))
    assert office.sent() == []
    for name in ("zalo", "sms"):
        office.gateways[name].plan = lambda message: Verdict.ACCEPTED
    office.pass_time(at(28, 12), timedelta(minutes=10))
    assert office.state_of("dossier/H1/submitted/1") == "expired"
    assert sorted(line[2] for line in office.sent()) == [f"8490500000{n}" for n in range(4)]
    assert all("27 12:30" < line[0] < "27 13:00" for line in office.sent())
    each_once(office)


def test_a_gateway_that_is_down_longer_than_its_patience_leaves_it_to_the_next_channel(office: Office) -> None:
    office.gateways["zalo"].plan = lambda message: Transient("cổng không trả lời")
    office.tell(office.happened("accepted"))
    office.pass_time(at(26, 14, 20), timedelta(minutes=10))
    assert office.sent() == [("26 14:00", "sms", NUMBER, "dossier-accepted")]


def test_a_gateway_that_comes_back_at_night_sends_nothing_until_the_morning(office: Office) -> None:
    rules = {**RULES, "channels": {**RULES["channels"], "zalo": {"patience": "1d"}}}
    office = Office(office.database, office.folder, rules, at(26, 20, 50))
    office.gateways["zalo"].plan = lambda message: Transient("cổng không trả lời")
    office.tell(office.happened("accepted"))
    office.pass_time(at(26, 20, 59))
    office.gateways["zalo"].plan = lambda message: Verdict.ACCEPTED
    office.clock.move_to(at(26, 21, 30))
    office.pass_time(at(27, 8), timedelta(minutes=10))
    assert office.sent() == [("27 07:00", "zalo", NUMBER, "dossier-accepted")]


def test_a_template_error_stops_the_channel_and_nothing_is_lost(office: Office) -> None:
    refuses = {"dossier-reappointed"}
    office.gateways["zalo"].plan = lambda message: (
        Verdict.CONFIGURATION if message.template in refuses else Verdict.ACCEPTED
    )
    office.tell(
        office.happened("accepted", "H1"), office.happened("reappointed", "H2"), office.happened("accepted", "H3")
    )
    assert "cổng từ chối cấu hình" in office.halted["zalo"] and len(office.sent()) == 1
    office.tell(office.happened("accepted", "H4", phone="0905000001"))
    office.pass_time(NOON + timedelta(minutes=30))
    assert len(office.sent()) == 1
    refuses.clear()
    office.resume("zalo")
    assert sorted(line[3] for line in office.sent()) == ["dossier-accepted"] * 3 + ["dossier-reappointed"]
    assert set(office.states().values()) == {"accepted: theo kế hoạch"}
    each_once(office)


def test_a_broken_template_of_ours_waits_until_it_is_mended(office: Office) -> None:
    path = office.folder / "zalo/vi/dossier-accepted.yaml"
    good = path.read_text()
    path.write_text("title: [")
    office.restart()
    office.tell(office.happened("accepted"))
    assert office.sent() == [] and office.state_of("dossier/H1/accepted/1") == "held"
    path.write_text(good)
    office.pass_time(NOON + timedelta(minutes=10))
    assert len(office.sent()) == 1


def test_a_citizen_with_thirty_dossiers_has_five_notices_a_day(office: Office) -> None:
    office.tell(*(office.happened("supplement_requested", f"H{number:02}") for number in range(30)))
    office.pass_time(at(26, 12) + timedelta(days=7), timedelta(minutes=30))
    days = [line[0][:2] for line in office.sent()]
    assert {day: days.count(day) for day in days} == {str(day): 5 for day in range(26, 31)} | {"01": 5}
    assert office.sent()[5][0] == "27 07:00"
    each_once(office)


def test_a_month_of_nights(office: Office) -> None:
    for day in range(30):
        office.pass_time(at(1, 22) + timedelta(days=25 + day), timedelta(hours=3))
        office.tell(office.happened("accepted", f"A{day}", phone=f"09051{day:05}"))
        office.clock.move_to(office.clock.now() + timedelta(hours=5))
        office.tell(office.happened("completed", f"B{day}", phone=f"09052{day:05}"))
    office.pass_time(at(26, 12) + timedelta(days=30), timedelta(minutes=30))
    assert len(office.sent()) == 60
    assert {line[0][3:] for line in office.sent()} <= {"07:00", "07:30", "08:00", "09:00", "10:00"}
    each_once(office)


def test_a_correction_changes_what_is_held_and_informs_who_was_informed(office: Office) -> None:
    office = Office(office.database, office.folder, changed("reappointed", corrected="fixed", retracted="taken-back"))
    first = office.happened("reappointed", "H1")
    office.tell(first, office.happened("accepted", "H2", phone="0905000002"))
    correction = {"change": "corrected", "seen_at": NOON + timedelta(hours=1)}
    other = {**correction, "phone": "0905000002"}
    office.tell(office.happened("reappointed", "H1", **correction), office.happened("accepted", "H2", **other))
    office.tell(first, office.happened("reappointed", "H1", **correction))
    assert [line[3] for line in office.sent()] == ["dossier-reappointed", "dossier-accepted", "fixed"]
    retracted = {"change": "retracted", "seen_at": NOON + timedelta(hours=2)}
    office.pass_time(NOON + timedelta(hours=2), timedelta(hours=1))
    office.tell(office.happened("reappointed", "H1", **retracted), office.happened("accepted", "H2", **retracted))
    assert [line[3] for line in office.sent()][3:] == ["taken-back"]


def test_a_number_that_was_corrected_at_night_is_the_one_that_is_announced(office: Office) -> None:
    office.pass_time(NIGHT, timedelta(hours=2))
    other = office.happened("accepted", phone="0905000002", change="corrected", seen_at=NIGHT + timedelta(minutes=5))
    office.tell(office.happened("accepted"), other)
    office.pass_time(at(27, 9), timedelta(hours=1))
    assert [line[2] for line in office.sent()] == ["84905000002"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=str)
def test_what_was_retracted_at_night_is_not_announced(office: Office, order: tuple[int, ...]) -> None:
    office.pass_time(NIGHT, timedelta(hours=2))
    events = [
        office.happened("completed"),
        office.happened("completed", change="retracted", seen_at=NIGHT + timedelta(minutes=1)),
    ]
    for place in order:
        office.tell(events[place])
    office.pass_time(at(27, 9), timedelta(minutes=30))
    assert office.sent() == [] and office.state_of("dossier/H1/completed/1") == "suppressed"


def test_officers_hear_of_a_deadline_by_mail_also_at_night(database: Engine, tmp_path: Path) -> None:
    rules = {
        **RULES,
        "rules": {"risk": OFFICERS},
        "officers": {"G09": "xa@example.gov.vn", "default": "so@example.gov.vn"},
    }
    office = Office(database, write_templates(tmp_path / "templates"), rules, NIGHT)
    for number, agency in enumerate(("G09", "G10", None)):
        data = {
            "deadline": f"D{number}",
            "rule": "tiếp nhận",
            "key": f"H{number}",
            "agency": agency,
            "at": NIGHT.isoformat(),
        }
        office.tell(office.event("deadline.at_risk.v1", data))
    assert [line[2] for line in office.sent("email")] == ["xa@example.gov.vn", "so@example.gov.vn", "so@example.gov.vn"]


def test_an_answer_of_nobodys_notice_changes_nothing(office: Office) -> None:
    office.tell(office.event("notice.answered.v1", {"gateway_id": "x", "channel": "zalo", "verdict": "delivered"}))
    assert office.states() == {}


def test_a_receipt_finds_its_notice_by_the_gateways_name_and_brings_the_cost(office: Office) -> None:
    office.tell(office.happened("accepted"))
    receipt = {"gateway_id": "zalo-1", "channel": "zalo", "verdict": "delivered", "cost": 300}
    office.tell(office.event("notice.answered.v1", receipt))
    (row,) = office.attempted()
    assert (office.state_of("dossier/H1/accepted/1"), row.cost) == ("delivered", 300)
    assert PHONE not in str(office.states())
