"""The one XML parser, for schemas and transforms.

Its code stands in the engine, because the engine's own file source reads XML with it too. These rooms import it from
here, so that they import nothing from a room that speaks to the network.
"""

from lienthong.connectors.protocols.xml import LIMIT, parse

__all__ = ["LIMIT", "parse"]
