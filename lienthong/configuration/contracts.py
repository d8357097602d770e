"""The contracts: docs/contracts/TYPE.json, the schema of each event type as it was released to its readers."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from lienthong.configuration.faults import Fault
from lienthong.errors import Finding
from lienthong.messages import message

FOLDER = "docs/contracts"


def contract_path(event_type: str) -> str:
    """The file of a type, relative to the project."""
    return f"{FOLDER}/{event_type}.json"


def read_contracts(root: Path) -> tuple[dict[str, Mapping[str, Any]], list[Finding]]:
    """By type, the schemas that were released; and the files that hold none. Nothing without the folder."""
    found: dict[str, Mapping[str, Any]] = {}
    findings: list[Finding] = []
    for path in sorted((root / FOLDER).glob("*.json")):
        try:
            schema = orjson.loads(path.read_bytes())
        except (OSError, ValueError):
            schema = None
        if isinstance(schema, dict) and isinstance(schema.get("properties", {}), dict):
            found[path.stem] = schema
        else:
            what = message("the contract is not a JSON Schema")
            findings.append(Fault("LT641", what).at(contract_path(path.stem)))
    return found, findings


def write_contract(root: Path, event_type: str, schema: Mapping[str, Any]) -> bool:
    """Write the schema of a type; whether its file changed. It is replaced as a whole or not at all."""
    path = root / contract_path(event_type)
    text = json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
    return True
