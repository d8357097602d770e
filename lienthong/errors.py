"""Every error that the engine raises on purpose, drawn once. A test compares the drawing with the classes.

LienthongError
├── Transient              the outside world's fault: try again later
│   ├── Unsure             it is not known whether a request had its effect (connectors/protocols/http_once.py)
│   ├── Passing            a request may succeed in a moment (connectors/protocols/http_errors.py)
│   └── Refused            an outside system refused a request (connectors/protocols/http_errors.py)
├── Rejected               the event's fault: trying again cannot help
│   ├── TooOften           a question is refused because its client asked too often
│   ├── NotAccepted        a question is refused with a code of its request, and all its reasons
│   ├── UnknownYear        no days off of a year are known (calendars/unknown_year.py)
│   └── NoCalendar         an agency has no calendar, and there is no default (calendars/choice.py)
├── UnreadableData         the data of an event in a message is not a JSON object
├── EventsTooLarge         events that no message to the broker can hold
├── Misconfigured          the configuration's fault: found before anything starts, with file, line and key
├── WrongUse               the command's fault: it cannot be done as asked, and nothing was done (exit code 2)
│   ├── NoProject          no folder with `config/bus.yaml` (runtime/project.py)
│   ├── NotEmpty           a new project is wanted in a folder that has files (scaffold)
│   ├── NoBackup           a file is no backup, or stands in the way of one (operations/backup.py)
│   ├── WrongWorld         a ledger of a recording and one of the live bus (runtime/world.py)
│   └── WrongRole          a process cannot play this role (runtime/roles.py)
│       ├── UnknownRole    there is no such role
│       └── NothingShared  several processes, but queues inside one of them
├── BadVariable            a variable is given twice, or its file cannot be read (runtime/environment.py)
├── Mismatch               a name or its parameters do not fit the code; `check` makes findings of it
│                          (configuration/faults.py)
├── NotAllowed             an operator may not do this with this dead letter (dead_letters/model.py)
├── NoSuchFile             no body has this digest (ports/files.py)
├── NoSuchClient           a client is not there, or is there already (operations/clients.py)
├── NoSuchPerson           a person is not there, or is there already (operations/persons.py)
├── NoSuchSubscription     a subscription is not there, is there already, or cannot do this (subscriptions/model.py)
│   ├── NotThere           there is no such subscription, or it is another client's (subscriptions/model.py)
│   ├── CursorRefused      a cursor that nothing can be fetched from (operations/pulling.py)
│   └── NotPulled          nothing can be fetched from a subscription (operations/pulling.py)
├── InvalidQuestion        what was asked is no question of this request (requests/questions.py)
├── Halted                 a stage stopped itself: too many dead letters in a row (processing/circuit_breaker.py)
├── NotAdopted             a restored ledger waits for an operator (maintenance/restoration.py)
├── Unauthenticated        who pushes to an inbox did not prove who it is
├── BrokenSource           a source gave what is no page, or a cursor that cannot be kept (intake/page_batcher.py)
├── BrokenInbox            an inbox failed in a way that it does not declare (intake/inbox.py)
├── DataRefused            the database refuses the data of a record: no retry can help
├── BrokenSink             a sink did not return one outcome for each event (processing/stage.py)
├── NoLedger               the data directory has no ledger yet (runtime/existing_storage.py)
├── SchemaMismatch         the tables are of another version (adapters/sql/migrations/package.py)
├── CopyFailed             the database could not be backed up or restored (adapters/sql/backup.py)
└── SandboxFailed          the stand-ins for the outside systems did not start (runtime/playback.py)
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


class LienthongError(Exception):
    """The root of the errors that are part of the contract.

    `has_lines`: whether the message contains the report of another program, whose line breaks are shown.
    """

    has_lines = False


class WrongUse(LienthongError):  # noqa: N818 - see Transient
    """What was asked cannot be done as it was asked, and nothing was done. The message states what to write instead."""


class Transient(LienthongError):  # noqa: N818 - the three words are the vocabulary of the engine
    """An outside system could not answer now. `why` is a sentence for operators.

    `after` is the wait it requested (Retry-After), or None. `refused`: it answers, and refuses our request. `status` is
    that of the HTTP reply, or None where there was no reply.
    `outage`: False when only this attempt failed, because another process was quicker, and the system itself is well.
    """

    refused = False
    status: int | None = None

    def __init__(self, why: str, *, after: timedelta | None = None, outage: bool = True) -> None:
        super().__init__(why)
        self.why = why
        self.after = after
        self.outage = outage


class Rejected(LienthongError):  # noqa: N818 - see Transient
    """The event itself is at fault.

    - `why`: a sentence for operators, without personal data. The engine takes it from the message catalogue; project
      code writes it in the language of the project.
    - `field`: the key at fault, as the sender wrote it, or None.
    """

    def __init__(self, why: str, *, field: str | None = None) -> None:
        super().__init__(f"{field}: {why}" if field else why)
        self.why = why
        self.field = field


class TooOften(Rejected):
    """A question is refused, whatever it asks, because its client asked too often.

    `after`: when it may ask again; None where the step does not know.
    """

    def __init__(self, why: str, *, field: str | None = None, after: timedelta | None = None) -> None:
        super().__init__(why, field=field)
        self.after = after


class NotAccepted(Rejected):
    """A question is refused for reasons that its caller can tell apart.

    - `code`: one of `problems` in the file of the request, which also states the HTTP status.
    - `why`: a sentence for the caller, without personal data.
    - `faults`: every reason, each with the field at fault (or "") and a sentence.
    - `more`: further members of the problem, such as a verdict: JSON values, under names that a problem does not have.
    """

    def __init__(
        self,
        code: str,
        why: str,
        *,
        faults: Sequence[tuple[str, str]] = (),
        more: Mapping[str, object] | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(why, field=field)
        self.code = code
        self.faults = tuple(faults)
        self.more = dict(more or {})


class UnreadableData(LienthongError):  # noqa: N818 - see Transient
    """The data of an event, as a message of the bus brought it, is not a JSON object. The text states where and why."""


class EventsTooLarge(LienthongError):  # noqa: N818 - see Transient
    """Events that are larger than the largest message of the broker. Nothing was published.

    `sizes`: by the event's id, the size in bytes of a message with this event alone. `limit`: what the broker takes.
    """

    def __init__(self, sizes: Mapping[str, int], limit: int) -> None:
        super().__init__(f"{len(sizes)} > {limit}")
        self.sizes = sizes
        self.limit = limit


class BrokenSource(LienthongError):  # noqa: N818 - see Transient
    """A source gave something that is no page, or a cursor that the ledger cannot keep. The text states what."""


class Unauthenticated(LienthongError):  # noqa: N818 - see Transient
    """Who pushes to an inbox did not prove on the wire who it is. `why` is a sentence for the pusher."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class BrokenInbox(LienthongError):  # noqa: N818 - see Transient
    """An inbox failed in a way that it does not declare, or gave something that is no receipt. The log states what."""


class DataRefused(LienthongError):  # noqa: N818 - see Transient
    """The database refuses data, and would refuse it again. The text names its reason, without any value."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault of a configuration file: where it is, a stable code, what is wrong, what to write instead.

    For a fault that is not in a file, `file` names the environment variable or the server, and `line` is 0.
    """

    file: str
    line: int
    column: int
    code: str
    what: str
    advice: str
    level: Literal["error", "warning"] = "error"

    @property
    def location(self) -> str:
        """`file:line:column`, or `file` alone where there is no line."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    def __str__(self) -> str:
        return f"{self.location}: {self.code} {self.what} → {self.advice}"


class Misconfigured(LienthongError):  # noqa: N818 - see Transient
    """The configuration cannot be run. Holds every finding, not the first one."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


def pass_interrupt_on(error: BaseException) -> None:
    """Raise `error` again when it is Ctrl+C of the person at the terminal, which comes to the main thread alone.

    For code that calls the project's: it may raise anything, also what is meant to end a process. In any other
    thread a KeyboardInterrupt was raised by the code that runs there, and is its mistake.
    """
    if isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread():
        raise error
