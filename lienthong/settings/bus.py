"""The settings of config/bus.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from lienthong.messages import DEFAULT_LANGUAGE, Language
from lienthong.retry import STANDARD_LADDER
from lienthong.settings.proxies import DEFAULT_PROXIES, ProxySettings

DEFAULT_BUNDLE_SIZE = 200
DEFAULT_ROOM = 500
DEFAULT_HALT_AFTER = 1000
DEFAULT_RECONCILE_AFTER = timedelta(minutes=5)
DEFAULT_MAX_MESSAGE_BYTES = 16 * 1024 * 1024
"""See the fields of `BusSettings`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusSettings:
    """`config/bus.yaml`: how the bus itself runs.

    - `language`: the language of what the engine writes into the ledger.
    - `bundle_size`: the number of events in a bundle.
    - `room`: the number of bundles that may wait in all queues before intake pauses.
    - `max_message_bytes`: the largest message to the broker; an event that is larger by itself is dead.
    - `reconcile_after`: how long an event may be open, beyond its waits, before it is looked for in no queue.
    - `halt_after`: the number of dead letters in a row after which a stage halts.
    - `ladder`: the waits between attempts; every retry takes its rungs from here.
    - `formats`: by file ending, the whole Python name of the function that renders a report.
    - `types`: by event type, the whole Python name of its schema's class. The marks of the schemas state which keys
      hold personal data.
    - `personal`: further keys that hold personal data, of events without a schema; None when it is not given.
    - `insecure`: whether the links to the broker, the database and the files may be unverified.
    - `proxies`: those that are believed where they state the address of a caller.
    - `kept_by`, `archived_by`: functions that state which bodies the project's rows name, what it has of a dossier.
    - `files_age`: how long a body stays that nothing names.
    - `keep_announcements`: how long announced events are kept for subscriptions; no time: they are not kept.
    - `webhook_origin`: the DNS name of the bus in `WebHook-Request-Origin`; "" for that of the machine.
    - `settings`: by the name of a file of the project's own in config/, the whole Python name of its shape.
    - `migrations`: by a short name, the whole Python name of a package whose steps make the project's own tables.
    """

    language: Language = DEFAULT_LANGUAGE
    bundle_size: int = DEFAULT_BUNDLE_SIZE
    room: int = DEFAULT_ROOM
    halt_after: int = DEFAULT_HALT_AFTER
    max_message_bytes: int = DEFAULT_MAX_MESSAGE_BYTES
    reconcile_after: timedelta = DEFAULT_RECONCILE_AFTER
    ladder: tuple[timedelta, ...] = STANDARD_LADDER
    formats: Mapping[str, str] = field(default_factory=dict)
    personal: frozenset[str] | None = None
    types: Mapping[str, str] = field(default_factory=dict)
    migrations: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    insecure: bool = False
    proxies: ProxySettings = DEFAULT_PROXIES
    kept_by: str = ""
    archived_by: str = ""
    files_age: timedelta = timedelta(days=7)
    keep_announcements: timedelta = timedelta(days=90)
    webhook_origin: str = ""


DEFAULT_BUS = BusSettings()
"""The settings of a project without config/bus.yaml."""
