"""An outage is two lines in the log, however often it is noticed; a death names its reason."""

from dataclasses import replace

from structlog.testing import capture_logs

from lienthong.ledger.records import DeadLetter
from lienthong.processing.death_log import log_deaths
from lienthong.processing.outage_log import OutageLog
from tests.events import DAY, event


def test_an_outage_is_logged_when_it_begins_and_when_it_ends() -> None:
    now = iter([10.0, 100.0])
    outage = OutageLog("ledger", stage="sink.b", monotonic=lambda: next(now))
    with capture_logs() as logs:
        outage.note_success()
        for _ in range(40):
            outage.note_failure("ổ đĩa đã đầy")
        outage.note_success()
        outage.note_success()
    began, ended = logs
    assert (began["event"], began["why"], began["stage"]) == (
        "ledger does not answer; waiting",
        "ổ đĩa đã đầy",
        "sink.b",
    )
    assert (ended["seconds"], ended["failed_tries"], ended["lost"]) == (90.0, 40, "nothing")


def test_a_new_reason_of_the_same_outage_is_logged() -> None:
    outage = OutageLog("broker")
    with capture_logs() as logs:
        for why in ("bận", "bận", "từ chối", "từ chối"):
            outage.note_failure(why)
    assert [entry["why"] for entry in logs] == ["bận", "từ chối"]


def test_a_bundle_of_dead_events_is_one_line_a_reason() -> None:
    letter = DeadLetter(0, event("a"), "route.a", 1, 1, "Rejected", "kind", "không có trong danh mục", DAY)
    other = replace(letter, envelope=event("b"), reason="sai ngày", field=None)
    with capture_logs() as logs:
        log_deaths([letter, letter, other])
        log_deaths(())
    assert [(entry["why"], entry["events"], entry["field"]) for entry in logs] == [
        ("không có trong danh mục", 2, "kind"),
        ("sai ngày", 1, None),
    ]
    assert logs[0]["event_id"] == event("a").id
