"""Name constraints (RFC 5280, 4.2.1.10): for which names an authority may issue."""

from typing import Any

from lienthong.signatures.certificates import Cert


def names_permitted(authority: Cert, certificate: Cert) -> bool:
    """Whether the certificate's names are within what `authority` is limited to.

    Constraints on kinds of names that are not compared here permit no certificate that has such a name.
    """
    constraints = authority.parsed.name_constraints_value
    if constraints is None:
        return True
    if certificate.self_issued and certificate.is_ca:
        return True
    permitted = list(constraints["permitted_subtrees"]) if constraints["permitted_subtrees"].native else []
    excluded = list(constraints["excluded_subtrees"]) if constraints["excluded_subtrees"].native else []
    for kind, name in _names(certificate):
        bases = [tree["base"] for tree in permitted if tree["base"].name == kind]
        if bases and not any(_within(kind, name, base.chosen) for base in bases):
            return False
        if any(_excluded(kind, name, tree["base"].chosen) for tree in excluded if tree["base"].name == kind):
            return False
    return True


def _names(certificate: Cert) -> list[tuple[str, Any]]:
    """The subject and the alternative names, each with its kind; an e-mail address of the subject counts too."""
    subject = certificate.parsed.subject
    names: list[tuple[str, Any]] = [("directory_name", subject)] if len(subject.chosen) else []
    alternative = certificate.parsed.subject_alt_name_value
    names += [(name.name, name.chosen) for name in alternative or ()]
    if alternative is None:
        address = subject.native.get("email_address")
        names += [("rfc822_name", address)] if isinstance(address, str) else []
    return names


def _excluded(kind: str, name: Any, base: Any) -> bool:
    return kind not in _COMPARED or _within(kind, name, base)


def _within(kind: str, name: Any, base: Any) -> bool:
    compare = _COMPARED.get(kind)
    return compare is not None and compare(name, base)


def _directory(name: Any, base: Any) -> bool:
    parts, limits = list(name.chosen), list(base.chosen)
    return len(parts) >= len(limits) and all(
        part.hashable == limit.hashable for part, limit in zip(parts, limits, strict=False)
    )


def _domain(name: Any, base: Any) -> bool:
    host, limit = _text(name), _text(base)
    if limit.startswith("."):
        return host.endswith(limit)
    return host == limit or host.endswith("." + limit)


def _address(name: Any, base: Any) -> bool:
    address, limit = _text(name), _text(base)
    if "@" in limit:
        return address == limit
    host = address.rpartition("@")[2]
    return host.endswith(limit) if limit.startswith(".") else host == limit


def _text(value: Any) -> str:
    return str(getattr(value, "native", value)).lower()


_COMPARED = {"directory_name": _directory, "dns_name": _domain, "rfc822_name": _address}
