"""The accounts of the national portal: who has filed online has one, from the first such dossier that was seen on.

TraCuuTechID  {provider, mstorcmnd}  → a row {TECHNICALID} for the account of the number, or none
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import orjson

from sandbox.recording import Line, Push

_ONLINE = "2"


class Accounts:
    """By identity number, the technical id of the account, and since when there is one."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._accounts: dict[str, tuple[datetime, str]] = {}
        for line in lines:
            self.add(line)

    def add(self, line: Line) -> None:
        """Note the account of the person in a dossier of the portal, if it was filed online."""
        body = line.body
        if str(body.get("KenhThucHien")) != _ONLINE:
            return
        technical_id = str(body.get("MaDoiTuong") or f"TK{line.number:07}")
        for number in _numbers(body):
            known = self._accounts.get(number)
            if known is None or line.seen_at < known[0]:
                self._accounts[number] = (line.seen_at, technical_id)

    def add_push(self, push: Push) -> None:
        """Note the accounts of the persons in a push, which had them before."""
        dossiers = orjson.loads(push.raw).get("data")
        for dossier in dossiers if isinstance(dossiers, list) else ():
            if isinstance(dossier, dict) and (technical_id := str(dossier.get("MaDoiTuong") or "")):
                for number in _numbers(dossier):
                    self._accounts[number] = (min(self._since(number), push.seen_at), technical_id)

    def _since(self, number: str) -> datetime:
        return self._accounts.get(number, (datetime.max.replace(tzinfo=UTC), ""))[0]

    def find(self, number: str, now: datetime) -> list[bytes]:
        """The rows of the reply."""
        since, technical_id = self._accounts.get(number, (None, ""))
        return [orjson.dumps({"TECHNICALID": technical_id})] if since is not None and since <= now else []


def _numbers(body: dict[str, Any]) -> Iterable[str]:
    papers = body.get("DinhDanhCHS")
    rows = papers if isinstance(papers, list) else [papers]
    given = [row.get("SoDinhDanh") for row in rows if isinstance(row, dict)] + [body.get("SoGiayToChuHoSo")]
    return ("".join(filter(str.isdecimal, str(number))) for number in given if number)
