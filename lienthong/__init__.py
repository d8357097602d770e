"""Lienthong, the engine: what connectors, transforms and reports of a project may use, and nothing else.

A project's connectors may also import the modules of `lienthong.connectors.protocols` (HTTP, OAuth 2, tables, XML).
Names are loaded when they are first used, so that importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lienthong.calendars.calendar import Calendar as Calendar
    from lienthong.calendars.choice import Calendars as Calendars
    from lienthong.calendars.choice import NoCalendar as NoCalendar
    from lienthong.calendars.counting import CIVIL_CODE as CIVIL_CODE
    from lienthong.calendars.counting import Counting as Counting
    from lienthong.calendars.counting import Deadline as Deadline
    from lienthong.calendars.counting import due_in_days as due_in_days
    from lienthong.calendars.counting import due_in_time as due_in_time
    from lienthong.calendars.counting import due_in_working_days as due_in_working_days
    from lienthong.calendars.pauses import Pause as Pause
    from lienthong.calendars.pauses import at_risk_at as at_risk_at
    from lienthong.calendars.pauses import due_with_pauses as due_with_pauses
    from lienthong.calendars.pauses import elapsed as elapsed
    from lienthong.calendars.unknown_year import UnknownYear as UnknownYear
    from lienthong.data.asked_text import LongText as LongText
    from lienthong.data.asked_text import Text as Text
    from lienthong.data.deprecation import Deprecation as Deprecation
    from lienthong.data.files import FileAnswer as FileAnswer
    from lienthong.data.files import UploadedFile as UploadedFile
    from lienthong.data.settings_shape import FolderFault as FolderFault
    from lienthong.data.settings_shape import SettingsFile as SettingsFile
    from lienthong.data.settings_shape import SettingsFolder as SettingsFolder
    from lienthong.data.settings_shape import SettingsShape as SettingsShape
    from lienthong.data.text import clean_text as clean_text
    from lienthong.data.text import fold as fold
    from lienthong.data.trace_context import on_behalf_of as on_behalf_of
    from lienthong.data.trace_context import on_behalf_of_key as on_behalf_of_key
    from lienthong.envelope import LOCAL_ZONE as LOCAL_ZONE
    from lienthong.envelope import Envelope as Envelope
    from lienthong.envelope import format_instant as format_instant
    from lienthong.envelope import parse_utc as parse_utc
    from lienthong.errors import Finding as Finding
    from lienthong.errors import LienthongError as LienthongError
    from lienthong.errors import Misconfigured as Misconfigured
    from lienthong.errors import NotAccepted as NotAccepted
    from lienthong.errors import Rejected as Rejected
    from lienthong.errors import TooOften as TooOften
    from lienthong.errors import Transient as Transient
    from lienthong.errors import Unauthenticated as Unauthenticated
    from lienthong.frozen_report import freeze as freeze
    from lienthong.frozen_report import thaw as thaw
    from lienthong.masking import Personal as Personal
    from lienthong.masking import mask_data as mask_data
    from lienthong.outcome import Dead as Dead
    from lienthong.outcome import Done as Done
    from lienthong.outcome import Dropped as Dropped
    from lienthong.outcome import Later as Later
    from lienthong.outcome import Outcome as Outcome
    from lienthong.ports import Clock as Clock
    from lienthong.ports import Cursor as Cursor
    from lienthong.ports import Files as Files
    from lienthong.ports import Found as Found
    from lienthong.ports import Inbox as Inbox
    from lienthong.ports import Lookup as Lookup
    from lienthong.ports import NoSuchFile as NoSuchFile
    from lienthong.ports import NotKnown as NotKnown
    from lienthong.ports import Page as Page
    from lienthong.ports import Receipt as Receipt
    from lienthong.ports import Record as Record
    from lienthong.ports import Reply as Reply
    from lienthong.ports import ReplyFor as ReplyFor
    from lienthong.ports import Seals as Seals
    from lienthong.ports import Sink as Sink
    from lienthong.ports import Site as Site
    from lienthong.ports import Source as Source
    from lienthong.ports import SourceName as SourceName
    from lienthong.ports import StoredFile as StoredFile
    from lienthong.ports import Table as Table
    from lienthong.ports import Transaction as Transaction
    from lienthong.ports import Transform as Transform
    from lienthong.ports import Unprovable as Unprovable
    from lienthong.ports.alarms import OpenAlarms as OpenAlarms
    from lienthong.ports.deadlines import DeadlineFilter as DeadlineFilter
    from lienthong.ports.deadlines import DeadlinePressure as DeadlinePressure
    from lienthong.ports.deadlines import KeptDeadline as KeptDeadline
    from lienthong.ports.history import Kept as Kept
    from lienthong.ports.lateness import Evidence as Evidence
    from lienthong.ports.lateness import MissingVersion as MissingVersion
    from lienthong.ports.lateness import ProvenLateness as ProvenLateness
    from lienthong.ports.notice_keeping import NoticeFilter as NoticeFilter
    from lienthong.ports.notice_keeping import NoticeOutcome as NoticeOutcome
    from lienthong.ports.notice_keeping import Resolution as Resolution
    from lienthong.ports.reports import EditionFilter as EditionFilter
    from lienthong.ports.reports import Person as Person
    from lienthong.ports.reports import ReportAct as ReportAct
    from lienthong.ports.reports import SendingOutcome as SendingOutcome
    from lienthong.ports.reports import Sent as Sent
    from lienthong.report import WHOLE as WHOLE
    from lienthong.report import Chart as Chart
    from lienthong.report import Column as Column
    from lienthong.report import Document as Document
    from lienthong.report import Figure as Figure
    from lienthong.report import Part as Part
    from lienthong.report import Report as Report
    from lienthong.report import Scope as Scope
    from lienthong.report import Sheet as Sheet
    from lienthong.report import Signer as Signer
    from lienthong.report import figure_anchor as figure_anchor
    from lienthong.signatures.listed import listed_revocations as listed_revocations

_ROOMS = {
    "calendars.calendar": ("Calendar",),
    "calendars.choice": ("Calendars", "NoCalendar"),
    "calendars.counting": (
        *("CIVIL_CODE", "Counting", "Deadline", "due_in_days", "due_in_time", "due_in_working_days"),
    ),
    "calendars.pauses": ("Pause", "at_risk_at", "due_with_pauses", "elapsed"),
    "calendars.unknown_year": ("UnknownYear",),
    "envelope": ("LOCAL_ZONE", "Envelope", "format_instant", "parse_utc"),
    "errors": (
        "Finding",
        "LienthongError",
        "Misconfigured",
        "NotAccepted",
        "Rejected",
        "TooOften",
        "Transient",
        "Unauthenticated",
    ),
    "frozen_report": ("freeze", "thaw"),
    "masking": ("Personal", "mask_data"),
    "outcome": ("Dead", "Done", "Dropped", "Later", "Outcome"),
    "ports": (
        *(
            "Clock",
            "Cursor",
            "Files",
            "Found",
            "Inbox",
            "Lookup",
            "NoSuchFile",
            "NotKnown",
            "Page",
            "Receipt",
            "Record",
            "Reply",
            "ReplyFor",
            "Seals",
            "Sink",
            "Site",
            "Source",
            "SourceName",
            "Table",
        ),
        *("StoredFile", "Table", "Transaction", "Transform", "Unprovable"),
    ),
    "ports.deadlines": ("DeadlineFilter", "DeadlinePressure", "KeptDeadline"),
    "ports.alarms": ("OpenAlarms",),
    "ports.lateness": ("Evidence", "MissingVersion", "ProvenLateness"),
    "ports.notice_keeping": ("NoticeFilter", "NoticeOutcome", "Resolution"),
    "ports.history": ("Kept",),
    "ports.reports": ("EditionFilter", "Person", "ReportAct", "SendingOutcome", "Sent"),
    "report": (
        "Chart",
        "Column",
        "Document",
        "Figure",
        "Part",
        "Report",
        "Scope",
        "Sheet",
        "Signer",
        "WHOLE",
        "figure_anchor",
    ),
    "signatures.listed": ("listed_revocations",),
    "data.asked_text": ("LongText", "Text"),
    "data.deprecation": ("Deprecation",),
    "data.files": ("FileAnswer", "UploadedFile"),
    "data.settings_shape": ("FolderFault", "SettingsFile", "SettingsFolder", "SettingsShape"),
    "data.trace_context": ("on_behalf_of", "on_behalf_of_key"),
    "data.text": ("clean_text", "fold"),
}
_HOMES = {name: room for room, names in _ROOMS.items() for name in names}

__version__ = "0.2.0"
__all__ = sorted(("__version__", *_HOMES))  # noqa: PLE0605 - sorted gives a list


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)
