"""The lookups of questions, dossiers and wrong codes on every database: no table is read whole for them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, event

from lienthong.adapters.clock import ReplayClock
from lienthong.ports import Site, SourceName
from store.dossier_facts import DossierFacts
from store.questions import Questions
from store.wrong_codes import WrongCodeNotes, WrongCodes
from tests.contract.test_store_counter import _scans, deliver
from tests.unit.store.events import dossier, payment, question, submission

CODE = "000.00.31.H08-231107-0001"


def test_no_table_is_read_whole_for_a_lookup(database: Engine, clock: ReplayClock) -> None:
    site = Site(clock, database)
    deliver(site, dossier(CODE), submission(CODE), *(question(f"{number}") for number in range(300)))
    deliver(site, payment("GD2", dossier=CODE), payment("GD1", dossier=CODE))
    queries: list[tuple[str, Any]] = []

    def note_query(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("SELECT"):
            queries.append((statement, parameters))

    event.listen(database, "before_cursor_execute", note_query)
    facts = DossierFacts(site, sources=[SourceName("igate")]).find_many([CODE])[CODE]
    assert set(Questions(site).find_many(["7", "none"])) == {"7"}
    event.remove(database, "before_cursor_execute", note_query)
    assert [each["transaction"] for each in facts["payments"]] == ["GD1", "GD2"]
    assert len(facts["versions"]) == len(facts["submissions"]) == 1
    if database.dialect.name == "sqlite":
        assert _scans(database, queries) == []


def test_wrong_codes_are_counted_by_client(database: Engine, clock: ReplayClock) -> None:
    site = Site(clock, database)
    WrongCodeNotes(site).find_many(["a\ne1", "a\ne2", "b\ne3"])
    assert WrongCodes(site, within=timedelta(hours=1)).find_many(["a", "b", "c"]) == {
        "a": [3600.0, 3600.0],
        "b": [3600.0],
    }
