"""The ports: what the engine expects from connectors and adapters. Each docstring is a contract, one promise a line."""

from lienthong.ports.broker import Broker, Consumer, Delivery
from lienthong.ports.clients import Clients
from lienthong.ports.clock import Clock
from lienthong.ports.connectors import (
    Cursor,
    Found,
    Inbox,
    Lookup,
    NotKnown,
    Page,
    Provable,
    Receipt,
    Record,
    Reply,
    ReplyFor,
    Seals,
    Sink,
    Site,
    Source,
    SourceName,
    Table,
    Transaction,
    Transform,
)
from lienthong.ports.ledger import Ledger, LedgerTransaction
from lienthong.ports.pushes import KeptReply, PushNotes, PushReplies, PushStatus, ReplyKey
from lienthong.ports.set_aside import ASIDE_KINDS, AsideKind, AsideMessage, SetAside
from lienthong.ports.status import ProcessStatus, SourceStatus, StageCondition, StatusBoard

__all__ = [
    "ASIDE_KINDS",
    "AsideKind",
    "AsideMessage",
    "Broker",
    "Clients",
    "Clock",
    "Consumer",
    "Cursor",
    "Delivery",
    "Found",
    "Inbox",
    "KeptReply",
    "Ledger",
    "LedgerTransaction",
    "Lookup",
    "NotKnown",
    "Page",
    "ProcessStatus",
    "Provable",
    "PushNotes",
    "PushReplies",
    "PushStatus",
    "Receipt",
    "Record",
    "Reply",
    "ReplyFor",
    "ReplyKey",
    "Seals",
    "SetAside",
    "Sink",
    "Site",
    "Source",
    "SourceName",
    "SourceStatus",
    "StageCondition",
    "StatusBoard",
    "Table",
    "Transaction",
    "Transform",
]
