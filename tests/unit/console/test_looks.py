"""Sources, queues, the trail, the balance and the ledger on pages: the same values as the command line has."""

from datetime import timedelta

from lienthong.ports import ProcessStatus, SourceStatus, StageCondition
from tests.events import DAY
from tests.unit.console.conftest import Browser, ended, links, once
from tests.unit.dead_letters.letter_bus import LetterBus


def test_a_source_that_fails_is_shown_with_its_sentence_and_is_a_bad_sign_on_today(browser: Browser) -> None:
    now = browser.storage.clock.now()
    process = ProcessStatus(process="p", pid=1, host="elsewhere", role="everything", began_at=now, seen_at=now)
    failing = SourceStatus(
        source="igate", first_at=DAY, ended_at=now, next_at=now, trouble="down", why="không kết nối được",
        trouble_since=now - timedelta(minutes=3), process="p",
    )  # fmt: skip
    browser.storage.status_board.save(process, [failing])
    page = browser.read("/sources")
    assert "igate: no answer since" in page
    assert "igate: no answer since" in browser.read("/sources/igate")
    assert "1 of 1 sources needs a person." in browser.read("/")
    browser.read("/sources/other", 404)


def test_a_halted_stage_goes_on_when_a_person_wants_it(browser: Browser) -> None:
    now = browser.storage.clock.now()
    process = ProcessStatus(process="p", pid=1, host="elsewhere", role="everything", began_at=now, seen_at=now)
    halted = StageCondition(stage="route.a", process="p", halted_since=now, halted_why="Tự dừng.")
    browser.storage.status_board.save(process, stages=[halted])
    page = browser.read("/queues")
    assert "route.a has halted by itself" in page
    assert 'action="/console/queues/route.a/resume"' in page
    assert browser.send("/queues/route.a/resume").status_code == 303
    assert list(browser.storage.status_board.take_resumes("p")) == ["route.a"]
    assert "is not halted" in browser.send("/queues/sink.store/resume").text
    browser.see_as("see")
    assert "/resume" not in browser.read("/queues")


def test_a_search_leads_to_an_address_unless_it_may_be_the_number_of_a_person(browser: Browser, bus: LetterBus) -> None:
    assert browser.send("/trail", key=" A-1 ").headers["location"] == "/console/trail/A-1"
    page = browser.read("/trail/A-1")
    assert "không có trong danh mục" in page
    bus.receive("good", "012345678901")
    found = browser.send("/trail", key="012345678901")
    assert found.status_code == 200
    assert "1 event." in found.text
    assert "012345678901" not in found.text
    assert "has no event with the code X-9" in browser.read("/trail/X-9", 404)
    assert browser.send("/trail", key=" ").status_code == 409


def test_a_long_trail_shows_the_latest_and_leads_to_the_earlier_ones(browser: Browser, bus: LetterBus) -> None:
    for number in range(53):
        bus.receive("good", "L-1", place=str(number))
    page = browser.read("/trail/L-1")
    assert "53 events, the earliest first." in page
    assert page.count("Open event") == 50
    (earlier,) = page.split('href="?until=')[1:]
    assert browser.read(f"/trail/L-1?until={earlier.split(chr(34))[0]}").count("Open event") == 3


def test_an_event_shows_its_content_and_what_is_new_in_it_only_with_the_right(browser: Browser, bus: LetterBus) -> None:
    bus.receive("good", "E-1", place="cũ", phone="0912345678")
    bus.receive("good", "E-1", place="mới", phone="0912345678")
    last = [link for link in links(browser.read("/trail/E-1")) if link.startswith("/events/")][-1]
    page = browser.read(last)
    assert "&#34;place&#34;: &#34;mới&#34;" in page
    assert '<span class="removed">-  &#34;place&#34;: &#34;cũ&#34;' in page
    assert "0912345678" not in page
    browser.see_as("see")
    page = browser.read(last)
    assert "&#34;place" not in page
    assert "sink.store" in page
    browser.read("/events/none", 404)


def test_the_balance_leads_to_the_days_of_a_source_and_to_its_dead_letters(browser: Browser) -> None:
    page = browser.read("/balance")
    assert "every event that was received has its place" in page
    assert "/dead/letters?source=igate" in links(page)
    days = browser.read("/balance?source=igate")
    assert f'<th scope="row">{DAY:%Y-%m-%d}</th>' in days
    browser.read("/balance?source=other", 404)


def test_the_ledger_is_verified_as_a_job_and_its_heads_are_shown(browser: Browser, bus: LetterBus) -> None:
    page = browser.read("/ledger")
    assert "The ledger was never verified." in page
    (head,) = bus.ledger.heads().values()
    assert head in page
    click = once(page, "/ledger/verifications")
    done = ended(browser, browser.send("/ledger/verifications", once=click))
    assert "The ledger is intact" in done
    assert "Last verified without a fault" in browser.read("/ledger")
    assert f"/jobs/{click}" in links(browser.read("/ledger"))
    assert "The ledger was last verified" in browser.read("/")
