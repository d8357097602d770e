"""Rows of a table from events: see `SqlSink`."""

from lienthong.connectors.sinks.sql.sink import SqlSink

__all__ = ["SqlSink"]
