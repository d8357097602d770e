"""`lienthong topology plan | apply`: what must exist on RabbitMQ, and what of it does."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from lienthong.cli import opening
from lienthong.places import Places
from lienthong.topology import topology_of
from lienthong.wiring import on_rabbitmq

if TYPE_CHECKING:
    from rich.console import Console

    from lienthong.adapters.rabbitmq.planning import Standing

STATES = {
    "present": "có",
    "missing": "[yellow]chưa có[/]",
    "different": "[red]khác khai báo[/]",
    "created": "[green]vừa tạo[/]",
}
KINDS = {"exchange": "điểm phát", "queue": "hàng đợi"}


def plan(console: "Console", places: Places) -> int:
    """Show how the configured topology stands. 1 when something is missing or different."""
    from lienthong.adapters.rabbitmq import planning

    found = planning.plan(_url(places), topology_of(opening.settings()))
    _show(console, found)
    missing = sum(one.state == "missing" for one in found)
    if missing:
        console.print(f"Còn thiếu {missing}; `lienthong topology apply` sẽ tạo, hoặc `lienthong run` tự tạo khi chạy.")
    return opening.OK if all(one.state == "present" for one in found) else opening.FAULT


def apply(console: "Console", places: Places) -> int:
    """Create what is missing; delete and change nothing. 1 when something is different."""
    from lienthong.adapters.rabbitmq import planning

    found = planning.apply(_url(places), topology_of(opening.settings()))
    _show(console, found)
    return opening.FAULT if any(one.state == "different" for one in found) else opening.OK


def _url(places: Places) -> str:
    if not on_rabbitmq(places):
        opening.fail("Chưa chọn RabbitMQ: hãy đặt LIENTHONG_BROKER=amqp://người-dùng:mật-khẩu@máy:5672/vhost.", 2)
    return places.broker


def _show(console: "Console", found: "Sequence[Standing]") -> None:
    table = Table()
    for heading in ("Loại", "Tên", "Tình trạng", "Đang chờ"):
        table.add_column(heading, no_wrap=True)
    for one in found:
        table.add_row(KINDS[one.kind], one.name, STATES[one.state], str(one.ready) if one.kind == "queue" else "")
    console.print(table)
    for one in found:
        if one.state == "different":
            console.print(f"{one.name}: {one.words}", highlight=False, markup=False)
    if any(one.state == "different" for one in found):
        console.print(
            "Lienthong không sửa và không xoá gì trên RabbitMQ. Hãy để hàng đợi cũ cạn, xoá nó bằng công cụ của "
            "RabbitMQ, rồi chạy lại. Nếu khai báo do Lienthong đổi, tên mới mang số phiên bản mới và đứng cạnh tên cũ."
        )
    console.print("AMQP không cho thấy hàng đợi thừa của những tuyến đã gỡ; hãy xem chúng bằng công cụ của RabbitMQ.")
