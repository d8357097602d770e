"""What every page has in common: who may open it, its language, what it may load, how it refreshes."""

import re

import pytest

from lienthong.console.paths import PATHS
from lienthong.console.static_files import static_files
from tests.unit.console.conftest import Browser


def test_a_path_that_is_not_in_the_table_is_not_served(browser: Browser) -> None:
    assert "nothing under this address" in browser.read("/secrets", 404)
    assert browser("POST", "/dead").status_code == 405


def test_without_a_session_every_page_leads_to_the_log_in(browser: Browser) -> None:
    browser.gate.viewer_now = None
    for page in PATHS:
        reply = browser(page.method, page.path)
        assert (reply.status_code, reply.text) == (303, "")
        assert reply.headers["location"].startswith("/console/log-in?next=%2Fconsole")


def test_without_the_right_a_page_is_refused_and_not_in_the_menu(browser: Browser) -> None:
    browser.see_as("audit")
    for page in PATHS:
        if page.right != "audit":
            assert browser(page.method, page.path).status_code == 403
    assert re.findall(r'data-go="(.)"', browser.read("/", 403)) == [
        page.key for page in PATHS if page.right == "audit" and page.title
    ]


@pytest.mark.parametrize("page", [one.path for one in PATHS if one.method == "POST"])
def test_a_form_from_elsewhere_is_refused(browser: Browser, page: str) -> None:
    assert browser.send(page, token="other").status_code == 403
    assert "was not sent by a page of this session" in browser.send(page, token="other").text


def test_the_reader_chooses_the_language_and_it_is_kept(browser: Browser) -> None:
    assert '<html lang="en">' in browser.read("/dead")
    chosen = browser.send("/preferences", language="vi", back="/console/dead?state=all")
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/console/dead?state=all")
    page = browser.read("/dead", headers={"cookie": chosen.headers["set-cookie"].partition(";")[0]})
    assert '<html lang="vi">' in page
    assert "<h1>Thư chết</h1>" in page


@pytest.mark.parametrize("back", ["https://elsewhere/console", "//elsewhere/console", "/consoles", "/console/\\x", ""])
def test_a_form_leads_back_into_the_console_alone(browser: Browser, back: str) -> None:
    assert browser.send("/preferences", refresh="5", back=back).headers["location"] == "/console/"


def test_a_page_refreshes_itself_only_where_the_reader_wants_it(browser: Browser) -> None:
    assert "hx-get" not in browser.read("/dead")
    page = browser.read("/dead?state=all", headers={"cookie": "lienthong-refresh=30"})
    assert 'hx-get="/console/dead?state=all" hx-trigger="every 30s"' in page
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in page


def test_keys_can_be_switched_off(browser: Browser) -> None:
    assert 'data-keys="on"' in browser.read("/help")
    assert 'data-keys="off"' in browser.read("/help", headers={"cookie": "lienthong-keys=off"})


def test_a_page_loads_from_the_console_alone_and_has_no_script_or_style_in_it(browser: Browser) -> None:
    page = browser.read("/dead")
    loaded = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert loaded
    assert [one for one in loaded if not one.startswith(("/console/", "#"))] == []
    assert not re.search(r"<style|<script(?![^>]* src=)|\sstyle=|\son[a-z]+=", page)


def test_files_may_be_kept_for_ever_and_another_version_is_not_given(browser: Browser) -> None:
    for name, file in static_files().items():
        reply = browser("GET", f"/static/{file.version}/{name}")
        assert (reply.status_code, reply.content) == (200, file.content)
        assert "immutable" in reply.headers["cache-control"]
        assert browser("GET", f"/static/000000000000/{name}").status_code == 404


def test_what_a_reader_sent_is_text_in_the_page(browser: Browser) -> None:
    page = browser.read("/dead?since=<script>alert(1)</script>", 409)
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
