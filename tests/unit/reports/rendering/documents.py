"""Documents for tests of the renderers, with values that need care."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from lienthong.report import Column, Document, Sheet

COLUMNS = (
    Column("TT", "number", 5),
    Column("Mã hồ sơ", width=26),
    Column("Nội dung", width=40),
    Column("Ngày tiếp nhận", "date", 12),
    Column("Số lượng", "number", 10),
    Column("Tỷ lệ", "percent", 10),
)
HOSTILE = '=HYPERLINK("http://a.example","Xem")'


def rows(count: int) -> list[tuple[Any, ...]]:
    return [
        (n, f"000.00.31.H08-231107-{n:05}", "Đăng ký kết hôn", date(2023, 11, 7), 1234 * n, Decimal("0.5107"))
        for n in range(1, count + 1)
    ]


def document(*sheets: Sheet, **more: Any) -> Document:
    plain = Document(
        name="mau-2023-11",
        title="Trường hợp nộp hồ sơ giấy trực tiếp",
        subtitle="Kỳ báo cáo: tháng 11 năm 2023",
        period="2023-11",
        agency="VĂN PHÒNG UBND TỈNH",
        place="Bình Định",
        issued_on=datetime(2024, 1, 31, 18, tzinfo=UTC),  # already 01/02/2024 in Vietnam
        payload={"period": "2023-11", "total": 2, "by_agency": {"Sở Y tế": 1}},
        sheets=sheets or (Sheet("Danh sách", COLUMNS, rows(2), ("", "", "Tổng cộng", None, 3702, Decimal(1))),),
        summary=("Trong tháng 11 năm 2023, có 02 trường hợp.",),
        notes=("Căn cứ Văn bản số 758/VPUBND-KSTT ngày 08/11/2023.",),
        recipients=("Chủ tịch UBND tỉnh (báo cáo)", "Lưu: VT, KSTT"),
    )
    return replace(plain, **more)
