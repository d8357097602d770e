"""Whether this process can serve: its broker, its database, its configuration, its disk. Each is a short question.

The answers are for machines that distribute load: a word for each check, and a reason without any secret in it.
"""

import os
import shutil
from collections.abc import Callable, Mapping

from lienthong.adapters.sql.database import Database, open_reader
from lienthong.errors import LienthongError
from lienthong.messages import message
from lienthong.operations.health_items import Installation

FULL_DISK = 0.98
"""Share of the disk of the data directory from which nothing should be sent here any more."""

Check = Callable[[], str]
"""Returns why it is not well, as a sentence; "" when it is."""


def checks(installation: Installation, database: Database) -> Mapping[str, Check]:
    """The checks by name, in the order in which they are shown."""
    return {
        "broker": lambda: _broker(installation.broker),
        "database": lambda: _database(database),
        "configuration": lambda: _configuration(installation),
        "disk": lambda: _disk(installation),
    }


def _broker(url: str) -> str:
    """Whether RabbitMQ answers, and can do what is needed; the embedded broker is in the memory of a process."""
    if not url.startswith(("amqp://", "amqps://")):
        return ""
    from lienthong.adapters.rabbitmq.topology_plan import fetch_server

    try:
        return fetch_server(url).problem
    except LienthongError:
        return message("the broker does not answer, or refuses us")


def _database(database: Database) -> str:
    try:
        with open_reader(database) as connection:
            connection.exec_driver_sql("SELECT 1")
    except Exception:  # noqa: BLE001 - whatever it is, the database cannot be used now
        return message("the database does not answer, or refuses us")
    return ""


def _configuration(installation: Installation) -> str:
    """Whether the project's folder is still there; its files were checked when the process began."""
    if (installation.folder / "config" / "bus.yaml").is_file():
        return ""
    return message("the folder of the project cannot be read")


def _disk(installation: Installation) -> str:
    data = installation.data
    try:
        usage = shutil.disk_usage(data)
    except OSError:
        return message("the data directory cannot be read")
    if not os.access(data, os.W_OK):
        return message("the data directory cannot be written")
    return message("the disk of the data directory is full") if usage.used / usage.total >= FULL_DISK else ""
