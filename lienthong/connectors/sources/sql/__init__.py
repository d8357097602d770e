"""Rows of a database: see `Sql`."""

from lienthong.connectors.sources.sql.source import Sql

__all__ = ["Sql"]
