"""The gates before forwarding and closing: exemptions, dates of effect, and rules of single agencies."""

from datetime import UTC, date, datetime, timedelta

import pytest

from transforms.gates import Channel, Component, Dossier, Gate, Rule, decide

APRIL = date(2024, 4, 1)
RULES = (Rule("quy định", APRIL),)
MIDNIGHT = datetime(2024, 3, 31, 17, tzinfo=UTC)
SCANNED = Component("TP1", "Tờ khai", digitised=True)
PAPER = Component("TP2", "Giấy khai sinh", digitised=False)
SHOWN = Component("TP3", "Căn cước", digitised=False, shown_only=True)


@pytest.mark.parametrize(
    ("dossier", "missing"),
    [
        (Dossier("in_person", [SCANNED, PAPER]), ["TP2"]),
        (Dossier("post", [PAPER, PAPER]), ["TP2", "TP2"]),
        (Dossier("in_person", [SHOWN, PAPER]), ["TP2"]),
        (Dossier("in_person", [SHOWN, SCANNED]), []),
        (Dossier("in_person"), []),
        (Dossier("online", [PAPER]), []),
        (Dossier("in_person", [PAPER], classified=True), []),
        (Dossier("post", [PAPER], internal_verification=True), []),
    ],
)
def test_a_dossier_is_forwarded_when_all_that_must_be_digitised_is(dossier: Dossier, missing: list[str]) -> None:
    answer = decide("forward", dossier, MIDNIGHT, rules=RULES)
    assert [(reason.code, reason.component) for reason in answer.reasons] == [
        ("component-not-digitised", code) for code in missing
    ]
    assert (answer.allowed, answer.rule, answer.in_force_since) == (not missing, "quy định", APRIL)


@pytest.mark.parametrize("channel", ["in_person", "online", "post"])
@pytest.mark.parametrize(
    ("digests", "allowed"),
    [((), False), ((None,), False), (("",), False), (("sha256:1",), True), ((None, "sha256:1"), True)],
)
def test_a_dossier_is_closed_with_an_electronic_result_alone(
    channel: Channel, digests: tuple[str | None, ...], allowed: bool
) -> None:
    dossier = Dossier(channel, digests=digests, classified=True, internal_verification=True)
    answer = decide("close", dossier, MIDNIGHT, rules=RULES)
    assert (answer.allowed, [each.code for each in answer.reasons]) == (
        allowed,
        [] if allowed else ["no-electronic-result"],
    )


@pytest.mark.parametrize("gate", ["forward", "close"])
def test_before_a_rule_is_in_force_all_is_allowed_and_a_note_tells_from_when(gate: Gate) -> None:
    answer = decide(gate, Dossier("in_person", [PAPER]), MIDNIGHT - timedelta(seconds=1), rules=RULES)
    assert (answer.allowed, answer.reasons) == (True, ())
    assert "01/04/2024" in str(answer.note)
    assert not decide(gate, Dossier("in_person", [PAPER]), MIDNIGHT, rules=RULES).allowed


def test_without_a_rule_all_is_allowed() -> None:
    answer = decide("close", Dossier("in_person"), MIDNIGHT, rules=())
    assert (answer.allowed, answer.rule, answer.in_force_since) == (True, None, None)


def test_the_rule_of_the_nearest_agency_counts() -> None:
    rules = (*RULES, Rule("riêng", date(2024, 3, 1), agency="H08.17"))
    paper = Dossier("in_person", [PAPER])
    inside = decide("forward", paper, MIDNIGHT, rules=rules, agencies=["H08.17.01", "H08.17", "H08"])
    assert (inside.allowed, inside.rule) == (False, "riêng")
    assert decide("forward", paper, MIDNIGHT, rules=rules, agencies=["H08.12", "H08"]).rule == "quy định"


def test_a_rule_that_has_ended_counts_no_more() -> None:
    paper = Dossier("in_person", [PAPER])
    ended = Rule("cũ", date(2024, 3, 1), ends_on=date(2024, 4, 1), agency="H08.17")
    before = MIDNIGHT - timedelta(seconds=1)
    assert decide("forward", paper, before, rules=[ended], agencies=["H08.17"]).rule == "cũ"
    assert decide("forward", paper, MIDNIGHT, rules=[ended], agencies=["H08.17"]).rule is None
    assert decide("forward", paper, MIDNIGHT, rules=[ended, *RULES], agencies=["H08.17"]).rule == "quy định"


def test_of_several_rules_the_newest_in_force_counts() -> None:
    newer = Rule("mới", date(2024, 5, 1))
    paper = Dossier("in_person", [PAPER])
    found = [decide("forward", paper, MIDNIGHT + timedelta(days=n), rules=[newer, *RULES]).rule for n in (0, 29, 30)]
    assert found == ["quy định", "quy định", "mới"]


def test_a_rule_of_an_agency_with_a_later_day_replaces_none_before_it() -> None:
    later = Rule("của sở", date(2024, 6, 1), agency="B")
    rules = (*RULES, later)
    day = datetime(2024, 5, 1, tzinfo=UTC)
    answer = decide("forward", Dossier("in_person", [PAPER]), day, rules=rules, agencies=["A", "B"])
    assert (answer.allowed, answer.rule) == (False, "quy định")
    answer = decide(
        "forward", Dossier("in_person", [PAPER]), day + timedelta(days=60), rules=rules, agencies=["A", "B"]
    )
    assert (answer.allowed, answer.rule) == (False, "của sở")


def test_before_any_rule_is_in_force_the_first_one_to_come_is_named() -> None:
    rules = (Rule("của sở", date(2024, 6, 1), agency="B"), *RULES)
    answer = decide("forward", Dossier("in_person", [PAPER]), MIDNIGHT - timedelta(days=9), rules=rules, agencies=["B"])
    assert (answer.allowed, answer.rule, answer.in_force_since) == (True, "quy định", APRIL)
