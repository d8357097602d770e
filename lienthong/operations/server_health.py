"""The part of the doctor's examination that asks servers: the database, the broker, its certificate."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lienthong.messages import format_number, message, message_n
from lienthong.operations.health_items import HealthItem, Installation
from lienthong.topology import make_topology

if TYPE_CHECKING:
    from lienthong.adapters.sql.migrations.package import SchemaState

MAX_CLOCK_DIFFERENCE_SECONDS = 5.0
"""Beyond this, periods and time windows become doubtful."""

CERTIFICATE_WARNING_DAYS = 30
"""Days before the end of a certificate from which there is a warning."""

_EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL


def examine_database_server(installation: Installation) -> Iterator[HealthItem]:
    """The database: whether it answers, whether its file is sound, and its clock."""
    from lienthong.adapters.sql.health import examine_database

    topic = message("Database")
    if not installation.database and not (installation.data / "lienthong.db").exists():
        advice = message("run `lienthong run`; it creates the embedded database")
        yield HealthItem(topic, "warn", message("there is none yet"), advice)
        return
    health = examine_database(installation.ledger_database)
    if health.damage:
        advice = message("leave the files as they are and restore the latest backup")
        found = message(
            "SQLite {version} (embedded) is damaged: “{damage}”", version=health.version, damage=health.damage
        )
        yield HealthItem(topic, "fail", found, advice)
    elif not health.is_whole:
        found = message("SQLite {version} (embedded), too large to be examined to its end here", version=health.version)
        yield HealthItem(topic, "ok", found, message("`lienthong verify --all` reads everything"))
    elif health.product == "SQLite":
        yield HealthItem(topic, "ok", message("SQLite {version} (embedded), sound", version=health.version))
    else:
        yield HealthItem(topic, "ok", f"{health.product} {health.version}")
    if health.clock_difference is not None:
        yield _clock(health.clock_difference)
    yield from _tables(installation)


def _tables(installation: Installation) -> Iterator[HealthItem]:
    from lienthong.operations import migrations

    packages = migrations.migration_packages(migrations.sound_bus(installation.loaded))
    found = migrations.table_states(installation.ledger_database, packages)
    for state in found.states:
        yield _table_item(state, is_embedded=found.is_embedded)


def _table_item(state: "SchemaState", *, is_embedded: bool) -> HealthItem:
    """Whether the tables of a package are those that this version needs, and what to do if not."""
    topic, package, recorded = message("Tables"), state.package.title, state.recorded or message("none")
    if state.state == "current":
        return HealthItem(
            topic, "ok", message("{package}: up to date (step {after}).", package=package, after=recorded)
        )
    found = message(
        "{package}: recorded step {recorded}, needed {newest}",
        package=package,
        recorded=recorded,
        newest=state.package.newest,
    )
    if state.state == "newer":
        advice = message("install the version that changed the tables; this one is older")
        return HealthItem(topic, "fail", found, advice)
    if is_embedded:
        return HealthItem(topic, "warn", found, message("nothing: the next command upgrades the embedded database"))
    return HealthItem(topic, "fail", found, message("run `lienthong migrate` with the account that owns the tables"))


def _clock(seconds: float) -> HealthItem:
    found = message("{seconds} seconds of difference to the database", seconds=format_number(seconds, decimals=1))
    if seconds > MAX_CLOCK_DIFFERENCE_SECONDS:
        advice = message("synchronise the clocks of both machines (chrony, systemd-timesyncd)")
        return HealthItem(message("Clock"), "warn", found, advice)
    return HealthItem(message("Clock"), "ok", found)


def examine_broker(installation: Installation) -> Iterator[HealthItem]:
    """The broker: its version and the queues that are missing."""
    topic, url = message("Queues"), installation.broker
    if not url.startswith(("amqp://", "amqps://")):
        found = message("embedded in a process; when one starts, the ledger publishes unfinished work again")
        yield HealthItem(topic, "ok", found)
        return
    from lienthong.adapters.rabbitmq.topology_plan import fetch_server, plan

    server = fetch_server(url)
    yield HealthItem(topic, "fail" if server.problem else "ok", f"{server.product} {server.version}", server.problem)
    topology = make_topology(installation.loaded.settings)
    wrong = [status.name for status in plan(url, topology) if status.state != "present"]
    if wrong:
        found = message("missing or different: {names}", names=", ".join(wrong))
        yield HealthItem(topic, "warn", found, message("run `lienthong topology plan`"))


def examine_certificate(installation: Installation) -> Iterator[HealthItem]:
    """The one certificate that the bus depends on: the broker's."""
    topic = message("Certificate")
    if not installation.broker.startswith("amqps://"):
        yield HealthItem(topic, "ok", message("no connection to a broker uses TLS"))
        return
    from lienthong.adapters.rabbitmq.certificate import certificate_end

    try:
        end = certificate_end(installation.broker)
    except ssl.SSLCertVerificationError as error:
        yield _untrusted(error)
        return
    days, date = (end - datetime.now(UTC)).days, f"{end:%d/%m/%Y}"
    found = message_n(
        "the broker's certificate is valid for {count} more day, until {date}",
        "the broker's certificate is valid for {count} more days, until {date}",
        count=days,
        date=date,
    )
    if days < CERTIFICATE_WARNING_DAYS:
        yield HealthItem(topic, "warn", found, message("request a new certificate for the broker"))
    else:
        yield HealthItem(topic, "ok", found)


def _untrusted(error: ssl.SSLCertVerificationError) -> HealthItem:
    topic = message("Certificate")
    if error.verify_code == _EXPIRED:
        advice = message("install a new certificate on the broker")
        return HealthItem(topic, "fail", message("the broker's certificate has expired"), advice)
    advice = message(
        "set LIENTHONG_BROKER_CA to the file with the certificate of its issuer, and write the server's name as the "
        "certificate does"
    )
    found = message("the broker's certificate is not trusted: “{why}”", why=error.verify_message)
    return HealthItem(topic, "fail", found, advice)
