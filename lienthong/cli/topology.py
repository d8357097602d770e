"""`lienthong topology plan | apply`: what must exist on RabbitMQ, and what of it does."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from lienthong.adapters.rabbitmq.topology_plan import ObjectStatus

commands = typer.Typer(help="Hàng đợi trên RabbitMQ: cần có gì, đang có gì.", no_args_is_help=True)

STATES = {
    "present": "có",
    "missing": "[yellow]chưa có[/]",
    "different": "[red]khác khai báo[/]",
    "created": "[green]vừa tạo[/]",
}
KINDS = {"exchange": "điểm phát", "queue": "hàng đợi"}


@commands.command()
def plan() -> None:
    """Cho xem chỗ khác nhau giữa cấu hình và RabbitMQ; không thay đổi gì. Mã thoát 1 khi thiếu hoặc khác."""
    from lienthong.adapters.rabbitmq import topology_plan as planning
    from lienthong.cli import context
    from lienthong.topology import make_topology

    with context.answering():
        found = planning.plan(_url(), make_topology(context.settings()))
        _show(found)
        missing = sum(one.state == "missing" for one in found)
        if missing:
            typer.echo(f"Còn thiếu {missing}; `lienthong topology apply` sẽ tạo, hoặc `lienthong run` tự tạo khi chạy.")
        raise typer.Exit(context.OK if all(one.state == "present" for one in found) else context.FAULT)


@commands.command()
def apply() -> None:
    """Tạo những gì còn thiếu trên RabbitMQ; không sửa, không xoá. Mã thoát 1 khi có gì khác khai báo."""
    from lienthong.adapters.rabbitmq import topology_plan as planning
    from lienthong.cli import context
    from lienthong.topology import make_topology

    with context.answering():
        found = planning.apply(_url(), make_topology(context.settings()))
        _show(found)
        raise typer.Exit(context.FAULT if any(one.state == "different" for one in found) else context.OK)


def _url() -> str:
    from lienthong.cli import context
    from lienthong.runtime.composition import on_rabbitmq

    places = context.places(Path())
    if not on_rabbitmq(places):
        advice = "hãy đặt LIENTHONG_BROKER=amqp://người-dùng:mật-khẩu@máy:5672/vhost"
        context.fail(f"Chưa chọn RabbitMQ: {advice}.", context.USAGE)
    return places.broker


def _show(found: "Sequence[ObjectStatus]") -> None:
    from rich.table import Table

    from lienthong.cli import context

    console, table = context.console(), Table()
    for heading in ("Loại", "Tên", "Tình trạng", "Đang chờ"):
        table.add_column(heading, no_wrap=True)
    for one in found:
        table.add_row(KINDS[one.kind], one.name, STATES[one.state], str(one.ready) if one.kind == "queue" else "")
    console.print(table)
    for one in found:
        if one.state == "different":
            console.print(f"{one.name}: {one.difference}", highlight=False, markup=False)
    if any(one.state == "different" for one in found):
        console.print(
            "Lienthong không sửa và không xoá gì trên RabbitMQ. Hãy để hàng đợi cũ cạn, xoá nó bằng công cụ của "
            "RabbitMQ, rồi chạy lại. Nếu khai báo do Lienthong đổi, tên mới mang số phiên bản mới và đứng cạnh tên cũ."
        )
    console.print("AMQP không cho thấy hàng đợi thừa của những tuyến đã gỡ; hãy xem chúng bằng công cụ của RabbitMQ.")
