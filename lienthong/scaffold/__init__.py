"""Makes a new project: the files under `project/`, which `lienthong init` copies.

They are data, not code of the engine: `.template` at the end of every name keeps their Python from being imported,
linted or typed here, and their `.gitignore` from being obeyed here. What differs between languages ends with
`.vi.template` or `.en.template`; a word between @ signs stands for a value.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from lienthong.errors import WrongUse
from lienthong.messages import LANGUAGES, Language, message, reader_language

TEMPLATES = Path(__file__).with_name("project")
SUFFIX = ".template"


class NotEmpty(WrongUse):
    """The folder for a new project already holds something."""


def make_project(folder: Path) -> None:
    """Write a project into `folder`, which is created if need be. Its README is in the reader's language.

    Raises `NotEmpty`, before anything is written, when something is in the folder already; `OSError` when it cannot be
    written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotEmpty(
            message(
                "{folder} is not an empty folder, and nothing in it was changed. Name a folder that does not exist "
                "yet, for example `lienthong init {folder}/bus`.",
                folder=folder,
            )
        )
    language = reader_language()
    values = _values(folder.resolve().name, language)
    for template, target in _files(language):
        text = template.read_text(encoding="utf-8")
        for name, value in values.items():
            text = text.replace(f"@{name}@", value)
        path = folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _values(project: str, language: Language) -> Mapping[str, str]:
    return {
        "PROJECT": project,
        "LANGUAGE": language,
        "NO_PRODUCT": message("The shop sells no such product; add it to `config/tables/products.yaml`."),
        "NOT_A_NUMBER": message("This is not a whole number."),
        "NOT_A_TIME": message("This is not a date and time such as 2026-11-27T08:15:00+07:00."),
    }


def _files(language: Language) -> Iterator[tuple[Path, Path]]:
    """Each template of a project in `language`, with the place of its file in the project."""
    for template in sorted(TEMPLATES.rglob(f"*{SUFFIX}")):
        target = template.relative_to(TEMPLATES).with_suffix("")
        if target.suffix.removeprefix(".") not in LANGUAGES:
            yield template, target
        elif target.suffix == f".{language}":
            yield template, target.with_suffix("")
