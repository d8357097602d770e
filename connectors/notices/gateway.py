"""The port of a gateway of notices: what it is given, what it answers, and what the answers mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Verdict(StrEnum):
    """What a gateway's answer means for the notice. The error tables (`config/tables/*-errors.yaml`) use these words.

    Of these, only `RETRY` and `NEXT_DAY` mean that the same channel may be tried again.
    """

    ACCEPTED = "accepted"
    """The gateway has it; whether it arrives, a receipt shows."""
    DELIVERED = "delivered"
    RETRY = "retry"
    """Surely not sent; the same call may succeed later (not before `Answer.not_before`)."""
    NEXT_DAY = "next_day"
    """Surely not sent; not today (quota, night). `Answer.not_before` states from when."""
    OTHER_CHANNEL = "other_channel"
    """This recipient cannot be reached this way."""
    CONFIGURATION = "configuration"
    """Account, secret, template or brand name are wrong: no other notice would pass, so the channel stops."""
    DEAD = "dead"
    """This notice will never be sent this way, nor is another channel of use."""
    IN_DOUBT = "in_doubt"
    """It may have been sent. It is never sent again: a receipt, a query or a person resolves it."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with an e-mail. `media_type` is such as `application/pdf`."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One notice, as a channel's sink gives it to its gateway.

    - `notice_id`: stable over every retry: the gateway's idempotency key where it has one (RequestId, Message-ID …).
    - `recipient`: a telephone number ("84…", as `connectors.notices.phones.read` gives it) or an e-mail address.
    - `template`: name of a file in `config/templates/`; `parameters`: its values, for gateways that fill in themselves.
    - `text`, `subject`: rendered, for SMS and e-mail.
    - `attempt`: from 1. A code that no error table has is dead after a few.
    - `attachments`: files, for e-mail alone.

    Its text form hides recipient and contents, because it may reach a log.
    """

    notice_id: str
    recipient: str = field(repr=False)
    template: str
    parameters: Mapping[str, str] = field(repr=False)
    text: str | None = field(default=None, repr=False)
    subject: str | None = field(default=None, repr=False)
    attempt: int = 1
    attachments: Sequence[Attachment] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gateway answers about a notice.

    - `code`: the gateway's own, as it wrote it; `why`: in Vietnamese, for an operator, without personal data, secrets.
    - `gateway_id`: the gateway's name for the message (msg_id, SMSID); receipts and queries use it.
    - `cost` in đồng, `parts` in SMS, where they are known.
    - `not_before`: with an offset; set for NEXT_DAY, and for RETRY where a wait is asked for.
    """

    verdict: Verdict
    why: str
    code: str | None = None
    gateway_id: str | None = None
    cost: int | None = None
    parts: int | None = None
    not_before: datetime | None = None


class Gateway(Protocol):
    """One way to a recipient. Threads may share it.

    `knows_repeats`: it recognises a notice by its id, so that sending one again cannot send it twice.
    """

    knows_repeats: bool

    def send(self, message: Message) -> Answer:
        """Send once. Never tries twice by itself, except after a refusal that proves nothing was sent.

        Raises `Transient` only when surely nothing was sent: no connection, or no valid token to send with. A time-out,
        a broken connection or an unreadable reply after the request left is `IN_DOUBT`.
        """

    def query(self, message_id: str, gateway_id: str | None) -> Answer | None:
        """What became of the notice `message_id`. None: this gateway cannot be asked, or does not know it.

        It never sends. Raises `Transient` when the gateway does not answer.
        """
