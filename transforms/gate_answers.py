"""The steps that answer the questions at the gates (`schemas.requests.gates`) from the rules of a route."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from lienthong import Envelope, clean_text
from transforms.agency_codes import receiving_agencies, with_superiors
from transforms.gates import Component, Dossier, Gate, Rule, decide


def forward(envelope: Envelope, *, rules: Sequence[Rule]) -> Envelope:
    """Answer whether the dossier may be forwarded. `rules` are those of this gate; see `transforms.gates.Rule`.

    The agency is the one with which the dossier's code begins; a rule may name it, or one above it.
    """
    return _answered(envelope, "forward", rules)


def close(envelope: Envelope, *, rules: Sequence[Rule]) -> Envelope:
    """Answer whether the dossier may be closed. See `forward`."""
    return _answered(envelope, "close", rules)


def _answered(envelope: Envelope, gate: Gate, rules: Sequence[Rule]) -> Envelope:
    data = envelope.data
    at = datetime.fromisoformat(data["at"]) if data.get("at") else envelope.time
    dossier = Dossier(
        channel=data["channel"],
        components=[
            Component(each["code"], each["name"], each["digitised"], each.get("shown_only") or False)
            for each in data["components"]
        ],
        digests=[each.get("digest") for each in data["results"]],
        classified=data.get("classified") or False,
        internal_verification=data.get("internal_verification") or False,
    )
    of_province = [_written_as_codes_are(rule) for rule in rules]
    answer = decide(gate, dossier, at, rules=of_province, agencies=receiving_agencies(data["dossier"]))
    since = answer.in_force_since
    given = {**asdict(answer), "reasons": [asdict(reason) for reason in answer.reasons]}
    return envelope.with_data(
        envelope.type, {**data, "answer": {**given, "in_force_since": since and since.isoformat()}}
    )


def _written_as_codes_are(rule: Rule) -> Rule:
    """The rule with its agency in the form in which `receiving_agencies` gives them."""
    if rule.agency is None or not clean_text(rule.agency):
        return rule
    return Rule(rule.name, rule.in_force_since, rule.ends_on, with_superiors(rule.agency)[0])
