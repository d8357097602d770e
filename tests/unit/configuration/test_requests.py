"""Requests: what is read of them, what `check` finds across files, and how they are explained."""

import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from lienthong.configuration.cases import CaseResult, run_cases
from lienthong.configuration.check import check
from lienthong.configuration.check_requests import OWN_PATHS, OWN_ROOTS
from lienthong.configuration.event_schemas import schema_of
from lienthong.configuration.explain import explain
from lienthong.configuration.explain_origins import explain_request
from lienthong.configuration.json_schema.write import make_schemas
from lienthong.configuration.load import load
from lienthong.configuration.personal import all_personal_keys, personal_keys
from lienthong.configuration.resolve import make_pipeline
from lienthong.errors import Transient
from lienthong.outcome import Done, Later
from lienthong.ports import Found
from lienthong.route import Enrich
from lienthong.settings import RequestSettings, Settings
from tests.events import event
from tests.house import editors

ASKED = Path(__file__).parent / "asked"
REQUEST = "config/requests/residents.yaml"


@pytest.fixture
def asked(project: Path) -> Path:
    """The sound project with a request."""
    shutil.copytree(ASKED, project, dirs_exist_ok=True)
    return project


def read(project: Path) -> Settings:
    settings, findings = load(project, {})
    assert findings == []
    return settings


def change(project: Path, file: str, *pairs: tuple[str, str]) -> None:
    path = project / file
    text = path.read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def add(project: Path, name: str, *pairs: tuple[str, str]) -> None:
    """A second request, with its route and cases, that differs from the first as `pairs` state."""
    for file in (REQUEST, "routes/residents.yaml", "routes/residents.cases.yaml"):
        (project / file.replace("residents", name)).write_text((project / file).read_text("utf-8"), encoding="utf-8")
    change(project, f"config/requests/{name}.yaml", *pairs)
    change(project, f"routes/{name}.yaml", ("request: residents", f"request: {name}"))


def codes(project: Path) -> list[tuple[str, str]]:
    return [(finding.file, finding.code) for finding in check(project, {})]


def test_a_project_with_a_request_is_sound(asked: Path) -> None:
    assert check(asked, {}) == []


def test_what_is_read_of_a_request(asked: Path) -> None:
    assert read(asked).requests == {
        "residents": RequestSettings(
            name="residents",
            path="/v1/houses/{house}",
            method="GET",
            accepts="sample_parts.asked.Question",
            answers="sample_parts.asked.Answer",
            within=timedelta(seconds=2),
            scope="residents",
            type="resident-question.v1",
            description="Who lives in a house",
        )
    }
    assert read(asked).routes["residents"].source == "request.residents"
    assert read(asked).routes["residents"].to == ()


def test_a_request_is_asked_by_post_and_by_any_client_unless_it_states_more(asked: Path) -> None:
    change(asked, REQUEST, ("method: GET\n", ""), ("scope: residents\n", ""))
    request = read(asked).requests["residents"]
    assert (request.method, request.scope) == ("POST", "")


def test_an_environment_lays_its_keys_over_a_request(asked: Path) -> None:
    change(asked, "config/env/production.yaml", ("bus:", "requests: {residents: {within: 5s}}\nbus:"))
    settings, findings = load(asked, {"LIENTHONG_ENV": "production"})
    assert findings == []
    assert settings.requests["residents"].within == timedelta(seconds=5)


def test_a_request_that_is_disabled_is_a_warning_at_its_route(asked: Path) -> None:
    change(asked, REQUEST, ("scope:", "enabled: false\nscope:"))
    assert read(asked).requests == {}
    assert codes(asked) == [("routes/residents.yaml", "LT613")]


def test_a_route_that_is_disabled_still_belongs_to_its_request(asked: Path) -> None:
    change(asked, "routes/residents.yaml", ("to: []", "to: []\nenabled: false"))
    assert codes(asked) == []


def test_two_routes_cannot_answer_one_request(asked: Path) -> None:
    for ending in ("yaml", "cases.yaml"):
        shutil.copy(asked / f"routes/residents.{ending}", asked / f"routes/others.{ending}")
    assert codes(asked) == [(REQUEST, "LT906")]
    change(asked, "routes/others.yaml", ("to: []", "to: []\nenabled: false"))
    assert codes(asked) == []


def test_a_route_of_another_door_still_needs_a_sink(asked: Path) -> None:
    change(asked, "routes/residents.yaml", ("{request: residents}", "office"))
    assert ("routes/residents.yaml", "LT206") in codes(asked)


@pytest.mark.parametrize(
    ("path", "method", "meets"),
    [
        ("/v1/houses/{number}", "GET", True),
        ("/v1/houses/seven", "GET", True),
        ("/v1/{house}/{number}", "GET", True),
        ("/v1/houses/{house}", "POST", False),
        ("/v1/houses", "GET", False),
        ("/v1/houses/{house}/rooms", "GET", False),
        ("/v1/homes/{house}", "GET", False),
    ],
)
def test_two_requests_cannot_share_an_address(asked: Path, path: str, method: str, meets: bool) -> None:
    add(asked, "second", ("/v1/houses/{house}", path), ("method: GET", f"method: {method}"))
    assert ("config/requests/second.yaml", "LT902") in codes(asked) if meets else "LT902" not in str(codes(asked))


@pytest.mark.parametrize(
    "path",
    [*OWN_PATHS, *(f"/{root}" for root in OWN_ROOTS), "/in/office", "/readyz/{house}", "/{house}", "/v1/{house}"],
)
def test_the_engines_own_paths_are_not_for_requests(asked: Path, path: str) -> None:
    change(asked, REQUEST, ("/v1/houses/{house}", path))
    assert (REQUEST, "LT901") in codes(asked)


@pytest.mark.parametrize("path", ["/v1/houses", "/v2/client", "/v1/client/{house}", "/insight", "/v1/in", "/a.b/~c_d"])
def test_other_paths_are(asked: Path, path: str) -> None:
    change(asked, REQUEST, ("/v1/houses/{house}", path))
    assert codes(asked) == []


@pytest.mark.parametrize(
    "path", ["/", "/v1/", "//v1", "/v1/{house", "/v1/h-{house}", "/v1/{house:path}", "/v1/nhà", "/v1/a?b", "/v1/.."]
)
def test_a_path_has_whole_steps(asked: Path, path: str) -> None:
    change(asked, REQUEST, ("path: /v1/houses/{house}", f"path: '{path}'"))
    assert (REQUEST, "LT901") in codes(asked)


SCANNED = (
    ("method: GET\n", "method: POST\nbody: multipart\n"),
    ("asked.Question", "asked.Scan"),
    ("/v1/houses/{house}", "/v1/houses/{house}/scans"),
)


def test_a_request_that_takes_a_file(asked: Path) -> None:
    change(asked, REQUEST, *SCANNED, ("within:", "max_bytes: 1000\nmedia_types: [application/pdf]\nwithin:"))
    request = read(asked).requests["residents"]
    assert (request.body, request.max_bytes, request.media_types) == ("multipart", 1000, ("application/pdf",))
    assert codes(asked) == []


def test_a_request_that_chooses_its_replies(asked: Path) -> None:
    more = "statuses: [200, 201]\nlocation: /v1/houses/{to}\nproblems: {not-there: 409}\nwithin:"
    change(asked, REQUEST, ("method: GET", "method: POST"), ("within:", more))
    request = read(asked).requests["residents"]
    assert (request.statuses, request.location) == ((200, 201), "/v1/houses/{to}")
    assert request.problems == {"not-there": 409}
    assert codes(asked) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ([("method: GET", "method: GET\nbody: multipart")], ["LT910", "LT910"]),
        ([("method: GET", "method: POST\nbody: multipart")], ["LT910"]),
        ([("method: GET", "method: POST\nmax_bytes: 5")], ["LT910"]),
        ([("method: GET", "method: POST\nmedia_types: [application/pdf]")], ["LT910"]),
        ([*SCANNED, ("within:", "media_types: [pdf]\nwithin:")], ["LT207"]),
        ([*SCANNED, ("within:", "max_bytes: 0\nwithin:")], ["LT207"]),
        ([("scope: residents", "access: open")], []),
        ([("within:", "access: open\nwithin:")], ["LT912"]),
        ([*SCANNED, ("scope: residents", "access: open")], ["LT912"]),
        ([("within:", "statuses: [200, 201]\nwithin:")], ["LT911"]),
        ([("within:", "location: /v1/x\nwithin:")], ["LT911"]),
        ([("within:", "statuses: [201]\nlocation: /v1/{too}\nwithin:")], ["LT911"]),
        ([("within:", "statuses: [201]\nlocation: v1\nwithin:")], ["LT911"]),
        ([("within:", "problems: {unavailable: 409}\nwithin:")], ["LT911"]),
        ([("within:", "problems: {x: 500}\nwithin:")], ["LT207"]),
        ([("within:", "statuses: [418]\nwithin:")], ["LT207"]),
        (
            [("sample_parts.asked.Answer", "lienthong.FileAnswer"), ("within:", "statuses: [202]\nwithin:")],
            ["LT911"],
        ),
    ],
)
def test_what_no_caller_could_send_or_receive(asked: Path, changes: list[tuple[str, str]], found: list[str]) -> None:
    change(asked, REQUEST, *changes)
    kinds = [code for name, code in codes(asked) if name == REQUEST]
    assert [code if code.startswith("LT9") else "LT207" for code in kinds] == found


@pytest.mark.parametrize(
    ("budget", "found"), [("300ms", []), ("1999ms", []), ("2s", ["LT908"]), ("5s", ["LT908"]), ("0ms", ["LT205"])]
)
def test_the_budget_of_a_lookup_is_less_than_the_time_of_the_request(
    asked: Path, budget: str, found: list[str]
) -> None:
    change(asked, "routes/residents.yaml", ("from: residents", f"from: residents\n    budget: {budget}"))
    assert [code for _, code in codes(asked)] == found


def test_the_budget_of_a_step_is_read_and_explained(asked: Path) -> None:
    change(asked, "routes/residents.yaml", ("from: residents", "from: residents\n    budget: 300ms"))
    settings = read(asked)
    (step,) = settings.routes["residents"].steps
    assert isinstance(step, Enrich)
    assert step.budget == timedelta(milliseconds=300)
    assert any("waited for 300ms (`budget`)" in line.text for line in explain(settings.routes["residents"], settings))


@pytest.mark.parametrize(("budget", "known"), [("    budget: 30s", False), ("", None)])
def test_the_pipeline_of_a_route_has_its_budgets(asked: Path, budget: str, known: bool | None) -> None:
    class Down:
        def find_many(self, keys: Sequence[str]) -> Found:
            raise Transient("dừng")

    change(asked, "routes/residents.yaml", ("from: residents", f"from: residents\n{budget}"))
    settings = read(asked)
    pipeline = make_pipeline(settings.routes["residents"], settings, {"residents": Down()})
    (outcome,) = pipeline.run([event("1", house="1")])
    if known is None:
        assert isinstance(outcome, Later)
    else:
        assert isinstance(outcome, Done)
        assert outcome.envelope.data["answer"]["is_known"] is known


def test_a_route_of_any_door_may_have_a_budget(asked: Path) -> None:
    change(asked, "routes/letters.yaml", ("    from: residents", "    from: residents\n    budget: 30s"))
    assert codes(asked) == []


def test_the_marks_of_questions_and_answers_are_personal_keys(asked: Path) -> None:
    change(asked, REQUEST, ("Question", "Personally"), ("method: GET\n", ""), ("/{house}", ""))
    settings = read(asked)
    assert all_personal_keys(settings) == {"identity": "identity", "to": "name"}
    assert personal_keys(settings, "resident-question.v1") == {"identity": "identity", "to": "name"}
    assert personal_keys(settings, "another.v1") is None


def test_an_edited_question_is_checked_without_what_the_engine_adds(asked: Path) -> None:
    faults = schema_of(read(asked))
    assert faults("resident-question.v1", {"house": "1", "client": "counter", "answer": {"to": None}}) == []
    assert faults("resident-question.v1", {"client": "counter"}) == ["field `house` is missing"]
    assert len(faults("another.v1", {})) == 1


def test_a_request_is_explained(asked: Path) -> None:
    settings = read(asked)
    assert [(line.label, line.text) for line in explain_request(settings.requests["residents"], settings)] == [
        ("residents", "Who lives in a house"),
        ("asked", "`GET /v1/houses/{house}`"),
        ("by", "clients with the scope `residents`"),
        ("within", "2s; later the caller receives status 503"),
        ("question", "`sample_parts.asked.Question`"),
        ("answer", "`sample_parts.asked.Answer`"),
        ("event", "`resident-question.v1`: the fields of the question, client, answer"),
        ("to", "`residents`"),
    ]
    route = explain(settings.routes["residents"], settings)
    assert route[1].text == "`residents`, asked at `GET /v1/houses/{house}`: Who lives in a house"
    assert [line.text for line in route if line.label == "retry"] == [
        "none: without an answer in time the caller receives status 503"
    ]


def test_editors_know_requests_and_the_routes_that_answer_them(asked: Path) -> None:
    schemas = make_schemas(asked, {}, "en")
    request = editors.parse((asked / REQUEST).read_bytes())
    assert editors.refusals(schemas["request"], request) == []
    for key, wrong in {
        "path": "/docs/{house}",
        "method": "PUT",
        "within": "61s",
        "scope": "residents:*",
        "accepts": "sample_parts.asked.Unknown",
    }.items():
        assert editors.refusals(schemas["request"], {**request, key: wrong}), key
    route = editors.parse((asked / "routes/residents.yaml").read_bytes())
    assert editors.refusals(schemas["route"], route) == []
    environment = {"requests": {"residents": {"within": "5s", "enabled": False}}}
    assert editors.refusals(schemas["env"], environment) == []
    for unknown in ({"resident": {}}, {"residents": {"every": "5s"}}, {"residents": {"within": "5"}}):
        assert editors.refusals(schemas["env"], {"requests": unknown}), unknown
    for wrong in ({"request": "unknown"}, {"source": "office"}, "office"):  # the others lead somewhere
        assert editors.refusals(schemas["route"], {**route, "from": wrong}), wrong


def test_the_cases_of_a_request_pass(asked: Path) -> None:
    assert [(one.passed, one.why) for one in judged(asked)] == [(True, "")] * 3


def judged(project: Path, *lines: str) -> list[CaseResult]:
    if lines:
        text = "".join(f"    {line}\n" for line in lines)
        (project / "routes/residents.cases.yaml").write_text(f"cases:\n  - name: it\n{text}", encoding="utf-8")
    return [one for one in run_cases(project, read(project)) if one.route == "residents"]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (['asked: {house: "1"}', "answered: {to: Hoa}"], 'answer.to should be "Hoa", but is null'),
        (['asked: {house: "1"}', "answered: {name: Hoa}"], "answer.name is missing"),
        (['asked: {house: "404"}', "answered: {to: Hoa}"], "expected done, but it is dropped: "),
        (['asked: {house: "1"}', "expect: {verdict: refused}"], "expected refused, but it is done"),
        (["asked: {house: x}", "expect: {verdict: dead}"], "expected dead, but it is refused: số nhà"),
        (["asked: {house: x}", "expect: {verdict: refused, field: kind}"], "expected the field `kind` to be at fault"),
        (["asked: {}", "answered: {to: Hoa}"], "expected done, but it is refused: /house: "),
    ],
)
def test_a_case_of_a_request_that_fails_shows_what_differs(asked: Path, lines: list[str], why: str) -> None:
    (result,) = judged(asked, *lines)
    assert not result.passed
    assert result.why.startswith(why)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ("{}", "house"),
        ('{house: ""}', "house"),
        ("{house: 1}", "house"),
        ('{house: "1", kind: other}', "kind"),
        ('{house: "1", sent: "31/12/2025"}', "sent"),
        ('{house: "1", hause: "1"}', "hause"),
        ('{house: "a\\0", kind: other}', "kind"),
    ],
)
def test_a_question_that_its_model_refuses_is_refused(asked: Path, fields: str, field: str) -> None:
    (result,) = judged(asked, f"asked: {fields}", f"expect: {{verdict: refused, field: {field}}}")
    assert result.passed, result.why


def test_the_data_of_a_question_has_its_fields_and_its_client(asked: Path) -> None:
    data = "{house: '1', kind: null, sent: '2025-12-31', client: counter, answer: {is_known: true}}"
    lines = ['asked: {house: " 1 ", sent: "2025-12-31"}', "client: counter"]
    (result,) = judged(asked, *lines, f"expect: {{verdict: done, type: resident-question.v1, data: {data}}}")
    assert result.passed, result.why


def test_a_lookup_that_is_not_known_in_time_is_a_value_of_a_case(asked: Path) -> None:
    change(asked, "routes/residents.yaml", ("from: residents", "from: residents\n    budget: 1ms"))
    lines = ['asked: {house: "1"}', "found: {residents: not-known}"]
    (result,) = judged(asked, *lines, "answered: {to: null, is_known: false}")
    assert result.passed, result.why
    assert codes(asked) == [("routes/residents.cases.yaml", "LT702")]  # only that no question is refused


def test_without_a_budget_it_waits(asked: Path) -> None:
    (result,) = judged(asked, 'asked: {house: "1"}', "found: {residents: not-known}", "answered: {is_known: false}")
    assert result.why.startswith("expected done, but it is later: ")


def test_a_lookup_in_time_is_in_time_on_a_slow_machine_too(asked: Path) -> None:
    change(asked, "routes/residents.yaml", ("from: residents", "from: residents\n    budget: 1ms"))
    lines = ['asked: {house: "1"}', 'found: {residents: {"1": Hoa}}', "answered: {to: Hoa}"]
    assert all(judged(asked, *lines)[0].passed for _ in range(50))


def test_a_request_that_is_disabled_keeps_its_cases(asked: Path) -> None:
    change(asked, REQUEST, ("scope:", "enabled: false\nscope:"))
    assert all(one.passed for one in judged(asked))


def test_an_event_may_be_given_to_a_route_that_answers(asked: Path) -> None:
    given = 'given: {type: t, subject: s, received_at: 2026-01-30T16:00:00+07:00, data: {house: "1", client: c}}'
    (result,) = judged(asked, given, "expect: {verdict: done, data: {answer: {is_known: true}}}")
    assert result.passed, result.why


@pytest.mark.parametrize(
    ("lines", "advice"),
    [
        (['asked: {house: "1"}', "answered: {}"], "verdict: refused"),
        (['asked: {house: "404"}', "expect: {verdict: dropped}"], "answered: {"),
    ],
)
def test_a_request_shows_an_answer_and_a_question_without_one(asked: Path, lines: list[str], advice: str) -> None:
    judged(asked, *lines)
    (finding,) = check(asked, {})
    assert finding.code == "LT702"
    assert advice in finding.advice


def test_editors_know_the_cases_of_a_request(asked: Path) -> None:
    schema = make_schemas(asked, {}, "en")["cases"]
    cases = editors.parse((asked / "routes/residents.cases.yaml").read_bytes())
    assert editors.refusals(schema, cases) == []
    first = cases["cases"][0]
    assert editors.refusals(schema, {"cases": [{**first, "found": {"residents": "not-known"}}]}) == []
    for wrong in (
        {"found": {"residents": "known"}},
        {"expect": {"verdict": "dropped"}},
        {"given": {}},
        {"answered": []},
    ):
        assert editors.refusals(schema, {"cases": [{**first, **wrong}, first]}), wrong
