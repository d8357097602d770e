"""What files and variables give for an address or any other value, before anything depends on it.

A connector may take its address as plain text, so an address is known here by its key, by the variable it is written
with, or by the default of that variable.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from lienthong.configuration.addresses import (
    ANY_DATABASE,
    DATABASE_ADDRESS,
    HTTP_ADDRESS,
    AddressKind,
    address_advice,
    address_fault,
)
from lienthong.configuration.document import Document
from lienthong.configuration.faults import Fault, KeyPath
from lienthong.configuration.load import Loaded
from lienthong.configuration.variables import Used, used_variables
from lienthong.errors import Finding
from lienthong.messages import message

LESS_EXACT = ("LT805", "LT809")
"""Codes of findings that give way to any other finding at the same line, which is more exact."""

_ADDRESS_KEY = re.compile(r"(^|_)(ur[il]|endpoint)$", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_ANY_ADDRESS = AddressKind(_SCHEME, HTTP_ADDRESS.example)


def unknown_addresses(texts: Sequence[tuple[KeyPath, str]], document: Document) -> Iterator[tuple[KeyPath, Finding]]:
    """Those of the parameters `texts` that must be an address and are not understood as one, each with its finding."""
    for path, text in texts:
        at = ("with", *path)
        used = used_variables(document.position(at).written)
        if text and _is_meant_as_address(path, used):
            kind = _kind(text, used)
            fault = address_fault(text, kind)
            if fault:
                if used:
                    names = ", ".join(variable.name for variable in used)
                    fault = message("the address in {name} is not understood: {fault}", name=names, fault=fault)
                yield path, document.locate(Fault("LT805", fault, address_advice(kind)), at)


def empty_variables(loaded: Loaded, variables: Mapping[str, str]) -> Iterator[Finding]:
    """A finding for each value of an enabled file that is written with a variable which is set to nothing.

    `${NAME:-}` states that nothing is a value; with any other default, an empty variable is most likely a forgotten
    one, and the default would be taken without a sign.
    """
    for kind, named in loaded.documents.items():
        for name, document in named.items():
            if name not in loaded.disabled.get(kind, {}):
                yield from _empty_in(document, variables)


def _empty_in(document: Document, variables: Mapping[str, str]) -> Iterator[Finding]:
    for position in document.values.values():
        for variable in used_variables(position.written) if "${" in position.written else ():
            if variable.default != "" and variables.get(variable.name) == "":
                what = message("the environment variable {name} is empty", name=variable.name)
                advice = message(
                    "give {name} a value, or unset it; write ${{{name}:-}} where nothing is a value",
                    name=variable.name,
                )
                yield Fault("LT809", what, advice).at(position.file, position.line, position.column)


def _is_meant_as_address(path: KeyPath, used: Sequence[Used]) -> bool:
    key = next((key for key in reversed(path) if isinstance(key, str)), "")
    return bool(_ADDRESS_KEY.search(key)) or any(
        "://" in (variable.default or "") or _ADDRESS_KEY.search(variable.name) for variable in used
    )


def _kind(text: str, used: Sequence[Used]) -> AddressKind:
    """The kind that the default of its variable has; without one, the kind that it begins as."""
    defaults = [variable.default for variable in used if "://" in (variable.default or "")]
    scheme = (defaults[0] or "" if defaults else text).partition("://")[0].strip("\"' ").lower()
    if HTTP_ADDRESS.schemes.fullmatch(scheme):
        return HTTP_ADDRESS
    return ANY_DATABASE if DATABASE_ADDRESS.schemes.fullmatch(scheme) else _ANY_ADDRESS
