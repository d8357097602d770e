"""YAML files as an editor's language server sees them: YAML 1.2, then the JSON Schema of their kind."""

import re
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator

KINDS = {
    "config/sources": "source",
    "config/inboxes": "inbox",
    "config/requests": "request",
    "config/schedules": "schedule",
    "config/sinks": "sink",
    "config/lookups": "lookup",
    "config/reports": "report",
    "config/calendars": "calendar",
    "config/tables": "table",
    "config/env": "env",
    "config/organisations": "organisations",
    "routes": "route",
}


class Yaml12Loader(yaml.SafeLoader):
    """Reads scalars as YAML 1.2 does (its core schema): `no` and dates are text, 0520 is a number."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML's own attribute: without it the resolvers of YAML 1.1


for tag, pattern, first in (
    ("null", r"^(~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", list("-+0123456789")),
    ("float", r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|^[-+]?\.(inf|nan)$", list("-+.0123456789")),
):
    Yaml12Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)


def _integer(loader: Yaml12Loader, node: yaml.ScalarNode) -> int:
    digits = loader.construct_scalar(node)
    return int(digits, 0 if digits.startswith(("0x", "0o")) else 10)


Yaml12Loader.add_constructor("tag:yaml.org,2002:int", _integer)


class DuplicateKeyError(yaml.YAMLError):
    """An editor underlines it, and YAML forbids it."""


def _mapping(loader: Yaml12Loader, node: yaml.MappingNode) -> dict[str, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    if len(set(map(str, keys))) < len(keys):
        raise DuplicateKeyError("a key is given twice")
    return {
        str(key): loader.construct_object(value, deep=True) for key, (_, value) in zip(keys, node.value, strict=True)
    }


Yaml12Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def kind_of(place: str) -> str | None:
    """The kind of the file at a place in a project; None where no schema belongs to it."""
    path = Path(place)
    if path.suffix not in (".yaml", ".yml"):
        return None
    if place == "config/bus.yaml":
        return "bus"
    if path.name.endswith(".cases.yaml"):
        return "cases"
    if path.parts[:2] == ("config", "templates"):
        return f"template-{path.parts[2]}"
    return path.stem if path.parent.as_posix() == "config" else KINDS.get(path.parent.as_posix())


def parse(raw: bytes) -> Any:
    """The value of a file. Raises `yaml.YAMLError` or UnicodeDecodeError when there is none."""
    return yaml.load(raw.decode("utf-8-sig"), Yaml12Loader)  # noqa: S506 - a subclass of SafeLoader


def refusals(schema: dict[str, Any], value: Any) -> list[str]:
    """What the schema refuses about a value."""
    return [f"{error.json_path}: {error.message}" for error in Draft7Validator(schema).iter_errors(value)]
