"""Figures: names and labels by Prometheus' conventions, few series, no personal data, equal to the ledger."""

import re
import time
from collections.abc import Mapping

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert

from lienthong.http.request_times import RequestTimes
from lienthong.http.service import Service
from lienthong.ledger.records import DeadLetter
from lienthong.ports import ProcessStatus, SourceStatus
from lienthong.ports.status import Spent, TimeKey
from store.synchronisation.tables import alarms
from tests.events import DAY, entry, event
from tests.unit.http.conftest import Caller, add, open_app

MOST_SERIES = 400
LABELS = {
    "source", "route", "sink", "stage", "state", "verdict", "code", "method", "status", "version", "hash",
    "world", "le", "kind", "alarm",
}  # fmt: skip
UNITS = ("_seconds", "_bytes", "_total", "_info", "_ratio")
PLAIN = {
    "lienthong_queue_messages", "lienthong_dead_letters", "lienthong_balance_difference", "lienthong_balance_faults",
    "lienthong_breaker_state", "lienthong_stage_halted", "lienthong_stage_consumers", "lienthong_processes",
    "lienthong_broker_up", "lienthong_source_up", "lienthong_figures_up", "lienthong_draining",
    "lienthong_sink_alarms",
}  # fmt: skip
"""Figures without a unit: numbers of things, and yes or no."""


def scrape(service: Service) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    text = Caller(open_app(service))("GET", "/metrics").text
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name, tuple(sorted(sample.labels.items()))] = sample.value
    return found


def value(found: Mapping[tuple[str, tuple[tuple[str, str], ...]], float], name: str, **labels: str) -> float:
    return found[f"lienthong_{name}", tuple(sorted(labels.items()))]


@pytest.fixture
def busy(service: Service) -> Service:
    """A ledger with an event in every state, and with the number of a person where one can be."""
    person = "012345678901"
    events = [event(f"{person}-{number}") for number in range(6)]
    with service.storage.ledger.transaction() as transaction:
        transaction.receive(events, source="igate", to=("route.igate-dossiers",), cursor={})
        route, sink = "route.igate-dossiers", "sink.data-store"
        transaction.record([entry(one, route, "done", to=(sink,)) for one in events[:3]])
        transaction.record([entry(events[0], sink, "done"), entry(events[1], sink, "later")])
        transaction.record([entry(events[3], route, "dropped")])
        letter = DeadLetter(0, events[4], route, 1, 1, "Rejected", "code", f"số {person}", DAY)
        transaction.record([entry(events[4], route, "dead", reason=f"số {person}")], [letter])
    return service


def test_the_figures_are_those_of_the_ledger(busy: Service) -> None:
    found = scrape(busy)
    route = {"source": "igate", "route": "igate-dossiers"}
    assert value(found, "events_received_total", source="igate") == 6
    for verdict, count in (("done", 3), ("dropped", 1), ("dead", 1)):
        assert value(found, "events_total", verdict=verdict, **route) == count
    assert value(found, "deliveries_total", sink="data-store", verdict="done") == 1
    assert value(found, "retries_total", stage="sink.data-store") == 1
    assert value(found, "queue_messages", stage="sink.data-store", state="waiting") == 1
    assert value(found, "queue_messages", stage="sink.data-store", state="ready") == 1
    assert value(found, "queue_messages", stage="route.igate-dossiers", state="ready") == 1
    assert value(found, "dead_letters", stage="route.igate-dossiers", state="parked") == 1
    assert value(found, "dead_letters_total", stage="route.igate-dossiers", code="Rejected") == 1
    assert value(found, "balance_difference", source="igate") == 0
    assert value(found, "figures_up") == 1


def test_names_and_labels_follow_the_conventions(busy: Service) -> None:
    text = Caller(open_app(busy))("GET", "/metrics").text
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            name = re.sub("_(bucket|count|sum)$", "", sample.name)
            assert re.fullmatch("lienthong_[a-z][a-z_]*[a-z]", sample.name), sample.name
            assert name in PLAIN or name.endswith(UNITS), name
            assert name.endswith("_total") == (family.type == "counter"), name
            assert set(sample.labels) <= LABELS, sample
            assert family.documentation.endswith("."), name


def test_no_label_has_personal_data_or_a_host(busy: Service) -> None:
    text = Caller(open_app(busy))("GET", "/metrics").text
    assert "012345678901" not in text
    assert str(busy.endpoints.data) not in text


def service_paths(call: Caller) -> list[str]:
    """Every path of the document."""
    return list(call("GET", "/v1/openapi.json").json()["paths"])


@pytest.mark.slow
def test_there_are_few_series_for_the_shipped_configuration_whatever_callers_do(busy: Service) -> None:
    app = open_app(busy)
    call, key = Caller(app), add(busy, "a")
    for path in service_paths(call):
        for status in (b"{", b"{}"):
            call("POST", path, content=status, headers={"Authorization": f"Bearer {key}"})
    for number in range(100):
        call("GET", f"/no/{number}")
        call("X" * (number + 1), "/v1/client", headers={"Authorization": f"Bearer {key}"})
        call("GET", f"/readyz/{number}")
    text = call("GET", "/metrics").text
    assert len([line for line in text.splitlines() if not line.startswith("#")]) <= MOST_SERIES
    assert "/no/" not in text


def test_errors_and_stages_that_are_rare_or_gone_share_a_label(busy: Service) -> None:
    events = [event(f"x-{number}", source="gone") for number in range(20)]
    with busy.storage.ledger.transaction() as transaction:
        transaction.receive(events, source="gone", to=("route.gone",), cursor={})
        letters = [DeadLetter(0, one, "route.gone", 1, 1, f"Error{n}", None, "x", DAY) for n, one in enumerate(events)]
        transaction.record([entry(one, "route.gone", "dead") for one in events], letters)
    found = scrape(busy)
    assert value(found, "dead_letters_total", stage="other", code="other") == 20
    assert not any("gone" in str(labels) for _, labels in found)


def test_requests_are_timed_by_path_and_status(service: Service) -> None:
    call, key = Caller(open_app(service)), add(service, "a")
    for headers in ({}, {"Authorization": f"Bearer {key}"}, {"Authorization": f"Bearer {key}"}):
        call("GET", "/v1/client", headers=headers)
    text = call("GET", "/metrics").text
    name = "lienthong_http_requests_total"
    assert f'{name}{{method="GET",route="/v1/client",status="200"}} 2.0' in text
    assert f'{name}{{method="GET",route="/v1/client",status="401"}} 1.0' in text
    assert 'lienthong_http_slow_requests_total{route="/v1/client"} 0.0' in text
    assert 'lienthong_http_request_duration_seconds_count{kind="other"} 3.0' in text


def test_kinds_of_requests_are_timed_apart_and_slow_ones_counted_by_path() -> None:
    times = RequestTimes(["/v1/novels"])
    for path, seconds in (("/v1/novels", 0.001), ("/v1/novels", 0.6), ("/in/office", 0.02), ("other", 9.0)):
        times.count("POST", path, 200, seconds)
    found = {
        (s.name.removeprefix("lienthong_http_"), *s.labels.values()): s.value
        for f in times.collect()
        for s in f.samples
    }
    assert found["request_duration_seconds_count", "question"] == 2
    assert found["request_duration_seconds_bucket", "question", "0.005"] == 1
    assert found["request_duration_seconds_bucket", "push", "0.02"] == 1, "a bound belongs to its bucket"
    assert found["request_duration_seconds_bucket", "other", "2.0"] == 0
    assert found["slow_requests_total", "/v1/novels"] == found["slow_requests_total", "other"] == 1
    assert found["slow_requests_total", "/in/office"] == 0


def test_a_database_that_does_not_answer_is_a_figure(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    from lienthong.errors import Transient
    from lienthong.http import metrics

    def fails(_: object) -> None:
        raise Transient("x")

    monkeypatch.setattr(metrics, "take_figures", fails)
    found = scrape(service)
    assert value(found, "figures_up") == 0
    assert value(found, "ledger_info", world="live") == 1


def test_a_scrape_of_figures_that_were_taken_costs_little(busy: Service) -> None:
    call = Caller(open_app(busy))

    async def twice(client: object) -> float:
        await client.get("/metrics")  # type: ignore[attr-defined]  # an httpx client
        began = time.process_time()
        await client.get("/metrics")  # type: ignore[attr-defined]  # an httpx client
        return time.process_time() - began

    assert call.all(twice) < 0.05  # type: ignore[arg-type]  # see above


def test_times_are_those_that_processes_have_written(busy: Service) -> None:
    board = busy.storage.status_board
    process = ProcessStatus(process="p", pid=1, host="h", role="everything", began_at=DAY, seen_at=DAY)
    sink, route = "sink.data-store", "route.igate-dossiers"
    times = {
        TimeKey("duration", route): Spent(4, 2.0),
        TimeKey("wait", sink): Spent(2, 5.0),
        TimeKey("critical", sink, "igate"): Spent(3, 90.0),
        TimeKey("critical", sink, "gone"): Spent(9, 9.0),
    }
    board.save(process, [SourceStatus(source="igate", first_at=DAY, new_at=DAY)], times=times)
    found = scrape(busy)
    assert value(found, "stage_duration_seconds_sum", stage=route) == 2.0
    assert value(found, "stage_duration_seconds_count", stage=route) == 4
    assert value(found, "stage_wait_seconds_sum", stage=sink) == 5.0
    assert value(found, "critical_time_seconds_sum", route="igate-dossiers") == 90.0
    assert value(found, "critical_time_seconds_count", route="dvcqg-dossiers") == 0, "an alarm needs what was before"
    assert value(found, "source_lag_seconds", source="igate") > 0


def test_stages_of_requests_have_no_times_of_bundles(busy: Service) -> None:
    process = ProcessStatus(process="p", pid=1, host="h", role="everything", began_at=DAY, seen_at=DAY)
    stages = ("route.sign-ins", "route.igate-dossiers")
    busy.storage.status_board.save(process, [], times={TimeKey("duration", stage): Spent(1, 1.0) for stage in stages})
    names = {labels for name, labels in scrape(busy) if name.startswith(("lienthong_stage_duration", "lienthong_crit"))}
    assert names
    assert not any("sign-ins" in label for labels in names for _, label in labels)


def test_open_alarms_of_sinks_are_counted(busy: Service) -> None:
    since = "2026-11-20T01:00:00.000000Z"
    row = {"source": "dvcqg", "milestone": "arrived", "missing_in": "igate", "due_at": since, "announced_at": since}
    rows = [{**row, "alarm": code, "code": code, "data": "{}", "corrected_at": None} for code in ("A", "B")]
    with busy.storage.database.begin() as connection:
        connection.execute(insert(alarms), [*rows, {**rows[0], "alarm": "C", "corrected_at": since}])
    found, labels = scrape(busy), {"sink": "synchronisation", "alarm": "arrived-missing-in-igate"}
    assert value(found, "sink_alarms", **labels) == 2
    assert value(found, "sink_alarm_oldest_timestamp_seconds", **labels) == 1_795_136_400.0
