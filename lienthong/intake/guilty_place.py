"""Where the mistake of a source is to be looked for: its own module and line, although the engine noticed it."""

import inspect
import sysconfig
import traceback
from types import CodeType, FrameType
from typing import Any

_LIBRARIES = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib"))


def guilty_place(error: BaseException, source: object, pages: object) -> str:
    """`connectors/sources/x.py:12`: where the source raised `error`.

    An error that only showed when the engine used what the source gave belongs to the line at which the source gave
    it: `pages` is what its `poll` returned. Without such a line it is where `poll` begins.
    """
    frames = [(frame, line) for frame, line in traceback.walk_tb(error.__traceback__) if _is_of(frame, source)]
    if frames:
        return _place(*frames[-1])
    code: CodeType | None = getattr(pages, "gi_code", None)
    frame: FrameType | None = getattr(pages, "gi_frame", None)
    if frame is not None and _is_of(frame, source):
        return _place(frame, frame.f_lineno)
    poll: Any = inspect.unwrap(getattr(type(source), "poll", None) or type(source))
    code = getattr(poll, "__code__", code)
    return f"{_path(poll.__module__)}:{code.co_firstlineno}" if code is not None else type(source).__qualname__


def _is_of(frame: FrameType, source: object) -> bool:
    """Whether this is code of the source: not of a library, and of the engine only where the source itself is."""
    module = str(frame.f_globals.get("__name__", ""))
    if module.partition(".")[0] == "lienthong":
        return module.startswith("lienthong.connectors.") and type(source).__module__.startswith("lienthong.")
    return not frame.f_code.co_filename.startswith((*_LIBRARIES, "<"))


def _place(frame: FrameType, line: int) -> str:
    return f"{_path(str(frame.f_globals.get('__name__', '?')))}:{line}"


def _path(module: str) -> str:
    return module.replace(".", "/") + ".py"
