"""The wire shapes name only what the samples of the outside systems really have."""

import json
import types
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from schemas.wire.ccvc import CcvcRecord
from schemas.wire.igate import IgateDossier
from schemas.wire.portal import PortalDossier
from schemas.wire.vneid import VneidAccount

SAMPLES = Path(__file__).parent / "samples"
RECORDING = Path(__file__).parents[3] / "recordings" / "2023-11"


def sample(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


def merged(objects: list[dict[str, Any]]) -> dict[str, Any]:
    """One object with every key that any of `objects` has, filled where one of them fills it."""
    return {key: next((o[key] for o in objects if o.get(key)), None) for o in objects for key in o}


def unknown(shape: Any, value: Any, path: str = "") -> list[str]:
    """The keys that `shape` and the shapes within it name and `value` does not have."""
    if get_origin(shape) in (Union, types.UnionType):
        kind = is_typeddict if isinstance(value, dict) else get_origin
        return [key for option in get_args(shape) if kind(option) for key in unknown(option, value, path)]
    if get_origin(shape) is list and isinstance(value, list):
        return [key for one in value for key in unknown(get_args(shape)[0], one, path)]
    if not is_typeddict(shape) or not isinstance(value, dict):
        return []
    found = []
    for key, hint in get_type_hints(shape).items():
        found += unknown(hint, value[key], f"{path}{key}.") if key in value else [f"{path}{key}"]
    return found


@pytest.mark.parametrize(
    ("shape", "wire", "absent"),
    [
        (IgateDossier, merged(sample("igate_v2_01_dossier_search_response.json")["content"]), set()),
        (PortalDossier, merged(sample("dvcqg_07_DongBoHoSoMC_supplement_request.json")["data"]), set()),
        # soCMND was agreed later than the sample was written.
        (CcvcRecord, sample("ccvc_ASSUMED_record.json"), {"soCMND"}),
        (VneidAccount, json.loads((RECORDING / "vneid/accounts.jsonl").read_bytes().splitlines()[0])["body"], set()),
    ],
)
def test_every_key_of_a_wire_shape_stands_in_the_sample(shape: Any, wire: dict[str, Any], absent: set[str]) -> None:
    assert set(unknown(shape, wire)) == absent
