"""Whose ledger it is, and what a recording may reach."""

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.ports import Site
from lienthong.runtime.stages import make_route_stages
from lienthong.runtime.world import (
    SURE_BLOCKS,
    Playing,
    WithheldLookup,
    World,
    WrongWorld,
    claim_ledger,
    ledger_world,
    reaches_outside,
)
from lienthong.settings import PartSettings
from tests.contract.ledger_steps import receive
from tests.databases import open_embedded
from tests.events import event

OTHER: dict[World, World] = {"live": "recording", "recording": "live"}
MOMENT = datetime.fromisoformat("2023-11-15T08:00:00+07:00")


@pytest.fixture
def database(tmp_path: Path) -> Engine:
    return open_embedded(tmp_path)


@pytest.mark.parametrize("world", ["live", "recording"])
def test_a_new_ledger_belongs_to_the_world_that_first_uses_it(database: Engine, world: World, tmp_path: Path) -> None:
    claim_ledger(database, world, MOMENT, place=tmp_path)
    claim_ledger(database, world, MOMENT, place=tmp_path)
    assert ledger_world(database) == world
    with pytest.raises(WrongWorld):
        claim_ledger(database, OTHER[world], MOMENT, place=tmp_path)


@pytest.mark.parametrize(("fraction", "world"), [(0, "recording"), (1, "live")])
def test_a_ledger_of_an_earlier_version_is_known_by_its_times(
    database: Engine, fraction: int, world: World, tmp_path: Path
) -> None:
    clock = ReplayClock(MOMENT + timedelta(microseconds=fraction))
    for number in range(SURE_BLOCKS):
        receive(SqlLedger(database, clock), event(str(number)))
    with pytest.raises(WrongWorld):
        claim_ledger(database, OTHER[world], MOMENT, place=tmp_path)
    claim_ledger(database, world, MOMENT, place=tmp_path)
    assert ledger_world(database) == world


def part(use: str, **parameters: object) -> PartSettings:
    return PartSettings(name="x", use=use, parameters=parameters)


@pytest.mark.parametrize(
    ("address", "played"),
    [
        ("http://127.0.0.1:1/igate", True),
        ("http://127.0.0.1:1/igate/api", True),
        ("http://127.0.0.1:1/igate2", False),
        ("http://127.0.0.1:1/vneid", False),
        ("https://igate.example.vn", False),
        ("data/drop", False),
    ],
)
def test_only_the_systems_of_a_recording_are_polled(address: str, *, played: bool) -> None:
    playing = Playing(["http://127.0.0.1:1/igate"])
    assert playing.plays(part("connectors.sources.igate.Igate", url=address)) is played
    other = part("connectors.sources.igate.Igate", url=address, token_url="https://sso.example.vn/token")
    assert not playing.plays(other), "one address elsewhere is enough"


def test_a_sink_reaches_outside_by_an_address_a_path_or_its_own_word() -> None:
    generic = "lienthong.connectors.sinks"
    assert reaches_outside(part(f"{generic}.http.HttpSink", url="http://127.0.0.1:1/x"))
    assert reaches_outside(part(f"{generic}.files.FilesSink", folder="out"))
    assert reaches_outside(part(f"{generic}.sql.SqlSink", url="sqlite:///x.db", into={}))
    assert not reaches_outside(part(f"{generic}.sql.SqlSink", into={"table": "t"}))
    assert not reaches_outside(part("store.writer.DataStore"))
    assert reaches_outside(part(f"{__name__}.Caller"))
    assert not reaches_outside(part(f"{__name__}.Inside", url="https://example.vn"))


class Caller:
    reaches_outside = True


class Inside:
    reaches_outside = False


def test_a_lookup_that_asks_another_system_knows_nothing_in_a_recording() -> None:
    lookups = {
        "address": part(f"{__name__}.Asker", url="https://example.vn"),
        "deep": part(f"{__name__}.Asker", servers=[{"at": "postgresql://10.0.0.1/x"}]),
        "declared": part(f"{__name__}.Caller"),
        "stand-in": part(f"{__name__}.Asker", url="http://127.0.0.1:1/igate/streets"),
        "file": part(f"{__name__}.Asker", path="streets.csv"),
        "inside": part(f"{__name__}.Inside", url="https://example.vn"),
    }
    playing = Playing(["http://127.0.0.1:1/igate"])
    withheld = ["address", "declared", "deep"]
    assert sorted(name for name, lookup in lookups.items() if playing.withholds_lookup(lookup)) == withheld
    assert Playing().withholds_lookup(lookups["stand-in"]), "an operator acts, and no stand-in is there"
    lookup = WithheldLookup("address", playing)
    assert lookup.find_many(["a", "b"]) == lookup.find_many(["c"]) == {}
    assert playing.unasked == {"address": 3}


def test_the_stages_of_a_recording_have_no_lookup_that_asks_outside(database: Engine) -> None:
    lookup = PartSettings(name="streets", use=f"{__name__}.Asker", parameters={"url": "https://example.vn"})
    nothing = {"routes": {}, "tables": {}, "calendars": {}, "own_files": {}}
    settings = SimpleNamespace(lookups={"streets": lookup}, folder=Path(), **nothing)
    storage = SimpleNamespace(settings=settings, database=database, site=None)
    Asker.calls.clear()
    make_route_stages(storage, Playing())  # type: ignore[arg-type]  # the parts of a storage that are looked at
    assert Asker.calls == []
    make_route_stages(storage, None)  # type: ignore[arg-type]  # see above
    assert Asker.calls == [{"url": "https://example.vn"}]


class Asker:
    calls: ClassVar[list[dict[str, str]]] = []

    def __init__(self, site: Site, *, url: str) -> None:
        self.calls.append({"url": url})
