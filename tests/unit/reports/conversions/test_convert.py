"""Sheets of paper: each page whole and upright, its mark below it, the code readable, and no false image of a file."""

from io import BytesIO
from typing import Any

import pikepdf
import pypdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageChops, ImageStat

from reports.conversions.convert import NotConvertible, convert
from reports.conversions.sheets import MARK as MARK_SIZE
from reports.conversions.sheets import Frame, lay_out
from tests.papers import A4, ADDRESS, MARK, changed, codes, image, pages, size, texts
from tests.signatures.pdf import document as signed_form

LANDSCAPE = (842.0, 595.0)


@pytest.mark.parametrize(
    ("shown", "content", "sheet"),
    [
        (A4, pages(A4), A4),
        (LANDSCAPE, pages(LANDSCAPE), LANDSCAPE),
        (LANDSCAPE, pages(A4, Rotate=90), LANDSCAPE),
        (A4, pages(A4, Rotate=180), A4),
        (LANDSCAPE, pages(A4, Rotate=270), LANDSCAPE),
        (LANDSCAPE, pages(A4, Rotate=-270), LANDSCAPE),
        ((243, 153), pages((243, 153)), LANDSCAPE),
        ((842, 1191), pages((842, 1191)), (842, 1191)),
        ((400, 500), pages(A4, crop=Array([10, 342, 410, 842])), A4),
        ((500, 400), pages(A4, crop=Array([10, 342, 410, 842]), Rotate=90), LANDSCAPE),
        (A4, pages(A4, trim=Array([200, 200, 300, 300])), A4),
        (A4, pages(A4, crop=Array([-50, -50, 900, 900])), A4),
        (A4, pages(A4, media=Array([595, 842, 0, 0])), A4),
    ],
    ids=[
        *("portrait", "landscape", "turned-90", "turned-180", "turned-270", "turned-back", "card", "a3"),
        *("cropped", "cropped-and-turned", "trimmed", "crop-beyond", "corners-swapped"),
    ],
)
def test_a_page_is_whole_and_upright_above_its_mark(
    shown: tuple[float, float], content: bytes, sheet: tuple[float, float]
) -> None:
    sheets, count = convert(content, MARK)
    assert count == 1
    assert size(sheets) == pytest.approx(sheet, abs=1)
    assert codes(sheets) == {ADDRESS}
    placed = lay_out(Frame(0, 0, *shown))
    width, height = shown[0] * placed.share, shown[1] * placed.share
    left = (placed.width - width) / 2
    drawn = image(sheets).crop((round(left * 2), 0, round((left + width) * 2), round(height * 2)))
    expected = image(content).resize(drawn.size, Image.Resampling.LANCZOS)
    assert ImageStat.Stat(expected).mean[0] < 252, "the page is blank"
    assert ImageStat.Stat(ImageChops.difference(drawn, expected)).mean[0] < 6


@pytest.mark.slow
def test_pages_of_other_units_and_beyond_all_paper() -> None:
    for content, sheet in (
        (pages((200, 300), UserUnit=3), (600, 900)),
        (pages((14400, 14400)), (3370.4, 3370.4)),
        (pages((100, 14400)), (595.3, 3370.4)),
        (pages(A4, media=Array([0, 0, 0, 0])), A4),
        (pages(A4, UserUnit=-1, Rotate=45), A4),
    ):
        sheets, _ = convert(content, MARK)
        assert size(sheets) == pytest.approx(sheet, abs=1)
        assert codes(sheets) == {ADDRESS}


def test_every_sheet_has_the_mark_its_number_and_the_letters_of_its_own_fonts() -> None:
    sheets, count = convert(pages(*[A4, LANDSCAPE] * 3), MARK)
    assert count == 6
    for number, text in enumerate(texts(sheets), 1):
        flat = " ".join(text.split())
        assert f"Trích lục kết hôn, tờ {number}: Ưu tiên, đặng ngữ" in flat
        assert f"Trang {number}/6 · nội dung thu nhỏ còn" in flat
        for label, value in MARK.lines:
            assert f"{label} {value}" in flat
        assert MARK.title in flat
    fonts = [font for page in pypdf.PdfReader(BytesIO(sheets)).pages for font in _fonts(page["/Resources"])]
    assert len(fonts) >= 6 * 3
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)


def _fonts(resources: Any) -> list[Any]:
    found = [font.get_object() for font in resources.get("/Font", {}).values()]
    for each in resources.get("/XObject", {}).values():
        found += _fonts(each.get_object().get("/Resources", {}))
    return [font for font in found if font["/Subtype"] == "/TrueType"]  # reportlab names Helvetica, and draws none


def test_long_and_hostile_words_stay_within_the_mark() -> None:
    lines = tuple((label, f"<b>&{text}" + " rất dài" * 60 + "x" * 300) for label, text in MARK.lines)
    sheets, _ = convert(pages(A4), type(MARK)(MARK.title, lines, MARK.seal, ADDRESS))
    assert codes(sheets) == {ADDRESS}
    drawn = image(sheets)
    below = drawn.crop((0, drawn.height - 16 + 1, drawn.width, drawn.height))
    assert below.getextrema() == (255, 255)
    placed = lay_out(Frame(0, 0, *A4))
    beside = drawn.crop((0, round((placed.height - MARK_SIZE[1]) * 2), round(placed.mark[4] * 2) - 2, drawn.height))
    assert beside.getextrema() == (255, 255)


def test_the_same_document_and_mark_are_the_same_bytes_and_nothing_of_the_file_is_left_active() -> None:
    content = changed(
        pages(A4),
        {"AA": Dictionary(O=Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))},
        OpenAction=Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")),
        Lang=String("vi"),
    )
    sheets, _ = convert(content, MARK)
    assert convert(content, MARK)[0] == sheets
    with pikepdf.open(BytesIO(sheets)) as paper:
        assert set(paper.Root.keys()) == {"/Type", "/Pages"}
        assert set(paper.pages[0].obj.keys()) == {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents"}


def annotated(form: Any = {}, **keys: Any) -> bytes:  # noqa: B006 - it is not changed
    """A page with a seal: a black square that stands in an annotation."""
    out = BytesIO()
    with pikepdf.open(BytesIO(pages(A4))) as document:
        look = document.make_stream(b"0 0 100 100 re f", Type=Name.XObject, Subtype=Name.Form)
        look.BBox = Array([0, 0, 100, 100])
        seal = Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String("Dau"), Rect=Array([300, 300, 400, 400]), F=132
        )
        seal.AP = Dictionary(N=look)
        for name, value in keys.items():
            seal[f"/{name}"] = value
        widget = document.make_indirect(seal)
        document.pages[0].obj.Annots = Array([widget])
        document.Root.AcroForm = Dictionary(Fields=Array([widget]), **form)
        document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("keys", "is_drawn"), [({}, True), ({"F": 0}, True), ({"F": 2}, False)])
def test_seals_and_signatures_that_are_shown_stand_on_the_paper(keys: dict[str, Any], is_drawn: bool) -> None:
    sheets, _ = convert(annotated(**keys), MARK)
    placed = lay_out(Frame(0, 0, *A4))
    matrix = placed.page
    x, y = 350 * matrix[0] + matrix[4], 350 * matrix[3] + matrix[5]
    shade = image(sheets).getpixel((round(x * 2), round((placed.height - y) * 2)))
    assert isinstance(shade, int)
    assert (shade < 50) is is_drawn


def layered(state: str) -> bytes:
    """A page whose whole content is in a layer."""
    out = BytesIO()
    with pikepdf.open(BytesIO(pages(A4))) as document:
        layer = document.make_indirect(Dictionary(Type=Name.OCG, Name=String("Nen")))
        document.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(**{state: Array([layer])}))
        page = document.pages[0]
        page.obj.Resources.Properties = Dictionary(L=layer)
        page.contents_add(b"/OC /L BDC", prepend=True)
        page.contents_add(b"EMC")
        document.save(out)
    return out.getvalue()


def test_a_layer_that_is_off_stays_off() -> None:
    shades = {}
    for state in ("ON", "OFF"):
        drawn = image(convert(layered(state), MARK)[0])
        shades[state] = drawn.crop((0, 0, drawn.width, drawn.height - 220)).getextrema()[0]
    assert shades["ON"] < 50
    assert shades["OFF"] == 255


def field(form: Any = {}, **keys: Any) -> bytes:  # noqa: B006 - it is not changed
    """A page with a field of text."""
    return annotated(form, **{"FT": Name.Tx, "V": String("Nguyễn"), **keys})


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "damaged"),
        (b"%PDF-1.7\n", "damaged"),
        (pages(A4)[:-200], "damaged"),
        (pages(A4).replace(b"startxref\n", b"startxref\n1"), "damaged"),
        (changed(pages(A4), {}, Collection=Dictionary()), "not-on-paper"),
        (changed(pages(A4), {}, AcroForm=Dictionary(XFA=String("x"), Fields=Array([]))), "not-on-paper"),
        (field(AP=Dictionary()), "not-on-paper"),
        (field({"NeedAppearances": True}), "not-on-paper"),
        (pages(*[(72.0, 72.0)] * 1_001), "too-large"),
    ],
    ids=["nothing", "head", "cut", "no-table", "portfolio", "xfa", "value-without-look", "drawn-anew", "pages"],
)
def test_a_file_without_a_true_image_on_paper_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(NotConvertible) as refused:
        convert(content, MARK)
    assert refused.value.why == why


def test_what_needs_a_password_is_refused_and_what_opens_without_one_is_not() -> None:
    for password, is_taken in (("", True), ("mat-khau", False)):
        out = BytesIO()
        with pikepdf.open(BytesIO(pages(A4))) as document:
            document.save(out, encryption=pikepdf.Encryption(user=password, owner="chu"))
        if is_taken:
            sheets, _ = convert(out.getvalue(), MARK)
            with pikepdf.open(BytesIO(sheets)) as paper:
                assert not paper.is_encrypted
        else:
            with pytest.raises(NotConvertible, match="password"):
                convert(out.getvalue(), MARK)


def test_a_filled_form_with_its_look_is_taken() -> None:
    sheets, _ = convert(signed_form(form=True).content, MARK)
    assert "chua dien" in texts(sheets)[0]


def test_five_hundred_pages() -> None:
    sheets, count = convert(pages(*[A4] * 500), MARK)
    assert count == 500
    assert codes(sheets, 499) == {ADDRESS}
    assert len(sheets) < 3_000_000
