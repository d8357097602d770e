"""The recorded month of November 2023, through the transforms alone, gives its known answers."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import orjson
import pytest
import yaml
from pydantic import TypeAdapter

from lienthong import WHOLE
from lienthong.configuration.condition_check import compile_condition
from lienthong.envelope import Envelope
from reports.indicators.tally import tally
from reports.month import Month
from reports.paper_filings import rule as paper_filings
from reports.units import Units
from reports.vneid_activation import rule as vneid_activation
from schemas.service_period import ServicePeriod
from store.instants import format_instant
from store.portal_facts import PortalDossier, facts_of
from store.rows import AccountState, Filing
from tests.unit.reports.test_indicators import SEVEN
from tests.unit.transforms.recorded_events import (
    RECORDING,
    ROOT,
    load_table,
    newest_dossiers,
    recorded_versions,
    transform_all,
)
from transforms.accounts import from_vneid
from transforms.civil_servants import from_ccvc
from transforms.dossiers import from_igate, from_portal
from transforms.organisations import Tree

ANSWERS = orjson.loads((RECORDING / "answers.json").read_bytes())
MONTH = Month.parse("2023-11")
RETURNED = 1
"""One dossier returns to an earlier content: a version of its own for the ledger, and no other content."""
Row = TypeVar("Row", Filing, ServicePeriod, AccountState)


@pytest.fixture(scope="module")
def igate() -> list[Envelope]:
    return recorded_versions("igate", "igate/dossiers.jsonl", "code")


@pytest.fixture(scope="module")
def dossiers(igate: list[Envelope]) -> list[dict[str, Any]]:
    return newest_dossiers(transform_all(igate, _from_igate())[0])


@pytest.fixture(scope="module")
def periods() -> list[ServicePeriod]:
    done, dead = transform_all(recorded_versions("ccvc", "ccvc/records.jsonl", "soHieuCBCCVC"), from_ccvc)
    assert dead == 0
    return [_row(ServicePeriod, envelope.data) for envelope in done]


def _from_igate() -> Any:
    tables = {"channels": "channels", "levels": "online-levels", "statuses": "igate-statuses"}
    return partial(from_igate, **{parameter: load_table(name) for parameter, name in tables.items()})


def _row(shape: type[Row], data: Mapping[str, Any]) -> Row:
    """A canonical event's data as the row that reports count."""
    return TypeAdapter(shape).validate_python({one.name: data[one.name] for one in fields(shape) if one.name in data})


def test_exactly_the_broken_versions_are_refused(igate: list[Envelope]) -> None:
    counts = ANSWERS["counts"]
    _, dead = transform_all(igate, _from_igate())
    assert (len(igate) + RETURNED, dead) == (counts["igate_distinct_versions"], counts["igate_malformed_versions"])


@pytest.mark.parametrize(
    ("route", "source", "file", "key"),
    [
        ("igate-dossiers", "igate", "igate/dossiers.jsonl", "code"),
        ("dvcqg-dossiers", "dvcqg", "dvcqg/dossiers.jsonl", "MaHoSo"),
        ("civil-servants", "ccvc", "ccvc/records.jsonl", "soHieuCBCCVC"),
        ("identity-accounts", "vneid", "vneid/accounts.jsonl", "citizenPid"),
    ],
)
def test_no_route_drops_a_recorded_event(route: str, source: str, file: str, key: str) -> None:
    condition = compile_condition(
        yaml.safe_load((ROOT / "routes" / f"{route}.yaml").read_text(encoding="utf-8"))["when"]
    )
    assert all(condition.holds(envelope) for envelope in recorded_versions(source, file, key))


def test_unusable_identities_are_counted_and_nothing_else_is_unknown(dossiers: list[dict[str, Any]]) -> None:
    flags = [flag for dossier in dossiers for flag in dossier["quality"]]
    assert flags == ["identity-unknown"] * ANSWERS["counts"]["dossiers_with_unusable_identity"]


def test_the_paper_filings_are_those_of_the_answers(
    dossiers: list[dict[str, Any]], periods: list[ServicePeriod]
) -> None:
    filings = [_row(Filing, dossier) for dossier in dossiers]
    cases = paper_filings.find_cases(filings, periods, MONTH)
    assert paper_filings.payload(MONTH, cases) == ANSWERS["paper_filings"]


def test_the_vneid_activation_is_that_of_the_answers(periods: list[ServicePeriod]) -> None:
    done, dead = transform_all(recorded_versions("vneid", "vneid/accounts.jsonl", "citizenPid"), from_vneid)
    states = [_row(AccountState, account.data) for account in done]
    as_at = vneid_activation.cut_off(MONTH, 25)
    assert dead == 0
    assert (
        vneid_activation.payload(as_at, vneid_activation.count(periods, states, as_at)) == ANSWERS["vneid_activation"]
    )


def test_the_indicators_are_those_of_the_answers() -> None:
    done, dead = transform_all(recorded_versions("portal", "dvcqg/dossiers.jsonl", "MaHoSo"), from_portal)
    assert dead == 0
    counted = tally(
        (_portal_dossier(dossier) for dossier in newest_dossiers(done) if _is_of_month(dossier)),
        SEVEN,
        [MONTH],
        Units(Tree([], MONTH.last), WHOLE),
    )
    assert {name: share._asdict() for name, share in counted.whole().items()} == ANSWERS["indicators"]


def _is_of_month(dossier: Mapping[str, Any]) -> bool:
    return bool(dossier["accepted_at"]) and MONTH.contains(datetime.fromisoformat(str(dossier["accepted_at"])))


def _portal_dossier(data: Mapping[str, Any]) -> PortalDossier:
    instants = {name: value and format_instant(value) for name, value in data.items() if name.endswith("_at")}
    facts = facts_of({**data, **instants}, format_instant(MONTH.end))
    return PortalDossier("", data["code"], instants["accepted_at"], facts)
