"""JSON over HTTP: see `HttpJson`."""

from lienthong.connectors.sources.http_json.source import HttpJson

__all__ = ["HttpJson"]
