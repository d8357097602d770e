"""`lienthong doctor`: is everything the bus stands on in order, and if not, what to do. One line each."""

import os
import shutil
import socket
import ssl
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.markup import escape
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.migrations.runner import read_states
from lienthong.cli import context, migration
from lienthong.configuration.check import examine
from lienthong.envelope import LOCAL_ZONE
from lienthong.errors import LienthongError, Misconfigured
from lienthong.runtime.composition import on_rabbitmq
from lienthong.runtime.migrations import migration_packages
from lienthong.runtime.project import Project
from lienthong.topology import make_topology

State = Literal["ok", "warn", "fail"]

ADVICE = {
    "Cơ sở dữ liệu": "xem máy chủ có chạy không; địa chỉ, người dùng và mật khẩu nằm trong LIENTHONG_DATABASE",
    "Hàng đợi": "xem RabbitMQ có chạy không; địa chỉ của nó nằm trong LIENTHONG_BROKER",
}
"""What to do when a look fails for a reason nobody foresaw."""

FULL = 0.90
"""Share of a disk in use at which we say so; the ledger only grows."""

EXPIRES_SOON = 30
"""Days before the end of a certificate at which we say so."""

_EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED

SKEW = 5.0
"""Seconds the database's clock may differ from ours before periods and windows become doubtful."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at: how it is, and what to do where that is not well."""

    what: str
    state: State
    found: str
    advice: str = ""


def look(project: Project) -> Sequence[Line]:
    """Look at everything. A look that fails is a line too, never an exception."""
    looks: Sequence[tuple[str, Callable[[], Iterator[Line]]]] = (
        ("Python", _python),
        ("Cấu hình", lambda: _configuration(project)),
        ("Ổ đĩa", lambda: _disk(project.data)),
        ("Cơ sở dữ liệu", lambda: _database(project)),
        ("Hàng đợi", lambda: _broker(project)),
        ("Chứng thư", lambda: _certificates(project)),
        ("Lịch", _calendar),
    )
    lines: list[Line] = []
    for what, each in looks:
        try:
            lines += each()
        except Misconfigured as refused:
            lines += [Line(what, "fail", finding.what, finding.advice) for finding in refused.findings]
        except LienthongError as error:
            lines.append(Line(what, "fail", str(error), ADVICE.get(what, "")))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what the doctor found
            words = str(error.orig if isinstance(error, DBAPIError) else error).partition("\n")[0]
            lines.append(Line(what, "fail", f"không xem được: {type(error).__name__}: {words}", ADVICE.get(what, "")))
    return lines


def doctor(console: Console, project: Project) -> int:
    """Print the lines; the exit code says whether anything must be done."""
    lines = look(project)
    marks: dict[State, str] = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "fail": "[red]✗[/]"}
    for line in lines:
        console.print(f"{marks[line.state]} [bold]{line.what}[/]: {escape(line.found)}", highlight=False)
        if line.advice:
            console.print(f"    → {escape(line.advice)}", highlight=False)
    return context.FAULT if any(line.state == "fail" for line in lines) else context.OK


def _python() -> Iterator[Line]:
    yield Line("Python", "ok", ".".join(map(str, sys.version_info[:3])))


def _configuration(project: Project) -> Iterator[Line]:
    settings, findings = examine(project.folder, project.variables)
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        yield Line("Cấu hình", "fail", f"{len(errors)} lỗi", "chạy `lienthong check` và sửa từng chỗ nó nêu")
        return
    parts = f"{len(settings.routes)} tuyến, {len(settings.sources)} nguồn, {len(settings.sinks)} đích"
    yield Line(
        "Cấu hình", "warn" if findings else "ok", parts, "chạy `lienthong check` để xem cảnh báo" * bool(findings)
    )


def _disk(data: Path) -> Iterator[Line]:
    there = next(folder for folder in (data, *data.absolute().parents) if folder.exists())
    usage = shutil.disk_usage(there)
    share = usage.used / usage.total
    found = f"{data}: còn {usage.free / 1e9:.1f} GB trống, đã dùng {share:.0%}"
    if not os.access(there, os.W_OK):
        yield Line("Ổ đĩa", "fail", f"{there} không ghi được", "cho tài khoản chạy dịch vụ quyền ghi")
    elif share > FULL:
        yield Line("Ổ đĩa", "warn", found, "thêm chỗ hoặc chuyển thư mục dữ liệu; sổ cái chỉ lớn thêm")
    else:
        yield Line("Ổ đĩa", "ok", found)


def _database(project: Project) -> Iterator[Line]:
    places = project.endpoints
    if not places.database and not (places.data / "lienthong.db").exists():
        yield Line("Cơ sở dữ liệu", "warn", "chưa có", "chạy `lienthong run`; nó tạo cơ sở dữ liệu nhúng")
        return
    engine = open_database(places.database_url())
    try:
        yield from _engine(engine)
        yield from _schema(engine, project)
    finally:
        engine.dispose()


def _schema(engine: Engine, project: Project) -> Iterator[Line]:
    for state in read_states(engine, migration_packages(migration.bus_settings(project))):
        yield Line("Lược đồ", *migration.describe(state, embedded=engine.dialect.name == "sqlite"))


def _broker(project: Project) -> Iterator[Line]:
    places = project.endpoints
    if not on_rabbitmq(places):
        yield Line("Hàng đợi", "ok", "nhúng trong tiến trình; việc dở dang được sổ cái đưa lại khi khởi động")
        return
    from lienthong.adapters.rabbitmq import topology_plan as planning

    server = planning.fetch_server(places.broker)
    found = f"{server.product} {server.version}"
    yield Line("Hàng đợi", "fail" if server.problem else "ok", found, server.problem)
    standing = planning.plan(places.broker, make_topology(examine(project.folder, project.variables)[0]))
    wrong = [one.name for one in standing if one.state != "present"]
    if wrong:
        yield Line("Hàng đợi", "warn", f"thiếu hoặc khác: {', '.join(wrong)}", "chạy `lienthong topology plan`")
    if places.broker.startswith("amqp://") and "@127.0.0.1" not in places.broker and "@localhost" not in places.broker:
        yield Line("Hàng đợi", "warn", "nối không mã hoá", "dùng amqps:// với chứng thư của máy chủ")


def _certificates(project: Project) -> Iterator[Line]:
    """The one certificate the bus depends on today: the broker's."""
    places = project.endpoints
    if not places.broker.startswith("amqps://"):
        yield Line("Chứng thư", "ok", "không có kết nối nào dùng TLS với hàng đợi")
        return
    from lienthong.adapters.rabbitmq.parameters import parse_url

    where = parse_url(places.broker)
    try:
        with (
            socket.create_connection((where.host, where.port), timeout=10) as plain,
            where.ssl_options.context.wrap_socket(plain, server_hostname=where.host) as secured,
        ):
            certificate = secured.getpeercert() or {}
    except ssl.SSLCertVerificationError as refused:
        yield _untrusted(refused)
        return
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    left = (ends - datetime.now(UTC)).days
    advice = "xin cấp chứng thư mới cho máy chủ hàng đợi" if left < EXPIRES_SOON else ""
    yield Line("Chứng thư", "warn" if advice else "ok", f"của hàng đợi còn {left} ngày (đến {ends:%d/%m/%Y})", advice)


def _untrusted(refused: ssl.SSLCertVerificationError) -> Line:
    if refused.verify_code == _EXPIRED:
        return Line("Chứng thư", "fail", "của hàng đợi đã hết hạn", "cài chứng thư mới cho máy chủ hàng đợi")
    advice = "đặt LIENTHONG_BROKER_CA là tệp chứng thư của nơi cấp, và gọi máy chủ bằng đúng tên trong chứng thư"
    return Line("Chứng thư", "fail", f"của hàng đợi không được tin: {refused.verify_message}", advice)


def _calendar() -> Iterator[Line]:
    offset = datetime.now(LOCAL_ZONE).utcoffset()
    yield Line(
        "Lịch", "ok", f"giờ Việt Nam {offset}; chưa có thời hạn nào tính theo ngày làm việc nên chưa cần lịch nghỉ"
    )


def _engine(engine: Engine) -> Iterator[Line]:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            version = connection.scalar(text("select sqlite_version()"))
            sound = connection.scalar(text("pragma quick_check"))
            state: State = "ok" if sound == "ok" else "fail"
            advice = "" if sound == "ok" else "giữ nguyên tệp, khôi phục từ bản sao lưu gần nhất"
            yield Line("Cơ sở dữ liệu", state, f"SQLite {version} (nhúng), kiểm tra: {sound}", advice)
            return
        version = connection.scalar(text("show server_version"))
        yield Line("Cơ sở dữ liệu", "ok", f"PostgreSQL {version}")
        theirs = connection.scalar(text("select clock_timestamp()"))
        skew = abs((datetime.now(UTC) - theirs).total_seconds()) if theirs else 0.0
        late = skew > SKEW
        advice = "đồng bộ giờ của hai máy (chrony, systemd-timesyncd)" * late
        yield Line("Đồng hồ", "warn" if late else "ok", f"lệch {skew:.1f} giây so với cơ sở dữ liệu", advice)
