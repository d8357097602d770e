"""The events of the recorded month and the tables of the configuration, read from their files: no bus runs."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import yaml

from lienthong.envelope import Envelope, canonical_json, derive_id, digest
from lienthong.errors import Rejected
from transforms.text import table_key

ROOT = Path(__file__).parents[3]
RECORDING = ROOT / "recordings" / "2023-11"


def load_table(name: str) -> dict[str, str]:
    """A table of `config/tables/` as the engine loads it."""
    rows = yaml.safe_load((ROOT / "config" / "tables" / f"{name}.yaml").read_text(encoding="utf-8"))
    return {table_key(key): value for key, value in rows.items()}


def received_event(source: str, key: str, body: dict[str, Any], at: str = "2023-11-15T12:00:00+07:00") -> Envelope:
    """An event as intake makes it of a record that is received `at` this time."""
    moment = datetime.fromisoformat(at).astimezone(UTC)
    return Envelope(
        derive_id(source, key, digest(canonical_json(body))), f"{source}.record", source, key, moment, moment, body
    )


def recorded_versions(source: str, file: str, key: str) -> list[Envelope]:
    """Every distinct version in a recorded file, in the order in which they were first seen."""
    versions: dict[str, Envelope] = {}
    for line in (RECORDING / file).read_bytes().splitlines():
        record = orjson.loads(line)
        envelope = received_event(source, str(record["body"][key] or ""), record["body"], record["seen_at"])
        versions.setdefault(envelope.id, envelope)
    return list(versions.values())


def transform_all(
    envelopes: Iterable[Envelope], transform: Callable[[Envelope], Envelope]
) -> tuple[list[Envelope], int]:
    """The transformed events, and how many the transform rejects."""
    done, dead = [], 0
    for envelope in envelopes:
        try:
            done.append(transform(envelope))
        except Rejected:
            dead += 1
    return done, dead


def newest_dossiers(envelopes: Iterable[Envelope]) -> list[dict[str, Any]]:
    """The data of the newest version of each dossier."""
    newest: dict[str, Envelope] = {}
    for envelope in sorted(
        envelopes, key=lambda event: (event.data["updated_at"], event.data["observed_at"], event.id)
    ):
        newest[envelope.data["code"]] = envelope
    return [dict(envelope.data) for envelope in newest.values()]
