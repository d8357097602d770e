"""The console as persons use it: over `lienthong serve`, in Chromium."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from lienthong.adapters.sql.persons import SqlPersons, SqlSessions
from lienthong.operations.clients import Act
from lienthong.operations.persons import PersonStore, add_person
from tests.command_line import ROOT
from tests.services.chromium import chromium
from tests.services.pictures import take_pictures
from tests.serving import Serving
from tests.unit.dead_letters.letter_bus import LetterBus
from tests.unit.dead_letters.small_project import write_small_project

PASSWORD = "một mật khẩu dài để thử"
PAGES = (
    *("/", "/dead", "/dead/letters?state=all", "/sources", "/queues"),
    *("/trail/A-1", "/balance", "/ledger", "/jobs", "/help"),
)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A process that serves a ledger whose letters died of what is mended since: three of one cause, one of another."""
    data = tmp_path_factory.mktemp("console")
    write_small_project(data / "project")
    bus = LetterBus(data, "console")
    bus.bad = {"good"}
    bus.receive("good", "A-1", "A-2", "A-3")
    bus.receive("refused", "B-1")
    store = PersonStore(SqlPersons(bus.database), SqlSessions(bus.database), bus.ledger, bus.clock)
    add_person(store, "lan", ["operator"], act=Act("test"), name="Trần Thị Lan", password=PASSWORD)
    bus.close()
    serving = Serving(data, LIENTHONG_PROJECT=str(data / "project"))
    yield serving.address.replace("127.0.0.1", "localhost")
    serving.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@contextlib.contextmanager
def session(browser: Browser, address: str, **options: object) -> Iterator[Page]:
    """A person's browser, logged in; at the end it is checked that nothing was loaded from elsewhere."""
    context = browser.new_context(locale="vi-VN", **options)  # type: ignore[arg-type]  # options of the browser
    page, asked = context.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/console/")
    page.fill("[name=login]", "lan")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{address}/console/")
    yield page
    assert [url for url in asked if not url.startswith(address)] == []
    context.close()


def test_from_alarm_to_replayed_in_three_clicks(browser: Browser, address: str) -> None:
    with session(browser, address) as page:
        assert "4 thư chết chờ xử lý, trong 2 nhóm." in page.inner_text("main")
        page.click("text=không có trong danh mục")
        page.click("text=Xem chạy lại sẽ làm gì")
        page.click("text=Chạy lại 3 thư này")
        page.wait_for_selector("text=Đã chạy lại 3 thư; 0 thư lại chết.")
        page.goto(f"{address}/console/trail/A-1")
        assert "Trần Thị Lan (lan)" in page.inner_text("main")


def test_no_page_lacks_what_persons_with_impairments_need(browser: Browser, address: str) -> None:
    with session(browser, address, bypass_csp=True) as page:  # axe is put into the page
        for path in PAGES:
            page.goto(f"{address}/console{path}")
            found = Axe().run(page, options=RULES)
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"
            page.set_viewport_size({"width": 360, "height": 740})
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
            page.set_viewport_size({"width": 1280, "height": 720})


def test_the_pictures_of_the_readme_can_be_taken(browser: Browser, address: str, tmp_path: Path) -> None:
    with session(browser, address) as page:
        for picture in take_pictures(page, address, tmp_path):
            assert picture.read_bytes().startswith(b"\x89PNG")
            assert (ROOT / "docs" / "pictures" / picture.name).stat().st_size < 150_000


def test_the_keyboard_leads_everywhere(browser: Browser, address: str) -> None:
    with session(browser, address) as page:
        page.keyboard.press("g")
        page.keyboard.press("d")
        page.wait_for_url(f"{address}/console/dead")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/dead/groups/*")
        page.keyboard.press("Escape")
        page.wait_for_url(f"{address}/console/dead")
        page.keyboard.press("/")
        page.keyboard.type("B-1")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/console/trail/B-1")
        page.keyboard.press("?")
        page.wait_for_url(f"{address}/console/help")


def test_without_javascript_the_same_can_be_done(browser: Browser, address: str) -> None:
    with session(browser, address, java_script_enabled=False) as page:
        page.click("text=đích không nhận")
        page.check("text=giao hai lần")
        page.click("text=Xem chạy lại sẽ làm gì")
        look_until(page, "Chạy lại 1 thư này")
        page.click("text=Chạy lại 1 thư này")
        look_until(page, "Đã chạy lại 1 thư; 1 thư lại chết.")


def look_until(page: Page, text: str) -> None:
    """Look at the page of a job again until it shows a text; a job fails its test by the time limit of `click`."""
    while text not in page.inner_text("main"):
        page.click("text=Xem lại")
