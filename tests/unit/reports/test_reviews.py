"""Reuse, signatures, data quality and the review of services, over a small data store, as their files ship."""

from collections.abc import Sequence
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine

from lienthong import WHOLE, Document, Envelope, Rejected, Scope, Site
from lienthong.configuration.resolve import make_connector
from reports.rendering import pdf, xlsx
from store.documents.entries import write
from store.notices.tables import notices
from store.writer import DataStore
from tests.contract.sinks_contract import committed
from tests.databases import open_in_memory
from tests.unit.reports.test_reports import CONFIG
from tests.unit.reports.test_units import SEEN, UNITS, _Clock
from tests.unit.store.documents import addition, entry, verdict
from tests.unit.store.events import dossier, procedure, servant
from transforms.organisation_files import OrganisationFiles

NAMES = ("reuse", "signatures", "data-quality", "service-review")
FIRST, SECOND = "000.00.31.H08-231107-0001", "000.00.31.H08-231107-0002"
RECEIVER = Envelope(
    "unit H08.31",
    "organisation_unit.v1",
    "organisations",
    "H08.31",
    SEEN,
    SEEN,
    {**UNITS[1].data, "code": "H08.31", "name": "UBND thành phố Quy Nhơn", "codes": {"igate": "000.00.31.H08"}},
)


def build(
    name: str, *events: Envelope, entries: Sequence[dict[str, Any]] = (), scope: Scope = WHOLE, **changed: Any
) -> Document:
    """The report of November 2023 over a store with the tree, `events` and `entries`."""
    engine = open_in_memory()
    with committed(engine) as transaction:
        DataStore(Site(_Clock(), engine)).deliver([*UNITS, RECEIVER, *events], transaction)
        for one in entries:
            write(transaction.connection, one)
    document = _report(engine, name, changed).build("2023-11", scope=scope)
    engine.dispose()
    assert isinstance(document, Document)
    return document


def _report(engine: Engine, name: str, changed: dict[str, Any]) -> Any:
    settings = yaml.safe_load((CONFIG / f"{name}.yaml").read_text(encoding="utf-8"))
    return make_connector(
        settings["use"],
        Site(_Clock(), engine),
        settings["with"] | changed,
        {},
        own_files={"organisations": OrganisationFiles()},
    )


def figure(document: Document, path: str) -> tuple[int, int | None]:
    """The sizes of a figure; its ids are as many as it states."""
    found = document.figures[path]
    assert len(found.numerator) == len(list(found.numerator))
    return len(found.numerator), None if found.denominator is None else len(list(found.denominator))


def asked(event_id: str, dossier_code: str | None, **outcomes: str) -> dict[str, Any]:
    """The components of a dossier that were asked about at noon of 07/11/2023."""
    components = [
        {"component": name, "outcome": outcome, "document_id": None, "fitting": 0} for name, outcome in outcomes.items()
    ]
    about = {"citizen_id": "052085001234", "procedure": "1.000656", "dossier": dossier_code, "purpose": "filing"}
    return entry("match", event_id, components=components, what="match", **about)


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_store_gives_a_report_in_every_form(name: str) -> None:
    engine = open_in_memory()
    document = _report(engine, name, {}).build("2023-11")
    assert pdf.render(document).startswith(b"%PDF") and xlsx.render(document).startswith(b"PK")
    assert document.name == f"{name}-2023-11" and any("Giả định" in note for note in document.notes)
    with pytest.raises(Rejected):
        _report(engine, name, {}).build("2023-13")
    engine.dispose()


def test_reuse_states_what_became_of_each_component() -> None:
    entries = [
        addition("E1", origin="dossier-result"),
        asked("M1", FIRST, T1="attach", T2="digitise"),
        asked("M2", SECOND, T1="choose"),
        asked("M3", None, T1="attach"),
        entry("reuse", "R1", document_id="E1", dossier=FIRST, component="T1", version=1),
        entry("reuse", "R2", document_id="E1", dossier="000.00.99.H08-231107-0003", component="T9", version=1),
    ]
    document = build("reuse", dossier(FIRST), entries=entries)
    found = document.payload
    assert (found["dossiers"], found["components"]) == (
        {"numerator": 2, "denominator": 3},
        {"numerator": 2, "denominator": 4},
    )
    assert found["outcomes"] == {"attach": 1, "choose": 1, "digitise": 1, "not_asked": 1}
    assert found["by_origin"] == {"dossier-result": 2} and found["asked_without_dossier"] == 1
    assert found["by_unit"] == {"H08.31": {"numerator": 1, "denominator": 2}}
    item = found["items"][0]
    assert (item["dossier"], item["component"], item["outcome"]) == (FIRST, "T1", "attach")
    assert item["reused"]["document_id"] == "E1" and item["reused"]["agency"] == "H08.17"
    assert (figure(document, "components"), figure(document, "dossiers")) == ((2, 4), (2, 3))
    assert "2/3 hồ sơ" in document.summary[0] and "66,67%" in document.summary[0]
    part = build("reuse", dossier(FIRST), entries=entries, scope=Scope("H08.31"))
    assert part.payload["components"] == {"numerator": 1, "denominator": 3}
    shortened = build("reuse", entries=entries, listed=1).sheets[-1]
    assert len(shortened.rows) == 1 and shortened.total is not None and "Còn 3" in shortened.total[2]


def test_a_component_that_was_asked_about_twice_counts_as_it_was_asked_last() -> None:
    later = {**asked("M2", FIRST, T1="attach"), "at": "2023-11-08T05:00:00Z"}
    document = build("reuse", entries=[later, asked("M1", FIRST, T1="digitise")])
    assert document.payload["outcomes"] == {"attach": 1, "choose": 0, "digitise": 0, "not_asked": 0}


def test_signatures_are_counted_by_issuer_and_by_reason() -> None:
    reason = {"code": "revoked", "message": "Chứng thư đã bị thu hồi.", "details": {}}
    signed = {"type": "signature", "chain": [], "reasons": []}
    good = {**signed, "issuer": "CA nhà nước", "indication": "TOTAL-PASSED"}
    bad = {**signed, "issuer": "CA khác", "indication": "TOTAL-FAILED", "reasons": [reason]}
    stamp = {**signed, "type": "document-time-stamp", "issuer": "TSA", "indication": "TOTAL-PASSED"}
    entries = [
        addition("E1", verdict=verdict(signatures=[good, stamp], reasons=[])),
        addition("E2", verdict=verdict("TOTAL-FAILED", signatures=[good, bad], reasons=[reason]), accepted=False),
        addition("E3", verdict=verdict("INDETERMINATE", signatures=[], reasons=[]), accepted=False, agency=None),
        addition("E4", verdict=verdict(checked_at="2023-12-07T05:00:00+00:00", signatures=[good])),
        entry(
            "judge",
            "J1",
            document_id="E3",
            version=1,
            accepted=True,
            verdict=verdict(checked_at="2023-11-09T05:00:00+00:00", signatures=[good], reasons=[]),
        ),
    ]
    document = build("signatures", entries=entries)
    found = document.payload
    assert found["versions"] == {"TOTAL-PASSED": 2, "INDETERMINATE": 0, "TOTAL-FAILED": 1}
    assert found["accepted"] == {"numerator": 2, "denominator": 3}
    assert found["by_issuer"] == [
        {"issuer": "CA khác", "signatures": {"TOTAL-FAILED": 1}},
        {"issuer": "CA nhà nước", "signatures": {"TOTAL-PASSED": 3}},
    ]
    assert found["by_reason"] == {"revoked": 1}
    assert found["by_agency"]["H08.17"] == {"numerator": 1, "denominator": 2}
    assert figure(document, "by_issuer.CA nhà nước") == (3, 3) and figure(document, "by_reason.revoked") == (1, 3)
    assert "2/3 tệp được chấp nhận, đạt 66,67%" in document.summary[0]
    part = build("signatures", entries=entries, scope=Scope("H08.17"))
    assert part.payload["accepted"] == {"numerator": 1, "denominator": 2}


def test_data_quality_counts_flags_by_source_and_masks_the_worst_records() -> None:
    events = (
        dossier(FIRST, quality=["officer-unknown"]),
        dossier(SECOND, identity=None, quality=["identity-unknown", "officer-unknown"]),
        dossier("000.00.31.H08-231107-0003"),
        dossier("000.00.99.H08-231107-0004", source="dvcqg", agency=None, quality=["agency-unknown"]),
        dossier("000.00.31.H08-231001-0005", quality=["code-unusual"], observed_at="2023-12-02T00:00:00Z"),
        servant(quality=("identity-unreadable",)),
    )
    document = build("data-quality", *events)
    of = {(one["source"], one["kind"]): one for one in document.payload["sources"]}
    assert of["igate", "dossiers"] == {
        "source": "igate",
        "kind": "dossiers",
        "records": 3,
        "flagged": 2,
        "flags": {"identity-unknown": 1, "officer-unknown": 2},
    }
    assert of["ccvc", "civil_servants"]["flags"] == {"identity-unreadable": 1}
    worst = [one for one in document.payload["worst"] if one["source"] == "igate"]
    assert [one["record"]["code"] for one in worst] == [SECOND, FIRST]
    shown = str(document.payload) + str([sheet.rows for sheet in document.sheets])
    assert "052085001234" not in shown and "Bùi Minh Phúc" not in shown and "052••••••234" in shown
    assert figure(document, "sources.igate.dossiers") == (2, 3)
    assert figure(document, "sources.igate.dossiers.flags.officer-unknown") == (2, 3)
    rows = {(row[1], row[3]): row[4:] for row in document.sheets[1].rows}
    assert rows["igate", "Mã hồ sơ không theo mẫu quy định"][3:] == (1, 4), "of the whole store it is shown, too"
    part = build("data-quality", *events, scope=Scope("H08.31"), worst=1)
    assert [(one["source"], one["records"]) for one in part.payload["sources"]] == [("igate", 3)]
    assert [one["record"]["code"] for one in part.payload["worst"]] == [SECOND]


def test_the_review_of_services_is_by_procedure_and_channel() -> None:
    done = {"status": 10, "completed_at": "2023-11-09T05:00:00Z", "appointment_at": "2023-11-09T05:00:00Z"}
    late = {**done, "appointment_at": "2023-11-08T05:00:00Z"}
    events = (
        procedure("1.000656"),
        procedure("1.001193", online_level="full", name="Khai sinh"),
        procedure("2.000001", online_level="information"),
        dossier("D-1", channel="online", **done),
        dossier("D-2", channel="online", **late),
        dossier("D-3", channel="online", status=4, appointment_at="2023-11-10T00:00:00Z"),
        dossier("D-4", status=3),
        dossier("D-5", channel=None, status=7),
        dossier("D-6", procedure="1.000656", status=10),
        dossier("D-7", accepted_at="2023-12-01T00:00:00Z"),
        dossier("D-8", source="dvcqg"),
    )
    document = build("service-review", *events)
    online = document.payload["procedures"]["1.001193"]["channels"]["online"]
    assert online == {
        "accepted": 3,
        "finished": 2,
        "in_time": 1,
        "overdue": 1,
        "refused": 0,
        "withdrawn": 0,
        "stopped": 0,
        "dated": 2,
        "minutes": 2 * 2 * 24 * 60,
    }
    channels = document.payload["channels"]
    assert {name: one["accepted"] for name, one in channels.items()} == {"online": 3, "in_person": 2, "unknown": 1}
    assert (channels["in_person"]["refused"], channels["unknown"]["withdrawn"]) == (1, 1)
    assert document.payload["offered_without_online"] == ["1.000656"]
    assert document.sheets[0].rows[0][-1] == "2,0"
    assert figure(document, "channels.online.accepted") == (3, None)
    assert figure(document, "procedures.1.001193.channels.online.in_time") == (1, 2)
    assert "3/6 nộp trực tuyến, đạt 50,00%" in document.summary[0]
    part = build("service-review", *events, scope=Scope("H08.31"))
    assert part.payload["channels"] == document.payload["channels"]
    assert build("service-review", *events, scope=Scope("H08.17")).payload["channels"] == {}


def test_the_events_behind_the_figures_of_notices_are_those_that_it_counts() -> None:
    engine = open_in_memory()
    with engine.begin() as connection:
        for number, (state, channel) in enumerate([("delivered", "zalo"), ("in_doubt", "sms"), ("held", "sms")]):
            row = dict.fromkeys(notices.c.keys(), "") | {"notice_id": f"n{number}", "event_id": f"e{number}"}
            numbers = {"attempt": 0, "tries": 0, "asks": 0}
            moments = {"sent_at": "2023-11-07T05:00:00.000000Z", "changed_at": "2023-11-07T05:00:00.000000Z"}
            what = {"state": state, "channel": channel, "happening": "accepted"}
            connection.execute(notices.insert().values(**row | numbers | moments | what))
    document = _report(engine, "notices", {}).build("2023-11")
    engine.dispose()
    assert document.payload["states"] == {"accepted": 1, "in doubt": 1}
    assert {path: list(found.numerator) for path, found in document.figures.items()} == {
        "by_happening.accepted": ["e0", "e1"],
        "sent.zalo": ["e0"],
        "states.accepted": ["e0"],
        "states.in doubt": ["e1"],
    }
