"""The commands of `lienthong dead`. Heavy rooms are imported inside, so that `--help` answers at once."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from lienthong.cli.options import VAR, AsJson, Data

dead = typer.Typer(help="Thư chết: những sự kiện không đi tiếp được.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="Số thư.")]
Numbers = Annotated[list[int] | None, typer.Argument(help="Số thư.")]
GroupId = Annotated[str, typer.Option("--group", help="Mã nhóm, xem `lienthong dead groups`.")]
Stage = Annotated[str, typer.Option("--stage", help="Chỉ thư ở chặng này, ví dụ sink.data-store.")]
Source = Annotated[str, typer.Option("--source", help="Chỉ thư từ nguồn này.")]
State = Annotated[
    Literal["parked", "replayed", "discarded", "all"],
    typer.Option("--state", help="Đang chờ, đã chạy lại, đã huỷ, hoặc tất cả."),
]
As = Annotated[str, typer.Option("--as", help="Tên người thực hiện; mặc định LIENTHONG_USER, rồi tài khoản máy.")]
Reason = Annotated[str, typer.Option("--reason", help="Vì sao; được ghi vào sổ.")]
Anyway = Annotated[bool, typer.Option("--anyway", help="Đề nghị dù chặng vẫn không nhận bản sửa.")]


@dead.command("groups")
def groups(
    *, data: Data = VAR, stage: Stage = "", source: Source = "", state: State = "parked", as_json: AsJson = False
) -> None:
    """Gộp thư theo nguyên nhân: bao nhiêu, từ bao giờ, ở chặng nào, ai phụ trách."""
    from lienthong.cli import context, letters

    with context.answering(data), context.letter_store(data) as letter_store:
        letters.show_groups(context.console(), letter_store, letters.wanted(state, stage, source), as_json=as_json)


@dead.command("list")
def listed(
    *,
    data: Data = VAR,
    group: GroupId = "",
    stage: Stage = "",
    source: Source = "",
    state: State = "parked",
    as_json: AsJson = False,
) -> None:
    """Liệt kê thư, mỗi thư một dòng."""
    from lienthong.cli import context, letters

    with context.answering(data), context.letter_store(data) as letter_store:
        letters.show_list(context.console(), letter_store, letters.wanted(state, stage, source, group), as_json=as_json)


@dead.command("show")
def show(number: Number, data: Data = VAR, as_json: AsJson = False) -> None:
    """Xem một thư: nội dung (dữ liệu cá nhân được che), các lần thử, những việc đã làm với nó."""
    from lienthong.cli import context, letters

    with context.answering(data), context.letter_store(data) as letter_store:
        letters.show_one(context.console(), letter_store, number, as_json=as_json)


@dead.command("edit")
def edit(
    number: Number,
    *,
    reason: Reason,
    values: Annotated[
        list[str] | None, typer.Option("--set", help="đường.dẫn=giá-trị; giá trị là JSON, hoặc văn bản. Lặp lại được.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Dữ liệu mới; giá trị đã che thì giữ nguyên.")] = None,
    who: As = "",
    data: Data = VAR,
    anyway: Anyway = False,
) -> None:
    """Đề nghị sửa một thư. Chưa áp dụng gì: một người khác phải duyệt bằng `dead approve`."""
    from lienthong.cli import context, editing

    with context.answering(data):
        change = editing.Change(values or (), file)
        raise typer.Exit(
            editing.propose(
                context.console(), data, number, change, who=context.acting(who), reason=reason, anyway=anyway
            )
        )


@dead.command("approve")
def approve(number: Number, who: As = "", data: Data = VAR) -> None:
    """Duyệt bản sửa do một người khác đề nghị; lần chạy lại sau đó sẽ gửi bản sửa."""
    from lienthong.cli import context, editing

    with context.answering(data):
        raise typer.Exit(editing.approve(context.console(), data, number, who=context.acting(who)))


@dead.command("refuse")
def refuse(number: Number, reason: Reason, who: As = "", data: Data = VAR) -> None:
    """Từ chối, hoặc rút lại, bản sửa đang chờ duyệt."""
    from lienthong.cli import context, editing

    with context.answering(data), context.letter_store(data) as letter_store:
        raise typer.Exit(
            editing.refuse(context.console(), letter_store, number, who=context.acting(who), reason=reason)
        )


@dead.command("replay")
def replay(
    numbers: Numbers = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Mọi thư đang chờ.")] = False,
    group: GroupId = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ cho xem sẽ gửi gì và tuyến sẽ làm gì.")] = False,
    expect: Annotated[str, typer.Option(help="Mã tập đã xem; từ chối nếu tập nay đã khác.")] = "",
    canary: Annotated[int, typer.Option(min=0, help="Gửi thử từng này thư; chỉ đi tiếp khi không thư nào chết.")] = 0,
    rate: Annotated[str, typer.Option(help="Tốc độ, ví dụ 50/s, 30/m.")] = "",
    stop_on: Annotated[int, typer.Option("--stop-on", min=0, help="Dừng khi có từng này thư chết lại.")] = 0,
    yes_repeat: Annotated[bool, typer.Option("--yes-repeat", help="Cho giao lại ở nơi ghi `replay: ask`.")] = False,
    who: As = "",
    data: Data = VAR,
    as_json: AsJson = False,
) -> None:
    """Chạy lại thư từ chặng nó đã chết, theo một tập đã chốt. Gọi lần thứ hai không làm gì."""
    from lienthong.cli import context, replaying

    with context.answering(data):
        if [bool(numbers), everything, bool(group)].count(True) != 1:
            context.fail("Hãy nêu số thư, hoặc --all, hoặc --group MÃ; đúng một trong ba.", context.USAGE)
        asked = replaying.Asked(
            tuple(numbers or ()), group, expect, canary, replaying.rate(rate), stop_on, yes_repeat=yes_repeat
        )
        console, person = context.console(), context.acting(who)
        act = replaying.rehearsed if dry_run else replaying.replay
        raise typer.Exit(act(console, data, asked, who=person, as_json=as_json))


@dead.command("discard")
def discard(reason: Reason, numbers: Numbers = None, group: GroupId = "", who: As = "", data: Data = VAR) -> None:
    """Huỷ hẳn những thư này, có lý do."""
    from lienthong.cli import context, letters

    with context.answering(data), context.letter_store(data) as letter_store:
        if bool(numbers) == bool(group):
            context.fail("Hãy nêu số thư, hoặc --group MÃ; đúng một trong hai.", context.USAGE)
        raise typer.Exit(
            letters.discard(
                context.console(), letter_store, numbers or (), group, who=context.acting(who), reason=reason
            )
        )
