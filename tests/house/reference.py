"""Writes docs/reference/ from the shapes of the configuration files: `make reference`. A house test compares."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from lienthong.configuration.codes import CODES
from lienthong.configuration.shapes.access import AccessFile
from lienthong.configuration.shapes.bus import BusFile, EnvFile
from lienthong.configuration.shapes.calendar import DAY_PATTERN, MONTH_DAY_PATTERN, SPAN_PATTERN, CalendarFile
from lienthong.configuration.shapes.cases import CasesFile
from lienthong.configuration.shapes.fields import ConditionText, DurationText, NameOf, PatternText, ShortForm
from lienthong.configuration.shapes.parts import InboxFile, LookupFile, ReportFile, SinkFile, SourceFile
from lienthong.configuration.shapes.request import RequestFile
from lienthong.configuration.shapes.route import RouteFile
from lienthong.configuration.shapes.schedule import CRON_PATTERN, START_PATTERN, TIME_PATTERN, ScheduleFile
from lienthong.messages import message
from lienthong.signatures.guidance import guidance
from lienthong.signatures.sentences import SENTENCES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "reference"
NOTE = "<!-- Made by `make reference` from lienthong/configuration/shapes/. Change it there. -->"


@dataclass(frozen=True)
class Page:
    """The page of one kind of file."""

    name: str
    title: str
    place: str
    purpose: str
    shape: type[BaseModel] | None
    more: str = ""


PAGES = (
    Page(
        "route",
        "Routes",
        "routes/NAME.yaml",
        "A route takes the events of one source through steps to sinks. Its name is the name of the file.",
        RouteFile,
    ),
    Page(
        "cases",
        "Cases",
        "routes/NAME.cases.yaml",
        "Examples of events and of what must become of them at the route NAME. `lienthong test` runs them. "
        "Variables such as `${NAME}` are not replaced in this file.",
        CasesFile,
    ),
    Page("bus", "The bus", "config/bus.yaml", "How the bus runs. A folder with this file is a project.", BusFile),
    Page(
        "access",
        "Access",
        "config/access.yaml",
        "What the roles of persons may do at the console, and how long sessions last.",
        AccessFile,
    ),
    Page(
        "env",
        "Environments",
        "config/env/NAME.yaml",
        "What one environment lays over the other files. The variable `LIENTHONG_ENV` names it. Mappings are merged, "
        "every other value replaces the one in the file.",
        EnvFile,
    ),
    Page(
        "source",
        "Sources",
        "config/sources/NAME.yaml",
        "An outside system that is polled for records.",
        SourceFile,
    ),
    Page(
        "inbox",
        "Inboxes",
        "config/inboxes/NAME.yaml",
        "What outside systems push records to. A route takes them with `from: {inbox: NAME}`.",
        InboxFile,
    ),
    Page(
        "request",
        "Requests",
        "config/requests/NAME.yaml",
        "A question that others ask and that one route answers with `from: {request: NAME}`.",
        RequestFile,
    ),
    Page(
        "schedule",
        "Schedules",
        "config/schedules/NAME.yaml",
        "Moments of the calendar, each of which becomes one event. A route takes them with `from: {schedule: NAME}`.",
        ScheduleFile,
    ),
    Page(
        "calendar",
        "Calendars",
        "config/calendars/NAME.yaml",
        "The days and hours that offices work. Deadlines, disputes and schedules count in them. See "
        "[calendars](../calendars.md).",
        CalendarFile,
    ),
    Page("sink", "Sinks", "config/sinks/NAME.yaml", "A place where events end.", SinkFile),
    Page(
        "lookup",
        "Lookups",
        "config/lookups/NAME.yaml",
        "Reference data that enriching steps query, many keys at once.",
        LookupFile,
    ),
    Page(
        "report", "Reports", "config/reports/NAME.yaml", "A document that `lienthong report NAME` builds.", ReportFile
    ),
    Page(
        "table",
        "Tables",
        "config/tables/NAME.yaml",
        "A mapping of text to text. A parameter with the annotation `Table` takes the name of a table. "
        "Keys are compared in composed Unicode, without regard to case and spaces.",
        None,
        '## Example\n\n```yaml\n"Trực tiếp": in_person\n"Trực tuyến": online\n```\n',
    ),
)

COMMON = """\
Every text may contain `${NAME}` or `${NAME:-default}`, which is replaced from the environment and from `.env`; `$${`
stands for `${` itself. Durations are a number and a unit: `500ms`, `5s`, `2m`, `1h`, `1d`.
"""

THINGS: Mapping[str, str] = {
    "source": "name of a source",
    "inbox": "name of an inbox",
    "request": "name of a request",
    "schedule": "name of a schedule",
    "calendar": "name of a calendar",
    "sink": "name of a sink",
    "lookup": "name of a lookup",
    "table": "name of a table",
    "migrations": "name of a package",
}


def pages() -> dict[str, str]:
    """The text of every page, by file name."""
    texts = {f"{page.name}.md": "\n".join(_page(page)).rstrip() + "\n" for page in PAGES}
    return {
        "README.md": _index(),
        **texts,
        **{f"{name}.md": "\n".join(lines()).rstrip() + "\n" for name, lines in LISTS.items()},
    }


def _index() -> str:
    rows = [f"| [{page.title}]({page.name}.md) | `{page.place}` | {_first_sentence(page.purpose)} |" for page in PAGES]
    return "\n".join(
        [
            "# Reference of the configuration files",
            "",
            NOTE,
            "",
            COMMON,
            "| Page | File | What it is |",
            "|---|---|---|",
            *rows,
            "| [Codes](codes.md) | | What `lienthong check` finds, by code. |",
            "| [Reasons](signature-reasons.md) | | Why a signature did not pass, and what an officer does. |",
            "",
        ]
    )


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".") + "."


def _page(page: Page) -> Iterator[str]:
    yield from (f"# {page.title}: `{page.place}`", "", NOTE, "", page.purpose, "")
    if page.shape is None:
        yield page.more
        return
    yield from _keys(page.shape)
    for path, shape in _inner(page.shape, ""):
        yield from (f"## `{path}`", "")
        yield from _keys(shape)
    yield from ("## All keys at once", "", "```yaml", example(page.shape).rstrip(), "```", "")


def _keys(shape: type[BaseModel]) -> Iterator[str]:
    yield from ("| Key | Type | Default | Meaning | Example |", "|---|---|---|---|---|")
    for name, field in shape.model_fields.items():
        meaning = message(str(field.description)).render("en")
        cells = (type_words(field.annotation, field.metadata), _default(field), _cell(meaning), _short_example(field))
        yield f"| `{field.alias or name}` | {' | '.join(cells)} |"
    yield ""


def _short_example(field: FieldInfo) -> str:
    """The example of a key in a line; a mapping with a section of its own has its example there."""
    (example,) = field.examples or [None]
    if example in ({}, [], None):
        return ""
    text = yaml.safe_dump(example, allow_unicode=True, width=1000, default_flow_style=True, sort_keys=False)
    return f"`{_cell(text.strip().removesuffix('...').strip())}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or value in ({}, []) or isinstance(value, BaseModel):
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _inner(shape: type[BaseModel], above: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """The mappings inside of a shape, by the path of keys to them."""
    for name, field in shape.model_fields.items():
        model, item = _model(field.annotation)
        if model is not None:
            path = f"{above}{field.alias or name}{'[]' if item else ''}"
            yield path, model
            yield from _inner(model, f"{path}.")


def shapes_of(page: Page) -> list[type[BaseModel]]:
    """The shape of a page and the mappings inside of it."""
    return [] if page.shape is None else [page.shape, *(shape for _, shape in _inner(page.shape, ""))]


def _model(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The shape in an annotation, and whether it is that of a list's items."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    for part in get_args(annotation) if get_origin(annotation) in (list, Union, UnionType, Annotated) else ():
        model, item = _model(part)
        if model is not None:
            return model, item or get_origin(annotation) is list
    return None, False


def type_words(annotation: Any, metadata: Sequence[Any] = ()) -> str:
    """The type of a key in words."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return type_words(inner, [*more, *metadata])
    for marker in metadata:
        match marker:
            case NameOf(thing=thing):
                return THINGS.get(thing, "full Python name")
            case DurationText() | ConditionText():
                return "duration" if isinstance(marker, DurationText) else "condition (CEL)"
            case PatternText(pattern=pattern):
                return PATTERNS[pattern]
            case ShortForm(key=key):
                return f"mapping, or the value of `{key}` alone"
    return _plain_words(annotation)


def _plain_words(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), [part for part in get_args(annotation) if part is not NoneType]
    if origin in (Union, UnionType):
        return type_words(arguments[0])
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin is list:
        return f"list of {PLURALS.get(words := type_words(arguments[0]), words)}"
    if origin is dict:
        inner = type_words(arguments[1])
        return "mapping" if inner == "any value" else f"mapping to {PLURALS.get(inner, inner)}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "mapping"
    return WORDS[annotation]


WORDS: Mapping[Any, str] = {
    str: "text",
    int: "whole number",
    bool: "true or false",
    timedelta: "duration",
    AwareDatetime: "date, time and offset",
    Any: "any value",
}
PATTERNS: Mapping[str, str] = {
    TIME_PATTERN: "time of day",
    START_PATTERN: "date, or date and time",
    CRON_PATTERN: "five fields of cron",
    DAY_PATTERN: "date",
    SPAN_PATTERN: "hours",
    MONTH_DAY_PATTERN: "month and day",
}
PLURALS: Mapping[str, str] = {
    "text": "texts",
    "duration": "durations",
    "mapping": "mappings",
    "mapping, or the value of `sink` alone": "mappings or names of sinks",
    "name of a sink": "names of sinks",
    "full Python name": "full Python names",
    "name of a package": "names of packages",
}


def example(shape: type[BaseModel]) -> str:
    """A file of the shape with all keys."""
    value = {field.alias or name: _example_value(field) for name, field in shape.model_fields.items()}
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None)


def _example_value(field: FieldInfo) -> Any:
    model, item = _model(field.annotation)
    example = (field.examples or [None])[0]
    if model is None or example:
        return example
    inner = {inside.alias or name: _example_value(inside) for name, inside in model.model_fields.items()}
    return [inner] if item else inner


def _codes() -> Iterator[str]:
    yield from ("# Codes of `lienthong check`", "", NOTE.replace("shapes", "codes"), "")
    yield from (
        "`lienthong explain CODE` shows the same on the terminal. A warning can be run with; an error cannot.",
        "",
    )
    yield from ("| Code | | What it means | Why it matters |", "|---|---|---|---|")
    for name, code in CODES.items():
        title, why = message(code.title).render("en"), message(code.why).render("en")
        yield f"| {name} | {code.level} | {_cell(title)} | {_cell(why)} |"


def _reasons() -> Iterator[str]:
    note = NOTE.replace("configuration/shapes/", "signatures/guidance.py and the sentences beside it")
    yield from ("# Reasons of verdicts on signatures", "", note, "")
    yield from (
        "`reasons` of a verdict has these codes. `lienthong explain CODE` shows the same on the terminal, also in",
        "Vietnamese.",
        "",
    )
    yield from ("| Code | The sentence | What an officer does |", "|---|---|---|")
    for code in sorted(SENTENCES):
        known = guidance(code)
        assert known is not None
        yield f"| `{code}` | {_cell(known.sentence.render('en'))} | {_cell(known.step.render('en'))} |"


LISTS = {"codes": _codes, "signature-reasons": _reasons}
"""The pages that are lists, by name."""


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, text in pages().items():
        (FOLDER / file).write_text(text, "utf-8")
