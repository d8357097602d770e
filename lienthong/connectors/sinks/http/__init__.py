"""Events sent to an address: see `HttpSink`."""

from lienthong.connectors.sinks.http.sink import HttpSink

__all__ = ["HttpSink"]
