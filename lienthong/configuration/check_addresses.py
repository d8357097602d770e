"""Addresses in variables and in YAML: those that are not understood, insecure links, and defaults of the sandbox.

The sandbox's addresses and secrets are published, so they work for the sandbox alone. A part whose address is on
another machine must have a value for each of its variables, and no secret that stands in the repository.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lienthong.configuration.addresses import (
    SERVERS,
    address_fault,
    is_insecure,
    is_local,
    is_verified,
    shown_address,
)
from lienthong.configuration.document import Document
from lienthong.configuration.faults import Fault, KeyPath
from lienthong.configuration.load import Loaded
from lienthong.configuration.server_addresses import empty_servers, insecure_servers, unverified, wrong_servers
from lienthong.configuration.store_address import endpoint_of, is_store
from lienthong.configuration.variables import Used, used_variables
from lienthong.configuration.written_addresses import empty_variables, unknown_addresses
from lienthong.errors import Finding
from lienthong.messages import message
from lienthong.settings import PartSettings

SANDBOX_SECRET = "sandbox"  # noqa: S105 - it is published, which is why it is refused
"""The secret of the sandbox in every system, and the default of every secret in `config/`."""

PARTS_WITH_ADDRESSES = ("sources", "sinks", "lookups")

_SECRET = re.compile(r"secret|passw|token(?!_?url)|key|salt|credential", re.IGNORECASE)
_NO_ADDRESS = re.compile(r"namespace|xmlns|schema", re.IGNORECASE)


class Link(NamedTuple):
    """A link to a server or system: who has it, its address without secrets, whether it is verified, on this machine.

    `verified` is None where the kind of the link is not known here.
    """

    owner: str
    address: str
    verified: bool | None
    local: bool


def check_addresses(loaded: Loaded, variables: Mapping[str, str]) -> Iterator[Finding]:
    """Every fault of an address, of the servers and of the parts that are enabled."""
    servers = _named_servers(variables)
    yield from empty_servers(variables)
    yield from wrong_servers(servers, {})
    if not loaded.settings.bus.insecure:
        yield from insecure_servers(servers, variables, {})
    for part in PARTS_WITH_ADDRESSES:
        for name, settings in getattr(loaded.settings, part).items():
            yield from _check_part(settings, loaded.documents[part][name], variables)
    yield from _sandbox_inboxes(loaded, variables)
    yield from empty_variables(loaded, variables)
    yield from _forgotten_addresses(loaded, variables)


def _named_servers(variables: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name in SERVERS if (value := variables.get(name, ""))}


def links(loaded: Loaded, variables: Mapping[str, str]) -> list[Link]:
    """The links of the bus and of its parts, those of one system on another machine once."""
    found = [
        _link(name, value, variables)
        for name, value in _named_servers(variables).items()
        if address_fault(value, SERVERS[name]) is None
    ]
    for part in PARTS_WITH_ADDRESSES:
        for name, settings in getattr(loaded.settings, part).items():
            found += [_link(name, text, variables) for _, text in _addresses(settings.parameters)]
    return list(dict.fromkeys(found))


def _link(owner: str, text: str, variables: Mapping[str, str]) -> Link:
    text = endpoint_of(text, variables) if is_store(text) else text
    return Link(owner, shown_address(text), is_verified(text, variables), is_local(text))


def _check_part(settings: PartSettings, document: Document, variables: Mapping[str, str]) -> Iterator[Finding]:
    texts = [(path, text) for path, text in _texts(settings.parameters) if not _NO_ADDRESS.search(str(path[-1]))]
    unknown = dict(unknown_addresses(texts, document))
    yield from unknown.values()
    understood = [(path, text) for path, text in _addresses(settings.parameters) if path not in unknown]
    remote = [(path, text) for path, text in understood if not is_local(text)]
    if not settings.insecure:
        for path, text in remote:
            if is_insecure(text, variables):
                yield document.locate(Fault("LT806", unverified()), ("with", *path))
    if remote:
        yield from _sandbox_values(settings, document, variables)


def _sandbox_inboxes(loaded: Loaded, variables: Mapping[str, str]) -> Iterator[Finding]:
    """Inboxes with secrets of the sandbox. An inbox has no address: it is real where any other system is."""
    parts = (settings for part in PARTS_WITH_ADDRESSES for settings in getattr(loaded.settings, part).values())
    if any(not is_local(text) for settings in parts for _, text in _addresses(settings.parameters)):
        for name, settings in loaded.settings.inboxes.items():
            yield from _sandbox_values(settings, loaded.documents["inboxes"][name], variables)


def _sandbox_values(settings: PartSettings, document: Document, variables: Mapping[str, str]) -> Iterator[Finding]:
    """Values that only the sandbox takes, and empty variables, in a part with an address on another machine."""
    for path, text in _texts(settings.parameters):
        at = ("with", *path)
        used = used_variables(document.position(at).written)
        for variable in used:
            why = _why_refused(variable, path, text, variables)
            if why:
                yield document.locate(Fault("LT807", why), at)
        if not used and text == SANDBOX_SECRET:
            what = message("`{key}` has the secret of the sandbox, but the system is a real one", key=path[-1])
            yield document.locate(Fault("LT807", what), at)


def _why_refused(variable: Used, path: KeyPath, text: str, variables: Mapping[str, str]) -> Any:
    name, value = variable.name, variables.get(variable.name)
    is_secret = bool(_SECRET.search(str(path[-1])) or _SECRET.search(name))
    if value == "" and variable.default != "":
        return message("the environment variable {name} is empty, but the system is a real one", name=name)
    if (value or variable.default) == SANDBOX_SECRET or (not value and variable.default and is_secret):
        return message("{name} has the default of the sandbox, but the system is a real one", name=name)
    if not value and "://" in text and is_local(text):
        return message("{name} has the address of the sandbox, but another address here is a real one", name=name)
    return None


def _forgotten_addresses(loaded: Loaded, variables: Mapping[str, str]) -> Iterator[Finding]:
    """Parts with the sandbox's address by default, where a variable gives another part a real one."""
    given, unset = False, []
    for part in PARTS_WITH_ADDRESSES:
        for name, settings in getattr(loaded.settings, part).items():
            document = loaded.documents[part][name]
            for path, text in _addresses(settings.parameters):
                at = ("with", *path)
                used = [variable.name for variable in used_variables(document.position(at).written)]
                if not is_local(text):
                    given = given or any(variables.get(one) for one in used)
                elif used and not any(variables.get(one) for one in used):
                    unset.append((document, used[0], at))
    for document, variable, at in unset if given else ():
        what = message("{name} has the address of the sandbox, but another system is a real one", name=variable)
        yield document.locate(Fault("LT808", what), at)


def _addresses(value: Any) -> Iterator[tuple[KeyPath, str]]:
    """The addresses among parameters that can be understood."""
    for path, text in _texts(value):
        if "://" in text and not _NO_ADDRESS.search(str(path[-1])) and _is_understood(text):
            yield path, text


def _is_understood(text: str) -> bool:
    try:
        shown_address(text)
        is_local(text)
    except ValueError:
        return False
    return re.match(r"[a-z][a-z0-9+.-]*://", text) is not None


def _texts(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from _texts(below, (*path, key))
    elif isinstance(value, list | tuple):
        for place, below in enumerate(value):
            yield from _texts(below, (*path, place))
