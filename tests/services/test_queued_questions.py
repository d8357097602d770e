"""Questions over RabbitMQ: the answers and refusals of HTTP, and what only a broker can do to them."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from lienthong.access.rate import Rate
from lienthong.adapters.rabbitmq import questions
from lienthong.adapters.rabbitmq.questions import EXCHANGE, queue_arguments
from lienthong.http.limits import BODY_LIMIT
from lienthong.http.queued_questions import QueuedQuestions, open_queued_questions
from lienthong.http.request_times import RequestTimes
from lienthong.http.service import Service
from lienthong.runtime.endpoints import Endpoints
from tests.novel_request import Library
from tests.services import rabbitmq
from tests.services.asker import Asker, asking
from tests.services.proxy import proxied
from tests.services.rabbitmq_steps import open_channel, url_through, wait_until
from tests.unit.http.conftest import ROOT, add, open_service
from tests.unit.http.test_requests import QUICK, open_library, sound


@pytest.fixture
def url() -> str:
    return rabbitmq.node().url()


@pytest.fixture
def service(tmp_path: Path, url: str) -> Iterator[Service]:
    Library.held, Library.asked = {}, ()
    Library.entered.clear()
    found = replace(open_library(tmp_path), endpoints=Endpoints(tmp_path, url))
    yield found
    for event in Library.held.values():
        event.set()
    found.close_responders()
    found.storage.close()


@pytest.fixture
def key(service: Service) -> str:
    return add(service, "reader", "novels")


@pytest.fixture
def times() -> RequestTimes:
    return RequestTimes()


@pytest.fixture
def door(service: Service, times: RequestTimes) -> Iterator[QueuedQuestions]:
    found = open_queued_questions(service, times)
    assert found is not None
    found.start()
    yield found
    for event in Library.held.values():
        event.set()
    found.close()


@pytest.fixture
def asker(url: str, key: str) -> Iterator[Asker]:
    with asking(url, key) as found:
        yield found


@pytest.mark.usefixtures("door")
def test_a_question_is_answered_and_recorded_as_over_http(asker: Asker, service: Service, times: RequestTimes) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    reply = asker.ask("novels", {"novel": "Kieu"}, headers={"Traceparent": trace})
    assert (reply.status, reply.body["pages"], reply.content_type) == (200, 254, "application/json")
    event = reply.headers["lienthong-event"]
    assert reply.body["check_id"] == event
    assert reply.headers["traceparent"].split("-")[1] == trace.split("-")[1]
    trail = service.storage.ledger.trail(event)
    assert [entry.verdict for entry in trail] == ["received", "done"]
    assert "reader" in repr(trail[0])
    assert asker.ask("shelf", {"number": 3, "novel": "Kieu"}).status == 200, "fields of the path stand in the body"
    counted = [sample.labels for family in times.collect() for sample in family.samples]
    assert {"method": "AMQP", "route": "/v1/novels", "status": "200"} in counted
    sound(service)


REFUSALS: dict[str, tuple[Any, int, str]] = {
    "none": ({"novel": "none"}, 404, "not-known"),
    "refused by a step": ({"novel": "secret"}, 400, "input-invalid"),
    "guessed": ({"novel": "guessed"}, 429, "too-often"),
    "broken": ({"novel": "broken"}, 500, "unexpected"),
    "a lookup is down": ({"novel": "burnt"}, 503, "unavailable"),
    "no JSON": (b"{", 400, "input-invalid"),
    "too large": (b" " * (BODY_LIMIT + 1), 413, "body-too-large"),
}


@pytest.mark.usefixtures("door")
@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_refused_is_a_problem(asker: Asker, service: Service, case: str) -> None:
    fields, status, code = REFUSALS[case]
    reply = asker.ask("novels", fields)
    assert (reply.status, reply.body["status"], reply.body["code"]) == (status, status, code)
    assert reply.content_type == "application/problem+json"
    assert ("retry-after" in reply.headers) == (status in (429, 503))
    assert ("lienthong-event" in reply.headers) == (not isinstance(fields, bytes))
    sound(service)


@pytest.mark.usefixtures("door")
def test_every_fault_of_the_input_is_listed_in_the_callers_language(asker: Asker) -> None:
    fields = {"place": {"room": "x"}, "surplus": 1}
    reply = {code: asker.ask("novels", fields, headers={"accept-language": code}).body for code in ("vi", "en")}
    pointers = [one["pointer"] for one in reply["en"]["errors"]]
    assert sorted(pointers) == ["/novel", "/place/room", "/surplus"]
    assert reply["vi"]["title"] != reply["en"]["title"]


@pytest.mark.usefixtures("door")
def test_a_caller_is_known_by_the_key(asker: Asker, url: str, service: Service) -> None:
    assert asker.ask("novels", {"novel": "Kieu"}, headers={"authorization": "Basic x"}).body["code"] == "key-missing"
    with asking(url, "lt_live_unknown") as unknown:
        assert unknown.ask("novels", {"novel": "Kieu"}).body["code"] == "key-unknown"
    with asking(url, add(service, "other", "y")) as other:
        assert other.ask("novels", {"novel": "Kieu"}).body["code"] == "scope-lacking"
        assert other.ask("shelf", {"number": 3, "novel": "Kieu"}).status == 200
    with asking(url, add(service, "quick", "novels", rate=Rate(1, 3600))) as quick:
        assert [quick.ask("novels", {"novel": "Kieu"}).status for _ in range(2)] == [200, 429]
        assert int(quick.replies[-1].headers["retry-after"]) > 60
    assert asker.ask("novels", {"novel": "Kieu"}, content_type="text/plain").body["code"] == "media-type"
    assert asker.ask("novels", {"novel": "Kieu"}, content_encoding="gzip").body["code"] == "media-type"


@pytest.mark.usefixtures("door")
def test_a_question_that_is_not_answered_in_time_is_refused_in_its_time(asker: Asker) -> None:
    assert asker.ask("quick", {"novel": "Kieu"}).status == 200
    Library.held = {"slow": threading.Event()}
    began = time.monotonic()
    reply = asker.ask("quick", {"novel": "slow"})
    assert (reply.status, reply.headers["retry-after"]) == (503, "5")
    assert QUICK.within.total_seconds() <= time.monotonic() - began < 5
    Library.held["slow"].set()
    assert asker.ask("quick", {"novel": "Kieu"}).status == 200
    assert len([one for one in asker.replies if one.correlation == reply.correlation]) == 1


@pytest.mark.usefixtures("door")
def test_an_answer_to_a_caller_that_has_gone_is_no_error(asker: Asker, url: str, key: str, service: Service) -> None:
    assert asker.ask("novels", {"novel": "Luc Van Tien"}).status == 200
    Library.held = {"Kieu": threading.Event()}
    with asking(url, key) as gone:
        gone.send("novels", {"novel": "Kieu"})
        assert Library.entered.wait(10)
    with capture_logs() as logs:
        Library.held["Kieu"].set()
        assert asker.ask("novels", {"novel": "Luc Van Tien"}).status == 200
    assert [line for line in logs if line["log_level"] in ("warning", "error")] == []
    sound(service)


@pytest.mark.usefixtures("door")
def test_no_caller_can_let_us_write_into_a_queue(asker: Asker, url: str) -> None:
    with open_channel(url) as channel:
        channel.queue_declare("lt1.route.victim", durable=True)
        with capture_logs() as logs:
            asker.send("novels", {"novel": "Kieu"}, reply_to="lt1.route.victim")
            assert asker.ask("novels", {"novel": "Kieu"}).status == 200
        assert channel.queue_declare("lt1.route.victim", passive=True).method.message_count == 0
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == [
        "a question without direct reply-to cannot be answered"
    ]


def test_a_stop_answers_what_was_taken_and_leaves_the_rest_to_others(
    service: Service, door: QueuedQuestions, asker: Asker, url: str
) -> None:
    assert asker.ask("novels", {"novel": "Luc Van Tien"}).status == 200
    Library.held = {"Kieu": threading.Event()}
    received = asker.send("novels", {"novel": "Kieu"})
    assert Library.entered.wait(10)
    service.draining.set()
    with open_channel(url) as channel:

        def consumers() -> int:
            return int(channel.queue_declare("lt1.request.novels", passive=True).method.consumer_count)

        wait_until(lambda: consumers() == 0)
        ending = threading.Thread(target=door.close)
        ending.start()
        Library.held["Kieu"].set()
        ending.join(20)
    asker.wait(0.5)
    assert [one.status for one in asker.replies if one.correlation == received] == [200]


def test_without_a_process_that_answers_a_caller_knows_at_once(
    url: str, service: Service, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "UNUSED_MILLISECONDS", 300)
    door = open_queued_questions(service, RequestTimes())
    assert door is not None
    door.start()
    with asking(url, key) as asker:
        assert asker.ask("novels", {"novel": "Kieu"}).status == 200
        door.close()

        def comes_back() -> bool:
            name = asker.send("novels", {"novel": "Kieu"})
            asker.wait(0.1)
            return name in asker.unroutable

        wait_until(comes_back)


def test_a_question_whose_time_is_over_is_not_asked(
    url: str, service: Service, asker: Asker, times: RequestTimes
) -> None:
    with open_channel(url) as channel:
        channel.queue_declare("lt1.request.quick", durable=True, arguments=queue_arguments(QUICK.within))
        channel.queue_bind("lt1.request.quick", EXCHANGE, "quick")
        asker.channel.confirm_delivery()  # it is in the queue before it is looked for
        asker.send("quick", {"novel": "Luc Van Tien"})
        wait_until(lambda: channel.queue_declare("lt1.request.quick", passive=True).method.message_count == 0)
    door = open_queued_questions(service, times)
    assert door is not None
    door.start()
    assert asker.ask("quick", {"novel": "Kieu"}).status == 200
    assert Library.asked == [("Kieu",)]
    door.close()


def test_a_changed_time_takes_over_once_the_last_process_with_the_old_one_has_gone(
    url: str, service: Service, asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "UNUSED_MILLISECONDS", 700)
    with open_channel(url) as channel:
        channel.queue_declare("lt1.request.novels", durable=True, arguments=queue_arguments(timedelta(seconds=9)))
        old = channel.basic_consume("lt1.request.novels", lambda *_: None)
        with capture_logs() as logs:
            door = open_queued_questions(service, RequestTimes())
            assert door is not None
            door.start()
            wait_until(lambda: any(line["event"] == "no questions can be taken from RabbitMQ" for line in logs))
            assert asker.ask("shelf", {"number": 3, "novel": "Kieu"}).status == 200, "the other requests go on"
            channel.basic_cancel(old)
            assert asker.ask("novels", {"novel": "Kieu"}).status == 200
        door.close()
    refused = [line for line in logs if line["event"] == "no questions can be taken from RabbitMQ"]
    assert len(refused) == 1 and "x-message-ttl" in refused[0]["why"]


def test_a_question_that_was_in_work_when_the_connection_broke_is_answered_once(
    url: str, service: Service, asker: Asker
) -> None:
    port = rabbitmq.node().port
    with proxied(port) as proxy:
        lost = replace(service, endpoints=Endpoints(service.endpoints.data, url_through(proxy, url)))
        door = open_queued_questions(lost, RequestTimes())
        assert door is not None
        door.start()
        assert asker.ask("novels", {"novel": "Luc Van Tien"}).status == 200
        Library.held = {"Kieu": threading.Event()}
        name = asker.send("novels", {"novel": "Kieu"})
        assert Library.entered.wait(10)
        proxy.cut()
        Library.held["Kieu"].set()
        wait_until(lambda: bool(asker.wait(0.05)) or any(one.correlation == name for one in asker.replies))
        assert [one.status for one in asker.replies if one.correlation == name] == [200]
        assert asker.ask("novels", {"novel": "Kieu"}).status == 200
        door.close()
    sound(service)


def test_questions_in_work_are_answered_although_their_queue_is_deleted(
    door: QueuedQuestions, asker: Asker, url: str, key: str, times: RequestTimes
) -> None:
    assert asker.ask("novels", {"novel": "Luc Van Tien"}).status == 200
    Library.held = {"Kieu": threading.Event()}
    with asking(url, key) as gone:
        for _ in range(2):
            gone.send("novels", {"novel": "Kieu"})
        names = {asker.send("novels", {"novel": "Kieu"}) for _ in range(20)}
        wait_until(lambda: sum(door._queues._answers._open.values()) == 22)
    with open_channel(url) as channel, capture_logs() as logs:
        channel.queue_delete("lt1.request.novels")
        wait_until(lambda: any("deleted" in line["event"] for line in logs))
        Library.held["Kieu"].set()
        wait_until(lambda: bool(asker.wait(0.05)) or names <= {one.correlation for one in asker.replies})
        assert asker.ask("novels", {"novel": "Luc Van Tien"}).status == 200, "the queue is there again"
    assert {one.status for one in asker.replies} == {200}
    assert len(asker.replies) == 22, "each is answered once"
    assert [line["in_work"] for line in logs if "deleted" in line["event"]] == [22]
    assert unsent(times) == 0
    wait_until(lambda: len(door._queues._answers._retired) == 0)


def unsent(times: RequestTimes) -> float:
    samples = [one for family in times.collect() for one in family.samples if "unsent" in one.name]
    return sum(one.value for one in samples if one.name.endswith("_total"))


def test_an_answer_that_cannot_be_sent_is_logged_and_counted(
    url: str, service: Service, asker: Asker, times: RequestTimes
) -> None:
    """Its queue is deleted while the connection is away: so the question does not come again."""
    with proxied(rabbitmq.node().port) as proxy:
        lost = replace(service, endpoints=Endpoints(service.endpoints.data, url_through(proxy, url)))
        door = open_queued_questions(lost, times)
        assert door is not None
        door.start()
        assert asker.ask("novels", {"novel": "Luc Van Tien"}).status == 200
        Library.held = {"Kieu": threading.Event()}
        asker.send("novels", {"novel": "Kieu"})
        assert Library.entered.wait(10)
        with capture_logs() as logs:
            proxy.cut()
            with open_channel(url) as channel:
                channel.queue_delete("lt1.request.novels")
            wait_until(lambda: any(line["event"] == "rabbitmq connected" for line in logs))
            Library.held["Kieu"].set()
            wait_until(lambda: unsent(times) == 1)
        assert [line["request"] for line in logs if "could not be sent" in line["event"]] == ["novels"]
        assert asker.ask("novels", {"novel": "Kieu"}).status == 200
        door.close()
    sound(service)


def test_a_database_that_hangs_holds_up_the_unknown_keys_alone(
    service: Service, asker: Asker, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose key it is, is asked on threads of their own, and a question waits for that as long as over HTTP."""
    monkeypatch.setattr(questions, "ADMITTED_SECONDS", 1.0)
    hangs, find = threading.Event(), Service.find_client
    unknown_keys = [add(service, f"other{number}", "novels") for number in range(questions.ADMITTING_THREADS + 2)]

    def find_client(self: Service, key: str) -> Any:
        if key in unknown_keys:
            hangs.wait(30)
        return find(self, key)

    monkeypatch.setattr(Service, "find_client", find_client)
    door = open_queued_questions(service, RequestTimes())
    assert door is not None
    door.start()
    assert asker.ask("novels", {"novel": "Kieu"}).status == 200
    began = time.monotonic()
    with ExitStack() as stack:
        unknown = [stack.enter_context(asking(url, other)) for other in unknown_keys]
        names = [one.send("novels", {"novel": "Kieu"}) for one in unknown]
        assert asker.ask("novels", {"novel": "Kieu"}).status == 200
        assert time.monotonic() - began < 1, "a known key waits for nothing"
        for one, name in zip(unknown, names, strict=True):
            wait_until(lambda one=one, name=name: bool(one.wait(0.05)) or bool(one.replies))
            assert [(reply.correlation, reply.status) for reply in one.replies] == [(name, 503)]
        assert 1 <= time.monotonic() - began < 5
        hangs.set()
        assert unknown[0].ask("novels", {"novel": "Kieu"}).status == 200
    door.close()


def test_the_example_of_the_documentation_asks(tmp_path: Path, url: str) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "integrators.md").read_text("utf-8"), re.DOTALL)
    service = replace(open_service(tmp_path), endpoints=Endpoints(tmp_path, url))
    environment = {**os.environ, "AMQP_URL": url, "KEY": add(service, "office", "gates")}
    door = open_queued_questions(service, RequestTimes())
    assert door is not None
    door.start()
    with asking(url, environment["KEY"]) as asker:
        assert asker.ask("gate-forward", {}).status == 400, "it takes questions now"
    done = subprocess.run(
        [sys.executable, "-c", example], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    door.close()
    service.close_responders()
    service.storage.close()
    assert done.returncode == 0, done.stderr
    assert "component-not-digitised" in done.stdout and done.stdout.startswith("200 ")


@pytest.mark.parametrize(("world", "broker"), [("live", "memory://"), ("recording", "amqp://127.0.0.1:1")])
def test_the_embedded_broker_and_a_recording_are_asked_over_http_alone(tmp_path: Path, world: str, broker: str) -> None:
    service = replace(open_library(tmp_path, world=world), endpoints=Endpoints(tmp_path, broker))
    assert open_queued_questions(service, RequestTimes()) is None
    service.close_responders()
    service.storage.close()
