"""The steps that convert an electronic document to paper, and confirm a paper by its number.

Nghị định 45/2020/NĐ-CP, Điều 18: the paper shows that it was converted, from what, by whom, when, at which agency.
ASSUMED, since the text of the article was not available: the words of the mark, and the place for signature and seal.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from lienthong import LOCAL_ZONE, Envelope, Found, NotAccepted, Table, fold, parse_utc
from transforms.document_entries import became, with_entry
from transforms.document_searches import document
from transforms.document_standing import PASSED, WORDS, Why, load_document, standing
from transforms.moments import local_date

DRAFT = "draft"
NOT_CONVERTED = "document-not-convertible"
"""The code of refusals; see `problems` in the file of the request."""

TITLE = "BẢN GIẤY CHUYỂN ĐỔI TỪ VĂN BẢN ĐIỆN TỬ (Điều 18 Nghị định 45/2020/NĐ-CP)"
SEAL = "Người chuyển đổi ký tên,\ncơ quan đóng dấu"

_ADVICE: Mapping[Why, str] = {
    "superseded": "hãy chuyển đổi phiên bản đang có hiệu lực",
    "disputed": "hãy chờ cơ quan cấp trả lời phản ánh rồi chuyển đổi lại",
    "expired": "công dân cần xin cấp lại giấy tờ",
    "not-yet-issued": "hãy kiểm tra ngày cấp của giấy tờ",
    "indeterminate": "hãy chờ kiểm tra lại chữ ký số, hoặc báo người vận hành cập nhật danh sách thu hồi (CRL)",
    "failed": "hãy yêu cầu cơ quan cấp phát hành lại tệp tin có chữ ký số hợp lệ",
    "not-signed-as-due": "hãy yêu cầu cơ quan cấp ký đủ chữ ký số theo loại giấy tờ",
    "not-reusable": "chỉ chuyển đổi kết quả giải quyết và bản sao chứng thực điện tử",
}
_UNFIT: Mapping[str, str] = {
    "password": "tệp tin cần mật khẩu để mở; hãy yêu cầu cơ quan cấp phát hành lại tệp tin không đặt mật khẩu",
    "damaged": "tệp tin hỏng cấu trúc nên không in được trọn vẹn; hãy yêu cầu cơ quan cấp phát hành lại",
    "not-on-paper": "tệp tin có nội dung không nằm cố định trên trang (biểu mẫu động hoặc bộ sưu tập tệp); hãy yêu cầu "
    "cơ quan cấp phát hành lại dưới dạng trang cố định",
    "too-large": "tệp tin quá lớn hoặc quá phức tạp để in; hãy yêu cầu cơ quan cấp chia nhỏ hoặc phát hành lại",
    "no-pages": "chỉ chuyển đổi được giấy tờ dạng PDF",
}

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_WRITTEN = re.compile(r"CD-?(\d{8})-?([0-9A-Z]{4})-?([0-9A-Z]{4})-?([0-9A-Z]{4})", re.ASCII)
_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.ASCII)


def choose(envelope: Envelope, found: Found) -> Envelope | None:
    """Choose the version; None for a document that is not there. `found`: `store.documents.reading.DocumentsById`.

    Raises `NotAccepted` for a document that does not count today: a paper would say that it does.
    """
    of_document = found.get(document(envelope)[0])
    if of_document is None:
        return None
    now = standing(load_document(of_document), local_date(envelope.time))
    wanted = envelope.data.get("version") or now.version.version
    version = next((each for each in of_document["versions"] if each["version"] == wanted), None)
    if version is None:
        return None
    why = now.why or ("superseded" if wanted < now.version.version else None)
    if why is None and version["indication"] != PASSED:
        why = "indeterminate"
    if why is not None:
        raise NotAccepted(NOT_CONVERTED, f"không chuyển đổi được giấy tờ này: {WORDS[why]}; {_ADVICE[why]}")
    if version["media_type"] != "application/pdf":
        raise NotAccepted(NOT_CONVERTED, _UNFIT["no-pages"])
    names = ("document_id", "citizen_id", "agency", "result_code", "dossier")
    draft = {**{name: of_document[name] for name in names}, "version": version}
    return envelope.with_data(envelope.type, {**envelope.data, DRAFT: draft})


def mark(envelope: Envelope, found: Found, *, lookup_address: str, agencies: Table) -> Envelope:
    """Word the mark. `found`: `store.documents.reading.DocumentVerdicts`; `agencies`: names by code.

    `lookup_address` is where a paper is looked up; the code has it with `number` and `digest` in its query.
    """
    draft = envelope.data[DRAFT]
    version, number = draft["version"], number_of(envelope)
    verdicts = [each for each in found.get(draft["document_id"], ()) if each["version"] == version["version"]]
    digest = version["digest"].removeprefix("sha256:")
    query = f"{'&' if '?' in lookup_address else '?'}number={number}&digest={digest}"
    lines = _lines(envelope, _named(draft["agency"], agencies), _signers(verdicts), lookup_address)
    written = {"title": TITLE, "lines": lines, "seal": SEAL, "address": lookup_address + query}
    asked = orjson.dumps({"digest": version["digest"], "mark": written}, option=orjson.OPT_SORT_KEYS).decode()
    return envelope.with_data(envelope.type, {**envelope.data, DRAFT: {**draft, "number": number, "asked": asked}})


def sheets(envelope: Envelope) -> Sequence[str]:
    """What is to be converted (`reports.conversions.lookup.PaperConversions`)."""
    return (envelope.data[DRAFT]["asked"],)


def converted(envelope: Envelope, found: Found) -> Envelope | None:
    """Prepare the entry; None when the body is not there. Raises `NotAccepted` for a file without an image on paper."""
    data, draft = envelope.data, envelope.data[DRAFT]
    result = found.get(draft["asked"])
    if result is None:
        return None
    if "why" in result:
        raise NotAccepted(NOT_CONVERTED, _UNFIT[result["why"]])
    version = draft["version"]
    answer = {
        "digest": result["digest"],
        "file_name": f"ban-giay-{draft['number']}.pdf",
        "media_type": "application/pdf",
    }
    rest = {name: value for name, value in data.items() if name != DRAFT}
    return with_entry(
        envelope.with_data(envelope.type, {**rest, "answer": answer}),
        "convert",
        number=draft["number"],
        **{name: draft[name] for name in ("document_id", "citizen_id")},
        version=version["version"],
        digest=version["digest"],
        sheets=result["digest"],
        **{name: result[name] for name in ("size", "pages")},
        **{name: data[name] for name in ("agency", "agency_name", "purpose")},
        what="paper",
    )


def noted(envelope: Envelope, found: Found) -> Envelope:
    """Note the conversion; the answer is the sheets that were noted. `found` is of the register. It comes last."""
    kept = became(envelope, found, sheets=envelope.data["entry"]["sheets"])
    answer = {**envelope.data["answer"], "digest": kept["sheets"]}
    return envelope.with_data(envelope.type, {**envelope.data, "answer": answer})


def number(envelope: Envelope) -> Sequence[str]:
    """The conversion that is looked up, as it is kept; a reader may have typed it from the paper."""
    typed = envelope.data["number"].upper().replace(" ", "").replace("Đ", "D").replace("–", "-")
    found = _WRITTEN.fullmatch(typed)
    if found is None:
        return ()
    groups = (group.translate(str.maketrans("OIL", "011")) for group in found.groups()[1:])
    return ("-".join(("CD", found[1], *groups)),)


def confirm(envelope: Envelope, found: Found) -> Envelope | None:
    """Answer with what a paper is; None where number and digest are not those of one conversion.

    `found`: `store.documents.reading.Conversions`. The answer names no person.
    """
    asked = next(iter(number(envelope)), None)
    digest = _DIGEST.fullmatch(envelope.data["digest"].strip().lower())
    known = None if asked is None else found.get(asked)
    if known is None or digest is None or known["digest"] != f"sha256:{digest[1]}":
        return None
    of_document = known["document"]
    version = next(each for each in of_document["versions"] if each["version"] == known["version"])
    now = standing(load_document(of_document), local_date(envelope.time))
    why = "superseded" if now.version.version > known["version"] else now.why
    names = ("number", "converted_at", "agency", "agency_name", "pages", "digest", "sheets")
    answer = {
        **{name: known[name] for name in names},
        "document_number": version["number"],
        "issued_on": version["issued_on"],
        "issued_by": of_document["agency"],
        "result_code": of_document["result_code"],
        "holds": why is None,
        "why_not": why,
        "why_not_words": None if why is None else WORDS[why],
        "statement": _statement(known, why),
    }
    return envelope.with_data(envelope.type, {**envelope.data, "answer": answer})


def number_of(envelope: Envelope) -> str:
    """The number of a conversion: its day, and 60 bits of its event's id, so that no other one can be guessed."""
    bits = int.from_bytes(hashlib.sha256(envelope.id.encode()).digest()[:8]) >> 4
    letters = "".join(_ALPHABET[bits >> shift & 31] for shift in range(55, -5, -5))
    return f"CD-{local_date(envelope.time):%Y%m%d}-{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def _lines(envelope: Envelope, issuer: str | None, signers: Sequence[str], address: str) -> Sequence[Sequence[str]]:
    data, version = envelope.data, envelope.data[DRAFT]["version"]
    of_day = version["issued_on"] and "/".join(reversed(version["issued_on"].split("-")))
    parts = (
        f"số {version['number']}" if version["number"] else "không ghi số",
        f"ngày {of_day}" if of_day else "",
        f"cơ quan cấp: {issuer}" if issuer else "",
    )
    moment = envelope.time.astimezone(LOCAL_ZONE)
    return (
        ("Số chuyển đổi:", number_of(envelope)),
        ("Văn bản điện tử:", ", ".join(filter(None, parts))),
        *((("Ký số:", "; ".join(signers)),) if signers else ()),
        ("SHA-256:", version["digest"].removeprefix("sha256:")),
        ("Thời điểm chuyển đổi:", f"{moment:%H} giờ {moment:%M} phút, ngày {moment:%d/%m/%Y} (giờ Việt Nam)"),
        ("Người chuyển đổi:", f"{data['officer']}, {data['agency_name']} ({data['agency']})"),
        ("Tra cứu:", address),
    )


def _signers(verdicts: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    """Who has signed, by the newest verdict, in the order of the signatures."""
    newest = verdicts[-1]["verdict"] if verdicts else {}
    signatures = [each for each in newest.get("signatures", ()) if each.get("type", "signature") == "signature"]
    return list(dict.fromkeys(each["signed_by"] for each in signatures if each.get("signed_by")))


def _named(agency: str | None, agencies: Table) -> str | None:
    if agency is None:
        return None
    name = agencies.get(fold(agency))
    return f"{name} ({agency})" if name else agency


def _statement(known: Mapping[str, Any], why: Why | None) -> str:
    moment = parse_utc(known["converted_at"]).astimezone(LOCAL_ZONE)
    act = f"{known['agency_name']} đã chuyển đổi {known['pages']} trang lúc {moment:%H:%M} ngày {moment:%d/%m/%Y}"
    still = "vẫn có hiệu lực" if why is None else f"hiện không dùng được: {WORDS[why]}"
    return f"{act} từ văn bản điện tử có mã băm này. Văn bản điện tử {still}."
