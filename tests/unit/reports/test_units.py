"""Reports by the tree: rolled up, letters to each agency, targets, and today's tree, over a small data store."""

from datetime import UTC, date, datetime
from typing import Any

import yaml

from lienthong import WHOLE, Envelope, Scope
from lienthong.configuration.resolve import make_connector
from lienthong.ports import Site
from lienthong.report import Document
from schemas.canonical import organisation_unit_v1
from store.writer import DataStore
from tests.contract.sinks_contract import committed
from tests.databases import open_in_memory
from tests.unit.reports.test_reports import CONFIG
from tests.unit.store.events import dossier, servant
from transforms.organisation_files import OrganisationFiles
from transforms.organisations import Tree, Unit
from transforms.report_targets import ReportTargets, Target

SEEN = datetime(2023, 12, 1, 2, tzinfo=UTC)


class _Clock:
    def now(self) -> datetime:
        return datetime(2024, 6, 1, tzinfo=UTC)


def unit(code: str, parent: str | None, **more: Any) -> Envelope:
    data = {
        "code": code,
        "name": f"Đơn vị {code}",
        "level": "department",
        "parent": parent,
        "codes": {},
        "starts_on": "2015-01-01",
        "ends_on": None,
        "successors": [],
        "email": f"{code.lower()}@example.vn",
        "receives": True,
        "observed_at": "2023-10-01T00:00:00Z",
        **more,
    }
    event_id = f"unit {code} {data['starts_on']}"
    return Envelope(event_id, organisation_unit_v1.TYPE, "organisations", code, SEEN, SEEN, data)


UNITS = [
    unit("H08", None, level="province"),
    unit("H08.17", "H08"),
    unit("H08.07", "H08.17", ends_on="2024-01-01", successors=["H08.09"]),
    unit("H08.09", "H08", starts_on="2024-01-01", receives=False),
]


def build(name: str, *events: Envelope, scope: Scope = WHOLE, files: OrganisationFiles | None = None) -> Document:
    engine = open_in_memory()
    site = Site(_Clock(), engine)
    with committed(engine) as transaction:
        DataStore(site).deliver([*UNITS, *events], transaction)
    settings = yaml.safe_load((CONFIG / f"{name}.yaml").read_text(encoding="utf-8"))
    report: Any = make_connector(
        settings["use"], site, settings["with"], {}, own_files={"organisations": files or OrganisationFiles()}
    )
    document = report.build("2023-11", scope=scope)
    engine.dispose()
    assert isinstance(document, Document)
    return document


def test_cases_are_rolled_up_by_the_tree_of_the_period_or_of_today() -> None:
    document = build("paper-filings", servant(), dossier())
    assert document.payload["rolled_up"] == {"H08": 1, "H08.07": 1, "H08.17": 1}
    assert document.payload["trend"] == {"2023-11": 1}
    assert len(document.figures["rolled_up.H08.17"].numerator) == 1
    today = build("paper-filings", servant(), dossier(), scope=Scope(tree="today"))
    assert today.payload["rolled_up"] == {"H08": 1, "H08.09": 1}
    assert today.payload["by_staff_agency"] == {"H08.09": 1}
    part = build("paper-filings", servant(), dossier(), scope=Scope("H08.17"))
    assert (part.payload["total"], part.name) == (1, "paper-filings-2023-11-H08.17")


def test_the_summary_of_a_unit_counts_the_dossiers_of_its_own_people() -> None:
    other = servant("H08.CC.000999", identity="052085009999", old_identity=None, agency="H08.09")
    online = dossier("000.00.31.H08-231107-0002", channel="online")
    events = (servant(), other, dossier(), online, dossier("000.00.31.H08-231107-0003", identity="052085009999"))
    part = build("paper-filings", *events, scope=Scope("H08.17"))
    assert "trên tổng số 2 hồ sơ của người thuộc đơn vị" in part.summary[0] and part.payload["total"] == 1
    assert "trên tổng số 3 hồ sơ đã tiếp nhận" in build("paper-filings", *events).summary[0]


def test_each_agency_gets_its_letter_and_the_province_none() -> None:
    document = build("paper-filing-notices", servant(), dossier())
    letters = document.payload["letters"]
    assert [(letter["unit"], letter["recipient"]) for letter in letters] == [
        ("H08.07", "h08.07@example.vn"),
        ("H08.17", "h08.17@example.vn"),
    ]
    assert [part.unit for part in document.parts] == ["H08.07", "H08.17"]
    assert [letter["cases"] for letter in letters] == [part.document.payload["cases"] for part in document.parts]
    today = build("paper-filing-notices", servant(), dossier(), scope=Scope(tree="today"))
    assert [(part.unit, part.recipient) for part in today.parts] == [("H08.09", None)]


def test_a_unit_hands_its_target_on_and_the_newest_in_force_counts() -> None:
    day = date(2024, 3, 31)
    tree = Tree.at([Unit("A"), Unit("B", parent="A"), Unit("C", parent="B"), Unit("D", parent="E")], day)
    targets = ReportTargets(
        indicators={"online": {"*": 50, "B": 62.5}},
        targets=[
            Target(indicator="online", unit="A", percent=40, since=date(2023, 1, 1), until=date(2024, 1, 1)),
            Target(indicator="online", unit="A", percent=55, since=date(2024, 1, 1), cascades=True),
        ],
    )
    found = {unit: targets.find("online", unit, tree, day) for unit in ("A", "B", "C", "D")}
    assert {unit: one.percent for unit, one in found.items() if one} == {"A": 55, "B": 62.5, "C": 55, "D": 50}
    assert targets.find("reuse", "A", tree, day) is None
    earlier = targets.find("online", "A", tree, date(2023, 6, 1))
    assert earlier is not None and earlier.percent == 40


def test_a_unit_without_a_name_in_the_tree_bears_that_of_the_register() -> None:
    old = servant(
        agency_name="Sở Y tế (cũ)", starts_on="2015-01-01", ends_on="2016-01-01", updated_at="2016-01-01T00:00:00Z"
    )
    new = servant(agency_name="Sở Y tế", updated_at="2023-01-01T00:00:00Z")
    nameless = unit("H08.07", "H08.17", name=None, ends_on="2024-01-01", successors=["H08.09"])
    letters = build("paper-filing-notices", nameless, old, new, dossier(), old)
    names = {part.unit: part.document.addressee for part in letters.parts}
    assert (names["H08.07"], names["H08.17"]) == ("Sở Y tế", "Đơn vị H08.17")
