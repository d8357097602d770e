"""The work of a request's route: its pipeline, and the check of the answer that the steps leave."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson
import structlog
from pydantic import BaseModel, ValidationError

from lienthong.envelope import EncodedData, Envelope, canonical_json
from lienthong.errors import pass_interrupt_on
from lienthong.messages import message
from lienthong.outcome import Dead, Done, Outcome
from lienthong.processing.pipeline import Pipeline
from lienthong.settings import OWN_FIELDS, RequestSettings

CLIENT, ANSWER, ANSWER_STATUS = OWN_FIELDS
"""The keys in the data of an event with the name of the client that asked, with what the steps answer, and with the
HTTP status that they choose for it."""

_FIELD = re.compile(r"\{(\w+)\}", re.ASCII)

SHOWN_FAULTS = 5

log = structlog.get_logger(__name__)


class Attempt(NamedTuple):
    """The outcome of a question, and its answer as JSON where there is one.

    `status`: the HTTP status of the answer, or of a refusal with a code. `location`: the address of what was made.
    """

    outcome: Outcome
    answer: bytes = b""
    status: int = 200
    location: str = ""


class Answering:
    """Answers questions. Raises nothing: see `Pipeline`.

    The answered event has the fields of the question, what the steps add and change, and the answer as the model
    `answers` writes it. An event that has an answer already, because it comes from the ledger, stays as it is: the same
    question may have another answer by now.
    """

    def __init__(self, pipeline: Pipeline, answers: type[BaseModel], request: RequestSettings) -> None:
        self._pipeline = pipeline
        self._answers = answers
        self._request = request

    def run(self, envelopes: Sequence[Envelope]) -> list[Outcome]:
        """The outcomes alone: the work of the stage, for what is replayed or handed on again."""
        return [attempt.outcome for attempt in self.answer(envelopes)]

    def answer(self, envelopes: Sequence[Envelope]) -> list[Attempt]:
        """One attempt for each question, in their order."""
        attempts: dict[int, Attempt] = {}
        asked: list[tuple[int, Envelope]] = []
        for place, envelope in enumerate(envelopes):
            if ANSWER in envelope.data:
                attempts[place] = Attempt(self._pipeline.choose(envelope))
            else:
                asked.append((place, envelope))
        outcomes = self._pipeline.run([one for _, one in asked])
        for (place, question), outcome in zip(asked, outcomes, strict=True):
            attempts[place] = self._checked(question, outcome) if isinstance(outcome, Done) else self._refused(outcome)
        return [attempts[place] for place in range(len(envelopes))]

    def _checked(self, question: Envelope, done: Done) -> Attempt:
        result = done.envelope
        if result.data.get(ANSWER) is None:
            why = message("the steps of the route leave nothing in `{key}`: this is a programming error", key=ANSWER)
            return Attempt(Dead(why, "NoAnswer"))
        try:
            answer = self._answers.model_validate(result.data[ANSWER]).model_dump(mode="json", by_alias=True)
            status = result.data.get(ANSWER_STATUS, 200)
            if status not in self._request.statuses:
                why = message("the steps choose a status that `statuses` does not list: this is a programming error")
                return Attempt(Dead(why, "BrokenAnswer", ANSWER_STATUS))
            event = question.with_data(result.type, _encoded({**question.data_dict(), **result.data, ANSWER: answer}))
            location = self._location(answer) if status == HTTPStatus.CREATED else ""
            return Attempt(Done(event, done.note, done.to), orjson.dumps(answer), status, location)
        except ValidationError as error:
            return Attempt(_broken(error))
        except BaseException as error:  # noqa: BLE001 - whatever the project's model raises, only this question fails
            pass_interrupt_on(error)
            kind = type(error).__name__
            log.error("the answer of a request cannot be written", error=kind, event_id=question.id)
            why = message("the answer cannot be written ({error}): this is a programming error", error=kind)
            return Attempt(Dead(why, kind))

    def _location(self, answer: Mapping[str, Any]) -> str:
        """The address of what was made, with the fields of the answer."""
        return _FIELD.sub(lambda name: quote(str(answer[name[1]]), safe=""), self._request.location)

    def _refused(self, outcome: Outcome) -> Attempt:
        """The outcome. A refusal with a code that the file of the request does not list is a programming error."""
        code = outcome.refusal.code if isinstance(outcome, Dead) and outcome.refusal else ""
        if code and code not in self._request.problems:
            why = message(
                "a step refuses with `{code}`, which `problems` does not list: this is a programming error", code=code
            )
            return Attempt(Dead(why, "BrokenAnswer"))
        return Attempt(outcome, status=self._request.problems.get(code, 400))


def _encoded(data: dict[str, Any]) -> EncodedData:
    return EncodedData(canonical_json(data))


def _broken(error: ValidationError) -> Dead:
    """The death of a question whose answer is not what it has to be. Places and kinds are named, no values."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    named = [f"{'.'.join(map(str, fault['loc'])) or '.'}: {fault['type']}" for fault in faults[:SHOWN_FAULTS]]
    why = message(
        "the answer is not what `answers` describes ({faults}): this is a programming error", faults="; ".join(named)
    )
    return Dead(why, "BrokenAnswer", f"{ANSWER}.{'.'.join(map(str, faults[0]['loc']))}".rstrip("."))
