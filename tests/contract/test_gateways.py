"""What every gateway of notices promises, over the stand-ins of the sandbox; e-mail is in test_smtp.py."""

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from connectors.notices.gateway import Verdict
from lienthong import Transient
from tests.contract.gateways_contract import PHONE, GatewayBench, make_benches, message
from tests.databases import open_embedded
from tests.gateway_sandbox import GatewaySandbox, served_gateways

GATEWAYS = ("zalo", "esms", "vnpt", "viettel")
NOWHERE = "http://127.0.0.1:1"


@pytest.fixture(scope="module")
def served() -> Iterator[GatewaySandbox]:
    with served_gateways() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def benches(served: GatewaySandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, GatewayBench]]:
    folder = tmp_path_factory.mktemp("gateways")
    database = open_embedded(folder)
    yield make_benches(served, folder / "templates", database)
    database.dispose()


@pytest.fixture(params=GATEWAYS)
def bench(request: pytest.FixtureRequest, benches: dict[str, GatewayBench]) -> GatewayBench:
    return benches[request.param]


@pytest.fixture
def sandbox(served: GatewaySandbox) -> Iterator[GatewaySandbox]:
    yield served
    served.reset()


def new_id() -> str:
    return str(uuid.uuid4())


def test_a_notice_is_sent_once_with_its_cost(bench: GatewayBench, sandbox: GatewaySandbox) -> None:
    before = len(sandbox.sent(bench.name))
    answer = bench.gateway.send(message(new_id()))
    assert answer.verdict is Verdict.ACCEPTED
    assert (answer.cost, answer.parts) == ((300, None) if bench.name == "zalo" else (850, 1))
    assert [row["phone"] for row in sandbox.sent(bench.name)[before:]] == [PHONE]


@pytest.mark.parametrize("do", ["silence", "cut"])
def test_what_may_have_been_sent_is_in_doubt(bench: GatewayBench, sandbox: GatewaySandbox, do: str) -> None:
    bench.gateway.send(message(new_id()))
    before = len(sandbox.sent(bench.name))
    sandbox.order(bench.name, do, times=1)
    answer = bench.gateway.send(message(new_id()))
    assert answer.verdict is Verdict.IN_DOUBT
    assert len(sandbox.sent(bench.name)) == before + 1, "sent, and not again"


@pytest.mark.parametrize("do", ["drop", "error"])
def test_a_failure_after_the_request_has_left_is_in_doubt(
    bench: GatewayBench, sandbox: GatewaySandbox, do: str
) -> None:
    bench.gateway.send(message(new_id()))
    sandbox.order(bench.name, do, times=1)
    assert bench.gateway.send(message(new_id())).verdict is Verdict.IN_DOUBT


def test_without_a_connection_surely_nothing_was_sent(bench: GatewayBench) -> None:
    bench.gateway.send(message(new_id()))
    with pytest.raises(Transient):
        bench.make(NOWHERE).send(message(new_id()))


def test_a_gateway_that_is_down_for_a_day_takes_nothing_and_is_back(
    bench: GatewayBench, sandbox: GatewaySandbox
) -> None:
    bench.gateway.send(message(new_id()))
    before = len(sandbox.sent(bench.name))
    sandbox.set_clock("2023-11-01T08:00:00+07:00")
    sandbox.order(bench.name, "busy", until="2023-11-02T08:00:00+07:00")
    for _ in range(3):
        with pytest.raises(Transient):
            bench.gateway.send(message(new_id()))
    assert len(sandbox.sent(bench.name)) == before
    sandbox.set_clock("2023-11-02T08:00:00+07:00")
    assert bench.gateway.send(message(new_id())).verdict is Verdict.ACCEPTED


def test_an_unknown_code_is_tried_a_few_times_and_then_dead(bench: GatewayBench, sandbox: GatewaySandbox) -> None:
    sandbox.order(bench.name, "refuse", code="9876")
    verdicts = [bench.gateway.send(message(new_id(), attempt=attempt)).verdict for attempt in (1, 2, 3, 4)]
    assert verdicts == [Verdict.RETRY, Verdict.RETRY, Verdict.DEAD, Verdict.DEAD]


@pytest.mark.parametrize(
    ("name", "code", "verdict"),
    [
        ("zalo", "100", Verdict.RETRY),
        ("zalo", "104", Verdict.CONFIGURATION),
        ("zalo", "108", Verdict.OTHER_CHANNEL),
        ("zalo", "110", Verdict.OTHER_CHANNEL),
        ("zalo", "112", Verdict.CONFIGURATION),
        ("zalo", "113", Verdict.DEAD),
        ("zalo", "114", Verdict.OTHER_CHANNEL),
        ("zalo", "115", Verdict.NEXT_DAY),
        ("zalo", "118", Verdict.OTHER_CHANNEL),
        ("zalo", "119", Verdict.OTHER_CHANNEL),
        ("zalo", "133", Verdict.RETRY),
        ("esms", "101", Verdict.CONFIGURATION),
        ("esms", "103", Verdict.CONFIGURATION),
        ("esms", "108", Verdict.DEAD),
        ("esms", "124", Verdict.ACCEPTED),
        ("esms", "146", Verdict.CONFIGURATION),
        ("viettel", "0", Verdict.RETRY),
    ],
)
def test_a_code_means_what_its_table_tells(
    benches: dict[str, GatewayBench], sandbox: GatewaySandbox, name: str, code: str, verdict: Verdict
) -> None:
    sandbox.order(name, "refuse", code=code, times=1)
    answer = benches[name].gateway.send(message(new_id()))
    assert answer.verdict is verdict
    assert answer.code == (f"-{code}" if name == "zalo" else code)
    assert (answer.not_before is not None) is (code in ("115", "133"))


def test_the_number_of_a_recipient_orders_a_refusal_too(benches: dict[str, GatewayBench]) -> None:
    answer = benches["zalo"].gateway.send(message(new_id(), "84990000114"))
    assert (answer.verdict, answer.code) == (Verdict.OTHER_CHANNEL, "-114")


def test_the_night_and_the_next_day_begin_in_local_time(
    benches: dict[str, GatewayBench], sandbox: GatewaySandbox
) -> None:
    zalo = benches["zalo"].gateway
    for code in ("133", "115"):
        sandbox.order("zalo", "refuse", code=code, times=1)
        not_before = zalo.send(message(new_id())).not_before
        assert not_before is not None
        assert not_before.isoformat() == "2023-11-16T06:00:00+07:00"


@pytest.mark.parametrize(
    "phone", ["0912345678", "842693824404", "+16502530000", "84912345", "", "84912345678,84987654321"]
)
def test_nothing_leaves_to_what_is_no_mobile_number(bench: GatewayBench, sandbox: GatewaySandbox, phone: str) -> None:
    before = len(sandbox.sent(bench.name))
    answer = bench.gateway.send(message(new_id(), phone))
    assert answer.verdict is (Verdict.OTHER_CHANNEL if bench.name == "zalo" else Verdict.DEAD)
    assert len(sandbox.sent(bench.name)) == before


@pytest.mark.parametrize("text", ["Hồ sơ đã nhận", "", None])
def test_no_sms_leaves_with_marks_or_without_text(
    bench: GatewayBench, sandbox: GatewaySandbox, text: str | None
) -> None:
    if bench.name == "zalo":
        assert bench.gateway.send(message(new_id(), text=None)).verdict is Verdict.ACCEPTED
        return
    before = len(sandbox.sent(bench.name))
    assert bench.gateway.send(message(new_id(), text=text)).verdict is Verdict.DEAD
    assert len(sandbox.sent(bench.name)) == before


def test_a_missing_template_stops_the_channel(bench: GatewayBench) -> None:
    answer = bench.gateway.send(message(new_id(), template="nothing"))
    assert answer.verdict is Verdict.CONFIGURATION
    assert "nothing" in answer.why


def test_no_secret_and_no_recipient_stands_in_an_answer_or_an_error(
    bench: GatewayBench, sandbox: GatewaySandbox
) -> None:
    texts = [repr(bench.gateway.send(message(new_id())))]
    for do, more in (("refuse", {"code": "9876"}), ("cut", {}), ("error", {})):
        sandbox.order(bench.name, do, times=1, **more)
        texts.append(repr(bench.gateway.send(message(new_id()))))
    for url in (NOWHERE, "http://user:sandbox@127.0.0.1:1"):
        with pytest.raises(Transient) as failed:
            bench.make(url).send(message(new_id()))
        texts.append(f"{failed.value!r} {failed.value.__cause__!r}")
    texts.append(repr(message(new_id())))
    assert not [text for text in texts if "sandbox" in text or PHONE in text or PHONE[2:] in text]


def test_esms_knows_a_request_again_so_that_a_doubt_can_be_resolved(
    benches: dict[str, GatewayBench], sandbox: GatewaySandbox
) -> None:
    esms, notice = benches["esms"].gateway, message(new_id())
    assert esms.knows_repeats
    sandbox.order("esms", "silence", times=1)
    assert esms.send(notice).verdict is Verdict.IN_DOUBT
    again = esms.send(notice)
    assert (again.verdict, again.code) == (Verdict.ACCEPTED, "124")
    assert len(sandbox.sent("esms", notice.notice_id)) == 1


@pytest.mark.parametrize("name", ["zalo", "esms"])
def test_a_gateway_is_asked_what_became_of_a_notice(
    benches: dict[str, GatewayBench], sandbox: GatewaySandbox, name: str
) -> None:
    gateway, notice = benches[name].gateway, message(new_id())
    answer = gateway.send(notice)
    assert answer.gateway_id
    found = gateway.query(notice.notice_id, answer.gateway_id)
    assert found is not None
    assert found.verdict is Verdict.ACCEPTED
    assert gateway.query(notice.notice_id, None) is None
    assert gateway.query(notice.notice_id, "unknown") is None


@pytest.mark.parametrize("name", ["vnpt", "viettel"])
def test_these_cannot_be_asked(benches: dict[str, GatewayBench], name: str) -> None:
    assert benches[name].gateway.query(new_id(), "x") is None


def test_an_expired_token_of_zalo_is_renewed_and_the_notice_sent_once(
    benches: dict[str, GatewayBench], sandbox: GatewaySandbox
) -> None:
    zalo, notice = benches["zalo"].gateway, message(new_id())
    zalo.send(message(new_id()))
    sandbox.expire_tokens()
    assert zalo.send(notice).verdict is Verdict.ACCEPTED
    assert len(sandbox.sent("zalo", notice.notice_id)) == 1


def test_the_parameters_of_vnpt_go_by_number_and_without_marks(
    benches: dict[str, GatewayBench], sandbox: GatewaySandbox
) -> None:
    notice = replace(message(new_id()), parameters={"other": "x", "ma": "Hồ sơ 1"})
    assert benches["vnpt"].gateway.send(notice).verdict is Verdict.ACCEPTED
    assert sandbox.sent("vnpt", notice.notice_id)[0]["content"] == [{"NUM": "1", "CONTENT": "Ho so 1"}]
