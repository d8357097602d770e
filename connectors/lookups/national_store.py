"""The national store of digitised results (Kho kết quả số hóa): what it has of a citizen, and the files.

Every look-up states its requester: name, identity number and channel. The names of the fields are published, those of
the addresses are ASSUMED.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any

import orjson

from lienthong import Site, Transient, on_behalf_of_key
from lienthong.connectors.protocols.http import TIMEOUT, Http, Refused
from lienthong.connectors.protocols.lists import list_of, object_of
from lienthong.connectors.protocols.records import text_of

NAME = "Kho kết quả số hóa quốc gia"
_CHANNELS = {"citizen": "2", "officer": "1"}
_RESULTS, _FILES = frozenset({"MaKetQua"}), frozenset({"DuongDan"})


class NationalResults:
    """Finds what the national store has. A key is `transforms.national_store.asked` as JSON; found is a list.

    Each result: `result_code, name, number, agency, files: [{name, path}]`. A key whose look-up the store refuses is
    absent. Raises `Transient` when it does not answer.
    """

    def __init__(
        self,
        site: Site,  # noqa: ARG002 - every connector is given it
        http: Http | None = None,
        *,
        url: str,
        token: str,
        timeout: timedelta = TIMEOUT,
    ) -> None:
        self._calls = _Calls(http or Http(NAME, timeout=timeout, tries=1), url, token)

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """One call for each key: the store has none for several citizens."""
        found = {key: self._look_up(key) for key in keys}
        return {key: results for key, results in found.items() if results is not None}

    def _look_up(self, key: str) -> Sequence[Mapping[str, Any]] | None:
        with on_behalf_of_key(key):
            return self._find(orjson.loads(key))

    def _find(self, asked: Mapping[str, Any]) -> Sequence[Mapping[str, Any]] | None:
        wanted = [{"MaKetQua": each["code"], "SoKyHieu": each.get("number") or ""} for each in asked["results"]]
        reply = self._calls.post(
            "TraCuuKetQuaSoHoa",
            {
                "SoDinhDanhChuSoHuu": asked["citizen_id"],
                "HoTenNguoiYeuCau": asked["requester_name"],
                "SoDinhDanhNguoiYeuCau": asked["requester_id"],
                "KenhThucHien": _CHANNELS[asked["channel"]],
                "MaThuTuc": asked["procedure"],
                "DanhSachDanhMucKetQua": wanted,
            },
        )
        if reply is None:
            return None
        rows = list_of((object_of(reply.get("result")) or {}).get("DanhSachGiayToKetQua"), _RESULTS) or []
        return [_result(row) for row in map(object_of, rows) if row]


class NationalFiles:
    """Fetches files of the national store into the files of the bus. A key is `AGENCY|PATH`; found is `digest, size`.

    A file that the store does not give, or that is none, is absent. Raises `Transient` when it does not answer.
    """

    def __init__(
        self, site: Site, http: Http | None = None, *, url: str, token: str, timeout: timedelta = TIMEOUT
    ) -> None:
        self._files = site.files
        self._calls = _Calls(http or Http(NAME, timeout=timeout, tries=1), url, token)

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """One call for each key. The body is in the files of the bus when it is found."""
        found = {key: self._look_up(key) for key in keys}
        return {key: file for key, file in found.items() if file is not None}

    def _look_up(self, key: str) -> Mapping[str, Any] | None:
        with on_behalf_of_key(key):
            return self._fetch(*key.partition("|")[::2])

    def _fetch(self, agency: str, path: str) -> Mapping[str, Any] | None:
        reply = self._calls.post("LayTepKetQuaSoHoa", {"CoQuanChuQuan": agency, "DuongDan": path})
        text = None if reply is None else reply.get("result")
        try:
            body = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
        except (binascii.Error, ValueError):
            return None
        if not body:
            return None
        kept = self._files.put(BytesIO(body))
        return {"digest": kept.digest, "size": kept.size}


class _Calls:
    """Calls to the store: JSON with a token, and `errorCode` 0 for a success."""

    def __init__(self, http: Http, url: str, token: str) -> None:
        self._http = http
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}

    def post(self, service: str, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The reply; None when the store refuses the call. Its words are never shown: they may name a person."""
        try:
            reply = self._http.call("POST", f"{self._url}/{service}", json=body, headers=self._headers)
        except Refused as refused:
            if refused.status in (401, 403):
                raise
            return None
        if not isinstance(reply, dict):
            raise Transient(f"hệ thống {NAME} trả lời không đúng dạng")
        return reply if str(reply.get("errorCode")) == "0" else None


def _result(row: Mapping[str, Any]) -> Mapping[str, Any]:
    files = [file for file in map(object_of, list_of(row.get("DanhSachTepDinhKem"), _FILES) or []) if file]
    return {
        "result_code": text_of(row, "MaKetQua"),
        "name": text_of(row, "TenGiayTo"),
        "number": text_of(row, "SoKyHieu"),
        "agency": text_of(row, "CoQuanChuQuan"),
        "files": [{"file_name": text_of(file, "TenTep"), "path": text_of(file, "DuongDan")} for file in files],
    }
