"""A hash of everything that a check of the configuration reads: while it is the same, the check finds the same.

What was read is known from Python itself, which tells an audit hook of every file and folder that is opened. The hash
holds contents and names, and is the only thing that is kept of them.
"""

import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from hashlib import blake2b
from importlib.util import source_from_cache
from pathlib import Path
from typing import Any

from lienthong.configuration.load import Loaded
from lienthong.errors import LienthongError

READ = ("config", "routes")
"""Folders of a project of which every file counts, whether it was opened or not."""

OF_A_SHELL = frozenset({"_", "COLUMNS", "INVOCATION_ID", "JOURNAL_STREAM", "LINES", "OLDPWD", "SHLVL", "TERM"})
OF_A_SHELL |= {"COLORTERM", "SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY", "SYSTEMD_EXEC_PID", "WINDOWID", "XDG_SESSION_ID"}
"""Variables that differ from one terminal or start to the next; they count where a file names them."""

_EVENTS = frozenset({"open", "os.listdir", "os.scandir"})
_CHANGED_LATELY = 1.0
"""Seconds: a file system's clock is coarser than that of the processor."""

_logs: list[set[str]] = []
_is_listening: list[bool] = []


class ChangedLately(Exception):  # noqa: N818 - the name states what is wrong
    """A file was changed while it was read, or so shortly before that the order is not known."""


@contextmanager
def noted_reads() -> Iterator[set[str]]:
    """The paths of all files and folders that this process opens meanwhile, also of those that are not there."""
    if not _is_listening:
        sys.addaudithook(_note)  # it stays until the process ends
        _is_listening.append(True)
    log: set[str] = set()
    _logs.append(log)
    try:
        yield log
    finally:
        _logs.remove(log)


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if _logs and event in _EVENTS and arguments and isinstance(arguments[0], str | bytes | os.PathLike):
        for log in _logs:
            log.add(_absolute(os.fsdecode(arguments[0])))


def dependencies(opened: Iterable[str]) -> list[str]:
    """The paths that a check depends on: what was opened, the modules of this process, and where modules are sought."""
    files = {_source(path) for path in opened}
    files |= {path for module in list(sys.modules.values()) if (path := _file_of(module))}
    return sorted(files | {str(Path(path).parent) for path in files if path.endswith(".py")} | set(_search_path()))


def fingerprint(
    loaded: Loaded, variables: Mapping[str, str], found: Iterable[str], today: date, *, began: float = float("inf")
) -> str:
    """The hash over the configuration, `variables`, the dependencies of a check, Python, and the day.

    `began`: seconds since 1970, when the reading began. Raises `ChangedLately` for what was changed since then.
    """
    hasher = blake2b(digest_size=32)
    root = loaded.layout.root

    def feed(*parts: object) -> None:
        for part in parts:
            raw = part if isinstance(part, bytes) else str(part).encode(errors="surrogateescape")
            hasher.update(len(raw).to_bytes(8, "big") + raw)

    feed(sys.version, sys.prefix, root, today, *_search_path())
    texts = b""
    for path in _configured(root):
        content = _state(path, root, began)
        texts += content
        feed(path, content)
    for path in found:
        feed(path, _state(path, root, began))
    for values in (variables, os.environ):
        for name in sorted(values):
            if name not in OF_A_SHELL or b"${" + name.encode(errors="surrogateescape") in texts:
                feed(name, _value(values, name))
    for text in sorted(set(_texts([part.parameters for part in _parts(loaded)]))):
        feed(text, *(_kind(folder, text) for folder in (root, Path())))
    return hasher.hexdigest()


def _configured(root: Path) -> Iterator[str]:
    for name in READ:
        for folder, folders, files in os.walk(root / name):
            folders[:] = sorted(each for each in folders if each != "__pycache__")
            yield folder
            yield from (f"{folder}{os.sep}{file}" for file in sorted(files))


def _state(path: str, root: Path, began: float) -> bytes:
    """The names in a folder, the content of a file of the project, or what the file system notes of another file."""
    try:
        found = Path(path).stat()
        if found.st_ctime > began - _CHANGED_LATELY:
            raise ChangedLately(path)
        if stat.S_ISDIR(found.st_mode):
            names = (each.name for each in Path(path).iterdir() if not each.name.startswith((".", "__pycache__")))
            return b"folder:" + "\0".join(sorted(names)).encode(errors="surrogateescape")
        if stat.S_ISREG(found.st_mode) and _is_of_project(path, root):
            return b"file:" + Path(path).read_bytes()
    except OSError as error:
        return f"errno:{error.errno}".encode()
    return f"other:{found.st_size}:{found.st_mtime_ns}:{found.st_ctime_ns}:{found.st_ino}".encode()


def _is_of_project(path: str, root: Path) -> bool:
    inside = os.path.relpath(path, root)
    return not inside.startswith((".", "lienthong" + os.sep))  # the engine and an environment count as packages


def _value(values: Mapping[str, str], name: str) -> str:
    try:
        return values.get(name, "")
    except LienthongError as error:
        return f"{type(error).__name__}: {error}"


def _kind(folder: Path, text: str) -> str:
    """What is at a path that a parameter may mean."""
    try:
        return str(stat.S_IFMT((folder / text).stat().st_mode))
    except (OSError, ValueError):
        return ""


def _parts(loaded: Loaded) -> Iterator[Any]:
    for kind in ("sources", "inboxes", "sinks", "lookups", "reports"):
        yield from loaded.understood(kind).values()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(part)


def _absolute(path: str) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - Path.resolve opens what it resolves, and follows links that may change


def _search_path() -> list[str]:
    return [_absolute(path) for path in sys.path]


def _file_of(module: Any) -> str:
    file = getattr(module, "__file__", None)
    return _absolute(file) if isinstance(file, str) else ""


def _source(path: str) -> str:
    """The source of a compiled module: Python compiles it again when that has changed."""
    if path.endswith(".pyc") and Path(path).parent.name == "__pycache__":
        return source_from_cache(path)
    return path
