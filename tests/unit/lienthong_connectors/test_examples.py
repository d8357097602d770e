"""The examples in the docstrings of the generic connectors are configurations that `lienthong check` accepts."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from lienthong.configuration.bind import bind
from lienthong.configuration.names import resolve

CONNECTORS = (
    "lienthong.connectors.sources.http_json.HttpJson",
    "lienthong.connectors.sources.files.Files",
    "lienthong.connectors.sources.sql.Sql",
    "lienthong.connectors.sinks.http.HttpSink",
    "lienthong.connectors.sinks.files.FilesSink",
    "lienthong.connectors.sinks.sql.SqlSink",
)
VALUES = {
    "LETTERS_TOKEN": "secret",
    "HOOK_TOKEN": "secret",
    "HOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "LETTERS_DATABASE": "sqlite:///letters.db",
}


def example(name: str) -> dict[str, Any]:
    connector = resolve(name)
    found = re.search(r"```yaml\n(.*?)```", connector.__doc__ or "", re.DOTALL)
    assert found
    text = re.sub(r"\$\{(\w+)\}", lambda match: VALUES[match[1]], found[1])
    content = yaml.safe_load(text)
    assert isinstance(content, dict)
    return content


@pytest.mark.parametrize("name", CONNECTORS)
def test_the_example_of_a_docstring_fits_the_class(name: str) -> None:
    content = example(name)
    assert content["use"] == name
    connector: Any = resolve(name)
    assert bind(connector, content["with"], tables={})


@pytest.mark.parametrize("name", CONNECTORS)
def test_every_parameter_is_described_in_the_docstring(name: str) -> None:
    connector: Any = resolve(name)
    parameters = [p.name for p in inspect.signature(connector).parameters.values() if p.kind == p.KEYWORD_ONLY]
    described = connector.__doc__
    assert [parameter for parameter in parameters if parameter not in described] == []


def test_every_generic_connector_is_here() -> None:
    room = Path(__file__).parents[3] / "lienthong" / "connectors"
    modules = {path.stem for kind in ("sources", "sinks") for path in (room / kind).iterdir() if path.stem[0] != "_"}
    assert modules == {name.split(".")[3] for name in CONNECTORS}
