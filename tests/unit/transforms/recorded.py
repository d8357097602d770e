"""The recorded month and the configuration's tables, read from the files, with no bus between."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import yaml

from lienthong.envelope import Envelope, canonical_json, derive_id, digest
from lienthong.errors import Rejected
from transforms.text import fold

ROOT = Path(__file__).parents[3]
RECORDING = ROOT / "recordings" / "2023-11"


def table(name: str) -> dict[str, str]:
    """A table of `config/tables/`, its keys folded as the engine folds them."""
    rows = yaml.safe_load((ROOT / "config" / "tables" / f"{name}.yaml").read_text(encoding="utf-8"))
    return {fold(key): value for key, value in rows.items()}


def received(source: str, key: str, body: dict[str, Any], at: str = "2023-11-15T12:00:00+07:00") -> Envelope:
    """An envelope as intake makes it."""
    moment = datetime.fromisoformat(at).astimezone(UTC)
    return Envelope(
        derive_id(source, key, digest(canonical_json(body))), f"{source}.record", source, key, moment, moment, body
    )


def versions(source: str, file: str, key: str) -> list[Envelope]:
    """Every distinct version of a recorded file, in the order it was first seen."""
    found: dict[str, Envelope] = {}
    for line in (RECORDING / file).read_bytes().splitlines():
        record = orjson.loads(line)
        envelope = received(source, str(record["body"][key] or ""), record["body"], record["seen_at"])
        found.setdefault(envelope.id, envelope)
    return list(found.values())


def understood(envelopes: Iterable[Envelope], transform: Callable[[Envelope], Envelope]) -> tuple[list[Envelope], int]:
    """What the transform makes of each, and how many it refuses."""
    done, dead = [], 0
    for envelope in envelopes:
        try:
            done.append(transform(envelope))
        except Rejected:
            dead += 1
    return done, dead


def newest(envelopes: Iterable[Envelope]) -> list[dict[str, Any]]:
    """The data of the newest version of each dossier."""
    kept: dict[str, Envelope] = {}
    for envelope in sorted(envelopes, key=lambda one: (one.data["updated_at"], one.data["observed_at"], one.id)):
        kept[envelope.data["code"]] = envelope
    return [dict(envelope.data) for envelope in kept.values()]
