"""The records of an XML document. What is wrong in one costs that one, where it is certain where it begins and ends.

Two faults of characters need no search for the ends: a byte that is not of the encoding, and a control character, which
XML does not allow. They are replaced with characters of a private plane while the document is parsed. Everything
else that is no XML, such as a `&` alone or a tag that is not closed, is searched for between the tags of the records:
without their content the document must be XML.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lienthong.connectors.protocols.table_rows import Element, Unreadable
from lienthong.connectors.protocols.xml import parse
from lienthong.connectors.protocols.xml_objects import find_elements, local_name, to_object
from lienthong.errors import Rejected
from lienthong.messages import message

_DECLARATION = re.compile(r"^[^<]{0,64}<\?xml\s[^>]*?(?:encoding\s*=\s*[\"']([\w.\-]+)[\"'][^>]*?)?\?>", re.DOTALL)
_NO_MARKUP = r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
_STAND_IN = 0xF0000
"""The first of the characters of a private plane that stand for what XML does not allow."""

_NOT_ALLOWED = [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0xDC80, 0xDD00)]
"""Control characters, and bytes that are not of the encoding, as `surrogateescape` writes them."""
_HIDE = {code: _STAND_IN + code for code in _NOT_ALLOWED}
_SHOW = {hidden: code for code, hidden in _HIDE.items()}
_HIDDEN = re.compile(f"[{''.join(map(chr, _SHOW))}]")
_BYTE = re.compile("[\udc80-\udcff]")

_TEXT_KEPT = 2**16
"""Characters of a broken record that are kept."""
_FEW = 3
"""Records of another encoding up to this number are its own fault each; more, and most of all, are the document's."""


def xml_records(content: bytes, name: str, lists: frozenset[str]) -> Iterator[Element]:
    """Yield the records: the elements of a local name, or of `{namespace}name`.

    Raises `Unreadable` for a document that is no XML outside of its records, and for one of another encoding.
    """
    try:
        root = parse(content, limit=len(content))  # the size of the file has a limit of its own
    except Rejected as rejected:
        yield from _Broken(content, rejected.why, name, lists).records()
        return
    for number, element in enumerate(find_elements(root, name), 1):
        yield Element(to_object(element, lists), {"record": number})


class _Span(NamedTuple):
    start: int
    end: int


class _Broken:
    """A document that is no XML as a whole, for the reason `why`."""

    def __init__(self, content: bytes, why: str, name: str, lists: frozenset[str]) -> None:
        self._why = why
        self._name = name
        self._lists = lists
        self._encoding, self._text = self._decoded(content)

    def records(self) -> Iterator[Element]:
        values = list(self._values())
        stray = sum(_has_byte(value) for value, _ in values)
        if stray > _FEW and stray * 2 > sum(not _is_ascii(value) for value, _ in values):
            advice = message(
                "The text is not {encoding}, as it states or as XML without a statement is: save it as UTF-8, or have "
                "its first line name its encoding",
                encoding=self._encoding.upper(),
            )
            raise Unreadable(advice)
        for number, (value, fault) in enumerate(values, 1):
            yield Element(value, {"record": number}, fault)

    def _decoded(self, content: bytes) -> tuple[str, str]:
        found = _DECLARATION.match(content[:1_000].decode("latin-1"))
        encoding = (found and found[1]) or "utf-8"
        try:
            codec = codecs.lookup(encoding)
            text = content.removeprefix(codecs.BOM_UTF8).decode(codec.name, "surrogateescape")
        except (LookupError, ValueError):
            raise Unreadable(self._why) from None
        if _HIDDEN.search(text):
            raise Unreadable(self._why)
        # What is written now is UTF-8, so the declaration no longer holds. Its lines stay, for the reasons.
        head = _DECLARATION.match(text)
        rest = "\n" * head[0].count("\n") + text[head.end() :] if head else text
        return encoding, rest.translate(_HIDE)

    def _values(self) -> Iterator[tuple[Any, str]]:
        """The value of each record, or its text and the reason why it is no XML."""
        try:
            root = parse(self._text.encode(), limit=len(self._text) * 4)
        except Rejected:
            yield from self._apart()
            return
        for element in find_elements(root, self._name):
            yield _with_originals(to_object(element, self._lists)), ""

    def _apart(self) -> Iterator[tuple[Any, str]]:
        spans = list(self._spans())
        around, end = [], 0
        for span in spans:
            around += [self._text[end : span.start], f"<{self._tag(span)}/>"]
            end = span.end
        skeleton = "".join([*around, self._text[end:]])
        try:
            elements = list(find_elements(parse(skeleton.encode(), limit=len(skeleton) * 4), self._name))
        except (Rejected, ValueError):
            raise Unreadable(self._why) from None
        if len(elements) != len(spans):
            raise Unreadable(self._why)
        lines = end = 0
        for span, element in zip(spans, elements, strict=True):
            lines += self._text.count("\n", end, span.start)
            yield self._alone(span, element.nsmap, lines)
            end = span.start

    def _alone(self, span: _Span, namespaces: Mapping[str | None, str], lines: int) -> tuple[Any, str]:
        """The value of a record, or its text and the reason. `lines`: those of the document before it."""
        text = self._text[span.start : span.end]
        names = "".join(
            f' xmlns{":" + prefix if prefix else ""}="{_escaped(uri)}"' for prefix, uri in namespaces.items()
        )
        body = f"<x{names}>\n{text}</x>".encode()
        try:
            root = parse(body, limit=len(body), lines_before=lines - 1)
        except Rejected as rejected:
            return text.translate(_SHOW)[:_TEXT_KEPT], rejected.why
        return _with_originals(to_object(root[0], self._lists)), ""

    def _spans(self) -> Iterator[_Span]:
        """Where the outermost records begin and end. Raises `Unreadable` where their tags are not in pairs."""
        name = re.escape(local_name(self._name))
        tags = re.compile(rf"{_NO_MARKUP}|<(/?)(?:[^\s<>/:]+:)?{name}(?=[\s/>])[^<>]*>", re.DOTALL)
        depth = start = 0
        for tag in tags.finditer(self._text):
            if tag[1] is None or (depth == 0 and tag[1] == "/"):
                if tag[1] is not None:
                    raise Unreadable(self._why)
                continue
            if depth == 0:
                start = tag.start()
            depth += -1 if tag[1] else 0 if tag[0].endswith("/>") else 1
            if depth == 0:
                yield _Span(start, tag.end())
        if depth:
            raise Unreadable(self._why)

    def _tag(self, span: _Span) -> str:
        return re.split(r"[\s/>]", self._text[span.start + 1 : span.end], maxsplit=1)[0]


def _with_originals(value: Any) -> Any:
    """A value with what stood in the document."""
    if isinstance(value, str):
        return value.translate(_SHOW) if _HIDDEN.search(value) else value
    if isinstance(value, list):
        return [_with_originals(part) for part in value]
    return {name: _with_originals(part) for name, part in value.items()} if isinstance(value, dict) else value


def _has_byte(value: Any) -> bool:
    return any(_BYTE.search(text) for text in _texts(value))


def _is_ascii(value: Any) -> bool:
    return all(text.isascii() for text in _texts(value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _escaped(uri: str) -> str:
    return uri.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
