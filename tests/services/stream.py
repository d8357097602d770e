"""A stream of dossier versions for the sandbox, generated from recorded bodies, so that every version is known.

The dates of the dossiers lie in the last two days, so that the windows of a live bus find them. Versions come in waves:
the sandbox shows only the newest version of a dossier, so a wave is shown once the wave before it was received.
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
    """`broken`: no transform can read it, so it must end as a dead letter."""

    code: str
    updated_at: datetime
    broken: bool

    @property
    def stamp(self) -> str:
        """`updated_at` as the data store writes it."""
        return f"{self.updated_at:%Y-%m-%dT%H:%M:%S}.000000Z"


@dataclass(frozen=True, slots=True)
class Stream:
    """The recording in `folder`. It shows wave n from `moments[n]` on."""

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


def write_stream(folder: Path, chance: random.Random, *, dossiers: int, waves: int, wave_size: int) -> Stream:
    """Write a recording of `waves` × `wave_size` versions of `dossiers`, in turn. No wave has a dossier twice."""
    assert wave_size <= dossiers
    with BODIES.open(encoding="utf-8") as lines:
        models = [_single_date(json.loads(line)["body"]) for line in islice(lines, MODELS)]
    today = datetime.now(UTC).replace(microsecond=0)
    codes = [f"000.00.01.H08-{today:%y%m%d}-{number:05}" for number in range(dossiers)]
    moments = [today + timedelta(minutes=wave) for wave in range(waves)]
    numbers = count()
    all_waves: list[list[Version]] = []
    (folder / "igate").mkdir(parents=True)
    with (folder / "igate" / "dossiers.jsonl").open("wb") as file:
        for moment in moments:
            wave = []
            for number in islice(numbers, wave_size):
                index = number % dossiers
                at = today - timedelta(days=1) + timedelta(seconds=number)
                version = Version(codes[index], at, broken=chance.random() < BROKEN_SHARE)
                body = _body(models[index % MODELS], index, version, accepted=today - timedelta(minutes=2 * index + 60))
                file.write(orjson.dumps({"seen_at": moment.isoformat(), "body": body}) + b"\n")
                wave.append(version)
            all_waves.append(wave)
    head = {"name": "chaos", "from": f"{today:%Y-%m}-01", "to": f"{today:%Y-%m}-28", "timezone": "+07:00"}
    (folder / "recording.json").write_bytes(orjson.dumps(head))
    return Stream(folder, moments, all_waves)


def _single_date(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """A recorded body without the dates by which a search would find it a second time."""
    dates = {"appointmentDate": None, "dueDate": None, "completedDate": None, "returnedDate": None}
    return {**body, **dates, "procedure": body.get("procedure") or {"code": "1.001193.000.00.00.H08", "translate": []}}


def _body(model: Mapping[str, Any], index: int, version: Version, accepted: datetime) -> Mapping[str, Any]:
    body = {
        **model,
        "id": f"{index:024x}",
        "code": version.code,
        "appliedDate": _wire(accepted),
        "acceptedDate": _wire(accepted),
        "updatedDate": _wire(version.updated_at),
    }
    return {**body, "procedure": None} if version.broken else body


def _wire(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000+0000"
