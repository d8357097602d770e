"""Spans are sent to a collector while a process works, when its environment names one: see `docs/operators.md`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

import structlog

from lienthong import __version__
from lienthong.data.spans import use_tracer
from lienthong.errors import LienthongError

if TYPE_CHECKING:
    from lienthong.adapters.opentelemetry_spans import OpenTelemetrySpans

ADDRESSES = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""One of these variables switches spans on."""

FLUSH_SECONDS = 1.0
"""How long the end of a process waits for the collector to take what is left."""

log = structlog.get_logger(__name__)


@contextmanager
def tracing(broker: str) -> Iterator[None]:
    """Record spans within the block, if they are switched on. `broker` is the broker's URL.

    What is wrong with the variables or lacks is logged, and the process works without spans.
    """
    spans = _open(broker) if _is_on() else None
    if spans is None:
        yield
        return
    use_tracer(spans)
    try:
        yield
    finally:
        use_tracer(None)
        if not spans.close(FLUSH_SECONDS):
            log.warning("the collector of traces did not take the last spans in time", seconds=FLUSH_SECONDS)


def _is_on() -> bool:
    is_off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return any(map(os.environ.get, ADDRESSES)) and not is_off and _exporter() != "none"


def _exporter() -> str:
    return os.environ.get("OTEL_TRACES_EXPORTER", "").strip().lower()


def _protocol() -> str:
    named = (os.environ.get(f"OTEL_EXPORTER_OTLP_{part}PROTOCOL") for part in ("TRACES_", ""))
    return next(filter(None, named), "http/protobuf")


def _open(broker: str) -> "OpenTelemetrySpans | None":
    if _exporter() not in ("", "otlp") or _protocol() != "http/protobuf":
        log.warning("no spans: only OTLP over http/protobuf is spoken", exporter=_exporter(), protocol=_protocol())
        return None
    if find_spec("opentelemetry") is None or find_spec("opentelemetry.sdk") is None:
        log.warning("no spans: install lienthong[opentelemetry], or remove the OTEL_ variables")
        return None
    try:
        from lienthong.adapters.opentelemetry_spans import open_spans

        return open_spans(version=__version__, system="rabbitmq" if broker.startswith("amqp") else "lienthong")
    except ImportError as lacking:
        log.warning("no spans: install lienthong[opentelemetry] again", lacks=lacking.name)
    except LienthongError as wrong:
        log.warning("no spans: a variable OTEL_ is wrong", why=str(wrong))
    return None
