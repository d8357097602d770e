"""Addresses of servers and systems: whether they are understood, and whether the link to them is verified.

No message here contains a part of an address, because what was written wrongly may be a piece of a password.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from lienthong.configuration.store_address import endpoint_of, is_store
from lienthong.messages import Message, message

BROKER = "LIENTHONG_BROKER"
DATABASE = "LIENTHONG_DATABASE"
FILES = "LIENTHONG_FILES"


@dataclass(frozen=True, slots=True)
class AddressKind:
    """A kind of address: the beginnings it may have, and an example of what to write."""

    schemes: re.Pattern[str]
    example: str
    needs_host: bool = True
    at_sign_in_path: bool = False


BROKER_ADDRESS = AddressKind(re.compile("amqps?|memory"), "amqps://USER:PASSWORD@HOST:5671/VHOST")
DATABASE_ADDRESS = AddressKind(
    re.compile(r"postgres(ql)?(\+\w+)?|sqlite(\+\w+)?"),
    "postgresql://USER:PASSWORD@HOST:5432/DATABASE",
    needs_host=False,
)
ANY_DATABASE = AddressKind(re.compile(r"[a-z][a-z0-9]*(\+\w+)?"), DATABASE_ADDRESS.example, needs_host=False)
HTTP_ADDRESS = AddressKind(re.compile("https?"), "https://example.org/api/records", at_sign_in_path=True)

FILES_ADDRESS = AddressKind(re.compile("s3|file"), "s3://BUCKET/PREFIX?endpoint=https://HOST:9000")

SERVERS: Mapping[str, AddressKind] = {BROKER: BROKER_ADDRESS, DATABASE: DATABASE_ADDRESS, FILES: FILES_ADDRESS}
"""The variables that name servers of the bus."""

_POSTGRESQL = re.compile(r"postgres(ql)?(\+\w+)?")
_VERIFIED_MODES = ("verify-full", "verify-ca")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PLACE = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]:]*)(?::(?P<port>\d{1,5}))?")
_QUOTES = "\"'`“”‘’"


def address_fault(text: str, kind: AddressKind) -> Message | None:  # noqa: PLR0911 - one line for each mistake
    """Why `text` is not understood as an address of this kind, or None."""
    if not text:
        return message("no address is given")
    if text[:1] in _QUOTES or text[-1:] in _QUOTES:
        return message("quotation marks stand around the address: leave them out")
    if not text.isprintable() or " " in text:
        return message("a space stands in the address")
    scheme, separator, rest = text.partition("://")
    if not separator or not kind.schemes.fullmatch(scheme):
        if separator and kind.schemes.fullmatch(scheme.lower()):
            return message("the beginning of the address must be in small letters")
        return message("the address begins with none of the words that are known here")
    if scheme == "file":
        return None if rest.startswith("/") else message("a folder is named by its whole path, after three slashes")
    fault = None if _is_embedded(scheme) else _rest_fault(rest, kind)
    return fault or (address_fault(endpoint_of(text, {}), HTTP_ADDRESS) if is_store(text) else None)


def address_advice(kind: AddressKind) -> Message:
    """What to write."""
    return message(
        "write `{example}`; in a user and a password write %40 for @, %23 for #, %2F for /, %25 for %, %3A for :, "
        "%3F for ? and %20 for a space",
        example=kind.example,
    )


def _rest_fault(rest: str, kind: AddressKind) -> Message | None:
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    place = authority.rpartition("@")[2]
    found = _PLACE.fullmatch(place)
    if _has_stray_character(rest, authority, kind):
        return message("a character stands in its user or password that an address cannot hold as it is")
    if found is None or int(found["port"] or 1) not in range(1, 65536):
        return message("its port is not a number from 1 to 65535, or a `:` stands in its password")
    if kind.needs_host and not found["host"]:
        return message("it names no server")
    return None


def _has_stray_character(rest: str, authority: str, kind: AddressKind) -> bool:
    user, _, _ = authority.rpartition("@")
    if "@" in user or user.count(":") > 1 or _BAD_PERCENT.search(user):
        return True
    if kind.at_sign_in_path and not user:
        return "#" in rest and "@" in rest.partition("#")[2]
    return (
        "#" in rest or "@" in rest[len(authority) :] or (not kind.at_sign_in_path and bool(_BAD_PERCENT.search(rest)))
    )


def is_local(text: str) -> bool:
    """Whether an address that is understood stays on this machine: embedded, loopback, or a socket in a folder."""
    parts = urlsplit(text)
    if _is_embedded(parts.scheme) or parts.scheme == "file":
        return True
    hosts = [parts.hostname or "", *parse_qs(parts.query).get("host", [])] if _is_postgresql(text) else [parts.hostname]
    return all(_is_loopback(unquote(host or "")) for host in hosts)


def is_verified(text: str, variables: Mapping[str, str]) -> bool | None:
    """Whether the link to an address is encrypted and the server is proved; None for a kind that is not known here.

    PostgreSQL's driver proves the server with `sslmode=verify-full` or `verify-ca`, in the address or in PGSSLMODE.
    """
    scheme = urlsplit(text).scheme
    if scheme in ("https", "amqps"):
        return True
    if scheme in ("http", "amqp"):
        return False
    if not _is_postgresql(text):
        return None
    query = parse_qs(urlsplit(text).query)
    if query.get("sslrootcert") == ["system"]:
        return True
    return query.get("sslmode", [variables.get("PGSSLMODE", "")])[-1] in _VERIFIED_MODES


def is_insecure(text: str, variables: Mapping[str, str]) -> bool:
    """Whether data and passwords could be read or changed on the way to another machine."""
    server = endpoint_of(text, variables) if is_store(text) else text
    return is_verified(server, variables) is False and not is_local(server)


def shown_address(text: str) -> str:
    """An address that is understood, for people: without user, password, path and query."""
    parts = urlsplit(text)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _is_embedded(scheme: str) -> bool:
    return scheme.partition("+")[0] in ("memory", "sqlite")


def _is_postgresql(text: str) -> bool:
    return _POSTGRESQL.fullmatch(text.partition("://")[0]) is not None


def _is_loopback(host: str) -> bool:
    name = host.strip("[]").lower().rstrip(".")
    if not name or name.startswith("/") or name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
