"""The rules of ZBS (Zalo) for a template. Source: Zalo's guide for ZBS templates, as of 2026.

Lengths count characters with the longest parameters in.
"""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from connectors.notices import lint_words as words
from connectors.notices.template import PLACEHOLDER, ZaloTemplate

Place = tuple[str | int, ...]


class _Length(NamedTuple):
    """How many characters a text may have: `code` is that of the flaw."""

    code: str
    name: str
    least: int
    most: int


TITLE = _Length("NT20", "tiêu đề", 9, 65)
PARAGRAPH = _Length("NT23", "đoạn văn", 9, 400)
ROW_NAME = _Length("NT26", "tên dòng", 3, 35)
ROW_VALUE = _Length("NT27", "giá trị của dòng", 3, 90)
LABEL = _Length("NT30", "tên nút", 5, 30)
PARAGRAPHS, ROWS = (1, 4), (2, 8)
TITLE_PARAMETERS, PARAMETERS, BUTTONS = 4, 10, 2
TRANSACTION = 1


class Flaw(NamedTuple):
    """What is wrong with the value at `place`, and what to write instead. `code` is in docs/notices.md."""

    code: str
    what: str
    advice: str
    place: Place


def flaws(template: ZaloTemplate, language: str) -> Iterator[Flaw]:
    """Everything that Zalo would refuse in `template`."""
    yield from _sizes(template)
    yield from _table(template)
    yield from _buttons(template)
    for place, text in template.texts():
        if place[-1] != "url":
            yield from _wording(text, place, language)
    if template.tag != TRANSACTION:
        advice = "viết tag: 1 (giao dịch); thông báo về hồ sơ không phải chăm sóc khách hàng hay quảng cáo"
        yield Flaw("NT37", f"tag {template.tag} không dùng cho thông báo về hồ sơ", advice, ("tag",))


def _sizes(template: ZaloTemplate) -> Iterator[Flaw]:
    yield from _length(template, TITLE, template.title, ("title",))
    found = set(PLACEHOLDER.findall(template.title))
    if len(found) > TITLE_PARAMETERS:
        what = f"tiêu đề có {len(found)} tham số, Zalo cho tối đa {TITLE_PARAMETERS}"
        yield Flaw("NT21", what, "chuyển bớt tham số xuống đoạn văn hoặc bảng", ("title",))
    count = len(template.paragraphs)
    if not PARAGRAPHS[0] <= count <= PARAGRAPHS[1]:
        yield Flaw("NT22", f"có {count} đoạn văn, Zalo cho từ 1 đến 4", "gộp hoặc bỏ bớt đoạn", ("paragraphs",))
    for index, text in enumerate(template.paragraphs):
        yield from _length(template, PARAGRAPH, text, ("paragraphs", index))
    everything = {name for _, text in template.texts() for name in PLACEHOLDER.findall(text)}
    if len(everything) > PARAMETERS:
        what = f"mẫu có {len(everything)} tham số, Zalo cho tối đa {PARAMETERS}"
        yield Flaw("NT24", what, "bỏ bớt tham số", ("parameters",))


def _table(template: ZaloTemplate) -> Iterator[Flaw]:
    count = len(template.table)
    if template.table and not ROWS[0] <= count <= ROWS[1]:
        yield Flaw("NT25", f"bảng có {count} dòng, Zalo cho từ 2 đến 8", "thêm, bỏ dòng hoặc bỏ cả bảng", ("table",))
    for index, cell in enumerate(template.table):
        yield from _length(template, ROW_NAME, cell.name, ("table", index, "name"))
        yield from _length(template, ROW_VALUE, cell.value, ("table", index, "value"))
        if PLACEHOLDER.search(cell.name):
            what = "tên dòng của bảng có tham số"
            yield Flaw("NT28", what, "chỉ để tham số ở giá trị (value)", ("table", index, "name"))
        if len(PLACEHOLDER.findall(cell.value)) > 1:
            what = "một ô của bảng có nhiều hơn một tham số"
            yield Flaw("NT28", what, "tách thành nhiều dòng", ("table", index, "value"))


def _buttons(template: ZaloTemplate) -> Iterator[Flaw]:
    if len(template.buttons) > BUTTONS:
        what = f"có {len(template.buttons)} nút, Zalo cho tối đa {BUTTONS}"
        yield Flaw("NT29", what, "bỏ bớt nút", ("buttons",))
    for index, button in enumerate(template.buttons):
        yield from _length(template, LABEL, button.label, ("buttons", index, "label"))
        if PLACEHOLDER.search(button.label):
            yield Flaw("NT30", "tên nút có tham số", "viết tên nút cố định", ("buttons", index, "label"))
        if not _is_sound(button.url):
            what = "liên kết của nút không phải địa chỉ https đầy đủ"
            advice = "viết như https://dichvucong.gov.vn/tra-cuu?ma=<ma_ho_so>"
            yield Flaw("NT32", what, advice, ("buttons", index, "url"))


def _wording(text: str, place: Place, language: str) -> Iterator[Flaw]:
    if words.LINK.search(words.without_placeholders(text)):
        yield Flaw("NT31", "có liên kết ngoài nút", "chuyển liên kết vào nút (buttons.url)", place)
    if word := words.forbidden_word(text):
        advice = "viết “thông báo” thay cho “SMS”, “ông/bà” thay cho “anh/chị”"
        yield Flaw("NT33", f"có từ Zalo không duyệt: {word!r}", advice, place)
    if found := words.icons(text):
        yield Flaw("NT34", f"có biểu tượng {found!r}", "bỏ biểu tượng", place)
    if short := words.abbreviation(text):
        yield Flaw("NT35", f"có chữ viết tắt hoặc viết hoa toàn bộ: {short!r}", "viết đầy đủ, chữ thường", place)
    if language == "vi" and words.is_unaccented(text):
        yield Flaw("NT36", "tiếng Việt không dấu", "viết có dấu: chỉ SMS mới bỏ dấu", place)
    if language == "vi" and (foreign := words.english(text)):
        yield Flaw("NT36", f"lẫn tiếng Anh: {foreign}", "một mẫu chỉ dùng một ngôn ngữ", place)


def _length(template: ZaloTemplate, rule: _Length, text: str, place: Place) -> Iterator[Flaw]:
    longest = len(PLACEHOLDER.sub(lambda found: _longest(template, found[1]), text))
    shortest = len(text.strip())
    if longest > rule.most:
        what = f"{rule.name} dài tới {longest} ký tự khi tham số dài nhất, Zalo cho tối đa {rule.most}"
        yield Flaw(rule.code, what, "rút gọn, hoặc đặt limit nhỏ hơn cho tham số", place)
    elif shortest < rule.least:
        yield Flaw(
            rule.code, f"{rule.name} có {shortest} ký tự, Zalo cần ít nhất {rule.least}", "viết đầy đủ hơn", place
        )


def _longest(template: ZaloTemplate, name: str) -> str:
    parameter = template.parameters.get(name)
    return "x" * parameter.longest if parameter else f"<{name}>"


def _is_sound(url: str) -> bool:
    try:
        parts = urlsplit(PLACEHOLDER.sub("x", url))
    except ValueError:
        return False
    host = urlsplit(url.partition("<")[0]).hostname or ""
    return parts.scheme == "https" and "." in host and "@" not in parts.netloc and url.isprintable() and " " not in url
