"""Which event types the routes announce, with their schemas and with examples: what their cases show."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import structlog

from lienthong.configuration.case_files import Case, read_cases
from lienthong.configuration.cases import outcome_of
from lienthong.configuration.event_schemas import schema_of
from lienthong.configuration.faults import Mismatch
from lienthong.configuration.layout import survey
from lienthong.configuration.names import schema_class
from lienthong.configuration.personal import marked_keys
from lienthong.configuration.reader_schemas import schema_of_type
from lienthong.envelope import Envelope
from lienthong.masking import mask_data, mask_text
from lienthong.outcome import Done
from lienthong.route import Route
from lienthong.settings import Settings
from lienthong.subscriptions.asyncapi.announced_type import NO_SCHEMA, AnnouncedType

MOST_EXAMPLES = 2
"""Of one type by one route."""

log = structlog.get_logger(__name__)


def announced_types(root: Path, settings: Settings) -> list[AnnouncedType]:
    """The types, by name. A type that no case of an announcing route shows is not known.

    Examples are what the routes make of their cases, with personal data masked. Raises `Mismatch` for a schema that
    cannot be loaded.
    """
    routes = {name: route for name, route in sorted(settings.routes.items()) if route.announce}
    shown: dict[str, dict[str, list[Envelope]]] = {}
    for name, route in routes.items():
        for envelope in _results(root, route, settings):
            shown.setdefault(envelope.type, {}).setdefault(name, []).append(envelope)
    return [_announced(kind, by_route, settings) for kind, by_route in sorted(shown.items())]


def case_types(root: Path, settings: Settings) -> dict[str, tuple[str, int]]:
    """The types that cases of announcing routes state as their result, with file and line of the first one.

    Nothing is run: a case that states no `type`, of a route with steps, shows none.
    """
    layout = survey(root)
    found: dict[str, tuple[str, int]] = {}
    for name, route in sorted(settings.routes.items()):
        if route.announce and name in layout.cases:
            file = layout.relative(layout.cases[name])
            for case in read_cases(layout.cases[name], file)[0]:
                if kind := _stated_type(route, case):
                    found.setdefault(kind, (file, case.line))
    return found


def _stated_type(route: Route, case: Case) -> str | None:
    if case.expect.verdict != "done":
        return None
    return case.expect.type or (case.given.type if case.given is not None and not route.steps else None)


def _results(root: Path, route: Route, settings: Settings) -> Iterator[Envelope]:
    """What the route makes of its cases, where it makes anything. A case that fails is found by `lienthong test`."""
    layout = survey(root)
    path = layout.cases.get(route.name)
    for case in read_cases(path, layout.relative(path))[0] if path else ():
        try:
            outcome = outcome_of(route, case, settings)
        except (Mismatch, TypeError, ValueError) as error:
            log.warning("a case gives no example", route=route.name, case=case.name, error=type(error).__name__)
            continue
        if isinstance(outcome, Done):
            yield outcome.envelope


def _announced(kind: str, by_route: dict[str, list[Envelope]], settings: Settings) -> AnnouncedType:
    found = schema_of_type(settings, kind)
    schema, deprecation = (NO_SCHEMA, None) if found is None else found
    faults = schema_of(settings)
    examples = [
        _example(envelope, settings)
        for results in by_route.values()
        for envelope in [one for one in results if found is None or not faults(kind, one.data_dict())][:MOST_EXAMPLES]
    ]
    sources = sorted({envelope.source for results in by_route.values() for envelope in results})
    routes = {name: settings.routes[name].description for name in by_route}
    return AnnouncedType(kind, routes, sources, schema, examples, deprecation)


def _example(envelope: Envelope, settings: Settings) -> dict[str, Any]:
    dotted = settings.bus.types.get(envelope.type)
    data = mask_data(envelope.data_dict(), None if dotted is None else marked_keys(schema_class(dotted)))
    safe = envelope._replace(subject=mask_text(envelope.subject), data=data)
    decoded: dict[str, Any] = orjson.loads(orjson.dumps(safe.to_wire()))
    return decoded
