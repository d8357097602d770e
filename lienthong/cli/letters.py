"""`lienthong dead groups | list | show | discard`: what could not go on, in words."""

import json
import sys
from array import array
from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table

from lienthong.cli import context, tables
from lienthong.configuration.personal import personal_keys
from lienthong.dead_letters import actions as acts
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.cause import cause_of
from lienthong.dead_letters.model import Edit, LetterFilter, LetterGroup, LetterStore, LetterSummary
from lienthong.envelope import LOCAL_ZONE
from lienthong.ledger.records import OPERATOR_VERDICTS, DeadLetter, Entry
from lienthong.masking import mask_data, mask_text
from lienthong.messages import message
from lienthong.runtime.existing_storage import open_letter_store
from lienthong.runtime.project import Project
from lienthong.settings import Settings
from lienthong.topology import route_queue, sink_queue

STATES = {"parked": "đang chờ", "replayed": "đã chạy lại", "discarded": "đã huỷ"}
EDIT_STATES = {
    "proposed": "chờ duyệt",
    "approved": "đã duyệt",
    "refused": "bị từ chối",
    "superseded": "thay bằng bản khác",
}


def letter_filter(state: str, stage: str = "", source: str = "", group: str = "") -> LetterFilter:
    """What the options of a command ask for."""
    return LetterFilter(None if state == "all" else state, stage, source, group)  # type: ignore[arg-type]  # the command line takes these words only


def owner_of(stage: str, sources: Sequence[str], settings: Settings) -> str:
    """Who answers for what dies at a stage: as configured, else the sources' people."""
    owners = {route_queue(route.name): route.owner for route in settings.routes.values()}
    owners |= {sink_queue(sink.name): sink.owner for sink in settings.sinks.values()}
    return owners.get(stage) or ", ".join(sources)


def show_groups(console: Console, project: Project, asked: LetterFilter, *, as_json: bool) -> None:
    """One row a cause, the most frequent first."""
    settings = project.readable_settings()
    with open_letter_store(project) as letter_store:
        found = letter_store.letters.groups(asked)
    if as_json:
        print_json([_group_json(group, settings) for group in found])
        return
    total = tables.number(sum(group.count for group in found))
    table = Table(title=f"{total} thư chết, {len(found)} nguyên nhân", title_justify="left")
    for column in ("Nhóm", "Số thư", "Từ", "Đến", "Chặng", "Phụ trách", "Nguyên nhân"):
        table.add_column(column, no_wrap=column not in ("Nguyên nhân", "Phụ trách"))
    for group in found:
        cause = group.cause
        why = f"trường `{cause.field}` — {cause.reason}" if cause.field else cause.reason
        owner = owner_of(cause.stage, group.sources, settings)
        spans = (f"{moment.astimezone(LOCAL_ZONE):%d/%m %H:%M}" for moment in (group.first, group.last))
        table.add_row(cause.id, tables.number(group.count), *spans, cause.stage, escaped(owner), escaped(why))
    console.print(table)


def _group_json(group: LetterGroup, settings: Settings) -> dict[str, object]:
    return {
        "group": group.cause.id,
        "count": group.count,
        "first": group.first.isoformat(),
        "last": group.last.isoformat(),
        "stage": group.cause.stage,
        "owner": owner_of(group.cause.stage, group.sources, settings),
        "sources": list(group.sources),
        "error": group.cause.error,
        "field": group.cause.field or None,
        "reason": mask_text(group.cause.reason),
    }


def show_list(console: Console, project: Project, asked: LetterFilter, *, as_json: bool) -> None:
    """One line a letter, as they come: a hundred thousand need no more memory than one."""
    with open_letter_store(project) as letter_store:
        _show_lines(console, letter_store.letters.search(asked), as_json=as_json)


def _show_lines(console: Console, lines: Iterable[LetterSummary], *, as_json: bool) -> None:
    if as_json:
        between = "["
        for line in lines:
            sys.stdout.write(f"{between}\n {json.dumps(line_json(line), ensure_ascii=False)}")
            between = ","
        sys.stdout.write("\n]\n" if between == "," else "[]\n")
        return
    count = 0
    for line in lines:
        count += 1
        note = " (chờ duyệt bản sửa)" if line.proposed else " (đã sửa)" if line.edit else ""
        subject = mask_text(line.subject) or "(không có mã)"
        where = f"`{line.field}` — " if line.field else ""
        console.print(
            f"{line.number:>6}  {STATES[line.state]:<11}  {line.stage:<22}  {escaped(subject):<30}  "
            f"{escaped(where + line.reason)}{note}",
            highlight=False,
            soft_wrap=True,
        )
    console.print(f"{tables.number(count)} thư chết.", highlight=False)


def line_json(line: LetterSummary) -> dict[str, object]:
    """A letter for programs; numbers of persons are masked."""
    return {
        "number": line.number,
        "event": line.event_id,
        "source": line.source,
        "subject": mask_text(line.subject),
        "stage": line.stage,
        "attempts": line.attempt,
        "error": line.error,
        "field": line.field,
        "reason": mask_text(line.reason),
        "group": cause_of(line.stage, line.error, line.field, line.reason).id,
        "died_at": line.died_at.isoformat(),
        "state": line.state,
        "edit": ("proposed" if line.proposed else "approved") if line.proposed or line.edit else None,
    }


def show_letter(console: Console, project: Project, number: int, *, as_json: bool) -> None:
    """Everything about one letter."""
    with open_letter_store(project) as letter_store:
        _show_letter(console, project, letter_store, number, as_json=as_json)


def _show_letter(console: Console, project: Project, letter_store: LetterStore, number: int, *, as_json: bool) -> None:
    """Everything about one letter, its body masked. With a broken configuration all text of the body is hidden."""
    found = letter_store.letters.summaries([number])
    if not found:
        context.fail(f"Không có thư chết số {number}.")
    letter = letter_store.letters.load([number])[0]
    personal = personal_keys(project.readable_settings().bus, letter.envelope.type)
    story = [entry for entry in letter_store.ledger.trail(letter.envelope.id) if entry.stage == letter.stage]
    tries = [entry for entry in story if entry.verdict not in OPERATOR_VERDICTS]
    done = [entry for entry in story if entry.verdict in OPERATOR_VERDICTS]
    edits = letter_store.edits.history(number)
    body = mask_data(letter.envelope.data, personal)
    if as_json:
        told = {"attempts_made": tables.trail_json(tries), "acts": tables.trail_json(done)}
        print_json(line_json(found[0]) | told | {"edits": [_edit_json(edit) for edit in edits], "data": body})
        return
    _heading(console, found[0], letter)
    _story(console, "Các lần thử", tries)
    _story(console, "Việc đã làm", done)
    for edit in edits:
        console.print(f"Bản sửa {edit.digest[:16]} của {edit.proposed_by}: {EDIT_STATES[edit.state]}.", highlight=False)
    if personal is None:
        console.print(
            message(
                "It is not known which keys of {type} hold personal data, so every text value is hidden. Name the "
                "schema of this type under `types` of config/bus.yaml, and see `lienthong check`.",
                type=letter.envelope.type,
            ),
            highlight=False,
        )
    console.print_json(json.dumps(body, ensure_ascii=False))


def _heading(console: Console, line: LetterSummary, letter: DeadLetter) -> None:
    where = f"trường `{line.field}` — " if line.field else ""
    console.print(
        f"[bold]Thư {line.number}[/] ({STATES[line.state]}): {escaped(line.subject) or '(không có mã)'}\n"
        f"  Sự kiện {line.event_id}, loại {letter.envelope.type}, từ nguồn {line.source}.\n"
        f"  Chết lúc {moment(line.died_at)} ở {line.stage} sau {line.attempt} lần thử; lỗi {line.error}: "
        f"{escaped(where + line.reason)}",
        highlight=False,
    )


def _story(console: Console, title: str, entries: Iterable[Entry]) -> None:
    for place, entry in enumerate(entries):
        if place == 0:
            console.print(f"{title}:")
        who = f" — {escaped(entry.who)}" if entry.who else ""
        at = moment(entry.at or entry.received_at)
        console.print(f"  {at}  {tables.VERDICTS[entry.verdict]}{who}: {escaped(entry.reason) or '—'}", highlight=False)


def _edit_json(edit: Edit) -> dict[str, object]:
    return {
        "digest": edit.digest,
        "state": edit.state,
        "reason": mask_text(edit.reason),
        "proposed_by": edit.proposed_by,
        "proposed_at": edit.proposed_at.isoformat(),
        "decided_by": edit.decided_by or None,
        "decided_at": edit.decided_at.isoformat() if edit.decided_at else None,
    }


def discard(
    console: Console, project: Project, numbers: Sequence[int], *, group: str, actor: Actor, reason: str
) -> int:
    """Give letters up for good. Exit code 1 when one of the numbers does not exist."""
    with open_letter_store(project) as letter_store:
        return _discard(console, letter_store, numbers, group, who=actor, reason=reason)


def _discard(
    console: Console, letter_store: LetterStore, numbers: Sequence[int], group: str, *, who: Actor, reason: str
) -> int:
    if group:
        numbers = array("q", (line.number for line in letter_store.letters.search(LetterFilter(group=group))))
        missing: list[int] = []
    else:
        missing = sorted(set(numbers) - {line.number for line in letter_store.letters.summaries(numbers)})
    given_up = acts.discard(letter_store, numbers, who=who, reason=reason)
    for number in missing:
        console.print(f"Không có thư chết số {number}.")
    for number in sorted(set(numbers) - set(given_up) - set(missing)):
        console.print(f"Thư số {number} đã được xử lý trước đó; không làm gì.")
    console.print(f"Đã huỷ {tables.number(len(given_up))} thư.", highlight=False)
    return context.FAULT if missing else context.OK


def print_json(told: object) -> None:
    """For programs, on stdout."""
    sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def escaped(text: str) -> str:
    """Text for the console, masked; square brackets are not markup."""
    return mask_text(text).replace("[", r"\[")


def moment(at: datetime) -> str:
    """Local time as people write it."""
    return f"{at.astimezone(LOCAL_ZONE):%d/%m/%Y %H:%M:%S}"
