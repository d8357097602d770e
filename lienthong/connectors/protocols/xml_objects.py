"""Elements of an XML document as JSON objects, by one fixed rule."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

ATTRIBUTE = "@"
"""Before the name of an attribute."""
TEXT = "#text"
"""The key of the text of an element that also has attributes or children."""


def find_elements(root: Any, name: str) -> Iterator[Any]:
    """The elements of a local name, or of `{namespace}name`, in their order; not those inside of one another."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if not isinstance(element.tag, str):  # a comment or a processing instruction
            continue
        if element.tag == name or local_name(element.tag) == name:
            yield element
        else:
            waiting.extend(reversed(element))


def to_value(element: Any, lists: Collection[str]) -> str | dict[str, Any] | None:
    """An element as JSON: its text, or an object of its attributes and children.

    Names are local, without namespaces. A name that occurs more than once becomes a list, and so does every name in
    `lists`: a list of one would otherwise look like a single value. Empty text is null. Recursion is bounded, because
    the parser refuses more than 256 levels.
    """
    children = [child for child in element if isinstance(child.tag, str)]
    text = (element.text or "").strip() + "".join((child.tail or "").strip() for child in element)
    if not children and not element.attrib:
        return text or None
    value: dict[str, Any] = {ATTRIBUTE + local_name(name): attribute for name, attribute in element.attrib.items()}
    for child in children:
        _add(value, local_name(child.tag), to_value(child, lists), lists)
    return value | ({TEXT: text} if text else {})


def to_object(element: Any, lists: Collection[str]) -> Mapping[str, Any]:
    """As `to_value`, but always an object."""
    value = to_value(element, lists)
    return value if isinstance(value, dict) else {TEXT: value}


def local_name(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]


def _add(value: dict[str, Any], name: str, child: Any, lists: Collection[str]) -> None:
    if name not in value:
        value[name] = [child] if name in lists else child
    elif isinstance(value[name], list):
        value[name].append(child)
    else:
        value[name] = [value[name], child]
