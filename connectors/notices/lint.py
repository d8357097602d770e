"""The lint of templates: what a gateway would refuse is found before it is sent for approval, with file, line and key.

The codes NT00 to NT80 are explained in docs/notices.md.
"""

import re
from collections.abc import Collection, Iterator

from connectors.notices import lint_sms, lint_words, lint_zalo
from connectors.notices.lint_zalo import Flaw
from connectors.notices.prices import Prices
from connectors.notices.template import LIMITS, PLACEHOLDER, EmailTemplate, SmsTemplate, Template, ZaloTemplate
from connectors.notices.templates import TemplateFile, Templates
from lienthong import Finding

_SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_SUBJECT = 78
"""Characters of a subject, with the longest parameters, that mail programs show in one line (RFC 5322, 2.1.1)."""


def lint(templates: Templates, prices: Prices | None = None, fields: Collection[str] | None = None) -> list[Finding]:
    """Every fault of every template, by file and line.

    `fields`: those of the events that templates are filled in from; None leaves `field` unchecked.
    """
    findings = list(templates.misplaced())
    files = templates.files()
    for file in files:
        findings += lint_file(file, prices, fields)
    findings += _doubles(files)
    return sorted(findings, key=lambda finding: (finding.file, finding.line, finding.column, finding.code))


def lint_file(file: TemplateFile, prices: Prices | None = None, fields: Collection[str] | None = None) -> list[Finding]:
    """The faults of one template: those of its shape alone, when it has not even that."""
    content, template = file.content, file.content.value
    if template is None:
        return content.findings or [content.find("NT09", "tệp không có nội dung", "viết mẫu, hoặc xoá tệp")]
    found = [*_parameters(template, fields), *_texts(template), *_by_channel(template, file.language, prices)]
    return [
        content.find(flaw.code, f"`{'.'.join(map(str, flaw.place))}`: {flaw.what}", flaw.advice, *flaw.place)
        for flaw in found
    ]


def _by_channel(template: Template, language: str, prices: Prices | None) -> Iterator[Flaw]:
    match template:
        case ZaloTemplate():
            yield from lint_zalo.flaws(template, language)
        case SmsTemplate():
            yield from lint_sms.flaws(template, prices)
        case EmailTemplate():
            yield from _email(template, language)


def _parameters(template: Template, fields: Collection[str] | None) -> Iterator[Flaw]:
    used = {name for _, text in template.texts() for name in PLACEHOLDER.findall(text)}
    for name, parameter in template.parameters.items():
        place = ("parameters", name)
        if not _SNAKE.fullmatch(name):
            yield Flaw("NT03", f"tên tham số {name!r} không ở dạng chu_thuong_co_gach", "viết như ma_ho_so", place)
        if name not in used:
            yield Flaw("NT02", f"tham số {name!r} không có trong nội dung", f"dùng <{name}> hoặc bỏ tham số", place)
        most = LIMITS[parameter.kind]
        if parameter.limit is not None and parameter.limit > most:
            what = f"limit {parameter.limit} lớn hơn giới hạn {most} của loại {parameter.kind}"
            yield Flaw("NT04", what, f"viết từ 1 đến {most}", (*place, "limit"))
        if parameter.otherwise is not None and len(parameter.otherwise) > parameter.longest:
            what = f"giá trị thay thế dài {len(parameter.otherwise)} ký tự, giới hạn là {parameter.longest}"
            yield Flaw("NT06", what, "viết ngắn hơn", (*place, "otherwise"))
        if fields is not None and parameter.field not in fields:
            advice = f"viết một trong: {', '.join(sorted(fields))}"
            yield Flaw("NT08", f"không sự kiện nào có trường {parameter.field!r}", advice, (*place, "field"))


def _texts(template: Template) -> Iterator[Flaw]:
    for place, text in template.texts():
        for name in dict.fromkeys(PLACEHOLDER.findall(text)):
            if name not in template.parameters:
                known = ", ".join(template.parameters) or "chưa có tham số nào"
                advice = f"khai báo trong parameters; đang có: {known}"
                yield Flaw("NT01", f"<{name}> chưa được khai báo", advice, place)
        if place[-1] != "url" and (found := lint_words.other_syntax(text)):
            yield Flaw("NT05", f"{found!r} không phải tham số của mẫu", "viết tham số dạng <ma_ho_so>", place)
        if hidden := lint_words.invisible(text):
            yield Flaw("NT07", f"có ký tự không nhìn thấy: {', '.join(hidden)}", "gõ lại đoạn này", place)


def _email(template: EmailTemplate, language: str) -> Iterator[Flaw]:
    names = template.parameters
    longest = PLACEHOLDER.sub(
        lambda found: "x" * (names[found[1]].longest if found[1] in names else 1), template.subject
    )
    if "\n" in template.subject or len(longest) > _SUBJECT:
        what = f"tiêu đề thư dài tới {len(longest)} ký tự hoặc có xuống dòng, giới hạn là {_SUBJECT}"
        yield Flaw("NT80", what, "viết một dòng, ngắn hơn", ("subject",))
    for place, text in template.texts():
        if language == "vi" and lint_words.is_unaccented(text):
            yield Flaw("NT36", "tiếng Việt không dấu", "viết có dấu: chỉ SMS mới bỏ dấu", place)


def _doubles(files: list[TemplateFile]) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for file in files:
        template = file.content.value
        if not isinstance(template, ZaloTemplate):
            continue
        other = first.setdefault(template.template_id, f"{file.language}/{file.name}")
        if other != f"{file.language}/{file.name}":
            what = f"`template_id`: {template.template_id} đã là mẫu của {other}"
            yield file.content.find("NT38", what, "mỗi mẫu một số đã được Zalo duyệt", "template_id")
