"""A stream of dossier versions for the sandbox, built from recorded bodies. Every version is known afterwards.

Dossiers have dates of the last two days, so that the windows of a live bus find them. Versions come in waves: the
sandbox shows the newest version of a dossier only, so a wave is shown when the wave before it was received.
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

import orjson

BODIES = Path(__file__).parents[2] / "recordings" / "2023-11" / "igate" / "dossiers.jsonl"
MODELS = 50
BROKEN_SHARE = 0.005


@dataclass(frozen=True, slots=True)
class Version:
    """One version. A `broken` one cannot be read by any transform, so it must end as a dead letter."""

    code: str
    updated_at: datetime
    broken: bool

    @property
    def stamp(self) -> str:
        """`updated_at` as the data store writes it."""
        return f"{self.updated_at:%Y-%m-%dT%H:%M:%S}.000000Z"


@dataclass(frozen=True, slots=True)
class Stream:
    """The recording in `folder`, and what it shows from each of `moments` on."""

    folder: Path
    moments: Sequence[datetime]
    waves: Sequence[Sequence[Version]]

    @property
    def versions(self) -> Sequence[Version]:
        return [version for wave in self.waves for version in wave]

    @property
    def good(self) -> Sequence[Version]:
        return [version for version in self.versions if not version.broken]

    @property
    def newest(self) -> Mapping[str, str]:
        """What the data store must contain in the end: code → stamp."""
        return {version.code: version.stamp for version in self.good}


def make_stream(folder: Path, chance: random.Random, *, dossiers: int, waves: int, wave_size: int) -> Stream:
    """Write a recording of `waves` × `wave_size` versions of `dossiers`, in turn. No wave shows a dossier twice."""
    assert wave_size <= dossiers
    with BODIES.open(encoding="utf-8") as lines:
        models = [_sound(json.loads(line)["body"]) for line in islice(lines, MODELS)]
    today = datetime.now(UTC).replace(microsecond=0)
    codes = [f"000.00.01.H08-{today:%y%m%d}-{number:05}" for number in range(dossiers)]
    moments = [today + timedelta(minutes=minute) for minute in range(waves)]
    numbers = count()
    shown: list[list[Version]] = []
    (folder / "igate").mkdir(parents=True)
    with (folder / "igate" / "dossiers.jsonl").open("wb") as file:
        for moment in moments:
            wave: list[Version] = []
            for number in islice(numbers, wave_size):
                place = number % dossiers
                at = today - timedelta(days=1) + timedelta(seconds=number)
                version = Version(codes[place], at, broken=chance.random() < BROKEN_SHARE)
                body = _body(models[place % MODELS], place, version, accepted=today - timedelta(minutes=2 * place + 60))
                file.write(orjson.dumps({"seen_at": moment.isoformat(), "body": body}) + b"\n")
                wave.append(version)
            shown.append(wave)
    head = {"name": "chaos", "from": f"{today:%Y-%m}-01", "to": f"{today:%Y-%m}-28", "timezone": "+07:00"}
    (folder / "recording.json").write_bytes(orjson.dumps(head))
    return Stream(folder, moments, shown)


def _sound(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """A recorded body without the dates by which a source would see it a second time."""
    late = {"appointmentDate": None, "dueDate": None, "completedDate": None, "returnedDate": None}
    return {**body, **late, "procedure": body.get("procedure") or {"code": "1.001193.000.00.00.H08", "translate": []}}


def _body(model: Mapping[str, Any], place: int, version: Version, accepted: datetime) -> Mapping[str, Any]:
    body = {
        **model,
        "id": f"{place:024x}",
        "code": version.code,
        "appliedDate": _wire(accepted),
        "acceptedDate": _wire(accepted),
        "updatedDate": _wire(version.updated_at),
    }
    return {**body, "procedure": None} if version.broken else body


def _wire(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000+0000"
