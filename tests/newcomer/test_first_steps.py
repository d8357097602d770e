"""The newcomer's path: a project of one's own that runs, in at most six commands and less than five minutes."""

import json
import re
import time
from dataclasses import replace

import pytest

from tests.documents import Command, parts_of
from tests.newcomer.conftest import ROOT, Newcomer

FIVE_MINUTES = 300
"""Seconds. The machine needs a few; the rest is for the newcomer."""

NEW_CASE = """
  - name: From now on an order of half a million is large
    given:
      type: shop.order
      subject: A-2001
      received_at: "2026-11-27T09:00:00+07:00"
      data: {number: A-2001, product: coffee, quantity: "5", price: "100000", ordered_at: "2026-11-27T08:20:00+07:00"}
    expect: {verdict: done, data: {total: 500000, large: true}}
"""


@pytest.fixture(params=["vi", "en"])
def shop(request: pytest.FixtureRequest, newcomer: Newcomer) -> Newcomer:
    """A newcomer in the project that `lienthong init shop` made."""
    newcomer = replace(newcomer, language=request.param)
    begun = time.monotonic()
    shown = newcomer.lienthong("init", "shop")  # 1
    for command in ("cd shop", "lienthong run --until-done", "lienthong trail A-1001", "lienthong check"):
        assert command in shown
    there = replace(newcomer, folder=newcomer.folder / "shop")  # 2: cd shop
    assert time.monotonic() - begun < FIVE_MINUTES
    return there


def test_six_commands_make_a_pipeline_run_and_change_it(shop: Newcomer) -> None:
    begun = time.monotonic()
    summary = shop.lienthong("run", "--until-done")  # 3
    assert re.search(r"shop\W+5\W+3\W+1\W+1\W+0\W+0", summary), summary

    (file,) = (shop.folder / "out" / "accounting").glob("*.jsonl")
    delivered = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [event["data"]["number"] for event in delivered] == ["A-1001", "A-1002", "A-1004"]
    assert [event["data"]["total"] for event in delivered] == [135000, 1000000, 300000]

    trail = shop.lienthong("trail", "A-1001")  # 4
    assert all(stage in trail for stage in ("source.shop", "route.orders", "sink.accounting"))

    route = shop.folder / "routes" / "orders.yaml"
    route.write_text(route.read_text("utf-8").replace("large_from: 1000000", "large_from: 500000"), "utf-8")
    cases = shop.folder / "routes" / "orders.cases.yaml"
    cases.write_text(cases.read_text("utf-8") + NEW_CASE, "utf-8")

    shop.lienthong("check")  # 5
    assert "5" in shop.lienthong("test")  # 6
    assert time.monotonic() - begun < FIVE_MINUTES


def test_the_ledger_of_the_first_run_adds_up_and_proves_itself(shop: Newcomer) -> None:
    shop.lienthong("run", "--until-done")
    shop.lienthong("balance")
    shop.lienthong("verify")
    dead = shop.lienthong("dead", "list")
    assert "A-1003" in dead
    shown = shop.lienthong("dead", "show", "1")
    assert "quantity" in shown
    assert "Trần Thị Hoa" not in shown, "the mark of the schema hides the name"
    assert "0905111222" not in shown


def test_a_second_run_receives_nothing_twice_and_a_new_file_is_received(shop: Newcomer) -> None:
    shop.lienthong("run", "--until-done")
    shop.lienthong("run", "--until-done")
    more = "number,customer,phone,product,quantity,price,ordered_at\nA-1005,Vũ Thị Lan,0905333444,coffee,1,90000,{}\n"
    (shop.folder / "inbox" / "orders-2026-11-28.csv").write_text(more.format("2026-11-28T09:00:00+07:00"), "utf-8")
    summary = shop.lienthong("run", "--until-done")
    assert re.search(r"shop\W+6\W+4\W+1\W+1\W+0\W+0", summary), summary


def test_a_broken_edit_is_named_with_its_line(shop: Newcomer) -> None:
    route = shop.folder / "routes" / "orders.yaml"
    route.write_text(route.read_text("utf-8").replace("from_csv", "from_cvs"), "utf-8")
    shown = shop.lienthong("check", code=1)
    assert "routes/orders.yaml:6:12" in shown
    assert "LT304" in shown
    assert "from_csv" in shown, "the nearest name is advised"


def test_init_refuses_a_folder_that_is_not_empty_and_changes_nothing(shop: Newcomer) -> None:
    before = {path: path.read_bytes() for path in shop.folder.rglob("*") if path.is_file()}
    shown = shop.lienthong("init", ".", code=2)
    assert "lienthong init" in shown
    assert {path: path.read_bytes() for path in shop.folder.rglob("*") if path.is_file()} == before


def test_every_yaml_file_names_the_schema_that_editors_find(shop: Newcomer) -> None:
    shop.lienthong("schema")
    files = [*shop.folder.rglob("*.yaml")]
    assert len(files) == 6
    for file in files:
        marker, _, schema = file.read_text("utf-8").splitlines()[0].partition("$schema=")
        assert marker == "# yaml-language-server: "
        assert (file.parent / schema).is_file(), file


def test_the_new_project_is_sound_without_a_change(shop: Newcomer) -> None:
    shop.lienthong("check")
    shop.lienthong("test")
    shop.lienthong("explain", "orders")
    assert (shop.folder / ".gitignore").is_file()
    readme = (shop.folder / "README.md").read_text("utf-8")
    assert len(readme.splitlines()) < 60, "one page"
    assert "@" not in readme


def test_the_readme_of_the_repository_names_commands_that_work(newcomer: Newcomer) -> None:
    texts = [part.text for part in parts_of(ROOT / "README.md") if isinstance(part, Command)]
    path = [text for text in texts if text.startswith(("lienthong ", "cd "))]
    assert len(path) == 4
    for text in path:
        if text.startswith("cd "):
            newcomer = replace(newcomer, folder=newcomer.folder / text.removeprefix("cd "))
        else:
            newcomer.lienthong(*text.split()[1:])
