"""Questions, answers and petitions in the data store: the newest version counts, on every database."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from lienthong.adapters.clock import ReplayClock
from lienthong.envelope import Envelope
from lienthong.ports import Site
from store import tables
from store.questions import Questions
from store.writer import DataStore
from tests.contract.sinks_contract import committed
from tests.unit.store.events import NOON, petition, question, question_answer

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def site(database: Engine, clock: ReplayClock) -> Site:
    return Site(clock, database)


def deliver(site: Site, *events: Envelope) -> None:
    with committed(site.database) as transaction:
        DataStore(site).deliver(events, transaction)


def test_questions_are_found_by_their_code_in_their_newest_version(site: Site) -> None:
    answered = question(state="answered", observed_at=LATER)
    deliver(site, answered)
    deliver(site, question(), question("1002", addressed_to=None, agency=None))
    assert Questions(site).find_many(["1001", "1002", "404", "1001"]) == {
        "1001": {"addressed_to": "H08", "agency": "H08.08", "state": "answered"},
        "1002": {"addressed_to": None, "agency": None, "state": "open"},
    }
    assert Questions(site).find_many([]) == {}


def test_the_later_answer_to_a_question_counts_in_any_order(site: Site) -> None:
    later = question_answer(text="Sửa lại.")._replace(received_at=LATER)
    deliver(site, later)
    deliver(site, question_answer())
    with site.database.connect() as connection:
        (row,) = connection.execute(select(tables.question_answers)).all()
    assert (row.question, row.text, row.client) == ("1001", "Sửa lại.", "motcua")


def test_a_petition_is_kept_with_its_moments_and_without_its_person(site: Site) -> None:
    deliver(site, petition())
    with site.database.connect() as connection:
        (row,) = connection.execute(select(tables.petitions)).all()
    assert row.received_at == "2023-11-01T01:00:00.000000Z"
    assert (row.answered_at, row.published_at) == ("2023-11-06T01:00:00.000000Z", None)
    assert not any("MẪU" in str(value) or "hướng dẫn" in str(value) for value in row)
