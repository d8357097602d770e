"""The doctor's examination: is everything that the bus stands on in order, and if not, what to do about it."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from lienthong.adapters.private_files import open_to_others
from lienthong.errors import LienthongError, Misconfigured
from lienthong.messages import Message, format_number, message, message_n
from lienthong.operations.calendar_health import examine_calendars
from lienthong.operations.health_items import HealthItem, Installation
from lienthong.operations.link_health import examine_links

FULL_DISK = 0.90
"""Share of a disk in use from which there is a warning; the ledger only grows."""


Examination = Callable[[Installation], Iterator[HealthItem]]


def examine_health(installation: Installation) -> Sequence[HealthItem]:
    """Examine everything. An examination that fails is an item too, never an exception."""
    from lienthong.operations import process_health, server_health
    from lienthong.operations.alarm_health import examine_alarms
    from lienthong.operations.file_health import examine_files
    from lienthong.operations.message_health import examine_ledger, examine_messages
    from lienthong.operations.outage_health import examine_outages
    from lienthong.operations.signature_health import examine_signatures
    from lienthong.operations.subscription_health import examine_subscriptions

    advice_database = message("see whether the server runs; its address, user and password are in LIENTHONG_DATABASE")
    advice_broker = message("see whether RabbitMQ runs; its address is in LIENTHONG_BROKER")
    examinations: Sequence[tuple[str, Examination, str]] = (
        ("Python", _python, ""),
        (message("Configuration"), _configuration, ""),
        (message("Links"), examine_links, ""),
        (message("Disk"), _disk, ""),
        (message("Database"), server_health.examine_database_server, advice_database),
        (message("Queues"), server_health.examine_broker, advice_broker),
        (message("Messages"), examine_messages, advice_broker),
        (message("Ledger"), examine_ledger, advice_database),
        (message("Subscriptions"), examine_subscriptions, advice_database),
        (message("Files"), examine_files, message("check LIENTHONG_FILES, and that the store of files runs")),
        (message("Processes"), process_health.examine_processes, advice_database),
        (message("Certificate"), server_health.examine_certificate, ""),
        (message("Alarms"), examine_alarms, advice_database),
        (message("Subscriptions"), examine_outages, advice_database),
        (message("Calendar"), examine_calendars, ""),
        (message("Signatures"), examine_signatures, ""),
    )
    items: list[HealthItem] = []
    examined = replace(installation)  # a copy has read nothing yet
    for topic, examination, advice in examinations:
        try:
            items += examination(examined)
        except Misconfigured as error:
            items += [HealthItem(topic, "fail", finding.what, finding.advice) for finding in error.findings]
        except LienthongError as error:
            items.append(HealthItem(topic, "fail", str(error), advice))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what was found
            items.append(HealthItem(topic, "fail", _unexpected(error), advice))
    examined.close()
    return items


def _unexpected(error: Exception) -> Message:
    from lienthong.adapters.sql.health import driver_text

    text = (driver_text(error) or str(error)).partition("\n")[0]
    return message("it could not be examined: {kind}: “{error}”", kind=type(error).__name__, error=text)


def _python(_: Installation) -> Iterator[HealthItem]:
    yield HealthItem("Python", "ok", ".".join(map(str, sys.version_info[:3])))


def _configuration(installation: Installation) -> Iterator[HealthItem]:
    topic = message("Configuration")
    settings, faults = installation.loaded.settings, installation.faults
    if faults.errors:
        found = message_n("{count} error", "{count} errors", count=faults.errors)
        yield HealthItem(topic, "fail", found, message("run `lienthong check` and correct each place that it names"))
        return
    found = message(
        "{routes}, {sources}, {sinks}",
        routes=message_n("{count} route", "{count} routes", count=len(settings.routes)),
        sources=message_n("{count} source", "{count} sources", count=len(settings.sources)),
        sinks=message_n("{count} sink", "{count} sinks", count=len(settings.sinks)),
    )
    if faults.warnings:
        yield HealthItem(topic, "warn", found, message("run `lienthong check` to see the warnings"))
    else:
        yield HealthItem(topic, "ok", found)


def _disk(installation: Installation) -> Iterator[HealthItem]:
    topic, data = message("Disk"), installation.data
    existing = next(folder for folder in (data, *data.absolute().parents) if folder.exists())
    usage = shutil.disk_usage(existing)
    share = usage.used / usage.total
    found = message(
        "{data}: {free} GB free, {share}% used",
        data=data,
        free=format_number(usage.free / 1e9, decimals=1),
        share=format_number(share * 100),
    )
    if not os.access(existing, os.W_OK):
        advice = message("give the account of the service permission to write")
        yield HealthItem(topic, "fail", message("{folder} cannot be written", folder=existing), advice)
    elif share > FULL_DISK:
        advice = message("add space or move the data directory; the ledger only grows")
        yield HealthItem(topic, "warn", found, advice)
    else:
        yield HealthItem(topic, "ok", found)
    opened = sum(1 for _ in open_to_others(data))
    if opened:
        found = message_n(
            "{data}: other accounts can read {count} file or folder",
            "{data}: other accounts can read {count} files and folders",
            count=opened,
            data=data,
        )
        yield HealthItem(
            topic, "warn", found, message("run `chmod -R go= {data}` as the owner of the files", data=data)
        )
