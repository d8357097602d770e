"""Questions over RabbitMQ, for callers inside: the answers, the problems and the access are those of HTTP.

- The key stands in the header `authorization`, as over HTTP. The other headers that count are `accept-language` and
  `traceparent`.
- The body has every field of the question, also those that HTTP takes from the path or the query.
- Requests with a file, in the question or as the answer, are asked over HTTP alone: no file is put into a message.
- Each answer has the header `status`, and in lower case those of HTTP; its body is the answer, or a problem.
"""

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import structlog

from lienthong import __version__
from lienthong.access.clients import Client
from lienthong.adapters.rabbitmq.asked import Answer, Asked
from lienthong.adapters.rabbitmq.questions import QuestionQueues
from lienthong.configuration.check_replies import is_file_answer
from lienthong.data.event_ids import draw_id
from lienthong.data.trace_context import PARENT, STATE, Trace, begin_trace, continued
from lienthong.errors import Transient
from lienthong.http.callers import admitted, bearer_key, require_scope
from lienthong.http.limits import BODY_LIMIT
from lienthong.http.problems import MEDIA_TYPE, Problem, preferred_language, problem_body
from lienthong.http.refusals import as_problem, body_too_large, input_invalid, media_type, unavailable, unexpected
from lienthong.http.request_times import RequestTimes
from lienthong.http.requests import EVENT_HEADER, is_json, problem_of
from lienthong.http.service import Service
from lienthong.requests.questions import InvalidQuestion, Questions
from lienthong.requests.replies import Answered, Reply
from lienthong.requests.responder import Responder
from lienthong.runtime.brokers import on_rabbitmq

METHOD = "AMQP"
"""Stands for the method in the figures of requests."""

END_SECONDS = 5.0

log = structlog.get_logger(__name__)


def open_queued_questions(service: Service, times: RequestTimes) -> "QueuedQuestions | None":
    """None on the embedded broker, which other processes cannot reach, and on the ledger of a recording."""
    if not on_rabbitmq(service.endpoints) or service.is_recording or not service.responders:
        return None
    return QueuedQuestions(service, times)


class QueuedQuestions:
    """Takes the questions of all requests from RabbitMQ. While it is down, HTTP goes on."""

    def __init__(self, service: Service, times: RequestTimes) -> None:
        self._service = service
        self._times = times
        asked = {name: one for name, one in service.responders.items() if not _has_file(one)}
        self._questions = {name: Questions(one.questions.model) for name, one in asked.items()}
        within = {name: one.within for name, one in asked.items()}
        self._queues = QuestionQueues(
            service.endpoints.broker, within, answer=self._read_key, give_up=self._give_up, unsent=self._note_unsent
        )

    def start(self) -> None:
        """Begin. Once the process drains, no further question is taken."""
        self._queues.start()
        threading.Thread(target=self._drain, name="questions.drain", daemon=True).start()

    def close(self) -> None:
        """Answer what was taken, and end."""
        self._queues.close(END_SECONDS)

    def _drain(self) -> None:
        self._service.draining.wait()
        self._queues.end_consuming()

    def _give_up(self, asked: Asked) -> None:
        self._refuse(asked, unavailable(), {})

    def _note_unsent(self, request: str) -> None:
        self._times.note_unsent(self._service.responders[request].settings.path)

    def _read_key(self, asked: Asked) -> None:
        """Go on at once with a key that was asked for a moment ago; else where the database may be waited for."""
        try:
            self._service.watch.require()
            key = bearer_key(asked.headers.get("authorization", ""))
        except (Problem, Transient) as refused:
            self._refuse(asked, as_problem(refused), _trace_of(asked)[1])
            return
        client = self._service.keyring.kept(key)
        if client is None:
            self._queues.admit(asked, partial(self._ask, find=partial(self._service.find_client, key)))
        else:
            self._ask(asked, find=lambda: client)

    def _ask(self, asked: Asked, find: Callable[[], Client | None]) -> None:
        """Put the question to its responder; what it may not ask, or what is no question, is refused at once.

        `find` gives the client of its key, and may wait for the database.
        """
        responder = self._service.responders[asked.request]
        until = asked.received + responder.within.total_seconds()
        event_id = draw_id()
        trace, headers = _trace_of(asked)
        known = {**headers, EVENT_HEADER.lower(): event_id}
        try:
            client = admitted(self._service, find())
            require_scope(self._service, client, responder.settings.scope)
            asked.is_admitted = True
            fields = self._read(asked)
            if asked.is_answered or time.monotonic() >= until:
                raise unavailable()
            responder.ask(
                fields,
                client=client.name,
                trace=trace,
                until=until,
                tell=lambda reply: self._tell(asked, reply, known),
                event_id=event_id,
            )
        except (Problem, Transient) as refused:
            self._refuse(asked, as_problem(refused), headers)
        except Exception:
            log.exception("a request failed", request=asked.request)
            self._refuse(asked, unexpected(), headers)

    def _read(self, asked: Asked) -> Mapping[str, Any]:
        if len(asked.body) > BODY_LIMIT:
            raise body_too_large(BODY_LIMIT)
        if asked.content_encoding not in ("", "utf-8") or not is_json(asked.content_type):
            raise media_type()
        try:
            return self._questions[asked.request].read(asked.body)
        except InvalidQuestion as invalid:
            raise input_invalid(invalid.faults) from None

    def _tell(self, asked: Asked, reply: Reply, headers: Mapping[str, str]) -> None:
        if isinstance(reply, Answered):
            more = {"location": reply.location} if reply.location else {}
            self._send(asked, reply.status, reply.body, "application/json", {**headers, **more})
        else:
            self._refuse(asked, problem_of(reply), headers)

    def _refuse(self, asked: Asked, problem: Problem, headers: Mapping[str, str]) -> None:
        body = problem_body(problem, preferred_language(asked.headers.get("accept-language", "")))
        given = {name.lower(): value for name, value in (problem.headers or {}).items()}
        self._send(asked, problem.status_code, body, MEDIA_TYPE, {**given, **headers})

    def _send(self, asked: Asked, status: int, body: bytes, kind: str, headers: Mapping[str, str]) -> None:
        if asked.reply(Answer(body, kind, {"status": status, "api-version": __version__, **headers})):
            path = self._service.responders[asked.request].settings.path
            self._times.count(METHOD, path, status, time.monotonic() - asked.received)


def _trace_of(asked: Asked) -> tuple[Trace, Mapping[str, str]]:
    trace = continued(asked.headers.get(PARENT), asked.headers.get(STATE)) or begin_trace()
    return trace, {PARENT: trace.parent}


def _has_file(responder: Responder) -> bool:
    return responder.settings.body == "multipart" or is_file_answer(responder.settings)
