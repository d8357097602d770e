"""The moments of dossiers that both systems know, read from the data store on every database."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.envelope import Envelope
from lienthong.ports import Site
from schemas.canonical import dossier_v1
from store.lateness import Proof, find_both, submitted_between
from store.reading import snapshot
from store.writer import DataStore
from tests.contract.sinks_contract import committed
from tests.unit.transforms.deadline_days import local

PERIOD = (local("2026-11-01 00:00"), local("2026-12-01 00:00"))
DAY = "2026-11-10"


def at(text: str) -> datetime:
    return local(f"{DAY} {text}")


def version(source: str, code: str, seen: str, **values: Any) -> Envelope:
    shown: Mapping[str, Any] = {"code": code, "procedure": "1.000656", "updated_at": at(seen), "observed_at": at(seen)}
    data = dossier_v1.Dossier.model_validate({**shown, **values}).to_data()
    return Envelope(f"{source}-{code}-{seen}", dossier_v1.TYPE, source, code, at(seen), at(seen), data)


def portal(code: str, seen: str, status: int, **values: Any) -> Envelope:
    values = {"filed_on": "portal", "submitted_at": at("08:00"), **values}
    return version("dvcqg", code, seen, status=status, **values)


def one_stop(code: str, **values: Any) -> Envelope:
    values = {"submitted_at": at("08:10"), "accepted_at": at("10:00"), "agency": "H08.12", **values}
    return version("igate", code, "11:00", status=2, **values)


@pytest.fixture
def proofs(database: Engine, clock: ReplayClock) -> Any:
    def read(*events: Envelope) -> list[Proof]:
        with committed(database) as transaction:
            DataStore(Site(clock, database)).deliver(events, transaction)
        with snapshot(database) as connection:
            return submitted_between(connection, local="igate", portal="dvcqg", period=PERIOD)

    return read


def test_all_four_moments_with_their_events(proofs: Any) -> None:
    refused = portal("A", "09:30", 3)
    (proof,) = proofs(portal("A", "09:00", 1), refused, portal("A", "12:00", 2), portal("A", "15:00", 4), one_stop("A"))
    moments = proof.moments
    found = (moments.submitted, moments.arrived, moments.accepted, moments.shown)
    assert found == tuple(map(at, ("08:00", "08:10", "10:00", "12:00")))
    assert (proof.local_event, proof.portal_event, proof.shown_event) == (
        "igate-A-11:00",
        "dvcqg-A-15:00",
        "dvcqg-A-12:00",
    )


def test_a_clock_that_is_behind_does_not_move_a_dossier_to_another_month(proofs: Any) -> None:
    midnight = local("2026-11-01 00:00")
    before = {"updated_at": local("2026-10-31 23:58"), "observed_at": local("2026-10-31 23:59")}
    here = one_stop("A", submitted_at=local("2026-10-31 23:50"), accepted_at=local("2026-10-31 23:58"), **before)
    (proof,) = proofs(portal("A", "12:00", 2, submitted_at=midnight), here)
    assert proof.moments.submitted == midnight


@pytest.mark.parametrize("of_portal", [True, False])
def test_codes_that_differ_are_joined_by_either_side(proofs: Any, *, of_portal: bool) -> None:
    names = ({"other_code": "LOCAL"}, {}) if of_portal else ({}, {"other_code": "NATIONAL"})
    (proof,) = proofs(portal("NATIONAL", "12:00", 2, **names[0]), one_stop("LOCAL", **names[1]))
    assert (proof.code, proof.shown_event) == ("LOCAL", "dvcqg-NATIONAL-12:00")


@pytest.mark.parametrize(
    "events",
    [
        (portal("A", "12:00", 1), one_stop("A")),
        (portal("A", "12:00", 0), one_stop("A")),
        (portal("A", "12:00", 2),),
        (portal("A", "12:00", 2), one_stop("A", accepted_at=None)),
        (portal("A", "12:00", 2, filed_on="province"), one_stop("A")),
        (portal("A", "12:00", 2, submitted_at=local("2026-10-31 23:59")), one_stop("A")),
    ],
    ids=["not shown", "of no status", "not arrived", "not accepted", "not of the portal", "of another month"],
)
def test_a_dossier_without_all_moments_in_the_period_is_left_out(proofs: Any, events: tuple[Envelope, ...]) -> None:
    assert proofs(*events) == []


@pytest.mark.parametrize("asked", ["LOCAL", "NATIONAL"])
def test_a_dossier_is_found_by_its_code_in_either_system(database: Engine, clock: ReplayClock, asked: str) -> None:
    events = (portal("NATIONAL", "12:00", 2, other_code="LOCAL"), one_stop("LOCAL", other_code="NATIONAL"))
    with committed(database) as transaction:
        DataStore(Site(clock, database)).deliver(events, transaction)
    with snapshot(database) as connection:
        here, there = find_both(connection, local="igate", portal="dvcqg", code=asked)
    assert (here and here[0], there and there[0]) == ("igate-LOCAL-11:00", "dvcqg-NATIONAL-12:00")
