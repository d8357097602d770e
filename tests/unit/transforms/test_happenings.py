"""What happened to a dossier: the same facts whatever the order in which its versions come, each announced once."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.canonical import dossier_v1, submission_v1
from schemas.canonical.dossier_happened_v1 import DossierHappened
from tests.examples import examples
from tests.unit.transforms.planted import SIGHT, START, Planted, histories, plant
from transforms.happening_changes import Known, Noted, compare, event_data, event_key, is_before, is_plainly_before
from transforms.happenings import Facts, Version, derive, in_order

HOUR = timedelta(hours=1)
LONG_AGO = START - timedelta(days=1000)


def moments(facts: Facts) -> dict[Any, datetime]:
    return {key: fact.at for key, fact in facts.items()}


class Store:
    """What a store of happenings does with the bundles that come, without a database."""

    def __init__(self, *, dated: bool = True, since: datetime = LONG_AGO) -> None:
        self.dated, self.since = dated, since
        self.versions: dict[str, Version] = {}
        self.known: dict[Any, Known] = {}
        self.announced: list[Noted] = []

    def deliver(self, bundle: Iterable[Version]) -> None:
        before = [*self.versions.values()]
        self.versions |= {version.id: version for version in bundle}
        facts = derive(self.versions.values(), dated=self.dated)
        newest = in_order(self.versions.values(), dated=self.dated)[-1]
        noted = compare(facts, self.known, newest, before=lambda: derive(before, dated=self.dated), since=self.since)
        self.known |= {one.fact.key: Known(one.fact.at, one.fact.appointment_at, one.state) for one in noted}
        self.announced += [one for one in noted if one.change is not None]

    def of(self, change: str) -> list[Any]:
        return [one.fact.key for one in self.announced if one.change == change]


@given(planted=histories)
def test_what_was_planted_is_found(planted: Planted) -> None:
    assert moments(derive(planted.versions, dated=True)) == planted.facts


@settings(max_examples=examples(300), deadline=None)
@given(planted=histories, data=st.data())
def test_any_order_any_bundles_and_any_doubling_announce_each_fact_once(planted: Planted, data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(planted.versions), max_size=5))
    order = data.draw(st.permutations([*planted.versions, *again]))
    store = Store()
    while order:
        size = data.draw(st.integers(1, len(order)))
        store.deliver(order[:size])
        order = order[size:]
    assert sorted(store.of("new")) == sorted(planted.facts)
    assert {key: was.at for key, was in store.known.items() if was.state == "announced"} == planted.facts


@given(planted=histories)
def test_in_their_own_order_nothing_is_ever_corrected(planted: Planted) -> None:
    store = Store()
    for version in planted.versions:
        store.deliver([version])
        store.deliver([version])
    assert (sorted(store.of("new")), len(store.announced)) == (sorted(planted.facts), len(planted.facts))


@given(planted=histories, after=st.integers(-3000, 3000), dated=st.booleans())
def test_versions_before_a_moment_show_nothing_that_happened_after_it(
    planted: Planted, after: int, *, dated: bool
) -> None:
    since = START + after * HOUR
    shown = in_order(planted.versions, dated=dated)
    if all(is_before(one, since, dated=dated) for one in shown):
        assert all(fact.at < since for fact in derive(planted.versions, dated=dated).values())
    else:
        assert after < 3000


@given(planted=histories, after=st.integers(-3000, 3000))
def test_what_texts_tell_to_be_old_is_old(planted: Planted, after: int) -> None:
    since = START + after * HOUR
    for one in planted.versions:
        plainly = is_plainly_before(one.data, since.isoformat())
        (shown,) = in_order([one], dated=True)
        assert plainly == is_before(shown, since, dated=True) or (not plainly and after < 3000)


def test_texts_that_are_no_instants_of_ours_tell_nothing() -> None:
    old = version(1).data
    assert is_plainly_before(old, "2100-01-01T00:00:00.000000Z")
    for data in ({"returned_at": "2020-01-01T00:00:00+07:00"}, {"accepted_at": 5}, {"supplements": [{"number": 1}]}):
        assert not is_plainly_before({**old, **data}, "2100-01-01T00:00:00.000000Z")


def version(number: int, **data: Any) -> Version:
    at = START + number * HOUR
    state = {"code": "H1", "procedure": "1.000656", "channel": "online", "updated_at": at, "observed_at": at + SIGHT}
    return Version(f"v{number}", dossier_v1.TYPE, dossier_v1.Dossier.model_validate({**state, **data}).to_data())


def test_a_late_version_of_what_was_announced_announces_nothing() -> None:
    planted = plant(["ask", "answer"], "completed")
    store = Store()
    store.deliver([*planted.versions[:1], *planted.versions[2:]])
    count = len(store.announced)
    store.deliver([planted.versions[1]])
    assert len(store.announced) == count


def test_a_corrected_date_is_announced_as_a_correction_with_the_one_before() -> None:
    store = Store()
    store.deliver([version(1, status=2, accepted_at=START)])
    store.deliver([version(2, status=4, accepted_at=START - HOUR)])
    assert [(one.change, one.fact.key, one.fact.at, one.previous_at) for one in store.announced] == [
        ("new", ("accepted", 1), START, None),
        ("corrected", ("accepted", 1), START - HOUR, START),
    ]


def test_other_changes_correct_nothing() -> None:
    store = Store()
    store.deliver([version(1, status=2, accepted_at=START, phone="0900000001")])
    store.deliver([version(2, status=4, accepted_at=START, phone="0900000002", officer="Khác", agency="H08.01")])
    assert store.of("corrected") == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_an_acceptance_that_is_taken_back_is_retracted_and_may_come_again(order: Sequence[int]) -> None:
    versions = [version(1, status=2, accepted_at=START), version(2, status=1), version(3, status=2, accepted_at=START)]
    store = Store()
    for place in order:
        store.deliver([versions[place]])
    assert store.of("new") == [("accepted", 1)]
    assert store.known["accepted", 1].state == "announced"


def test_a_version_that_lacks_a_date_takes_nothing_back_unless_its_status_does() -> None:
    accepted = version(1, status=2, accepted_at=START)
    for status in (None, 2, 4, 5, 9):
        assert ("accepted", 1) in derive([accepted, version(2, status=status)], dated=True)
    assert ("accepted", 1) not in derive([accepted, version(2, status=1)], dated=True)


def test_what_is_too_old_is_not_announced_unless_its_date_is_put_right() -> None:
    store = Store(since=START - HOUR)
    store.deliver([version(1, status=2, accepted_at=START - timedelta(days=3650))])
    assert (store.announced, store.known) == ([], {})
    store.deliver([version(2, status=4, accepted_at=START)])
    assert store.of("new") == [("accepted", 1)]


def test_what_the_store_had_before_there_were_happenings_is_not_announced() -> None:
    planted = plant(["ask"], "completed")
    store = Store()
    store.versions = {one.id: one for one in planted.versions[:-1]}
    store.deliver(planted.versions[-1:])
    assert sorted(store.of("new")) == [("completed", 1), ("supplement_received", 1)]
    assert store.known["accepted", 1].state == "known"


@pytest.mark.parametrize("channel", ["in_person", "post", None])
def test_only_what_is_filed_online_is_submitted(channel: str | None) -> None:
    assert derive([version(1, status=1, channel=channel, submitted_at=START)], dated=True) == {}


def test_an_appointment_that_moves_before_or_with_the_acceptance_is_none() -> None:
    day = timedelta(days=1)
    versions = [
        version(1, status=1, appointment_at=START + day),
        version(2, status=1, appointment_at=START + 2 * day),
        version(3, status=2, accepted_at=START, appointment_at=START + 3 * day),
        version(4, status=4, accepted_at=START, appointment_at=START + 2 * day),
        version(5, status=4, accepted_at=START, appointment_at=START + 4 * day),
    ]
    facts = derive(versions, dated=True)
    (moved,) = (fact for fact in facts.values() if fact.happening == "reappointed")
    shown = (moved.occurrence, moved.previous_appointment_at, moved.appointment_at)
    assert shown == (1, START + 2 * day, START + 4 * day)


def test_a_request_that_ends_in_a_rejection_or_a_withdrawal_was_not_answered() -> None:
    for status, happening in ((3, "rejected"), (7, "withdrawn")):
        facts = derive([version(1, status=5), version(2, status=status)], dated=True)
        assert set(facts) == {("supplement_requested", 1), (happening, 1)}


def test_a_moment_in_the_future_counts_as_the_moment_at_which_it_was_seen() -> None:
    facts = derive([version(1, status=9, completed_at=START + timedelta(days=365))], dated=True)
    assert facts["completed", 1].at == START + HOUR + SIGHT


class TestPortal:
    """The national portal dates no version, and lists the requests for supplements."""

    def test_what_only_the_status_shows_happened_when_it_was_first_seen(self) -> None:
        facts = derive([version(3, status=7), version(2, status=7), version(1, status=4)], dated=False)
        assert moments(facts) == {("withdrawn", 1): START + 2 * HOUR + SIGHT}

    def test_a_refusal_has_the_date_of_the_portal(self) -> None:
        facts = derive([version(2, status=3, rejected_at=START)], dated=False)
        assert moments(facts) == {("rejected", 1): START}

    def test_the_list_of_requests_stands_for_the_statuses(self) -> None:
        first = {"number": 1, "requested_at": START, "received_at": START + HOUR}
        second = {"number": 2, "requested_at": None, "received_at": None}
        versions = [
            version(1, status=5),
            version(2, status=5, supplements=[first]),
            version(4, status=5, supplements=[first, second]),
            version(5, status=4, supplements=[first, {**second, "received_at": START + 5 * HOUR}]),
        ]
        for order in permutations(versions):
            assert moments(derive(order, dated=False)) == {
                ("supplement_requested", 1): START,
                ("supplement_received", 1): START + HOUR,
                ("supplement_requested", 2): START + 4 * HOUR + SIGHT,
                ("supplement_received", 2): START + 5 * HOUR,
            }

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_a_push_and_the_dossier_itself_are_one_submission(self, order: Sequence[int]) -> None:
        versions = [submission("s1"), version(2, status=1, submitted_at=START)]
        store = Store(dated=False)
        for place in order:
            store.deliver([versions[place]])
        assert [(one.change, one.fact.key, one.fact.at) for one in store.announced] == [
            ("new", ("submitted", 1), START)
        ]

    def test_what_lacks_something_is_submitted_when_it_is_in_order(self) -> None:
        lacking = submission("s1", outcome="lacking", submitted_at=None)
        assert derive([lacking], dated=False) == {}
        facts = derive([lacking, submission("s2", submitted_at=None, received_at=START + HOUR)], dated=False)
        assert moments(facts) == {("submitted", 1): START + HOUR}


def submission(name: str, **data: Any) -> Version:
    state = {"code": "H1", "submitted_at": START, "received_at": START + SIGHT, "outcome": "acknowledged"}
    shape = submission_v1.Submission.model_validate({**state, **data})
    return Version(name, submission_v1.TYPE, shape.to_data())


def test_the_events_data_is_that_of_its_shape_and_its_key_tells_corrections_apart() -> None:
    store = Store()
    known = {"phone": "0900000001", "applicant": "Nguyễn Văn Mẫu", "source_notifies": True, "agency": "H08.01"}
    store.deliver([version(1, status=1), version(2, status=2, accepted_at=START, **known)])
    store.deliver([version(3, status=4, accepted_at=START + HOUR, **known)])
    newest = in_order(store.versions.values(), dated=True)[-1]
    of = {"source": "igate", "code": "H1"}
    new, corrected = (event_data(one, newest, **of) for one in store.announced)
    assert DossierHappened.model_validate(new).to_data() == {**new, "lienthong:causationid": None}
    assert (new["from"], new["to"], new["source_notifies"], new["version"]) == (1, 2, True, "v2")
    assert (corrected["change"], corrected["previous_at"]) == ("corrected", new["at"])
    assert [event_key(one, **of) for one in store.announced] == [
        "H1/igate/accepted/1",
        f"H1/igate/accepted/1/corrected/{corrected['at']}",
    ]
