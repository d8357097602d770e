"""The Grafana dashboard: every panel asks for figures that exist, and Prometheus can read every query."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from lienthong.http.service import Service
from tests.unit.http.conftest import ROOT, Caller, open_app

DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy/grafana/lienthong.json").read_text("utf-8"))
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def test_every_figure_of_a_panel_exists_with_the_labels_that_are_asked_for(service: Service) -> None:
    text = Caller(open_app(service))("GET", "/metrics").text
    names = {family.name for family in text_string_to_metric_families(text)}
    assert len(QUERIES) > 10
    for query in QUERIES:
        used = {re.sub("_(bucket|count|sum|total)$", "", name) for name in re.findall(r"lienthong_\w+", query)}
        assert used, query
        assert used <= names, query


def test_panels_have_titles_and_do_not_overlap() -> None:
    assert all(panel["title"] for panel in DASHBOARD["panels"])
    corners = [tuple(panel["gridPos"][key] for key in "xywh") for panel in DASHBOARD["panels"]]
    assert len({corner[:2] for corner in corners}) == len(corners)
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(corners)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool of Debian's package `prometheus` reads queries")
def test_prometheus_can_read_every_query(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{number}", "expr": query} for number, query in enumerate(QUERIES)]
    file = tmp_path / "rules.yaml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    done = subprocess.run(["promtool", "check", "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
