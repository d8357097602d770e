"""Prometheus itself, with the rules of this repository: it scrapes a process and states which alarms are active."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.services import packages
from tests.services.ports import free_ports
from tests.services.rabbitmq_steps import wait_until

RULES = Path(__file__).parents[2] / "deploy" / "prometheus" / "alerts.yaml"


class Watcher:
    """`rules` are the names of all rules. They are the shipped ones, but an alarm is active at once (`for: 0s`)."""

    def __init__(self, folder: Path) -> None:
        (port,) = free_ports(1)
        self._targets = folder / "targets.json"
        rules = yaml.safe_load(RULES.read_text("utf-8"))
        for group in rules["groups"]:
            for rule in group["rules"]:
                rule["for"] = "0s"
        self.rules = {rule["alert"] for group in rules["groups"] for rule in group["rules"]}
        (folder / "alerts.yaml").write_text(yaml.safe_dump(rules, allow_unicode=True), "utf-8")
        targets = {"job_name": "lienthong", "file_sd_configs": [{"files": [str(self._targets)]}]}
        settings = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": ["alerts.yaml"],
            "scrape_configs": [targets],
        }
        (folder / "prometheus.yml").write_text(yaml.safe_dump(settings), "utf-8")
        self.watch([])
        files = (f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'figures'}")
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [_prometheus(), *files, f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log
            )
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=30)
        wait_until(self._answers)

    def watch(self, addresses: Sequence[str]) -> None:
        """Scrape these processes from now on."""
        found = [{"targets": [address.removeprefix("http://") for address in addresses]}]
        new = self._targets.with_suffix(".new")
        new.write_text(json.dumps(found))
        new.replace(self._targets)

    def active(self) -> set[str]:
        """The names of the alarms that are active now."""
        alerts = self._get("alerts")["alerts"]
        return {one["labels"]["alertname"] for one in alerts if one["state"] == "firing"}

    def scraped(self) -> int:
        """How many processes were scraped without an error at the last look."""
        return sum(int(one["value"][1]) for one in self._get("query", query="up")["result"])

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._client.close()

    def _get(self, path: str, **parameters: str) -> Any:
        return self._client.get(path, params=parameters).raise_for_status().json()["data"]

    def _answers(self) -> bool:
        try:
            return self._client.get("status/buildinfo").status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def watching(folder: Path) -> Iterator[Watcher]:
    """A watcher that ends."""
    folder.mkdir()
    watcher = Watcher(folder)
    try:
        yield watcher
    finally:
        watcher.close()


def _prometheus() -> str:
    """The program; it is installed if missing. If that fails the test fails, with what to do."""
    if not shutil.which("prometheus"):
        packages.install("prometheus", lambda: bool(shutil.which("prometheus")))
    found = shutil.which("prometheus")
    assert found, "these tests need Prometheus: apt-get install -y --no-install-recommends prometheus"
    return found
