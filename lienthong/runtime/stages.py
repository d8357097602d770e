"""The stages of a project: its routes and sinks, each with the connectors that YAML names."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lienthong.configuration.names import schema_class
from lienthong.configuration.personal import all_personal_keys
from lienthong.configuration.resolve import make_part, make_pipeline
from lienthong.ports import Lookup, Sink
from lienthong.processing.pipeline import Pipeline
from lienthong.processing.stage import Stage, route_stage, sink_stage
from lienthong.requests.answering import Answering
from lienthong.route import Route
from lienthong.runtime.stand_in import make_or_stand_in
from lienthong.runtime.world import Playing, WithheldLookup, WithheldSink
from lienthong.settings import PartSettings, Settings, SinkSettings
from lienthong.topology import route_queue, sink_queue

if TYPE_CHECKING:
    from lienthong.runtime.composition import Storage


def make_route_stages(storage: "Storage", playing: Playing | None) -> Sequence[Stage]:
    """A stage for each route, with the lookups that routes share. While a recording is played, none asks outside."""
    settings = storage.settings
    lookups = make_lookups(storage, playing, settings.lookups)
    return [
        make_route_stage(route, make_work(route, settings, lookups), settings) for route in settings.routes.values()
    ]


def make_lookups(storage: "Storage", playing: Playing | None, names: Iterable[str]) -> Mapping[str, Lookup]:
    """These lookups, by name."""
    return {name: _lookup(storage, name, playing) for name in names}


def make_work(route: Route, settings: Settings, lookups: Mapping[str, Lookup]) -> Pipeline | Answering:
    """What a route does with its events. One that is asked also checks the answer that its steps leave."""
    pipeline = make_pipeline(route, settings, lookups)
    request = settings.requests.get(route.origin.name) if route.origin.door == "request" else None
    return pipeline if request is None else Answering(pipeline, schema_class(request.answers), request)


def make_route_stage(route: Route, work: Pipeline | Answering, settings: Settings) -> Stage:
    """The stage of a route that does this work."""
    return route_stage(
        route_queue(route.name),
        work,
        retry=route.retry,
        to=tuple(sink_queue(sink) for sink in route.to),
        announce=route.announce,
        keep=bool(settings.bus.keep_announcements),
        personal=all_personal_keys(settings),
    )


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
    can_stage = playing is not None and playing.can_stage(sink)
    if playing is not None and playing.withholds(sink) and not can_stage:
        return WithheldSink(sink.name, playing)
    connector: Sink = make_from_settings(sink_queue(sink.name), sink, storage)
    if playing is not None and can_stage and not playing.stage(connector):
        return WithheldSink(sink.name, playing)
    return connector


def make_from_settings(name: str, connector: PartSettings, storage: "Storage") -> Any:
    """The source, sink or lookup of its settings. One whose class raises costs itself alone: see `StandIn`."""
    return make_or_stand_in(name, lambda: make_part(connector, storage.settings, storage.site))
