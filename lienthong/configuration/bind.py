"""The parameters that a file gives, checked against the annotations of the function or class that takes them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from lienthong.calendars.calendar import Calendar
from lienthong.configuration.faults import Fault, KeyPath, Mismatch, suggest
from lienthong.configuration.nested_faults import place, union_fault, unknown_key
from lienthong.configuration.parameters import NO_FOLDER, Names, Parameter, name_of, signature_of
from lienthong.configuration.shapes.complaints import fault_of
from lienthong.messages import Message, message, msgid
from lienthong.ports import Table


def bind(
    target: Callable[..., Any],
    given: Mapping[str, Any],
    *,
    tables: Mapping[str, Table],
    calendars: Mapping[str, Calendar] | None = None,
    own_files: Mapping[str, Any] | None = None,
    sources: Collection[str] | None = None,
    folder: Path = NO_FOLDER,
) -> dict[str, Any]:
    """The keyword arguments for `target`, from the `with` of a file.

    Only keyword-only parameters can be given. Names of tables are looked up in `tables`, names of calendars in
    `calendars`, names of the project's own files in `own_files`, names of sources in `sources` where these are given;
    relative paths begin in `folder`. Raises `Mismatch` with every fault.
    """
    signature = signature_of(target)
    names = Names(tables, sources, folder, calendars or {}, own_files or {})
    faults: list[Fault] = []
    bound: dict[str, Any] = {}
    for name, value in given.items():
        if name in signature.parameters:
            bound[name] = _validate(signature.parameters[name], name, value, names, faults)
        elif signature.takes_any:
            bound[name] = value
        else:
            faults.append(_unknown_parameter(target, name, signature.parameters))
    for name, parameter in signature.parameters.items():
        if parameter.required and name not in given:
            what = message("`{name}` needs the parameter `{parameter}`", name=name_of(target), parameter=name)
            faults.append(Fault("LT307", what, message("add under with: `{parameter}: ...`", parameter=name)))
    if faults:
        raise Mismatch(*faults)
    return bound


def _unknown_parameter(target: Callable[..., Any], name: str, known: Mapping[str, Parameter]) -> Fault:
    what = message("`{name}` has no parameter `{parameter}`", name=name_of(target), parameter=name)
    advice = suggest(name, known) if known else message("it takes none: leave it out")
    return Fault("LT306", what, advice, (name,), of_key=True)


def _validate(parameter: Parameter, name: str, value: Any, names: Names, faults: list[Fault]) -> Any:
    try:
        return parameter.adapter.validate_python(value, context=names)
    except ValidationError as error:
        details = error.errors(include_url=False)[0]
        faults.append(_fault(parameter, details, place(name, details, value)))
        return None


def _fault(parameter: Parameter, details: ErrorDetails, path: KeyPath) -> Fault:
    context = details.get("ctx", {})
    match details["type"]:
        case "unresolved":
            fault: Fault = context["fault"]
            return replace(fault, path=path)
        case "not_callable":
            return Fault("LT308", message("`{name}` is no function", name=context["name"]), _name_a_function(), path)
        case "unknown_table" | "unknown_source" | "unknown_calendar" | "unknown_file" as kind:
            code, words = _UNKNOWN[kind]
            what = message(words, name=context["name"])
            return Fault(code, what, suggest(context["name"], context["known"]), path)
        case "extra_forbidden":
            return unknown_key(parameter.annotation, path)
    fault = union_fault(details, path) or fault_of(details, path)
    return replace(fault, code="LT308") if fault.code in ("LT203", "LT205") else fault


_UNKNOWN: Mapping[str, tuple[str, str]] = {
    "unknown_table": ("LT604", msgid("there is no table `{name}`")),
    "unknown_source": ("LT601", msgid("there is no source `{name}`")),
    "unknown_file": ("LT629", msgid("`settings` of config/bus.yaml names no file `{name}` of this shape")),
    "unknown_calendar": ("LT624", msgid("there is no config/calendars/{name}.yaml")),
}
"""By kind of name, the code and the words of one that is not known."""


def _name_a_function() -> Message:
    return message("write the full name of a function")
