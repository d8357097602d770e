"""The shape of each kind of configuration file: its keys, their types, defaults and meanings.

A key is described here once. Reading checks files against it, and the JSON Schemas for editors and the reference pages
are generated from it.
"""

from lienthong.configuration.shapes.fields import Count, Duration, Text

__all__ = ["Count", "Duration", "Text"]
