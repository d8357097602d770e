"""The rules for alarms: each uses figures that exist, names its paragraph, and is tried firing and silent."""

import re
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from lienthong.http.service import Service
from tests.unit.http.conftest import ROOT, Caller, open_app

FOLDER = ROOT / "deploy" / "prometheus"


@pytest.fixture(scope="module")
def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((FOLDER / "alerts.yaml").read_text("utf-8"))["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def test_every_figure_of_a_rule_exists(rules: list[dict[str, Any]], service: Service) -> None:
    text = Caller(open_app(service))("GET", "/metrics").text
    names = {family.name for family in text_string_to_metric_families(text)}
    for rule in rules:
        used = set(re.findall(r"lienthong_\w+", rule["expr"]))
        assert {re.sub("_(bucket|count|sum|total)$", "", name) for name in used} <= names, rule["alert"]


@pytest.mark.parametrize("page", ["docs/operators.md", "docs/operators.en.md"])
def test_every_rule_has_its_line_in_the_operators_page(rules: list[dict[str, Any]], page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert [rule["alert"] for rule in rules if rule["alert"] not in text] == []
    assert all(rule["annotations"]["runbook_url"] and rule["annotations"]["summary"] for rule in rules)
    assert {rule["labels"]["severity"] for rule in rules} == {"critical", "warning"}


def test_every_rule_is_tried_firing_and_silent(rules: list[dict[str, Any]]) -> None:
    tests = yaml.safe_load((FOLDER / "alerts.test.yaml").read_text("utf-8"))["tests"]
    fires = {test["name"] for test in tests if test["alert_rule_test"][0]["exp_alerts"]}
    silent = {test["name"].removesuffix(", silent") for test in tests if not test["alert_rule_test"][0]["exp_alerts"]}
    assert fires == silent == {rule["alert"] for rule in rules}
