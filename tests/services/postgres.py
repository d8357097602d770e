"""A private PostgreSQL server for the tests, and a database for each of them.

`LIENTHONG_TEST_POSTGRES_URL` names a server to use instead. Its user must be allowed to create databases, and must be
superuser for the tests that tamper with the ledger. Otherwise Debian's package is used, and installed when we are root.
"""

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import Engine, make_url

from lienthong.adapters.sql.database import open_database
from tests.databases import make_tables
from tests.services import packages
from tests.services.ports import free_ports

URL = "LIENTHONG_TEST_POSTGRES_URL"
_PACKAGES = Path("/usr/lib/postgresql")
_number = count(1)

FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
"""Settings for tests that never kill the server."""
_SMALL_LOG = ("-c", "wal_recycle=off", "-c", "min_wal_size=2MB", "-c", "max_wal_size=24MB")
NO_ROOM = b"No space left on device"


class Cluster:
    """A private cluster on a free port; it ends with the process that started it."""

    def __init__(self, *settings: str, log_in: Path | None = None) -> None:
        """`log_in`: a folder for the write-ahead log, which grows there by small files and keeps no unused ones."""
        self._settings = (*settings, *(_SMALL_LOG if log_in else ()))
        self._binaries = binaries()
        self._folder = Path(tempfile.mkdtemp(prefix="lienthong-postgres-"))
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
        (self.port,) = free_ports(1)
        subprocess.run(
            self._command(
                "initdb", "-A", "trust", "-U", "app", "-E", "UTF8", "--locale=C.UTF-8", "-N", *_log_options(log_in)
            ),
            check=True,
            capture_output=True,
            cwd="/",
        )
        self._server: subprocess.Popen[bytes] | None = None
        atexit.register(self.remove)
        self.start()

    @property
    def url(self) -> str:
        return f"postgresql://app@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int:
        """The process that starts all others of the server."""
        assert self._server is not None
        return self._server.pid

    def start(self) -> None:
        """Start the server, repeatedly while processes of a killed one remain. Returns once it accepts connections."""
        command = self._command(
            "postgres", "-c", f"port={self.port}", "-c", "listen_addresses=127.0.0.1",
            "-c", "unix_socket_directories=", "-c", "max_connections=200", *self._settings,
        )  # fmt: skip
        for _ in range(600):
            if self._server is None or self._server.poll() is not None:
                with (self._folder / "log").open("ab") as log:
                    self._server = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")
            if self._answers():
                return
            time.sleep(0.05)
        raise AssertionError(f"PostgreSQL did not start: {(self._folder / 'log').read_text()[-2000:]}")

    def kill(self) -> None:
        """Kill it with SIGKILL: it writes nothing more, as in a power cut."""
        assert self._server is not None
        self._server.kill()
        self._server.wait()

    def place(self, name: str, folder: Path) -> None:
        """Make a tablespace of this name in an empty folder."""
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        command_server(self.url, f"CREATE TABLESPACE {name} LOCATION '{folder}'")

    def make_database_anew(self, tablespace: str = "") -> None:
        """Drop the database with all that is in it, also while it is used, and make an empty one.

        Its tables will lie in `tablespace`, if one is named.
        """
        other = database_url(self.url, "template1")
        command_server(other, "DROP DATABASE postgres WITH (FORCE)")
        command_server(other, "CREATE DATABASE postgres")
        if tablespace:
            command_server(self.url, f"ALTER DATABASE postgres SET default_tablespace = {tablespace}")

    def refused_room(self) -> int:
        """How often it has logged that a disk is full."""
        return (self._folder / "log").read_bytes().count(NO_ROOM)

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answers(self) -> bool:
        tool = self._binaries / "pg_isready"
        return subprocess.run([tool, "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False).returncode == 0

    def _command(self, tool: str, *arguments: str) -> list[str]:
        command = [str(self._binaries / tool), "-D", str(self._folder / "data"), *arguments]
        if os.getuid() != 0:
            return command
        # PostgreSQL refuses to run as root.
        as_postgres = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--pdeathsig", "KILL"]
        return as_postgres + command


def _log_options(log_in: Path | None) -> list[str]:
    """Options of initdb for segments of 1 MB, so that the log soon needs another one."""
    return [f"--waldir={log_in}", "--wal-segsize=1"] if log_in else []


@cache
def binaries() -> Path:
    """The newest installed server; it is installed if missing. If that fails the test fails, with what to do."""
    if not _found():
        packages.install("postgresql", lambda: bool(_found()))
    found = _found()
    advice = "apt-get install -y --no-install-recommends postgresql"
    assert found, f"these tests need PostgreSQL: {advice}, or name a server in {URL}"
    return found[-1].parent


def _found() -> list[Path]:
    return sorted(_PACKAGES.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))


@cache
def server() -> str:
    """The URL of the server that tests share which do not kill it."""
    return os.environ.get(URL) or Cluster(*FAST).url


@cache
def _template(url: str) -> str:
    """A database with all tables, from which others are copied."""
    name = f"lienthong_template_{os.getpid()}"
    command_server(url, f"CREATE DATABASE {name}")
    atexit.register(command_server, url, f"DROP DATABASE {name} WITH (FORCE)")
    engine = open_database(database_url(url, name))
    make_tables(engine).dispose()
    return name


@contextmanager
def fresh_database(url: str | None = None, *, empty: bool = False) -> Iterator[Engine]:
    """A new database, with all tables unless `empty`; it is dropped afterwards."""
    url = url or server()
    name = f"lienthong_{os.getpid()}_{next(_number)}"
    command_server(url, f"CREATE DATABASE {name}" + ("" if empty else f" TEMPLATE {_template(url)}"))
    engine = open_database(database_url(url, name))
    try:
        yield engine
    finally:
        engine.dispose()
        command_server(url, f"DROP DATABASE {name} WITH (FORCE)")


def database_url(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def command_server(url: str, command: str) -> None:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(command.encode())
