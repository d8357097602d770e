"""Documents are judged again on a live bus, whose process is killed again and again: no verdict is lost or invented."""

import random
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.ledger import SqlLedger
from tests.document_bus import DocumentBus, open_document, upload
from tests.services import postgres, rabbitmq
from tests.signatures.authorities import Revoked, revocation_list
from tests.signatures.pki import pki
from tests.signed_documents import add_police_list, write_trust

pytestmark = pytest.mark.slow

DEADLINE_SECONDS = 300.0
KILLS = 1
PASSED = "TOTAL-PASSED"


@contextmanager
def _servers(kind: str) -> Iterator[Mapping[str, str]]:
    if kind == "embedded":
        yield {}
        return
    with postgres.fresh_database() as engine:
        url = engine.url.render_as_string(hide_password=False)
        yield {"LIENTHONG_BROKER": rabbitmq.fresh_url(), "LIENTHONG_DATABASE": url}


class Killed:
    """A bus whose process is killed a few times while something is waited for, and started again."""

    def __init__(self, bus: DocumentBus, client: httpx.Client) -> None:
        self.bus, self.client = bus, client
        self._chance = random.Random(14)

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        began, kills = time.monotonic(), KILLS
        dies_at = 0.0
        while not condition():
            self.bus.running.start_if_ended()
            if self.bus.running.serving and not dies_at:
                dies_at = time.monotonic() + self._chance.uniform(0, 1.5)
            if kills and dies_at and time.monotonic() > dies_at:
                self.bus.running.kill()
                kills, dies_at = kills - 1, 0.0
            assert time.monotonic() - began < DEADLINE_SECONDS, f"still not: {what}\n{self.bus.running.last_output()}"
            time.sleep(0.02)  # between two evaluations of the condition

    def found(self, document: str) -> dict[str, Any]:
        """Whether it is offered, and all verdicts in their order."""
        found = open_document(self.client, document)
        verdicts = [each["verdict"]["sub_indication"] or each["indication"] for each in found["verdicts"]]
        return {"offered": found["offered"], "verdicts": verdicts}

    def wait_for(self, document: str, *verdicts: str) -> None:
        """These verdicts and no others; it is offered when the last one passed."""
        expected = {"offered": verdicts[-1] == PASSED, "verdicts": [*verdicts]}
        self.wait_until(lambda: self.found(document) == expected, f"{expected}; it is {self.found(document)}")


@pytest.mark.parametrize("kind", ["embedded", "servers"])
def test_every_cause_gives_one_more_verdict_whatever_is_killed(kind: str, tmp_path: Path) -> None:
    trust = write_trust(tmp_path / "trust")
    with _servers(kind) as servers:
        bus = DocumentBus(tmp_path, trust, **servers)
        with bus.client() as client:
            killed = Killed(bus, client)
            _judge_again(killed, trust)
        bus.running.terminate()
        _assert_sound(bus)


def _judge_again(killed: Killed, trust: Path) -> None:
    kept, offered = (
        upload(killed.client, signers, name).json()["document_id"]
        for signers, name in ((("person", "police"), "kept"), (("elliptic", "agency"), "offered"))
    )
    assert killed.found(kept) == {"offered": False, "verdicts": ["TRY_LATER"]}
    assert killed.found(offered) == {"offered": True, "verdicts": [PASSED]}
    killed.bus.change("UPDATE store_document_versions SET recheck_after = judged_at WHERE document_id = :id", id=kept)
    killed.wait_until(lambda: len(killed.found(kept)["verdicts"]) >= 2, "the moment is past")
    # The first look at the folder shows what waits as well: it may be judged once for each of both.
    again = killed.found(kept)["verdicts"]
    assert set(again) == {"TRY_LATER"}
    add_police_list(trust)
    killed.wait_for(kept, *again, PASSED)
    again = killed.found(kept)["verdicts"]
    _revoke(trust, "elliptic", since=datetime.now(UTC) - timedelta(hours=1))
    killed.wait_for(offered, PASSED, "REVOKED_NO_POE")
    _without_root(trust)
    killed.wait_for(kept, *again, "NO_CERTIFICATE_CHAIN_FOUND")
    _with_root(trust)
    killed.wait_for(kept, *again, "NO_CERTIFICATE_CHAIN_FOUND", PASSED)
    assert killed.found(offered)["offered"] is False


def _revoke(trust: Path, signer: str, *, since: datetime) -> None:
    """A list of the authority `state` arrives that names a signer."""
    serial = pki().signers[signer].certificate.serial_number
    issued = f"{datetime.now(UTC) - timedelta(minutes=5):%Y-%m-%dT%H:%M}"
    revoked = {serial: Revoked(f"{since:%Y-%m-%dT%H:%M}")}
    content = revocation_list(pki().authorities["state"], issued=issued, number=901, revoked=revoked)
    (trust / "crls" / "new.tmp").write_bytes(content)
    (trust / "crls" / "new.tmp").rename(trust / "crls" / "state-901.crl")


def _without_root(trust: Path) -> None:
    """The profile `official` no longer lists the root of the second generation."""
    policy = trust / "policy.yaml"
    shutil.copy(policy, trust.parent / "policy-before")
    text = policy.read_text("utf-8")
    changed = text.replace("official:\n    roots: [g1, g2]", "official:\n    roots: [g1]")
    assert changed != text
    policy.write_text(changed, "utf-8")


def _with_root(trust: Path) -> None:
    shutil.copy(trust.parent / "policy-before", trust / "policy.yaml")


def _assert_sound(bus: DocumentBus) -> None:
    """The chain holds, nothing is open or dead, and each verdict is of an event that the ledger has."""
    with bus.database() as database:
        ledger = SqlLedger(database, SystemClock())
        assert list(ledger.verify()) == []
        balance = ledger.balance()
        assert not balance.faults
        assert {account.difference for account in balance.sources.values()} == {0}
    unknown = bus.rows(
        "SELECT event_id FROM store_document_verdicts WHERE event_id NOT IN (SELECT event_id FROM ledger_entries)"
    )
    assert unknown == []
