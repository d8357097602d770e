"""Every signature field of a PDF, found by walking the form and the pages ourselves.

A signature that cannot be read is one all the same: what pyHanko leaves out with a warning would otherwise not count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lienthong.signatures.limits import BeyondLimit
from lienthong.signatures.pdf.document import Document

TIME_STAMP = "/ETSI.RFC3161"

MAX_DEPTH = 40
MAX_FIELDS = 5_000
MAX_PAGES = 20_000


@dataclass(frozen=True, slots=True)
class Field:
    """A signature field. `value` is its signature dictionary, None while it is unsigned.

    `holder` is the reference of the object in which the signature dictionary lies, `reference` that of the field.
    """

    name: str
    dictionary: Any
    value: Any
    holder: Any
    reference: Any

    @property
    def is_time_stamp(self) -> bool:
        """Whether it holds a document time stamp (ISO 32000-2, 12.8.5)."""
        return self.value is not None and str(entry(self.value, "/SubFilter") or "") == TIME_STAMP

    @property
    def is_visible(self) -> bool:
        """Whether it, or a widget beneath it, takes room on a page."""
        widgets = [self.dictionary, *(kid.get_object() for kid in _items(entry(self.dictionary, "/Kids")))]
        return any(_area(entry(widget, "/Rect")) for widget in widgets)


def signature_fields(document: Document) -> list[Field]:
    """All signature fields of the last revision, in the order of the form; those of pages that no form names follow."""
    from pyhanko.pdf_utils import generic

    walk = _Walk(generic)
    root = document.reader.root
    form = entry(root, "/AcroForm")
    if form is not None:
        for kid in _items(entry(form, "/Fields")):
            walk.field(kid, "", None, 0)
    for page in _pages(entry(root, "/Pages")):
        for annotation in _items(entry(page, "/Annots")):
            walk.widget(annotation)
    return walk.found


class _Walk:
    def __init__(self, generic: Any) -> None:
        self._generic = generic
        self._seen: set[Any] = set()
        self._holders: set[Any] = set()
        self._count = 0
        self.found: list[Field] = []

    def field(self, item: Any, prefix: str, kind: Any, depth: int) -> None:
        """A node of the form, with what it inherits: the name of its parents and their kind."""
        node, key = self._open(item)
        if node is None or depth > MAX_DEPTH:
            return
        name = _join(prefix, entry(node, "/T"))
        kind = entry(node, "/FT") or kind
        for kid in _items(entry(node, "/Kids")):
            self.field(kid, name, kind, depth + 1)
        if kind == "/Sig":
            self._keep(name, node, key)

    def widget(self, item: Any) -> None:
        """A signature field that only a page knows: viewers show it."""
        if getattr(item, "reference", None) in self._seen:
            return
        node, key = self._open(item)
        if node is not None and entry(node, "/FT") == "/Sig":
            self._keep(_join("", entry(node, "/T")), node, key)

    def _open(self, item: Any) -> tuple[Any, Any]:
        self._count += 1
        if self._count > MAX_FIELDS:
            raise BeyondLimit("max_fields", MAX_FIELDS)
        key = getattr(item, "reference", None)
        if key is not None:
            if key in self._seen:
                return None, key
            self._seen.add(key)
        node = item.get_object()
        return (node, key) if isinstance(node, self._generic.DictionaryObject) else (None, key)

    def _keep(self, name: str, node: Any, key: Any) -> None:
        raw = node.raw_get("/V") if "/V" in node else None
        value = raw.get_object() if raw is not None else None
        if isinstance(value, self._generic.NullObject):
            value = None
        if value is None and "/Kids" in node and "/T" not in node:
            return
        holder = getattr(raw, "reference", None) or key
        if value is not None and getattr(raw, "reference", None) is not None:
            if holder in self._holders:
                return
            self._holders.add(holder)
        self.found.append(Field(name, node, value, holder, key))


def _pages(root: Any) -> Iterator[Any]:
    waiting, seen, count = [root], set(), 0
    while waiting and count < MAX_PAGES:
        node = waiting.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        count += 1
        kids = list(_items(entry(node, "/Kids")))
        if not kids:
            yield node
        waiting.extend(kid.get_object() for kid in reversed(kids))


def entry(node: Any, key: str) -> Any:
    """The value of a key with its reference resolved, None where there is none."""
    try:
        return node[key] if key in node else None  # noqa: SIM401 - pyHanko's `get` does not resolve references
    except (KeyError, TypeError):
        return None


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else []


def _area(rectangle: Any) -> float:
    try:
        left, bottom, right, top = (float(number) for number in rectangle)
    except (TypeError, ValueError):
        return 0
    return abs(right - left) * abs(top - bottom)


def _join(prefix: str, part: Any) -> str:
    text = str(part) if part is not None else ""
    return f"{prefix}.{text}" if prefix and text else prefix or text
