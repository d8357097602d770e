"""Addresses of the bus's own servers: those that are empty or not understood, and links that are not verified.

Each command that looks into a ledger asks this first, without reading the configuration.
"""

from collections.abc import Iterator, Mapping

from lienthong.configuration.addresses import SERVERS, address_advice, address_fault, is_insecure
from lienthong.configuration.faults import Fault
from lienthong.errors import Finding
from lienthong.messages import Message, message


def wrong_servers(servers: Mapping[str, str], options: Mapping[str, str]) -> list[Finding]:
    """A finding for each server whose address is not understood. `servers` is by variable, and holds no empty value.

    `options` are those of the command line that named a server in place of its variable.
    """
    return [
        Finding(options.get(name, name), 0, 0, "LT805", fault, address_advice(SERVERS[name]))
        for name, value in servers.items()
        if (fault := address_fault(value, SERVERS[name]))
    ]


def empty_servers(variables: Mapping[str, str]) -> Iterator[Finding]:
    """A finding for each variable of a server that is set and empty."""
    for name, kind in SERVERS.items():
        if variables.get(name) == "":
            advice = message(
                "write `{example}`, or remove the variable for the embedded one: an empty variable is most likely a "
                "forgotten secret",
                example=kind.example,
            )
            yield Finding(name, 0, 0, "LT809", message("the environment variable {name} is empty", name=name), advice)


def insecure_servers(
    servers: Mapping[str, str], variables: Mapping[str, str], options: Mapping[str, str]
) -> list[Finding]:
    """A finding for each server on another machine whose link is not verified. See `wrong_servers`."""
    return [
        Fault("LT806", unverified()).at(options.get(name, name), 0, 0)
        for name, value in servers.items()
        if address_fault(value, SERVERS[name]) is None and is_insecure(value, variables)
    ]


def unverified() -> Message:
    """What is wrong with a link to another machine that is not verified."""
    return message("the link to another machine is not verified: data and passwords can be read on the way")
