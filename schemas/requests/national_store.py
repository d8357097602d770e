"""`POST /v1/national-documents/search` and `/fetch`: what the national store of results has of a citizen.

Every look-up names the requester: the national store keeps an access log of its own.
"""

from typing import Annotated, Literal

from pydantic import Field

from lienthong import Personal, Text
from schemas.requests.document_fields import CITIZEN, PURPOSE, CitizenId, Purpose
from schemas.requests.fields import Code, Day, at_most, both
from schemas.shapes import Shape

TYPE = "national-document-search.v1"
FETCH_TYPE = "national-document-fetch.v1"

_PersonName = Annotated[Text, Field(max_length=200), at_most(200), Personal("name")]


class _Requested(Shape):
    """The requester, for whose documents, and why."""

    citizen_id: CitizenId = Field(description=CITIZEN, examples=["052085001234"])
    procedure: Code = Field(
        description=both("The procedure that needs them.", "Thủ tục cần giấy tờ."), examples=["1.000656"]
    )
    requester_name: _PersonName = Field(
        description=both("The requester: the officer or the citizen.", "Người yêu cầu: cán bộ hoặc công dân."),
        examples=["Bùi Minh Phúc"],
    )
    requester_id: CitizenId = Field(
        description=both("Their identity number.", "Số định danh của người yêu cầu."), examples=["052085005678"]
    )
    channel: Literal["officer", "citizen"] = Field(
        "officer", description=both("As what they ask.", "Tư cách của người yêu cầu.")
    )
    purpose: Purpose = Field(description=PURPOSE, examples=["Kiểm tra giấy tờ trước khi số hóa"])


class WantedResult(Shape):
    """A result by its code, and by its number if it is known. Một kết quả theo mã, và số ký hiệu nếu biết."""

    code: Code = Field(examples=["KQ.G15.000031"])
    number: Code | None = None


class Question(_Requested):
    """Which results of a citizen the national store has.

    Kho quốc gia có những kết quả nào của công dân.
    """

    results: tuple[WantedResult, ...] = Field(min_length=1, max_length=50)


class FoundFile(Shape):
    """A file of a result, by the path that fetches it. Tệp tin của kết quả."""

    file_name: Annotated[str | None, Personal("other")] = None
    path: str | None = None


class FoundResult(Shape):
    """A result that the national store has. Một kết quả có trong kho quốc gia."""

    result_code: str | None = None
    name: str | None = None
    number: str | None = None
    agency: str | None = None
    files: tuple[FoundFile, ...] = ()


class Answer(Shape):
    """What it has. `not-known`: it gave no answer in time, or refused the look-up. Kết quả tra cứu kho quốc gia."""

    state: Literal["known", "not-known"]
    results: tuple[FoundResult, ...] = ()


class FetchQuestion(_Requested):
    """A file of the national store is judged, and kept as a document of the citizen.

    Lấy tệp tin từ kho quốc gia, kiểm tra chữ ký số và lưu vào kho của công dân.
    """

    result_code: Code = Field(examples=["KQ.G15.000031"])
    agency: Code = Field(
        description=both("`agency` of the result that was found.", "`agency` của kết quả đã tìm thấy.")
    )
    path: Annotated[Text, Field(max_length=1000), at_most(1000)] = Field(
        description=both("`path` of its file.", "`path` của tệp tin.")
    )
    number: Code | None = None
    issued_on: Day | None = None
    valid_until: Day | None = None
