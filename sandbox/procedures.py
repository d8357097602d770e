"""The catalogue of procedures behind the national portal's adapter (sandbox/mapi.py). The contract is assumed in part.

LayDanhSachTTHC  {}          → rows {MATTHC, TENTTHC}, one for each code; a line without a code is shown as it is
LayThuTuc        {maTTHC}    → a row for each date of effect (HIEULUCTU): of one date, the line that was seen last
"""

from collections.abc import Iterable
from typing import Any

import orjson

from sandbox.clock import Clock
from sandbox.listing import Listing, Query, Version
from sandbox.mapi import Mapi, Refused
from sandbox.recording import Line, Recording
from sandbox.sessions import Monotonic


class Procedures(Mapi):
    """The stand-in server."""

    def __init__(self, recording: Recording, clock: Clock, monotonic: Monotonic) -> None:
        super().__init__(monotonic)
        self._clock = clock
        self._listing = Listing(recording.lines.get("procedures", ()), _key, _read)

    def add(self, line: Line) -> None:
        self._listing.add(line)

    def find(self, body: dict[str, Any]) -> tuple[Iterable[bytes], bytes]:
        match body.get("service"):
            case "LayDanhSachTTHC":
                return self._codes(), b'"result"'
            case "LayThuTuc":
                found = self._listing.select(self._clock.now, Query(code=str(body.get("maTTHC"))))
                return [version.line.raw for version in found], b'"result"'
            case _:
                raise Refused("Dịch vụ không tồn tại")

    def _codes(self) -> list[bytes]:
        rows: dict[str, bytes] = {}
        for version in self._listing.select(self._clock.now, Query()):
            shown = version.line.body
            row = {"MATTHC": version.code, "TENTTHC": shown.get("TENTTHC")}
            rows[version.code or version.key] = orjson.dumps(row) if version.code else version.line.raw
        return list(rows.values())


def _key(body: dict[str, Any], line: Line) -> str:
    """The code and the date of effect; without a code, a key that no other line has."""
    code = body.get("MATTHC")
    return f"{code}/{body.get('HIEULUCTU')}" if code else f"line {line.number}"


def _read(body: dict[str, Any], line: Line, key: str, _: object) -> Version:
    return Version(key, str(body.get("MATTHC") or "") or None, (line.seen_at,), line)
