"""The commands. Heavy rooms are imported inside, so that `--help` answers at once."""

import gc
import json
from pathlib import Path
from typing import Annotated

import typer

from lienthong.cli.dead import dead
from lienthong.cli.options import VAR, AsJson, Data
from lienthong.cli.topology import commands as topology

app = typer.Typer(
    name="lienthong",
    help="Trục liên thông dữ liệu: nhận sự kiện, hiểu, chuyển tiếp, và chứng minh mỗi sự kiện đã đi đâu.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(dead, name="dead")
app.add_typer(topology, name="topology")


def main() -> None:
    """The console script. What nobody foresaw is one sentence too; a traceback helps no operator."""
    try:
        app()
    except Exception as error:  # noqa: BLE001 - the last line of defence
        typer.echo(f"Lỗi ngoài dự kiến: {type(error).__name__}: {error}", err=True)
        raise SystemExit(1) from None


@app.command()
def check(as_json: AsJson = False) -> None:
    """Check routes and configuration: every fault with file, line, column, code and what to write instead."""
    gc.disable()  # what is read stays until the end; looking through it for garbage takes a sixth of the time
    try:
        from lienthong.cli import checking, context

        with context.answering():
            raise typer.Exit(checking.check(context.console(), as_json=as_json))
    finally:
        gc.freeze()  # else the interpreter looks through all of it once more before it ends
        gc.enable()


@app.command()
def test(as_json: AsJson = False) -> None:
    """Run the cases that stand beside the routes (NAME.cases.yaml)."""
    from lienthong.cli import checking, context

    with context.answering():
        raise typer.Exit(checking.test(context.console(), as_json=as_json))


@app.command()
def explain(name: Annotated[str, typer.Argument(help="A route's name, or a code of `check` such as LT301.")]) -> None:
    """Say in plain words what a route does, or what a code of `check` means."""
    from lienthong.cli import checking, context

    with context.answering():
        raise typer.Exit(checking.explain(context.console(), name))


@app.command()
def run(
    data: Data = VAR,
    *,
    recording: Annotated[
        Path | None, typer.Option(help="Phát lại một bản ghi trong hộp cát, thay cho các hệ thống thật.")
    ] = None,
    until_done: Annotated[bool, typer.Option("--until-done", help="Tự kết thúc khi không còn việc.")] = False,
    out: Annotated[Path | None, typer.Option(help="Nơi ghi báo cáo (mặc định: out/).")] = None,
    only: Annotated[
        str | None, typer.Option(help="Chỉ đóng một vai: intake, route:TÊN hoặc sink:TÊN (mỗi vai một tiến trình).")
    ] = None,
    processes: Annotated[
        int, typer.Option(min=1, help="Số tiến trình cùng làm mọi việc; tiến trình nào chết được chạy lại.")
    ] = 1,
    watched: Annotated[bool, typer.Option("--watched", hidden=True)] = False,
) -> None:
    """Chạy trục: nhận sự kiện từ các nguồn, xử lý, chuyển đến nơi cần đến."""
    from lienthong.cli import context, running, several

    with context.answering(data):
        places, console = context.places(data), context.console()
        if processes > 1:
            if recording is not None or until_done or out is not None or only is not None:
                context.fail(
                    "--processes chỉ đi một mình: bỏ --recording, --until-done, --out và --only.", context.USAGE
                )
            raise typer.Exit(several.run(places, console, processes=processes))
        if recording is not None:
            raise typer.Exit(running.run_recording(recording, places, out or Path("out"), console))
        raise typer.Exit(running.serve(places, console, until_done=until_done, out=out, only=only, watched=watched))


@app.command()
def sandbox(
    recording: Annotated[Path, typer.Option(help="Thư mục bản ghi.")],
    host: str = "127.0.0.1",
    port: int = 8600,
) -> None:
    """Start the stand-ins of the outside systems alone; they print where they listen."""
    import subprocess
    import sys

    command = [sys.executable, "-m", "sandbox", "--recording", str(recording), "--host", host, "--port", str(port)]
    raise typer.Exit(subprocess.run(command, check=False).returncode)  # noqa: S603 - our own module, no shell


@app.command()
def trail(
    key: Annotated[str, typer.Argument(help="Mã hồ sơ hoặc mã sự kiện.")], data: Data = VAR, as_json: AsJson = False
) -> None:
    """Hành trình: mọi điều đã xảy ra với một hồ sơ hoặc một sự kiện."""
    from lienthong.cli import context, tables
    from lienthong.masking import mask_text

    with context.answering(data), context.ledger(data) as ledger:
        entries = ledger.trail(key)
        if as_json:
            typer.echo(json.dumps(tables.trail_json(entries), ensure_ascii=False, indent=1))
        elif entries:
            tables.show_trail(context.console(), key, entries)
        if not entries:
            context.fail(f"Sổ không có sự kiện nào với mã {mask_text(key)}.")


@app.command()
def balance(data: Data = VAR, as_json: AsJson = False) -> None:
    """Cân đối: mỗi sự kiện đã nhận nay ở đâu; mọi chênh lệch là báo động."""
    from lienthong.cli import context, tables

    with context.answering(data), context.ledger(data) as ledger:
        told = ledger.balance()
        if as_json:
            typer.echo(json.dumps(tables.balance_json(told), ensure_ascii=False, indent=1))
        else:
            tables.show_balance(context.console(), told)
        raise typer.Exit(context.FAULT if told.faults else context.OK)


@app.command()
def queues(data: Data = VAR, as_json: AsJson = False) -> None:
    """Hàng đợi: mỗi chặng còn bao nhiêu sự kiện, từ bao giờ, nhanh hay chậm, ai đang phục vụ."""
    from lienthong.cli import context
    from lienthong.cli import queues as looking

    with context.answering(data), context.ledger(data) as ledger:
        broker = looking.on_broker(context.places(data))
        if as_json:
            typer.echo(json.dumps(looking.queues_json(ledger.stages(), broker), ensure_ascii=False, indent=1))
        else:
            raise typer.Exit(looking.show(context.console(), ledger.stages(), broker))


@app.command()
def verify(
    data: Data = VAR,
    as_json: AsJson = False,
    seen: Annotated[
        list[str] | None, typer.Option("--seen", help="Mã băm đầu chuỗi đã ghi lại hôm trước; lặp lại được.")
    ] = None,
) -> None:
    """Kiểm chứng sổ cái: không dòng nào bị sửa, xoá, thêm hay đổi chỗ."""
    from lienthong.cli import context

    with context.answering(data), context.ledger(data) as ledger:
        faults, heads = list(ledger.verify(seen or ())), ledger.heads()
        if as_json:
            told = {"clean": not faults, "faults": faults, "heads": dict(heads)}
            typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
        elif faults:
            for fault in faults:
                typer.echo(fault)
            typer.echo(f"Sổ cái KHÔNG toàn vẹn: {len(faults)} chỗ.")
        elif not heads:
            typer.echo("Sổ cái còn trống: chưa có khối nào, nên chưa có gì để kiểm chứng.")
        else:
            typer.echo("Sổ cái toàn vẹn: mọi khối, bút toán và nội dung đều khớp. Hãy ghi đầu chuỗi lại ở nơi khác:")
            for chain, head in heads.items():
                typer.echo(f"  {chain} {head}")
        raise typer.Exit(context.FAULT if faults else context.OK)


@app.command()
def report(
    name: Annotated[str, typer.Argument(help="Tên báo cáo trong config/reports/.")],
    period: Annotated[str, typer.Option(help="Kỳ báo cáo, ví dụ 2023-11.")],
    data: Data = VAR,
    out: Annotated[Path, typer.Option(help="Nơi ghi.")] = Path("out"),
) -> None:
    """Lập một báo cáo từ kho dữ liệu: JSON, XLSX, PDF."""
    from lienthong.adapters.clock import SystemClock
    from lienthong.cli import context
    from lienthong.cli.reporting import write_reports
    from lienthong.runtime.composition import open_storage

    with context.answering(data):
        context.check_period(period)
        settings = context.settings()
        if name not in settings.reports:
            context.fail(f"Không có báo cáo {name}; có: {', '.join(settings.reports)}.", context.USAGE)
        storage = open_storage(settings, context.places(data), SystemClock())
        for path in write_reports(storage, [period], out, [name]):
            typer.echo(str(path))
        storage.close()


@app.command()
def doctor(data: Data = VAR) -> None:
    """Khám: máy, cấu hình, cơ sở dữ liệu; mỗi dòng nói phải làm gì nếu không ổn."""
    from lienthong.cli import context
    from lienthong.cli import doctor as examination

    with context.answering(data):
        raise typer.Exit(examination.show(context.console(), examination.look(context.places(data))))
