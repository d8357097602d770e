"""Reading `policy.yaml`: every fault with its line and what to write. Unknown keys are faults, never ignored."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Any

import yaml

from lienthong.errors import Finding, Misconfigured
from lienthong.messages import message
from lienthong.signatures.policy import Pin, Policy, parse_duration

FILE = "policy.yaml"

_CHANGES = ("signatures", "time_stamps", "validation_data")
_USAGES = ("digital_signature", "non_repudiation")


class _Keyed:
    """A mapping of the file with the lines of its keys, and the findings about it."""

    def __init__(self, node: yaml.Node | None, path: str, findings: list[Finding], place: str) -> None:
        self.path, self.place, self.findings = path, place, findings
        self.line = node.start_mark.line + 1 if node is not None else 1
        self.nodes: dict[str, yaml.Node] = {}
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                name = str(key.value)
                if name in self.nodes:
                    self.fault(name, message("the key is given twice"), message("keep one of them"), node=key)
                self.nodes[name] = value
        elif node is not None:
            self.fault("", message("keys and values are expected"), message("write `key: value`"), node=node)

    def fault(self, key: str, what: str, advice: str, node: yaml.Node | None = None) -> None:
        node = node or self.nodes.get(key)
        line = node.start_mark.line + 1 if node else self.line
        column = node.start_mark.column + 1 if node else 1
        named = ".".join(part for part in (self.path, key) if part)
        self.findings.append(Finding(self.place, line, column, "LT120", f"{named or FILE}: {what}", advice))

    def only(self, *names: str) -> None:
        for name in self.nodes:
            if name not in names:
                self.fault(name, message("no such key"), message("write one of: {names}", names=", ".join(names)))

    def part(self, name: str) -> "_Keyed":
        path = f"{self.path}.{name}" if self.path else name
        return _Keyed(self.nodes.get(name), path, self.findings, self.place)

    def value(self, name: str) -> Any:
        node = self.nodes.get(name)
        return None if node is None else yaml.SafeLoader("").construct_object(node, deep=True)

    def read(self, name: str, default: Any, read: Callable[[Any], Any], form: str) -> Any:
        """The value through `read`, or `default` where it is absent or wrong."""
        if name not in self.nodes:
            return default
        try:
            return read(self.value(name))
        except (ValueError, TypeError, KeyError, yaml.YAMLError):
            self.fault(name, message("this value is not possible"), message("write {form}", form=form))
            return default

    def fixed(self, name: str, only: object) -> None:
        """A value that this version knows in one form only: what is not implemented is refused, not ignored."""
        if name in self.nodes and self.value(name) != only:
            written = str(only).lower() if isinstance(only, bool) else str(only)
            self.fault(name, message("this value is not possible"), message("write {form}", form=written))


def read_policy(text: str, *, place: str) -> Policy:
    """The policy that `text` writes; `place` is the name of its file in findings. Raises `Misconfigured`."""
    findings: list[Finding] = []
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        what = message("the file is not YAML: {problem}", problem=getattr(error, "problem", None) or "?")
        raise Misconfigured([Finding(place, line, 1, "LT120", what, message("correct this line"))]) from None
    top = _Keyed(node, "", findings, place)
    top.only(
        "version",
        "roots",
        "profiles",
        "default_profile",
        "time",
        "revocation",
        "algorithms",
        "certificates",
        "document",
    )
    top.fixed("version", 1)
    roots = _roots(top.part("roots"))
    profiles = _profiles(top.part("profiles"), roots)
    default = str(top.value("default_profile") or "")
    if default not in profiles:
        top.fault(
            "default_profile",
            message("no such profile: {name}", name=default or "–"),
            message("write one of: {names}", names=", ".join(profiles)),
        )
    values = _time(top.part("time")) | _revocation(top.part("revocation")) | _algorithms(top.part("algorithms"))
    values |= _certificates(top.part("certificates")) | _document(top.part("document"))
    if findings:
        raise Misconfigured(findings)
    given = {name: value for name, value in values.items() if value is not None}
    return Policy(roots=roots, profiles=profiles, default_profile=default, **given)


def _roots(part: _Keyed) -> dict[str, Pin]:
    pins = {}
    for name in part.nodes:
        one = part.part(name)
        one.only("file", "sha256", "name")
        file = one.read("file", "", _relative, "roots/NAME.crt")
        digest = one.read("sha256", "", _digest, message("64 hexadecimal digits: the SHA-256 of the DER certificate"))
        for key, value in (("file", file), ("sha256", digest)):
            if not value and key not in one.nodes:
                one.fault(key, message("the key is missing"), message("write `file` and `sha256` of each root"))
        pins[name] = Pin(file, digest, str(one.value("name") or ""))
    if not pins:
        part.fault("", message("no root is trusted"), message("name at least one root with `file` and `sha256`"))
    return pins


def _profiles(part: _Keyed, roots: Mapping[str, Pin]) -> dict[str, tuple[str, ...]]:
    profiles = {}
    for name in part.nodes:
        one = part.part(name)
        one.only("roots")
        names = one.read("roots", (), lambda value: tuple(str(root) for root in value), message("a list of roots"))
        unknown = [root for root in names if root not in roots]
        if unknown or not names:
            one.fault(
                "roots",
                message("no such root: {name}", name=", ".join(unknown) or "–"),
                message("write one of: {names}", names=", ".join(roots)),
            )
        profiles[name] = names
    return profiles


def _time(part: _Keyed) -> dict[str, Any]:
    part.only("claimed_time_is_proof", "clock_tolerance", "local_time_written_as_utc", "claimed_in_future")
    part.fixed("claimed_time_is_proof", only=False)
    part.fixed("claimed_in_future", "reject")
    names = ("clock_tolerance", "local_time_written_as_utc")
    return {name: part.read(name, None, parse_duration, "5m, 7h, 7d") for name in names}


def _revocation(part: _Keyed) -> dict[str, Any]:
    part.only("required", "crl_max_age", "root_crl_max_age", "kept_crls_count")
    part.fixed("required", only=True)
    values = {name: part.read(name, None, parse_duration, "7d") for name in ("crl_max_age", "root_crl_max_age")}
    return values | {"kept_crls_count": part.read("kept_crls_count", True, _flag, "true, false")}


def _algorithms(part: _Keyed) -> dict[str, Any]:
    part.only("sha1_until", "sha1_in_supplied_ca_certificates", "md5", "min_rsa_bits")
    part.fixed("md5", "never")
    supplied = "sha1_in_supplied_ca_certificates"
    return {
        "sha1_until": part.read("sha1_until", None, _day, "2020-12-31"),
        supplied: part.read(supplied, True, _flag, "true, false"),
        "min_rsa_bits": part.read("min_rsa_bits", None, _bits, "2048"),
    }


def _certificates(part: _Keyed) -> dict[str, Any]:
    part.only("key_usage_any_of", "ca_may_sign_documents")
    return {
        "key_usage_any_of": part.read("key_usage_any_of", None, _some_of(_USAGES), ", ".join(_USAGES)),
        "ca_may_sign_documents": part.read("ca_may_sign_documents", False, _flag, "true, false"),
    }


def _document(part: _Keyed) -> dict[str, Any]:
    part.only("changes_without_certification", "xml_must_cover_root")
    part.fixed("xml_must_cover_root", only=True)
    name = "changes_without_certification"
    changes = part.read(name, None, _some_of(_CHANGES), ", ".join(_CHANGES))
    return {name: None if changes is None else frozenset(changes)}


def _relative(value: Any) -> str:
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(value)
    return str(value)


def _digest(value: Any) -> str:
    digest = str(value).lower().replace(":", "")
    if len(bytes.fromhex(digest)) != 32:
        raise ValueError(value)
    return digest


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _day(value: Any) -> date:
    if type(value) is not date:
        raise TypeError(value)
    return value


def _bits(value: Any) -> int:
    if type(value) is not int or value < 512:
        raise ValueError(value)
    return value


def _some_of(known: tuple[str, ...]) -> Callable[[Any], tuple[str, ...]]:
    def read(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or any(item not in known for item in value):
            raise ValueError(value)
        return tuple(value)

    return read
