"""The one logging door: JSON lines in the data directory, with numbers of persons masked."""

import logging
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import structlog

from lienthong.masking import mask_text

KEEP = 50 * 1024 * 1024


def configure_logging(data: Path) -> None:
    """Write logs to `<data>/logs/lienthong.jsonl`; the last one is kept beside it when it grows large."""
    folder = data / "logs"
    file = folder / "lienthong.jsonl"
    with suppress(FileNotFoundError):  # there is none yet, or another process has just put it aside
        if file.stat().st_size > KEEP:
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
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # one line a request, with whole URLs
    logging.getLogger("pika").setLevel(
        logging.CRITICAL
    )  # tracebacks of every lost connection; the link says it in a line
    structlog.configure(
        processors=[*_COMMON, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


class _LazyFile(logging.FileHandler):
    """Makes its folder with its first line: looking at a data directory leaves nothing in it.

    Where nothing can be written, the command goes on without a log and without a traceback.
    """

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Say nothing."""


def _masked(_logger: Any, _method: str, event: Any) -> Any:
    return {key: mask_text(value) if isinstance(value, str) else value for key, value in event.items()}


_COMMON: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.format_exc_info,
    _masked,  # after the exceptions became text, before the time is added
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
