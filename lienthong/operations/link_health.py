"""The part of the doctor's examination that looks at links: which of them are encrypted, to a server that is proved."""

from collections.abc import Iterator, Mapping

from lienthong.configuration.addresses import BROKER, DATABASE
from lienthong.configuration.check_addresses import Link, links
from lienthong.messages import Message, message
from lienthong.operations.health_items import HealthItem, Installation


def examine_links(installation: Installation) -> Iterator[HealthItem]:
    """Each link to another machine, and in one line those that stay on this one."""
    broker = "" if installation.broker.startswith("memory:") else installation.broker
    servers = {BROKER: broker, DATABASE: installation.database}
    found = links(installation.loaded, {**_readable(installation.variables), **servers})
    topic = message("Links")
    near = [link for link in found if link.local]
    if near:
        names = ", ".join(dict.fromkeys(link.owner for link in near))
        yield HealthItem(topic, "ok", message("on this machine: {names}", names=names))
    for link in found:
        if not link.local:
            yield HealthItem(topic, "ok" if link.verified else "warn", _state(link), _advice(link))


def _readable(variables: Mapping[str, str]) -> Mapping[str, str]:
    return {"PGSSLMODE": variables.get("PGSSLMODE", "")}


def _state(link: Link) -> Message:
    if link.verified:
        return message("{owner}: {address} is encrypted and verified", owner=link.owner, address=link.address)
    if link.verified is None:
        return message("{owner}: {address}; its encryption is not known here", owner=link.owner, address=link.address)
    return message("{owner}: {address} is not verified", owner=link.owner, address=link.address)


def _advice(link: Link) -> Message | str:
    if link.verified is False:
        return message("use https://, amqps:// or ?sslmode=verify-full, unless the way is secured otherwise")
    return ""
