"""Logging for the whole process: JSON lines in the data directory, with numbers of persons masked."""

import logging
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import structlog

from lienthong.masking import mask_data, mask_text

ROTATE_AT_BYTES = 50 * 1024 * 1024
"""Size from which a log file is put aside when a process starts."""


def configure_logging(data: Path) -> None:
    """Write logs to `<data>/logs/lienthong.jsonl`; a large one becomes `lienthong.1.jsonl` first."""
    folder = data / "logs"
    file = folder / "lienthong.jsonl"
    with suppress(FileNotFoundError):  # it does not exist yet, or another process has just renamed it
        if file.stat().st_size > ROTATE_AT_BYTES:
            file.replace(folder / "lienthong.1.jsonl")
    handler = _LazyFile(file, encoding="utf-8", delay=True)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            foreign_pre_chain=_COMMON,
        )
    )
    root = logging.getLogger()
    for former in root.handlers:
        if isinstance(former, _LazyFile):  # of an earlier call in this process
            former.close()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # one line a request, with whole URLs
    pika = logging.getLogger("pika")
    pika.setLevel(logging.CRITICAL)  # a traceback for each lost connection, which our connection logs in one line
    structlog.configure(
        processors=[*_COMMON, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


class _LazyFile(logging.FileHandler):
    """Creates its folder with its first line, so that reading a data directory leaves nothing in it.

    Where nothing can be written, the command goes on without a log and without a traceback.
    """

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Ignore the error: a log that cannot be written stops no work."""


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
]
