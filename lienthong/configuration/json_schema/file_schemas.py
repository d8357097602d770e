"""The schema of each kind of configuration file, for one project."""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from lienthong.configuration.check_names import MIGRATIONS_NAME
from lienthong.configuration.check_requests import OWN_PATHS, OWN_ROOTS
from lienthong.configuration.faults import Mismatch
from lienthong.configuration.json_schema import vocabulary as v
from lienthong.configuration.json_schema.annotation_schema import AnnotationSchema
from lienthong.configuration.json_schema.project_names import ProjectNames
from lienthong.configuration.json_schema.vocabulary import Schema
from lienthong.configuration.load import Loaded
from lienthong.configuration.names import resolve, settings_class
from lienthong.configuration.parameters import signature_of
from lienthong.configuration.project_reader import PART_SHAPES
from lienthong.configuration.retry_rules import MAX_ATTEMPTS
from lienthong.configuration.schedule_files import RULES
from lienthong.configuration.shapes.access import AccessFile
from lienthong.configuration.shapes.bus import BusFile, EnvFile
from lienthong.configuration.shapes.calendar import CalendarFile
from lienthong.configuration.shapes.cases import NOT_KNOWN, CasesFile
from lienthong.configuration.shapes.fields import NamedThing
from lienthong.configuration.shapes.request import PATH_PATTERN, SCOPE_PATTERN, RequestFile
from lienthong.configuration.shapes.route import RouteFile
from lienthong.configuration.shapes.schedule import ScheduleFile

_PART_KINDS: Mapping[str, tuple[str, NamedThing]] = {
    "sources": ("source", "source class"),
    "inboxes": ("inbox", "inbox class"),
    "sinks": ("sink", "sink class"),
    "lookups": ("lookup", "lookup class"),
    "reports": ("report", "report class"),
}
"""By folder of config/, the kind of its files and of the classes that these name."""


class FileSchemas:
    """Makes the schemas of a project, by kind: `route`, `cases`, `bus`, `env`, `source`, ..., `table`."""

    def __init__(self, names: ProjectNames, loaded: Loaded) -> None:
        self._names = names
        self._loaded = loaded
        self._annotations = AnnotationSchema(names)

    def all(self) -> dict[str, Schema]:
        """Every schema."""
        parts = {kind: self._part(folder) for folder, (kind, _) in _PART_KINDS.items()}
        return {
            **self._own_files(),
            **self._files_of_sinks(),
            "route": self._route(),
            "cases": self._cases(),
            "bus": self._bus(),
            "access": self._annotations.shape(AccessFile),
            "env": self._env(),
            **parts,
            "request": self._request(),
            "schedule": self._schedule(),
            "calendar": self._calendar(),
            "table": {"type": "object", "additionalProperties": v.text(substituted=True)},
        }

    def _own_files(self) -> dict[str, Schema]:
        """The schemas of the project's own files, by their names. A shape that is not there has none."""
        known = set(self._names.of("settings class"))
        named = {name: dotted for name, dotted in self._loaded.settings.bus.settings.items() if dotted in known}
        return {name: self._annotations.shape(settings_class(dotted)) for name, dotted in named.items()}

    def _files_of_sinks(self) -> dict[str, Schema]:
        """The schemas of files that sinks read by themselves, by the names that their classes give (`file_shapes`)."""
        found: dict[str, Schema] = {}
        for part in self._loaded.understood("sinks").values():
            with suppress(Mismatch):
                shapes: Mapping[str, Any] = getattr(resolve(part.use), "file_shapes", {})
                plain = AnnotationSchema(self._names, substituted=False)
                found |= {name: plain.shape(shape) for name, shape in shapes.items()}
        return found

    def _route(self) -> Schema:
        schema = self._annotations.shape(RouteFile)
        properties = schema["properties"]
        properties["to"] |= {"uniqueItems": True}
        asked = {"properties": {"from": {"type": "object", "required": ["request"]}}, "required": ["from"]}
        announces = {
            "properties": {"from": {"type": "object", "required": ["sink"]}, "announce": {"const": True}},
            "required": ["from", "announce"],
        }
        delivers = {"properties": {"to": {"minItems": 1}}}
        schema["if"], schema["then"] = asked, {}
        schema["else"] = {"if": announces, "then": {}, "else": delivers}
        if sinks := self._names.of("sink"):
            properties["to"]["maxItems"] = len(sinks)
        properties["from"]["then"] |= {"minProperties": 1, "maxProperties": 1}
        self._refine_retry(properties["retry"])
        step = properties["steps"]["items"]
        step["allOf"] = [
            {
                "if": {"required": ["apply"]},
                "then": {"properties": {"enrich": False, "keys": False, "from": False, "budget": False}},
                "else": {"required": ["enrich", "keys", "from"]},
            },
            *self._parameters_by("apply", "transform"),
            *self._parameters_by("enrich", "enrichment"),
        ]
        return schema

    def _request(self) -> Schema:
        schema = self._annotations.shape(RequestFile)
        free = f"(?!/({'|'.join(OWN_ROOTS)})(/|$))(?!({'|'.join(map(re.escape, OWN_PATHS))})$)"
        patterns = {"path": f"^{free}{PATH_PATTERN}$", "scope": f"^({SCOPE_PATTERN})$"}
        for key, pattern in patterns.items():
            schema["properties"][key] |= {"type": "string", "pattern": v.either(pattern, v.PLACEHOLDER)}
        return schema

    def _schedule(self) -> Schema:
        schema = self._annotations.shape(ScheduleFile)
        given = [{"required": [rule]} for rule in RULES]
        schema["allOf"] = [
            {"if": one, "then": {"properties": {rule: False for rule in RULES if rule not in one["required"]}}}
            for one in given
        ]
        missing: Schema = {"required": [RULES[-1]]}
        for one in reversed(given[:-1]):
            missing = {"if": one, "then": {}, "else": missing}
        schema["allOf"].append(missing)
        monthly = schema["properties"]["monthly"]
        monthly["if"], monthly["then"] = (
            {"required": ["day"]},
            {"properties": {"working_day": False, "calendar": False}},
        )
        monthly["else"] = {"if": {"type": "object"}, "then": {"required": ["working_day"]}}
        monthly["properties"]["working_day"] |= {"not": {"const": 0}}
        return schema

    def _calendar(self) -> Schema:
        schema = self._annotations.shape(CalendarFile)
        schema["properties"]["holidays"]["properties"]["country"] |= {"pattern": v.either("^[A-Z]{2}$", v.PLACEHOLDER)}
        off = schema["properties"]["notices"]["items"]["properties"]["days_off"]["items"]
        off["if"], off["then"] = {"required": ["day"]}, {"properties": {"first": False, "last": False}}
        off["else"] = {"required": ["first", "last"]}
        return schema

    def _part(self, folder: str) -> Schema:
        _, thing = _PART_KINDS[folder]
        schema = self._annotations.shape(PART_SHAPES[folder])
        if "retry" in schema["properties"]:
            self._refine_retry(schema["properties"]["retry"])
        if branches := self._parameters_by("use", thing):
            schema["allOf"] = branches
        return schema

    def _parameters_by(self, key: str, thing: NamedThing) -> list[Schema]:
        """Where `key` names a class or function, what `with` may hold."""
        return v.by_value(key, {dotted: _with(self._parameters(dotted)) for dotted in self._names.of(thing)})

    def _parameters(self, dotted: str) -> Schema:
        try:
            target: Any = resolve(dotted)
            signature = signature_of(target)
        except Mismatch:
            return {}
        properties = {name: self._annotations.of(one.annotation) for name, one in signature.parameters.items()}
        required = [name for name, parameter in signature.parameters.items() if parameter.required]
        return v.mapping(properties, required=required, additional=signature.takes_any)

    def _refine_retry(self, retry: Schema) -> None:
        rules = v.ascending(self._names.ladder)
        retry["properties"]["rungs"] |= {"minItems": 1, "uniqueItems": True, "allOf": rules}
        retry["properties"]["attempts"] |= {"minimum": 1, "maximum": MAX_ATTEMPTS}

    def _bus(self) -> Schema:
        schema = self._annotations.shape(BusFile)
        wait = v.duration_text(may_be_zero=False)
        schema["properties"]["ladder"] |= {"minItems": 1, "uniqueItems": True, "items": wait}
        schema["properties"]["migrations"]["propertyNames"] = {"pattern": f"^{MIGRATIONS_NAME}$"}
        return schema

    def _env(self) -> Schema:
        schema = self._annotations.shape(EnvFile)
        schema["properties"]["bus"] |= {"properties": self._bus()["properties"], "additionalProperties": False}
        for folder in _PART_KINDS:
            shape = self._part(folder)["properties"]
            named = {
                name: v.mapping(shape | {"with": self._optional(part.use)})
                for name, part in self._loaded.understood(folder).items()
            }
            unreadable = {name: v.mapping(shape) for name in self._loaded.layout.parts[folder] if name not in named}
            schema["properties"][folder] |= {"properties": named | unreadable, "additionalProperties": False}
        for folder, file in (("schedules", self._annotations.shape(ScheduleFile)), ("requests", self._request())):
            named = {name: v.mapping(file["properties"]) for name in self._loaded.layout.parts[folder]}
            schema["properties"][folder] |= {"properties": named, "additionalProperties": False}
        return schema

    def _optional(self, dotted: str) -> Schema:
        """The parameters of a class, none of them required."""
        return {keyword: value for keyword, value in self._parameters(dotted).items() if keyword != "required"}

    def _cases(self) -> Schema:
        schema = AnnotationSchema(self._names, substituted=False).shape(CasesFile)
        case = schema["properties"]["cases"]["items"]
        if lookups := self._names.of("lookup"):
            case["properties"]["found"]["propertyNames"] = {"enum": list(lookups)}
        not_known = {"if": {"type": "string"}, "then": {"enum": [NOT_KNOWN]}, "else": {"type": "object"}}
        case["properties"]["found"]["additionalProperties"] = not_known
        case["if"] = {"required": ["asked"]}
        case["then"] = {
            "properties": {"given": False},
            "if": {"required": ["answered"]},
            "then": {"properties": {"expect": _verdict("done")}},
            "else": {"required": ["expect"]},
        }
        case["else"] = {
            "required": ["given", "expect"],
            "properties": {"at": False, "client": False, "answered": False, "expect": {"not": _verdict("refused")}},
        }
        schema["properties"]["cases"]["allOf"] = [_shows("done")]  # what else, `check` knows by the route
        return schema


def _with(parameters: Schema) -> Schema:
    schema: Schema = {"properties": {"with": parameters}}
    if "required" in parameters:
        schema["required"] = ["with"]
    return schema


def _shows(verdict: str) -> Schema:
    """That one of the cases expects `verdict`."""
    expecting = {"properties": {"expect": _verdict(verdict)}, "required": ["expect"]}
    return {"contains": {"if": {"required": ["answered"]}, "then": {}, "else": expecting}}


def _verdict(verdict: str) -> Schema:
    return {"properties": {"verdict": {"const": verdict}}, "required": ["verdict"]}
