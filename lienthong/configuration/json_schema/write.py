"""Writes the schemas of a project into a folder, one file for each kind: `route.schema.json`, ..."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from lienthong.configuration.json_schema.file_schemas import FileSchemas
from lienthong.configuration.json_schema.project_names import find_names
from lienthong.configuration.json_schema.vocabulary import Schema
from lienthong.configuration.load import load_documents
from lienthong.messages import Language, Message, message, reader_language

FOLDER = Path(".lienthong") / "schemas"
"""Where a project keeps its schemas; the first line of each YAML file refers to them."""

DRAFT = "http://json-schema.org/draft-07/schema#"


def make_schemas(root: Path, variables: Mapping[str, str], language: Language | None = None) -> dict[str, Schema]:
    """By kind of file, the schema for the project at `root`, described in `language`; by default the reader's.

    The project's folder must be on the import path. Files that cannot be understood only leave their names out.
    """
    loaded = load_documents(root, variables)
    schemas = FileSchemas(find_names(loaded), loaded).all()
    chosen = language or reader_language()
    return {kind: _rendered(_headed(kind, schema), chosen) for kind, schema in schemas.items()}


def write_schemas(root: Path, out: Path, variables: Mapping[str, str], language: Language | None = None) -> list[Path]:
    """Write every schema; returns the files."""
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for kind, schema in make_schemas(root, variables, language).items():
        path = out / file_name(kind)
        path.write_bytes(to_json(schema))
        files.append(path)
    return files


def file_name(kind: str) -> str:
    """The name of the schema's file."""
    return f"{kind}.schema.json"


def to_json(schema: Schema) -> bytes:
    """The text of a schema's file."""
    return orjson.dumps(schema, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _headed(kind: str, schema: Schema) -> Schema:
    title = message("Lienthong: {kind}", kind=kind)
    note = message("Made by `lienthong schema`. Run it again after names or parameters changed.")
    return {"$schema": DRAFT, "title": title, "$comment": note, **schema}


def _rendered(value: Any, language: Language) -> Any:
    """`value` with its messages in `language`."""
    match value:
        case Message():
            return value.render(language)
        case dict():
            return {key: _rendered(inside, language) for key, inside in value.items()}
        case list() | tuple():
            return [_rendered(inside, language) for inside in value]
    return value
