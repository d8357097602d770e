"""The stages of a project: its routes and sinks, each with the connectors that YAML names."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lienthong.configuration.personal import all_personal_keys
from lienthong.configuration.resolve import make_connector, make_pipeline
from lienthong.ports import Lookup, Sink
from lienthong.processing.stage import Stage, route_stage, sink_stage
from lienthong.runtime.stand_in import make_or_stand_in
from lienthong.runtime.world import Playing, WithheldLookup, WithheldSink
from lienthong.settings import PartSettings, SinkSettings
from lienthong.topology import route_queue, sink_queue

if TYPE_CHECKING:
    from lienthong.runtime.composition import Storage


def make_route_stages(storage: "Storage", playing: Playing | None) -> Sequence[Stage]:
    """A stage for each route, with the lookups that routes share. While a recording is played, none asks outside."""
    settings = storage.settings
    lookups = {name: _lookup(storage, name, playing) for name in settings.lookups}
    return [
        route_stage(
            route_queue(route.name),
            make_pipeline(route, settings, lookups),
            retry=route.retry,
            to=tuple(sink_queue(sink) for sink in route.to),
            announce=route.announce,
            personal=all_personal_keys(settings),
        )
        for route in settings.routes.values()
    ]


def make_sink_stages(storage: "Storage", playing: Playing | None) -> Sequence[Stage]:
    """A stage for each sink. While a recording is played, those that reach outside send nothing."""
    return [
        sink_stage(
            sink_queue(name),
            _sink(storage, sink, playing),
            sink.retry,
            personal=all_personal_keys(storage.settings),
        )
        for name, sink in storage.settings.sinks.items()
    ]


def _lookup(storage: "Storage", name: str, playing: Playing | None) -> Lookup:
    lookup = storage.settings.lookups[name]
    if playing is not None and playing.withholds_lookup(lookup):
        return WithheldLookup(name, playing)
    connector: Lookup = make_from_settings(f"lookup.{name}", lookup, storage)
    return connector


def _sink(storage: "Storage", sink: SinkSettings, playing: Playing | None) -> Sink:
    if playing is not None and playing.withholds(sink):
        return WithheldSink(sink.name, playing)
    connector: Sink = make_from_settings(sink_queue(sink.name), sink, storage)
    return connector


def make_from_settings(name: str, connector: PartSettings, storage: "Storage") -> Any:
    """The source, sink or lookup of its settings. One whose class raises costs itself alone: see `StandIn`."""
    settings = storage.settings
    return make_or_stand_in(
        name,
        lambda: make_connector(
            connector.use, storage.site, connector.parameters, settings.tables, folder=settings.folder
        ),
    )
