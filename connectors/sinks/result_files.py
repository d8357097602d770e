"""Fetches the files of results that the national portal's dossiers name (DanhSachGiayToKetQua) into the bus's files."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from lienthong import Dead, Done, Envelope, Later, Outcome, Record, Site, Transaction, Transient, on_behalf_of
from lienthong.connectors.protocols.http import TIMEOUT, Http, Refused

FETCHED = "dossier.result"
"""The type of the records that are handed back, one for each file."""

_SYSTEM = "nơi lưu kết quả"
_MIB = 2**20


class ResultFiles:
    """Fetches the files of each event and hands them back by digest; the bodies are in the files of the bus by then.

    - `hosts` are the only machines that are asked: an address comes from outside, and could name one of ours.
    - `through`: the address of a gateway that has the files of all these machines; it is asked in their place, with the
      path and the query that the dossier names.
    - `max_mib` bounds a file. One that cannot be fetched is asked for again; one that is refused is dead.
    """

    reaches_outside = True

    def __init__(
        self,
        site: Site,
        http: Http | None = None,
        *,
        hosts: Sequence[str],
        through: str = "",
        timeout: timedelta = TIMEOUT,
        max_mib: int = 25,
    ) -> None:
        self._files = site.files
        self._hosts = frozenset(host.lower() for host in hosts)
        self._through = through.rstrip("/")
        self._http = http or Http(_SYSTEM, timeout=timeout, reply_limit=max_mib * _MIB)

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:  # noqa: ARG002 - it writes no row
        """Fetch the files of each event. One that waits holds no other."""
        return [self._deliver(envelope) for envelope in envelopes]

    def _deliver(self, envelope: Envelope) -> Outcome:
        data = envelope.data_dict()
        results = data.get("results")
        if not isinstance(results, list):
            return Dead("sự kiện không nêu kết quả nào", field="results")
        if any(not self._may_ask(str(each.get("url"))) for each in results):
            return Dead("địa chỉ tệp kết quả không thuộc máy chủ được phép lấy (`hosts`)", field="results.url")
        try:
            with on_behalf_of([envelope]):
                return Done(envelope, follow_ups=[self._fetch(data, each) for each in results])
        except Refused as refused:
            return Dead(f"hệ thống {_SYSTEM} từ chối cho lấy tệp (HTTP {refused.status})", field="results.url")
        except Transient as down:
            return Later(down.why, down.after)

    def _may_ask(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            return parts.scheme in ("https", "http") and (parts.hostname or "").lower() in self._hosts
        except ValueError:
            return False

    def _address(self, url: str) -> str:
        parts = urlsplit(url)
        return f"{self._through}{urlunsplit(('', '', parts.path, parts.query, ''))}" if self._through else url

    def _fetch(self, data: Mapping[str, Any], result: Mapping[str, Any]) -> Record:
        body, _ = self._http.fetch("GET", self._address(result["url"]), parse=bytes)
        kept = self._files.put(BytesIO(body))
        names = ("dossier", "citizen_id", "agency")
        file = {"digest": kept.digest, "size": kept.size, "file_name": "", "media_type": "application/octet-stream"}
        of_result = {name: value for name, value in result.items() if name != "url"}
        known_by = [str(result.get(name) or "") for name in ("kind", "result_code", "document_type", "paper")]
        place = hashlib.sha256("|".join([*known_by, "" if "paper" in result else result["url"]]).encode()).hexdigest()
        return Record(
            FETCHED, f"{data['dossier']}/{place[:16]}", {**{n: data.get(n) for n in names}, **of_result, "file": file}
        )
