"""The first difference between what a case expects and what became of its event."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from lienthong.configuration.shapes.cases import ExpectFile
from lienthong.envelope import Envelope, parse_utc
from lienthong.messages import Language, Message, message
from lienthong.outcome import Dead, Done, Dropped, Later, Outcome
from lienthong.requests.answering import ANSWER
from lienthong.requests.questions import InvalidQuestion, field_pointer
from lienthong.requests.recording import REFUSALS
from lienthong.topology import sink_queue

_VERDICTS = {Done: "done", Dropped: "dropped", Later: "later", Dead: "dead"}

_REFUSED = REFUSALS[0]
"""The error of an event that a step rejects."""


def refusal(invalid: InvalidQuestion, field: str | None) -> Dead:
    """What becomes of a question that its model refuses: of several faults the one of `field` counts, or the first."""
    faults = sorted(invalid.faults, key=lambda fault: fault[0] != field_pointer(field))
    pointer, why = faults[0]
    return Dead(f"{pointer}: {why}", _REFUSED, pointer)


def difference(
    expect: ExpectFile,
    outcome: Outcome,
    sinks: Sequence[str],
    *,
    language: Language,
    answered: Mapping[str, Any] | None = None,
    is_asked: bool = False,
) -> str:
    """The first thing that is not as expected; empty when nothing differs. `sinks` are all sinks of the route.

    Reasons are compared in the language of the ledger, so that a case passes for readers of any language.
    """
    is_refused = is_asked and isinstance(outcome, Dead) and outcome.error in REFUSALS
    verdict = "refused" if is_refused else _VERDICTS[type(outcome)]
    reason = "" if isinstance(outcome, Done) else outcome.why
    if verdict != expect.verdict:
        return _other_verdict(expect.verdict, verdict, reason)
    if expect.reason is not None and expect.reason not in _in(language, reason):
        if not reason:
            return message("the reason does not contain “{text}”: there is none", text=expect.reason)
        return message("the reason does not contain “{text}”: {reason}", text=expect.reason, reason=reason)
    if isinstance(outcome, Done):
        wrong = _answer_difference(answered, outcome.envelope) or _shape_difference(expect, outcome.envelope)
        return wrong or _sink_difference(expect, outcome, sinks)
    return _field_difference(expect, outcome)


def _answer_difference(answered: Mapping[str, Any] | None, envelope: Envelope) -> str:
    return "" if answered is None else _data_difference(answered, _json_data(envelope).get(ANSWER), ANSWER)


def _in(language: Language, reason: str) -> str:
    return reason.render(language) if isinstance(reason, Message) else reason


def _other_verdict(expected: str, verdict: str, reason: str) -> str:
    if not reason:
        return message("expected {expected}, but it is {verdict}", expected=expected, verdict=verdict)
    return message(
        "expected {expected}, but it is {verdict}: {reason}", expected=expected, verdict=verdict, reason=reason
    )


def _field_difference(expect: ExpectFile, outcome: Outcome) -> str:
    field = outcome.field if isinstance(outcome, Dead) else None
    if expect.field is None or field == expect.field or field == field_pointer(expect.field):
        return ""
    if field is None:
        return message("expected the field `{expected}` to be at fault, but no field is named", expected=expect.field)
    return message(
        "expected the field `{expected}` to be at fault, but it is `{field}`", expected=expect.field, field=field
    )


def _sink_difference(expect: ExpectFile, outcome: Done, sinks: Sequence[str]) -> str:
    received = [sink for sink in sinks if not outcome.to or sink_queue(sink) in outcome.to]
    if expect.to is None or sorted(set(expect.to)) == sorted(received):
        return ""
    return message(
        "expected the sinks {expected}, but it goes to {sinks}",
        expected=", ".join(expect.to),
        sinks=", ".join(received),
    )


def _shape_difference(expect: ExpectFile, envelope: Envelope) -> str:
    if expect.type is not None and envelope.type != expect.type:
        return message("expected the type {expected}, but it is {type}", expected=expect.type, type=envelope.type)
    return "" if expect.data is None else _data_difference(expect.data, _json_data(envelope), "data")


def _json_data(envelope: Envelope) -> Mapping[str, Any]:
    data: Mapping[str, Any] = orjson.loads(orjson.dumps(envelope.data_dict()))
    return data


def _data_difference(expected: Any, actual: Any, path: str) -> str:
    """The first place where `actual` does not hold what is `expected`; keys that are not expected do not matter."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        if missing := [key for key in expected if key not in actual]:
            return message("{path}.{key} is missing", path=path, key=missing[0])
        inside = (_data_difference(value, actual[key], f"{path}.{key}") for key, value in expected.items())
        return next(filter(None, inside), "")
    if isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return message(
                "{path} should have {expected} items, but has {actual}",
                path=path,
                expected=len(expected),
                actual=len(actual),
            )
        inside = (_data_difference(one, actual[place], f"{path}[{place}]") for place, one in enumerate(expected))
        return next(filter(None, inside), "")
    if _same(expected, actual):
        return ""
    return message(
        "{path} should be {expected}, but is {actual}", path=path, expected=_json(expected), actual=_json(actual)
    )


def _same(expected: object, actual: object) -> bool:
    if isinstance(expected, bool) is not isinstance(actual, bool):
        return False
    return expected == actual or (_instant(expected) is not None and _instant(expected) == _instant(actual))


def _instant(value: object) -> datetime | None:
    """An instant written as text: `...Z` and `...+00:00` are one moment."""
    try:
        return parse_utc(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
