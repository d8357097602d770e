"""PDFs to convert to paper, and what a person or a telephone sees of a sheet."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2
import zxingcpp
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from reports.conversions.mark import Mark
from reports.rendering.stationery import FONT, register_fonts

A4 = (595.0, 842.0)
ADDRESS = f"https://tra-cuu.example.gov.vn/ban-giay?number=CD-20261128-7K3M-Q9TX-4B2D&digest={'9f' * 32}"
MARK = Mark(
    title="BẢN GIẤY CHUYỂN ĐỔI TỪ VĂN BẢN ĐIỆN TỬ (Điều 18 Nghị định 45/2020/NĐ-CP)",
    lines=(
        ("Số chuyển đổi:", "CD-20261128-7K3M-Q9TX-4B2D"),
        ("Văn bản điện tử:", "số 12/TLKS-BS, ngày 01/03/2024, cơ quan cấp: Sở Tư pháp (H08.17)"),
        ("Ký số:", "Nguyễn Thị Hồng Hạnh; Sở Tư pháp"),
        ("SHA-256:", "9f" * 32),
        ("Thời điểm chuyển đổi:", "14 giờ 30 phút, ngày 28/11/2026 (giờ Việt Nam)"),
        ("Người chuyển đổi:", "Bùi Minh Phúc, Ủy ban nhân dân phường Quy Nhơn (H08.31)"),
        ("Tra cứu:", "https://tra-cuu.example.gov.vn/ban-giay"),
    ),
    seal="Người chuyển đổi ký tên,\ncơ quan đóng dấu",
    address=ADDRESS,
)


_EDGES = {"crop": "/CropBox", "trim": "/TrimBox", "media": "/MediaBox"}


def pages(*sizes: tuple[float, float], **keys: Any) -> bytes:
    """A PDF with a page of each size, a frame at its edge and a square in the first corner; `keys` are of each page."""
    register_fonts()
    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    for number, (width, height) in enumerate(sizes, 1):
        unit = min(width, height) / 20
        canvas.setPageSize((width, height))
        canvas.setLineWidth(unit / 5)
        canvas.rect(unit, unit, width - 2 * unit, height - 2 * unit)
        canvas.rect(unit, height - 4 * unit, 3 * unit, 3 * unit, fill=1)
        canvas.setFont(FONT, unit)
        canvas.drawString(2 * unit, height / 2, f"Trích lục kết hôn, tờ {number}: Ưu tiên, đặng ngữ")
        canvas.showPage()
    canvas.save()
    return changed(out.getvalue(), keys)


def changed(content: bytes, of_pages: Mapping[str, Any], **of_root: Any) -> bytes:
    """The file with other keys in its pages and its root."""
    out = BytesIO()
    with pikepdf.open(BytesIO(content)) as document:
        for page in document.pages:
            for name, value in of_pages.items():
                page.obj[_EDGES.get(name, f"/{name}")] = value
        for name, value in of_root.items():
            document.Root[f"/{name}"] = value
        document.save(out, static_id=True)
    return out.getvalue()


def image(content: bytes, page: int = 0, *, scale: float = 2.0) -> Image.Image:
    """A page as a viewer draws it, in greys."""
    with pypdfium2.PdfDocument(content) as document:
        return document[page].render(scale=scale, may_draw_forms=True).to_pil().convert("L")


def size(content: bytes, page: int = 0) -> tuple[float, float]:
    """Width and height of a page as a viewer shows it."""
    with pypdfium2.PdfDocument(content) as document:
        width, height = document[page].get_size()
    return width, height


def texts(content: bytes) -> Sequence[str]:
    """The text of each page."""
    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_range() for page in document]


def codes(content: bytes, page: int = 0) -> set[str]:
    """What a telephone reads on a page that is printed at 150 dots an inch."""
    shown = image(content, page, scale=150 / 72 * 595 / min(size(content, page)))
    return {found.text for found in zxingcpp.read_barcodes(shown)}
