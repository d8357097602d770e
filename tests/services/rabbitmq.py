"""A private RabbitMQ for tests: one node a session, one virtual host a test, no service of the machine.

`LIENTHONG_TEST_RABBITMQ_URL` names a broker to use instead in tests that do not kill it. It must be a virtual host for
tests only: their queues are deleted there. Tests that kill the node always start another one.
"""

import atexit
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import pika
import pytest

from tests.services import packages
from tests.services.ports import free_ports

BINARIES = Path("/usr/lib/rabbitmq/bin")
QUEUES_OF_TESTS = [
    *(f"lt1.{stage}{part}" for stage in ("route.a", "sink.b") for part in ("", ".quarantine")),
    *("lt1.unreadable", "lt1.foreign", "lt1.delay.200ms", "lt1.delay.1h"),
    *("rung", "later", "first", "second", "waiting", "work", "here", "there", "witness", "full"),
]
"""Queues and exchanges of the suites that can run on a named broker: the contract and the assumptions."""

HOSTS_AT_ONCE = 25  # a call of rabbitmqctl takes one and a half seconds, however many virtual hosts it makes
MAX_MESSAGE_BYTES = 5_242_880
"""The largest message that the node takes: less than the 16 MiB with which RabbitMQ 4 begins."""

IDLE = "+sbwt none +sbwtdcpu none +sbwtdio none"
"""An idle broker then uses no CPU, as RabbitMQ advises for shared cores."""
ADVANCED = "[{rabbit,[{dead_letter_worker_publisher_confirm_timeout,3000}]},{ssl,[{bypass_pem_cache,true}]}]."
"""Confirms of the dead-letter worker time out after 3 s; an exchanged certificate is used at once."""


class Node:
    """A RabbitMQ node with separate cookie, ports and data. All its files are in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.tls_port, self._dist, self._epmd = free_ports(4)
        self.certificate = folder / "certificate.pem"
        """The server's self-signed certificate for the name localhost."""
        self._hosts: list[str] = []
        self._host_count = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = os.environ | {
            "HOME": str(folder / "home"),
            "RABBITMQ_NODENAME": "lt@localhost",
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_DIST_PORT": str(self._dist),
            "ERL_EPMD_PORT": str(self._epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_RELAXED_COMMAND_CHECK": "1",  # epmd can then be ended although a node was just killed
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 " + IDLE + " -kernel inet_dist_use_interface {127,0,0,1}",
        }
        for name in ("home", "mnesia", "log"):
            (folder / name).mkdir(parents=True)
        cookie = folder / "home" / ".erlang.cookie"
        cookie.write_text(secrets.token_hex(16))
        cookie.chmod(0o400)
        (folder / "enabled_plugins").write_text("[].")
        key = folder / "key.pem"
        _sign(self.certificate, key)
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            f"listeners.ssl.1 = 127.0.0.1:{self.tls_port}\n"
            f"ssl_options.certfile = {self.certificate}\n"
            f"ssl_options.keyfile = {key}\n"
            "log.console = false\n"
            f"max_message_size = {MAX_MESSAGE_BYTES}\n"
        )
        (folder / "advanced.config").write_text(ADVANCED)

    def start(self) -> None:
        """Start the node, and return when it has started. The AMQP port opens earlier, so it does not show this."""
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [BINARIES / "rabbitmq-server"], env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        self.control("wait", str(self.folder / "pid"), "--timeout", "90")
        self.control("await_startup", "--timeout", "90")

    @property
    def pid(self) -> int:
        """The Erlang virtual machine, the process that does all the broker's work."""
        return int((self.folder / "pid").read_text())

    def control(self, *arguments: str) -> str:
        """The output of `rabbitmqctl`. Raises `RuntimeError` with its error output when it fails."""
        result = subprocess.run(
            [BINARIES / "rabbitmqctl", "-q", *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise RuntimeError(f"rabbitmqctl {arguments[0]}: {result.stderr or result.stdout}")
        return result.stdout.strip()

    def kill(self) -> None:
        """Kill it with SIGKILL: it writes nothing more, as in a power cut."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=20)
            self._process = None
        (self.folder / "pid").unlink(missing_ok=True)

    def remove(self) -> None:
        """Kill it, and remove its processes and files."""
        self.kill()
        end = ["epmd", "-port", str(self._epmd), "-kill"]
        subprocess.run(end, env=self._environment, capture_output=True, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self) -> str:
        """The URL of an unused virtual host."""
        if not self._hosts:
            first, self._host_count = self._host_count, self._host_count + HOSTS_AT_ONCE
            names = [f"t{number}" for number in range(first, self._host_count)]
            listed = ",".join(f'<<"{name}">>' for name in names)
            self.control(
                "eval",
                f"lists:foreach(fun(V) -> rabbit_vhost:add(V, <<>>), rabbit_auth_backend_internal:set_permissions("
                f'<<"guest">>, V, <<".*">>, <<".*">>, <<".*">>, <<>>) end, [{listed}]).',
            )
            self._hosts = names[::-1]
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{self._hosts.pop()}"


def _sign(certificate: Path, key: Path) -> None:
    """Write a self-signed certificate for the name localhost only, valid for two days."""
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    subprocess.run(
        [*command.split(" "), "-out", str(certificate), "-keyout", str(key)], check=True, capture_output=True
    )


def ensure_installed() -> None:
    """Install Debian's package if it is missing and we are root. If that fails the test fails, with what to do."""
    installed = (BINARIES / "rabbitmq-server").exists
    if not installed():
        packages.install("rabbitmq-server", installed)
    if not installed():
        advice = "RabbitMQ is missing: apt-get install rabbitmq-server, or set LIENTHONG_TEST_RABBITMQ_URL"
        pytest.fail(advice)


@cache
def node() -> Node:
    """The node of the session, started at the first call and removed at the end. Do not stop it."""
    ensure_installed()
    shared = Node(Path(tempfile.mkdtemp(prefix="lienthong-rabbitmq-")))
    atexit.register(shared.remove)
    shared.start()
    return shared


def fresh_url() -> str:
    """A broker without queues of earlier tests: an unused virtual host, or the named broker after cleaning."""
    named = os.environ.get("LIENTHONG_TEST_RABBITMQ_URL")
    if not named:
        return node().url()
    with pika.BlockingConnection(pika.URLParameters(named)) as connection:
        channel = connection.channel()
        for name in QUEUES_OF_TESTS:
            channel.queue_delete(name)
            channel.exchange_delete(name)
    return named
