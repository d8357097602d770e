"""All templates of a folder (`config/templates`), by channel, language and name."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from connectors.notices.template import SHAPES, Template
from lienthong import Finding
from lienthong.connectors.protocols.shape_files import ShapeFile, read_shape_file

DEFAULT_LANGUAGE = "vi"


class TemplateFile(NamedTuple):
    """A file, and what it holds. `content.value` is None when it cannot be used; `content.findings` tell why."""

    channel: str
    language: str
    name: str
    content: ShapeFile[Template]


class Templates:
    """The templates of `folder`, read when they are first asked for. `label`: the folder's name in findings."""

    def __init__(self, folder: Path, label: str = "config/templates") -> None:
        self._folder = folder
        self._label = label
        self._files: dict[tuple[str, str, str], TemplateFile] | None = None

    def get(self, channel: str, name: str) -> Template | None:
        """The template `NAME` (in Vietnamese) or `LANG/NAME` of a channel; None for one that is missing or broken."""
        language, _, short = name.rpartition("/")
        found = self._read().get((channel, language or DEFAULT_LANGUAGE, short))
        return found.content.value if found else None

    def files(self) -> list[TemplateFile]:
        """Every file, by channel, language and name."""
        return list(self._read().values())

    def misplaced(self) -> Iterator[Finding]:
        """Files of the folder that no channel has: nothing would ever read them."""
        for path in sorted(self._folder.rglob("*")):
            parts = path.relative_to(self._folder).parts
            if path.is_file() and (len(parts) != 3 or parts[0] not in SHAPES or path.suffix != ".yaml"):
                what = f"`{'/'.join(parts)}` không phải mẫu của kênh nào"
                advice = f"đặt ở KÊNH/NGÔN-NGỮ/TÊN.yaml, với KÊNH là {', '.join(SHAPES)}"
                yield Finding("/".join((self._label, *parts)), 1, 1, "NT00", what, advice)

    def _read(self) -> dict[tuple[str, str, str], TemplateFile]:
        if self._files is None:
            self._files = {}
            for channel, shape in SHAPES.items():
                for path in sorted((self._folder / channel).glob("*/*.yaml")):
                    file = f"{self._label}/{channel}/{path.parent.name}/{path.name}"
                    content = read_shape_file(path, file, shape)
                    key = (channel, path.parent.name, path.stem)
                    self._files[key] = TemplateFile(*key, content)
        return self._files
