"""The shapes of config/bus.yaml and of the files of config/env/."""

from ipaddress import ip_network
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from lienthong.configuration.shapes.fields import Count, Duration, FileShape, NameOf, Pause, RefusingValidator, Text
from lienthong.messages import Language, message, msgid
from lienthong.settings import DEFAULT_BUS, ProxyHeader


class BundleFile(FileShape):
    size: Annotated[Count, Field(ge=1, le=10_000)] = Field(
        DEFAULT_BUS.bundle_size,
        description=msgid(
            "Events that travel together: one publish, one confirm, one transaction. "
            "More is faster, and more is done again after a crash."
        ),
        examples=[500],
    )


def _check_network(value: Any) -> Any:
    try:
        ip_network(value)
    except ValueError:
        advice = message("write an address or a network, for example `10.1.2.3` or `10.1.0.0/16`")
        raise PydanticCustomError("refused", "refused", {"advice": advice}) from None
    return value


Network = Annotated[Text, BeforeValidator(_check_network), RefusingValidator()]


class ProxiesFile(FileShape):
    trusted: list[Network] = Field(
        default_factory=list,
        description=msgid(
            "Addresses or networks of the proxies that are believed. Name no network that callers are in."
        ),
        examples=[["10.1.2.3"]],
    )
    header: ProxyHeader = Field(
        DEFAULT_BUS.proxies.header,
        description=msgid("The header to which each of them appends the address of its caller. The other is not read."),
        examples=["forwarded"],
    )


class FilesFile(FileShape):
    kept_by: Annotated[Text, NameOf("kept-by function")] | None = Field(
        None,
        description=msgid(
            "The full name of the function that states which bodies of files the project's own rows name. It is called "
            "with a connection of the database and with digests, and returns those of them that are in use. Without "
            "it, no body is ever removed."
        ),
        examples=["store.documents.kept_bodies"],
    )
    archived_by: Annotated[Text, NameOf("archive function")] | None = Field(
        None,
        description=msgid(
            "The full name of the function that states what the project has of a dossier, for `lienthong archive`. It "
            "is called with the site and the code of the dossier, and returns documents: `document_id`, and `versions` "
            "with their `digest`."
        ),
        examples=["store.documents.archive.dossier_documents"],
    )
    age: Pause = Field(
        DEFAULT_BUS.files_age,
        description=msgid(
            "How long a body stays that neither an open event, nor a dead letter, nor a row of the project names."
        ),
        examples=["7d"],
    )


class AnnouncementsFile(FileShape):
    keep: Duration = Field(
        DEFAULT_BUS.keep_announcements,
        description=msgid(
            "How long announced events are kept for subscriptions. What a subscription has not had stays until its own "
            "limit. `0s`: they are not kept, and there are no subscriptions."
        ),
        examples=["30d"],
    )
    origin: str = Field(
        DEFAULT_BUS.webhook_origin,
        description=msgid(
            "The DNS name of this bus, by which receivers of webhooks know it (`WebHook-Request-Origin`). Without it, "
            "the name of the machine."
        ),
        pattern=r"^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*)?$",
        examples=["bus.example.gov.vn"],
    )


class BusFile(FileShape):
    language: Language = Field(
        DEFAULT_BUS.language,
        description=msgid("The language of what the engine writes into the ledger: `vi` or `en`."),
        examples=["vi"],
    )
    bundle: BundleFile = Field(
        BundleFile(), description=msgid("How many events travel together."), examples=[{"size": 500}]
    )
    room: Annotated[Count, Field(ge=1)] = Field(
        DEFAULT_BUS.room,
        description=msgid("Bundles that may wait in all queues before intake pauses."),
        examples=[1000],
    )
    halt_after: Annotated[Count, Field(ge=1)] = Field(
        DEFAULT_BUS.halt_after,
        description=msgid("Dead letters in a row after which a stage stops by itself."),
        examples=[100],
    )
    max_message_bytes: Annotated[Count, Field(ge=10_000)] = Field(
        DEFAULT_BUS.max_message_bytes,
        description=msgid(
            "The largest message to the broker, in bytes; RabbitMQ 4 takes 16777216 unless its `max_message_size` "
            "is another. An event that is larger by itself becomes a dead letter. A smaller limit is learnt from "
            "the refusal."
        ),
        examples=[5242880],
    )
    reconcile_after: Duration = Field(
        DEFAULT_BUS.reconcile_after,
        description=msgid(
            "How long an event may be open at a stage, beyond the longest wait of its retry, while no queue of the "
            "stage holds anything. Then it counts as lost by the broker and is published again. RabbitMQ only."
        ),
        examples=["15m"],
    )
    proxies: ProxiesFile = Field(
        ProxiesFile(),
        description=msgid(
            "The proxies before `lienthong serve`. The rate of an inbox with `access: wire` counts by address; behind "
            "a proxy that is not named here, all callers have its address."
        ),
        examples=[{"trusted": ["10.1.2.3"]}],
    )
    ladder: list[Duration] | None = Field(
        None,
        description=msgid(
            "The waits between attempts, ascending. The broker keeps a queue for each of them, "
            "so every `retry` takes its rungs from here. "
            "Without it: 5s, 30s, 2m, 10m, 1h, 6h."
        ),
        examples=[["5s", "30s", "2m", "10m", "1h", "6h"]],
    )
    formats: dict[str, Annotated[Text, NameOf("render function")]] = Field(
        default_factory=dict,
        description=msgid("By file ending, the full name of the function that renders a report in this format."),
        examples=[{"json": "reports.rendering.json_file.render"}],
    )
    files: FilesFile = Field(
        FilesFile(),
        description=msgid("Which bodies of files are in use, and how long others stay."),
        examples=[{"kept_by": "store.documents.kept_bodies", "age": "7d"}],
    )
    announcements: AnnouncementsFile = Field(
        AnnouncementsFile(),
        description=msgid("How long announced events are kept in the ledger's database."),
        examples=[{"keep": "30d"}],
    )
    insecure: bool = Field(
        DEFAULT_BUS.insecure,
        description=msgid(
            "true: the links to the broker, the database and the store of files may be unverified although these are "
            "on other machines, because the way to them is secured otherwise."
        ),
        examples=[True],
    )
    personal: list[Text] | None = Field(
        None,
        description=msgid(
            "Further keys whose values are personal data and are hidden wherever data is shown: "
            "keys of events without a schema. The schemas mark their own."
        ),
        examples=[["fullName", "address"]],
    )
    types: dict[str, Annotated[Text, NameOf("schema class")]] = Field(
        default_factory=dict,
        description=msgid(
            "By event type, the full name of the class of its schema. "
            "An operator's edit of a dead letter is checked against it."
        ),
        examples=[{"letter.v1": "schemas.letter_v1.Letter"}],
    )
    settings: dict[str, Annotated[Text, NameOf("settings class")]] = Field(
        default_factory=dict,
        description=msgid(
            "The project's own files of config/: by NAME of config/NAME.yaml, the full name of the class of its shape, "
            "which extends `lienthong.SettingsFile`. A parameter annotated with the class names the file."
        ),
        examples=[{"deadlines": "transforms.deadline_rules.DeadlineRules"}],
    )
    migrations: dict[str, Annotated[Text, NameOf("migrations")]] = Field(
        default_factory=dict,
        description=msgid(
            "By a short name, the full name of a package whose steps in `versions/` make the project's own tables."
        ),
        examples=[{"store": "store.migrations"}],
    )


class EnvFile(FileShape):
    bus: dict[str, Any] = Field(
        default_factory=dict, description=msgid("Keys of config/bus.yaml."), examples=[{"room": 2000}]
    )
    sources: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description=msgid("By name, keys of the files of config/sources/."),
        examples=[{"office": {"every": "5m"}}],
    )
    inboxes: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description=msgid("By name, keys of the files of config/inboxes/."),
        examples=[{"portal": {"max_bytes": 1048576}}],
    )
    requests: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description=msgid("By name, keys of the files of config/requests/."),
        examples=[{"counter-checks": {"within": "5s"}}],
    )
    schedules: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description=msgid("By name, keys of the files of config/schedules/."),
        examples=[{"monthly-report": {"enabled": False}}],
    )
    sinks: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description=msgid("By name, keys of the files of config/sinks/."),
        examples=[{"sms": {"enabled": False}}],
    )
    lookups: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description=msgid("By name, keys of the files of config/lookups/."),
        examples=[{"residents": {"enabled": False}}],
    )
    reports: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description=msgid("By name, keys of the files of config/reports/."),
        examples=[{"letters": {"with": {"minimum": 5}}}],
    )
