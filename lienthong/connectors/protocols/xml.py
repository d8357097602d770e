"""The XML parser of the engine, for connectors and schemas of a project."""

from lienthong.data.xml import LIMIT, parse

__all__ = ["LIMIT", "parse"]
