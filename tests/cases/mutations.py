"""Changes of wire data as the world makes them: bytes flipped, fields of every JSON type, sizes, nesting, encodings."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Change = Callable[[random.Random, bytes], bytes]
"""The JSON text of a record, with one fault inside it. Its brackets and quotation marks stay in pairs."""

VALUES: Sequence[bytes] = (
    b"null", b"true", b"false", b"0", b"-1", b"1e400", b"-1e400", b"NaN", b"Infinity", b"-0.0", b"1.5e10",
    b"9" * 19, b"9" * 23, b"9" * 400, b"-" + b"9" * 25, b"0.1234567890123456789", b'""', b'" "', b"[]", b"{}", b"[[]]",
    b"[null]", b'{"0":1}', b'[{"a":[{"b":null}]}]', b'"\\ud83d"', b'"\\udc00\\ud800"', b'"\\u0000"', b'"\x00"',
    b'"\x07\x1b[31m"', b'"\xff\xfe"', b'"\xb9\xdb"', b'"\xed\xa0\x80"', b'"\xef\xbb\xbf"', b'"\xe2\x80\x8b"',
    b'"\\u202e\\u2066"', b'"052085100104"', b'"[/red][bold]"', b'"2099-12-31T00:00:00.000+0700"', b'"20991231000000"',
    b'"0001-01-01T00:00:00.000+1400"', b'"99999999999999"', b'"31/02/2023"', b'"x' + b"y" * 9_000 + b'"',
    b'"' + "ằ".encode() * 4_000 + b'"', b"[" * 300 + b"]" * 300, b'{"a":' * 300 + b"0" + b"}" * 300,
    b"[" * 2_000 + b"]" * 2_000, b'"' + b"A" * 300_000 + b'"', b"[" + b"0," * 20_000 + b"0]",
)  # fmt: skip


NAMES: Sequence[bytes] = (
    *(b'"ghiChuThem"', b'"052085100104"', b'"\\ud83d"', b'""', b'"code"', b'"a\\u0000b"', b'"lienthong"'),
)


def records(record: dict[str, Any], chance: random.Random, count: int) -> Iterator[bytes]:
    """`count` faulty versions of a record, as JSON texts."""
    for _ in range(count):
        text = json.dumps(record, ensure_ascii=False).encode()
        for _ in range(chance.choice((1, 1, 1, 2, 4))):
            text = chance.choice(CHANGES)(chance, text)
        yield text


def _replace_value(chance: random.Random, text: bytes) -> bytes:
    return _at_random_value(chance, text, lambda _: chance.choice(VALUES))


def _wrap_value(chance: random.Random, text: bytes) -> bytes:
    before, after = chance.choice(((b"[", b"]"), (b'{"item":', b"}"), (b"[null,", b"]"), (b'{"0":', b"}")))
    return _at_random_value(chance, text, lambda value: before + value + after)


def _as_text(chance: random.Random, text: bytes) -> bytes:
    return _at_random_value(
        chance, text, lambda value: json.dumps(value.decode("utf-8", "surrogateescape"), ensure_ascii=True).encode()
    )


def _byte_inside_a_text(chance: random.Random, text: bytes) -> bytes:
    spans = [place for place in range(1, len(text) - 1) if text[place : place + 1].isalnum()]
    place = chance.choice(spans) if spans else 0
    new = bytes([chance.choice((*range(0x20), *range(0x80, 0x100)))])
    return text[:place] + new + text[place + 1 :] if spans else text


def _field_more(chance: random.Random, text: bytes) -> bytes:
    name = chance.choice(
        (b'"ghiChuThem"', b'"052085100104"', b'"\\ud83d"', b'""', b'"code"', b'"a\\u0000b"', b'"__proto__"')
    )
    return text[:-1] + b"," + name + b":" + chance.choice(VALUES) + b"}" if text.endswith(b"}") else text


def _at_random_value(chance: random.Random, text: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The text with one of the values of its objects, at any depth, changed. What is not JSON stays as it is."""
    try:
        spans = list(_value_spans(text))
    except (ValueError, RecursionError):
        return text
    if not spans:
        return text
    start, end = chance.choice(spans)
    return text[:start] + change(text[start:end]) + text[end:]


def _value_spans(text: bytes) -> Iterator[tuple[int, int]]:
    """Where the values of objects stand in a JSON text, found with the scanner of Python's own reader."""
    plain = text.decode("latin-1")
    decoder = json.JSONDecoder(strict=False)
    place = plain.find('":')
    while place >= 0:
        start = place + 2
        while plain[start] == " ":
            start += 1
        try:
            _, end = decoder.raw_decode(plain, start)
        except ValueError:
            end = start
        if end > start:
            yield start, end
        place = plain.find('":', place + 1)


CHANGES: Sequence[Change] = (_replace_value, _replace_value, _wrap_value, _as_text, _byte_inside_a_text, _field_more)


def flip_bytes(chance: random.Random, reply: bytes) -> bytes:
    """A whole reply with bytes changed, cut off, doubled or added anywhere."""
    damaged = bytearray(reply)
    for _ in range(chance.choice((1, 1, 2, 8))):
        place = chance.randrange(len(damaged)) if damaged else 0
        match chance.randrange(4):
            case 0:
                damaged[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del damaged[place : place + chance.randrange(1, 50)]
            case 2:
                damaged[place:place] = damaged[place : place + chance.randrange(1, 50)]
            case _:
                damaged[place:place] = chance.choice(VALUES)
    return bytes(damaged)
