"""`payment.v1`: a transaction of the payment platform, and the dossier that it is for."""

from datetime import datetime

from schemas.shapes import Shape

TYPE = "payment.v1"


class Match(Shape):
    """The dossier that a payment is for, as the data store has it. `fee`: the sum of its fees in VND."""

    procedure: str | None = None
    agency: str | None = None
    agency_name: str | None = None
    fee: int | None = None


class Payment(Shape):
    """One transaction. `amount` is in `currency` (VND has no decimals); instants are UTC.

    - `transaction`: the platform's number, or our reference where it has none. `reference`: our reference.
    - `paid`: whether the money was paid; `error` is the platform's code when it was not.
    - `dossier`: the code of the dossier that the payment is for; None when it names none.
    - `matched`, `doubles`: stated by the data store alone (source `sink.data-store`), once it has matched the payment:
      what it was matched to, and the transaction that it doubles.
    - `quality`: `unmatched` (no such dossier was known when the payment came; it may come later), `doubled` (the
      dossier has another payment that was made), `repeated` (an earlier notice of this transaction stated something
      else), `amount-differs` (from the fees of the dossier), `amount-unreadable`, `time-unreadable`, `time-in-future`,
      `shape-unclear`.
    """

    transaction: str
    reference: str | None = None
    dossier: str | None = None
    amount: int | None = None
    currency: str | None = None
    paid: bool
    error: str | None = None
    bank: str | None = None
    paid_at: datetime
    received_at: datetime
    matched: Match | None = None
    doubles: str | None = None
    quality: tuple[str, ...] = ()
