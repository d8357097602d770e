"""Dead letters: by cause, one by one, one with all of its story, and given up. Everything is masked."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lienthong.configuration.personal import personal_keys
from lienthong.dead_letters import actions
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.cause import cause_of
from lienthong.dead_letters.json_edit import masked_diff
from lienthong.dead_letters.model import Edit, LetterFilter, LetterGroup, LetterStore, LetterSummary
from lienthong.ledger.records import OPERATOR_VERDICTS, Entry
from lienthong.masking import mask_data, mask_text
from lienthong.messages import message
from lienthong.operations.trail import masked_entries, trail_json
from lienthong.settings import Settings
from lienthong.topology import route_queue, sink_queue


@dataclass(frozen=True, slots=True)
class OwnedGroup:
    """The letters of one cause, and who answers for them."""

    letters: LetterGroup
    owner: str

    @property
    def reason(self) -> str:
        return mask_text(self.letters.cause.reason)


@dataclass(frozen=True, slots=True)
class OwnedLetter:
    """A line of the list of letters: the letter masked, the id of its group, and who answers for it."""

    summary: LetterSummary
    group: str
    owner: str


def groups(letter_store: LetterStore, wanted: LetterFilter, settings: Settings) -> Sequence[OwnedGroup]:
    """By cause, the most frequent first."""
    owners = _owners(settings)
    return [
        OwnedGroup(group, owners.get(group.cause.stage) or ", ".join(group.sources))
        for group in letter_store.letters.groups(wanted)
    ]


def _owners(settings: Settings) -> Mapping[str, str]:
    """By stage, the `owner` that the route or the sink names; where none is named, the source answers for it."""
    owners = {route_queue(route.name): route.owner for route in settings.routes.values()}
    return owners | {sink_queue(sink.name): sink.owner for sink in settings.sinks.values()}


def letters(letter_store: LetterStore, wanted: LetterFilter, settings: Settings) -> Iterator[OwnedLetter]:
    """By number, as they are read: a hundred thousand need no more memory than one."""
    owners = _owners(settings)
    return (_owned(summary, owners) for summary in letter_store.letters.search(wanted))


def _owned(summary: LetterSummary, owners: Mapping[str, str]) -> OwnedLetter:
    cause = cause_of(stage=summary.stage, error=summary.error, field=summary.field, reason=summary.reason)
    return OwnedLetter(_masked(summary), cause.id, owners.get(summary.stage) or summary.source)


def _masked(summary: LetterSummary) -> LetterSummary:
    return replace(summary, subject=mask_text(summary.subject), reason=mask_text(summary.reason))


@dataclass(frozen=True, slots=True)
class LetterDetails:
    """One letter with its story. `data` is masked; `keys_known` is False when all of its text had to be hidden."""

    letter: OwnedLetter
    type: str
    attempts: Sequence[Entry]
    acts: Sequence[Entry]
    edits: Sequence[Edit]
    data: Mapping[str, Any]
    keys_known: bool


def letter_details(letter_store: LetterStore, number: int, settings: Settings) -> LetterDetails | None:
    """The letter of this number, in any state; None when there is none."""
    found = letter_store.letters.summaries([number])
    if not found:
        return None
    owned = _owned(found[0], _owners(settings))
    letter = letter_store.letters.load([number])[0]
    personal = personal_keys(settings, letter.envelope.type)
    story = masked_entries(letter_store.ledger.trail(letter.envelope.id))
    here = [entry for entry in story if entry.stage == letter.stage]
    return LetterDetails(
        owned,
        letter.envelope.type,
        attempts=[entry for entry in here if entry.verdict not in OPERATOR_VERDICTS],
        acts=[entry for entry in here if entry.verdict in OPERATOR_VERDICTS],
        edits=letter_store.edits.history(number),
        data=mask_data(letter.envelope.data, personal),
        keys_known=personal is not None,
    )


def changes_since_before(letter_store: LetterStore, event_id: str, settings: Settings) -> Sequence[str]:
    """The masked lines of a unified diff from the version of the record before to this event, both as received.

    None for the first version.
    """
    versions = letter_store.letters.last_two_versions(event_id)
    before, now = versions or (None, None)
    if before is None or now is None:
        return ()
    titles = (message("the version before"), message("this event"))
    lines = masked_diff(before.data, now.data, personal_keys(settings, now.type), titles)
    return [mask_text(line) for line in lines]


def content_of(letter_store: LetterStore, event_id: str, settings: Settings) -> Mapping[str, Any] | None:
    """The content of an event as it was received, masked; None when the ledger does not have it."""
    versions = letter_store.letters.last_two_versions(event_id)
    if versions is None:
        return None
    found: Mapping[str, Any] = mask_data(versions[1].data, personal_keys(settings, versions[1].type))
    return found


@dataclass(frozen=True, slots=True)
class Discarded:
    """What came of giving letters up, by number: done, done by another act before, no such letter."""

    discarded: Sequence[int]
    earlier: Sequence[int]
    missing: Sequence[int]


def discard_letters(letter_store: LetterStore, numbers: Iterable[int], *, actor: Actor, reason: str) -> Discarded:
    """Give these letters up for good. The ledger records who and why."""
    wanted = sorted(set(numbers))
    missing = set(wanted) - {summary.number for summary in letter_store.letters.summaries(wanted)}
    return _discard(letter_store, wanted, missing, actor=actor, reason=reason)


def discard_group(letter_store: LetterStore, group: str, *, actor: Actor, reason: str) -> Discarded:
    """Give up every parked letter of a group."""
    numbers = array("q", (summary.number for summary in letter_store.letters.search(LetterFilter(group=group))))
    return _discard(letter_store, numbers, set(), actor=actor, reason=reason)


def _discard(
    letter_store: LetterStore, numbers: Sequence[int], missing: set[int], *, actor: Actor, reason: str
) -> Discarded:
    discarded = actions.discard(letter_store, numbers, who=actor, reason=reason)
    earlier = sorted(set(numbers) - set(discarded) - missing)
    return Discarded(discarded, earlier, sorted(missing))


def group_json(group: OwnedGroup) -> dict[str, Any]:
    """Instants are UTC in ISO 8601."""
    cause = group.letters.cause
    return {
        "group": cause.id,
        "count": group.letters.count,
        "first": group.letters.first.isoformat(),
        "last": group.letters.last.isoformat(),
        "stage": cause.stage,
        "owner": group.owner,
        "sources": list(group.letters.sources),
        "error": cause.error,
        "field": cause.field or None,
        "reason": group.reason,
    }


def letter_json(letter: OwnedLetter) -> dict[str, Any]:
    """`edit` is `proposed`, `approved` or null."""
    summary = letter.summary
    return {
        "number": summary.number,
        "event": summary.event_id,
        "source": summary.source,
        "subject": summary.subject,
        "stage": summary.stage,
        "owner": letter.owner,
        "attempts": summary.attempt,
        "error": summary.error,
        "field": summary.field,
        "reason": summary.reason,
        "group": letter.group,
        "died_at": summary.died_at.isoformat(),
        "state": summary.state,
        "edit": ("proposed" if summary.proposed else "approved") if summary.proposed or summary.edit else None,
    }


def details_json(details: LetterDetails) -> dict[str, Any]:
    return letter_json(details.letter) | {
        "attempts_made": trail_json(details.attempts),
        "acts": trail_json(details.acts),
        "edits": [_edit_json(edit) for edit in details.edits],
        "data": details.data,
    }


def _edit_json(edit: Edit) -> dict[str, Any]:
    return {
        "digest": edit.digest,
        "state": edit.state,
        "reason": mask_text(edit.reason),
        "proposed_by": edit.proposed_by,
        "proposed_at": edit.proposed_at.isoformat(),
        "decided_by": edit.decided_by or None,
        "decided_at": edit.decided_at.isoformat() if edit.decided_at else None,
    }
