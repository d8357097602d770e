"""What reports read of the data store is the same on every database."""

from typing import Any

import yaml
from sqlalchemy import Engine

from lienthong import Scope, Site
from lienthong.configuration.resolve import make_connector
from store.documents.entries import write
from store.writer import DataStore
from tests.contract.sinks_contract import committed
from tests.unit.reports.test_reports import CONFIG
from tests.unit.reports.test_reviews import FIRST, RECEIVER, asked
from tests.unit.reports.test_units import UNITS, _Clock
from tests.unit.store.documents import addition, entry, verdict
from tests.unit.store.events import dossier, procedure
from transforms.organisation_files import OrganisationFiles
from transforms.report_targets import ReportTargets

OWN_FILES = {"organisations": OrganisationFiles(), "reports-targets": ReportTargets()}
PAPER = {"digitised": True, "reused": True, "from_store": False}
LATE = {"status": 9, "completed_at": "2023-11-10T00:00:00Z", "appointment_at": "2023-11-09T00:00:00Z"}
WAITED = [{"number": 1, "requested_at": "2023-11-07T06:00:00Z", "received_at": "2023-11-09T06:00:00Z"}]


def report(database: Engine, name: str, scope: Scope) -> Any:
    settings = yaml.safe_load((CONFIG / f"{name}.yaml").read_text(encoding="utf-8"))
    found = make_connector(settings["use"], Site(_Clock(), database), settings["with"], {}, own_files=OWN_FILES)
    return found.build("2023-11", scope=scope)


def test_reports_read_the_same_from_every_database(database: Engine) -> None:
    portal = {"source": "dvcqg", "vneid_authenticated": True}
    events = [
        dossier(FIRST, quality=["officer-unknown"]),
        dossier("000.00.31.H08-1", **portal, **LATE, fee=10, online_payment=1, components=[PAPER], supplements=WAITED),
        dossier("000.00.31.H08-2", **portal, **LATE, applicant="Trần \u0001 \U0001f600", channel="online"),
        procedure("1.000656"),
    ]
    entries = [
        addition("E1", verdict=verdict(signatures=[], reasons=[])),
        asked("M1", FIRST, T1="attach"),
        entry("reuse", "R1", document_id="E1", dossier=FIRST, component="T1", version=1),
    ]
    with committed(database) as transaction:
        DataStore(Site(_Clock(), database)).deliver([*UNITS, RECEIVER, *events], transaction)
        for one in entries:
            write(transaction.connection, one)
    for scope in (Scope(), Scope("H08.31")):
        found = report(database, "indicators-766", scope).payload["indicators"]
        assert (found["qd766-2-1"], found["qd766-3-6"], found["qd766-4-3"]) == (
            {"numerator": 1, "denominator": 2},
            {"numerator": 1, "denominator": 1},
            {"numerator": 1, "denominator": 2},
        )
        assert report(database, "reuse", scope).payload["components"] == {"numerator": 1, "denominator": 1}
        reviewed = report(database, "service-review", scope).payload
        assert (reviewed["channels"]["in_person"]["accepted"], reviewed["offered_without_online"]) == (1, ["1.000656"])
        worst = report(database, "data-quality", scope).payload["worst"]
        assert [one["record"]["code"] for one in worst] == [FIRST]
    assert report(database, "signatures", Scope()).payload["accepted"] == {"numerator": 1, "denominator": 1}
    assert report(database, "notices", Scope()).figures == {}
    filings = report(database, "paper-filings", Scope("H08.31"))
    assert "0 hồ sơ của người thuộc đơn vị" in filings.summary[0] or "không phát sinh" in filings.summary[0]
