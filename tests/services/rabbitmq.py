"""A private RabbitMQ for tests: one node a session, one virtual host a test, nothing of the machine's own services.

`LIENTHONG_TEST_RABBITMQ_URL` names a broker to use instead where a test needs no more than a broker: a virtual host
kept for tests, since their queues are deleted there. Tests that kill the node always start their own.
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
LEFT_BEHIND = [
    *(f"lt1.{stage}{part}" for stage in ("route.a", "sink.b") for part in ("", ".quarantine")),
    *("lt1.unreadable", "lt1.delay.200ms", "lt1.delay.1h"),
    *("rung", "later", "first", "second", "waiting", "work", "here", "there", "witness", "full"),
]
"""Queues and exchanges of the suites that run on a named broker: the contract and the assumptions."""

HOSTS_AT_ONCE = 25  # a call of rabbitmqctl costs a second and a half, however many it makes
IDLE = "+sbwt none +sbwtdcpu none +sbwtdio none"
"""A broker without work leaves the cores to others, as RabbitMQ advises where cores are shared."""
ADVANCED = "[{rabbit,[{dead_letter_worker_publisher_confirm_timeout,3000}]},{ssl,[{bypass_pem_cache,true}]}]."
"""The second: a certificate that is exchanged is in use at once."""


class Node:
    """A RabbitMQ node with its own cookie, ports and data; everything of it is in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.tls_port, self._dist, self._epmd = free_ports(4)
        self.certificate = folder / "certificate.pem"
        """The server's, signed by itself; its name is localhost."""
        self._hosts: list[str] = []
        self._made = 0
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
            "ERL_EPMD_RELAXED_COMMAND_CHECK": "1",  # so that epmd can be ended although a node was just killed
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
        )
        (folder / "advanced.config").write_text(ADVANCED)

    def start(self) -> None:
        """Return when the node answers. The AMQP port opens before boot has ended, so it is not asked."""
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [BINARIES / "rabbitmq-server"], env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        self.control("wait", str(self.folder / "pid"), "--timeout", "90")
        self.control("await_startup", "--timeout", "90")

    @property
    def pid(self) -> int:
        """The Erlang machine, which all of the broker's work is done by."""
        return int((self.folder / "pid").read_text())

    def control(self, *words: str) -> str:
        """What `rabbitmqctl` answers. Raises with its own words when it fails."""
        done = subprocess.run(
            [BINARIES / "rabbitmqctl", "-q", *words], env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"rabbitmqctl {words[0]}: {done.stderr or done.stdout}")
        return done.stdout.strip()

    def kill(self) -> None:
        """The power is gone: no goodbye, no flush."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=20)
            self._process = None
        (self.folder / "pid").unlink(missing_ok=True)

    def remove(self) -> None:
        """Kill it, and leave neither a process nor a file."""
        self.kill()
        end = ["epmd", "-port", str(self._epmd), "-kill"]
        subprocess.run(end, env=self._environment, capture_output=True, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self) -> str:
        """The URL of a virtual host nobody has used before."""
        if not self._hosts:
            first, self._made = self._made, self._made + HOSTS_AT_ONCE
            names = [f"t{number}" for number in range(first, self._made)]
            listed = ",".join(f'<<"{name}">>' for name in names)
            self.control(
                "eval",
                f"lists:foreach(fun(V) -> rabbit_vhost:add(V, <<>>), rabbit_auth_backend_internal:set_permissions("
                f'<<"guest">>, V, <<".*">>, <<".*">>, <<".*">>, <<>>) end, [{listed}]).',
            )
            self._hosts = names[::-1]
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{self._hosts.pop()}"


def _sign(certificate: Path, key: Path) -> None:
    """A certificate for localhost, and for that name alone, good for two days."""
    wanted = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    made = [*wanted.split(" "), "-out", str(certificate), "-keyout", str(key)]
    subprocess.run(made, check=True, capture_output=True)


def ensure_installed() -> None:
    """Install Debian's package when we may; else fail saying what to do: no test is passed over."""
    installed = (BINARIES / "rabbitmq-server").exists
    if not installed():
        packages.install("rabbitmq-server", installed)
    if not installed():
        advice = "RabbitMQ is missing: apt-get install rabbitmq-server, or set LIENTHONG_TEST_RABBITMQ_URL"
        pytest.fail(advice)


@cache
def node() -> Node:
    """The session's own node, started when first asked for and gone at the end. Leave it running."""
    ensure_installed()
    made = Node(Path(tempfile.mkdtemp(prefix="lienthong-rabbitmq-")))
    atexit.register(made.remove)
    made.start()
    return made


def fresh_url() -> str:
    """A broker with nothing of an earlier test: a virtual host nobody used, or the named broker swept clean."""
    named = os.environ.get("LIENTHONG_TEST_RABBITMQ_URL")
    if not named:
        return node().url()
    with pika.BlockingConnection(pika.URLParameters(named)) as connection:
        channel = connection.channel()
        for name in LEFT_BEHIND:
            channel.queue_delete(name)
            channel.exchange_delete(name)
    return named
