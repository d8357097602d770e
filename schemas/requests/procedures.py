"""`GET /v1/procedures/{code}?on=DATE`: what holds for a procedure (thủ tục hành chính) on a day."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from schemas.requests.fields import Code, Day, both
from schemas.shapes import Shape

TYPE = "procedure-lookup.v1"


class Question(Shape):
    """Which procedure, and on which day.

    Thủ tục nào, vào ngày nào.
    """

    code: Code = Field(
        description=both(
            "The code, national or with the suffix of the province.",
            "Mã thủ tục, theo mã quốc gia hoặc có phần mở rộng của tỉnh.",
        ),
        examples=["1.000656"],
    )
    on: Day | None = Field(
        None,
        description=both("The day in Vietnam; today when it is left out.", "Ngày cần tra cứu; để trống là hôm nay."),
        examples=["2024-03-15"],
    )


class Component(Shape):
    """A paper to be handed in.

    Thành phần hồ sơ.
    """

    code: str | None = Field(description=both("Its code.", "Mã giấy tờ."), examples=["G15-HT02-TP0002"])
    name: str | None = Field(description=both("Its name.", "Tên giấy tờ."), examples=["Giấy khai sinh"])
    replaced_by: tuple[str, ...] = Field(
        description=both(
            "Codes of results, any of which replaces the paper: then it need not be handed in.",
            "Mã các kết quả thay thế được giấy tờ này: có một trong số đó thì không phải nộp.",
        ),
        examples=[["KQ.G15.000031"]],
    )
    cases: tuple[int, ...] = Field(
        (),
        description=both(
            "The cases of the procedure that ask for it, counted from 1; empty when the procedure has one case.",
            "Các trường hợp của thủ tục cần giấy tờ này, đếm từ 1; rỗng khi thủ tục chỉ có một trường hợp.",
        ),
        examples=[[]],
    )


class Result(Shape):
    """What the procedure hands out.

    Kết quả thực hiện.
    """

    code: str = Field(description=both("Its code.", "Mã kết quả."), examples=["KQ.G15.000656"])
    name: str | None = Field(description=both("Its name.", "Tên kết quả."), examples=["Trích lục khai tử"])


class Answer(Shape):
    """What holds on that day.

    Nội dung có hiệu lực vào ngày đó.
    """

    code: str = Field(description=both("The national code.", "Mã quốc gia."), examples=["1.000656"])
    name: str | None = Field(description=both("The name.", "Tên thủ tục."), examples=["Đăng ký khai tử"])
    field: str | None = Field(description=both("The code of its field.", "Mã lĩnh vực."), examples=["G15-HT02"])
    on: date = Field(description=both("The day.", "Ngày tra cứu."), examples=["2024-03-15"])
    effective_from: date = Field(
        description=both("Since when it holds so.", "Có hiệu lực từ ngày."), examples=["2024-01-14"]
    )
    online_level: Literal["none", "partial", "full"] = Field(
        description=both(
            "How it is offered online: none (information alone), partial (một phần), full (toàn trình).",
            "Mức độ trực tuyến: none (cung cấp thông tin), partial (một phần), full (toàn trình).",
        ),
        examples=["full"],
    )
    authentication_level: int | None = Field(
        ge=1,
        le=3,
        description=both(
            "The level of authentication that it asks for, 1 to 3; null when it is not known.",
            "Mức độ xác thực mà thủ tục yêu cầu, từ 1 đến 3; null khi không rõ.",
        ),
        examples=[2],
    )
    components: tuple[Component, ...] = Field(description=both("The papers to be handed in.", "Thành phần hồ sơ."))
    results: tuple[Result, ...] = Field(description=both("What it hands out.", "Kết quả."))
    data_as_of: datetime | None = Field(
        description=both(
            "When the catalogue was last read without an error; null when it never was.",
            "Lần đọc danh mục gần nhất không lỗi; null khi chưa từng đọc.",
        ),
        examples=["2024-03-15T02:25:00Z"],
    )
