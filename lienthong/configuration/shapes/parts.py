"""The shapes of the files of config/sources/, inboxes/, sinks/, lookups/ and reports/."""

from typing import Annotated

from pydantic import Field

from lienthong.access.clients import SCOPE_TEXT
from lienthong.access.rate import RATE_TEXT
from lienthong.configuration.shapes.fields import Count, FileShape, NameOf, Parameters, Pause, Text
from lienthong.configuration.shapes.route import RetryFile
from lienthong.messages import msgid
from lienthong.settings.parts import (
    DEFAULT_ACCESS,
    DEFAULT_INBOX_BYTES,
    DEFAULT_INBOX_RECORDS,
    DEFAULT_INBOX_ROOM,
    DEFAULT_PUSH_RATE,
    DEFAULT_REPLAY,
    Access,
    Replay,
)

RATE_PATTERN = f"^{RATE_TEXT}$"
SCOPE_PATTERN = f"^{SCOPE_TEXT}$"


class PartFile(FileShape):
    """What the files of all folders have."""

    use: Text
    description: Text | None = Field(
        None,
        description=msgid("What it is for, in a sentence. `lienthong explain` shows it."),
        examples=["Thư đến văn phòng"],
    )
    enabled: bool = Field(
        True,
        description=msgid("false: the file is checked but not used. An environment can set it too."),
        examples=[False],
    )
    parameters: Parameters = Field(
        default_factory=dict,
        alias="with",
        description=msgid("Parameters of the class, by name; they are checked against its annotations."),
        examples=[{"url": "${OFFICE_URL:-http://127.0.0.1:8600/office}"}],
    )


class LinkedFile(PartFile):
    """What files have whose class reaches another machine."""

    insecure: bool = Field(
        False,
        description=msgid(
            "true: the link to another machine may be unverified (`http://`, or PostgreSQL without a verified "
            "certificate), because the way to it is secured otherwise."
        ),
        examples=[True],
    )


class InboxFile(PartFile):
    use: Annotated[Text, NameOf("inbox class")] = Field(
        description=msgid("The full name of a class with the method `receive`."),
        examples=["connectors.inboxes.portal.Portal"],
    )
    max_bytes: Annotated[Count, Field(ge=1)] = Field(
        DEFAULT_INBOX_BYTES,
        description=msgid("The largest body of a push, in bytes. A larger one is refused before it is read."),
        examples=[1048576],
    )

    max_records: Annotated[Count, Field(ge=1)] = Field(
        DEFAULT_INBOX_RECORDS,
        description=msgid("How many records one push may hold. They are received together, or none of them is."),
        examples=[1000],
    )
    room: Annotated[Count, Field(ge=1)] = Field(
        DEFAULT_INBOX_ROOM,
        description=msgid(
            "How many of its events may wait for the queues, while the broker is down or the bus is stopped, before "
            "pushes are refused with 503."
        ),
        examples=[100000],
    )
    access: Access = Field(
        DEFAULT_ACCESS,
        description=msgid(
            "`key`: who pushes sends a key of `lienthong access client add` in the header `Authorization`. `wire`: the "
            "class of the inbox knows from the push itself who it is, because the other system can send no key."
        ),
        examples=["wire"],
    )
    scope: Annotated[str, Field(pattern=SCOPE_PATTERN)] | None = Field(
        None,
        description=msgid("What a client needs to push, with `access: key`. Without it: `inbox:` and the name."),
        examples=["inbox:portal"],
    )
    rate: Annotated[str, Field(pattern=RATE_PATTERN)] = Field(
        str(DEFAULT_PUSH_RATE),
        description=msgid("How often each address may push, with `access: wire`; a client has a rate of its own."),
        examples=["50/s"],
    )
    silent_after: Pause | None = Field(
        None,
        description=msgid(
            "How long it may bring nothing new before `lienthong sources` and `lienthong doctor` call it "
            "silent. Without it: as long as it likes."
        ),
        examples=["2d"],
    )


class SourceFile(LinkedFile):
    use: Annotated[Text, NameOf("source class")] = Field(
        description=msgid("The full name of a class with the method `poll`."),
        examples=["connectors.sources.office.Office"],
    )
    every: Pause = Field(
        description=msgid("How long after one poll of the source the next one begins; not 0s."), examples=["60s"]
    )
    lists_everything: bool = Field(
        False,
        description=msgid(
            "true: whatever each poll shows is all there is. A record that it no longer shows is marked as absent, "
            "not deleted. Not for a source that shows changes only."
        ),
        examples=[True],
    )
    silent_after: Pause | None = Field(
        None,
        description=msgid(
            "How long the source may bring nothing new before `lienthong sources` and `lienthong doctor` call it "
            "silent. Without it: as long as it likes."
        ),
        examples=["2d"],
    )


class SinkFile(LinkedFile):
    use: Annotated[Text, NameOf("sink class")] = Field(
        description=msgid("The full name of a class with the method `deliver`."),
        examples=["connectors.sinks.archive.Archive"],
    )
    retry: RetryFile = Field(
        RetryFile(),
        description=msgid("How often an event is tried again when the sink does not accept it."),
        examples=[{"rungs": ["5s", "30s"], "attempts": 10}],
    )
    replay: Replay = Field(
        DEFAULT_REPLAY,
        description=msgid(
            "What a replay of dead letters may do here: `idempotent` delivers again freely, "
            "`ask` only when a person confirms, `never` not at all."
        ),
        examples=["ask"],
    )
    owner: Text | None = Field(
        None,
        description=msgid("The person or unit that takes care of the dead letters of the sink."),
        examples=["Tổ vận hành kho dữ liệu"],
    )


class LookupFile(LinkedFile):
    use: Annotated[Text, NameOf("lookup class")] = Field(
        description=msgid("The full name of a class with the method `find_many`."),
        examples=["connectors.lookups.residents.Residents"],
    )


class ReportFile(LinkedFile):
    use: Annotated[Text, NameOf("report class")] = Field(
        description=msgid("The full name of a class with the method `build`."),
        examples=["reports.letters.report.Letters"],
    )
    in_recordings: bool = Field(
        True,
        description=msgid("false: `lienthong run --recording` does not make it; `lienthong report` does."),
        examples=[False],
    )
