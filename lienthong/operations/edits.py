"""Edits of dead letters: what an edit would change and come to, and its way from proposal to approval."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lienthong.configuration.event_schemas import schema_of
from lienthong.configuration.personal import personal_keys
from lienthong.dead_letters import json_edit
from lienthong.dead_letters.dry_run import preview_edit
from lienthong.dead_letters.edits import approve, pending_edit, propose, refuse
from lienthong.dead_letters.model import LetterStore, NotAllowed
from lienthong.ledger.records import DeadLetter
from lienthong.masking import mask_data, mask_text
from lienthong.messages import message
from lienthong.processing.stage import Stage
from lienthong.settings import Settings

__all__ = [
    "EditPreview",
    "approve",
    "edited_data",
    "find_letter",
    "masked_document",
    "pending_edit",
    "preview",
    "propose",
    "refuse",
]


@dataclass(frozen=True, slots=True)
class EditPreview:
    """What an edit would do: the masked lines of a unified diff, whether the stage would accept the letter, and why."""

    diff: Sequence[str]
    is_accepted: bool
    sentences: Sequence[str]


def find_letter(letter_store: LetterStore, number: int) -> DeadLetter:
    """The letter with its data, as an approved edit made it if there is one. Raises `NotAllowed`."""
    found = letter_store.letters.load([number])
    if not found:
        raise NotAllowed(message("there is no dead letter number {number}", number=number))
    return found[0]


def masked_document(letter: DeadLetter, settings: Settings) -> str:
    """The letter's data as JSON text to edit. Personal data is masked; see `edited_data`."""
    data = mask_data(letter.envelope.data, personal_keys(settings, letter.envelope.type))
    return json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True)


def edited_data(
    letter: DeadLetter, settings: Settings, *, document: bytes | None = None, values: Sequence[str] = ()
) -> Mapping[str, Any]:
    """The letter's data after an edit: `document` in place of it, then each `path=value` of `values` over it.

    What is still masked in `document` is put back, so personal data never leaves. Raises `NotAllowed`.
    """
    data: Mapping[str, Any] = letter.envelope.data
    if document is not None:
        personal = personal_keys(settings, letter.envelope.type)
        data = json_edit.restore_masked(json_edit.parse_object(document), data, personal)
    return json_edit.set_values(data, values)


def preview(
    letter_store: LetterStore,
    letter: DeadLetter,
    data: Mapping[str, Any],
    *,
    settings: Settings,
    routes: Mapping[str, Stage],
) -> EditPreview:
    """What `data` would change in the letter, and what its stage would make of it now. Nothing is written."""
    personal = personal_keys(settings, letter.envelope.type)
    diff = [mask_text(line) for line in json_edit.masked_diff(letter.envelope.data, data, personal)]
    edited = replace(letter, envelope=letter.envelope._replace(data=data))
    is_accepted, sentences = preview_edit(
        letter_store, edited, route=routes.get(letter.stage), schema=schema_of(settings)
    )
    return EditPreview(diff, is_accepted, [mask_text(sentence) for sentence in sentences])
