"""Logging for the whole process, with numbers of persons masked: to a file, or to standard output.

`LIENTHONG_LOG` chooses. `file` (the default) is `<data>/logs/lienthong.jsonl`, see `log_file`. `json` and `console`
write to standard output for a process that serves, as systemd and containers expect; its sentences for people then go
to standard error. A command that answers on standard output logs to standard error.
"""

import logging
import os
import sys
from pathlib import Path
from typing import Any, TextIO

import structlog

from lienthong.data.harmless import harmless, json_text
from lienthong.masking import mask_data, mask_text
from lienthong.runtime.log_file import LogFile
from lienthong.runtime.log_form import LogForm


def log_file(data: Path) -> Path:
    """The file that `file` writes to."""
    return data / "logs" / "lienthong.jsonl"


def configure_logging(data: Path, form: LogForm = "file", stream: TextIO | None = None) -> None:
    """Log in this form; `stream` is where `json` and `console` write, by default standard error."""
    handler = LogFile(log_file(data)) if form == "file" else _Stream(stream or sys.stderr)
    renderer: Any = _for_people(stream or sys.stderr) if form == "console" else _as_json
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=_COMMON,
        )
    )
    root = logging.getLogger()
    for former in root.handlers:
        if isinstance(former, LogFile):  # of an earlier call in this process
            former.close()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # one line a request, with whole URLs
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)
    pika = logging.getLogger("pika")
    pika.setLevel(logging.CRITICAL)  # a traceback for each lost connection, which our connection logs in one line
    structlog.configure(
        processors=[*_COMMON, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


class _Stream(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Ignore the error, such as a reader of the stream that has gone: it stops no work."""


def _as_json(_logger: Any, _method: str, event: Any) -> str:
    return json_text(event, default=str)


def _for_people(stream: TextIO) -> Any:
    """One line for people, in colours on a terminal. Only the text of an exception has more lines."""
    render = structlog.dev.ConsoleRenderer(colors=stream.isatty())

    def processor(logger: Any, method: str, event: Any) -> str:
        shown = {
            key: harmless(value, lines=key == "exception") if isinstance(value, str) else value
            for key, value in event.items()
        }
        return str(render(logger, method, shown))

    return processor


def _with_process(_logger: Any, _method: str, event: Any) -> Any:
    event["pid"] = os.getpid()
    return event


def _masked(_logger: Any, _method: str, event: Any) -> Any:
    return {key: _mask_value(value) for key, value in event.items()}


def _mask_value(value: Any) -> Any:
    """A value of a log line. Numbers are counts and sizes; everything else may hold a text about a person."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict | list | tuple):
        return mask_data(value, {})
    return mask_text(str(value))


_COMMON: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.format_exc_info,
    _masked,  # after the exceptions became text, before the time is added
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _with_process,
]
