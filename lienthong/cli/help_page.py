"""The help page of a command, in the reader's language: usage, what it does, arguments, options, commands.

Typer has pages of its own, but most of their words are English whatever the language is.
"""

from collections.abc import Sequence
from typing import Any

from lienthong.messages import Message, message

Row = tuple[str, str]


def write_help(command: Any, ctx: Any, formatter: Any) -> None:
    """Write the page of Typer's `command` to Typer's `formatter`."""
    parameters = [parameter for parameter in command.get_params(ctx) if not getattr(parameter, "hidden", False)]
    arguments = [one for one in parameters if one.param_type_name == "argument"]
    options = [one for one in parameters if one.param_type_name == "option"]
    commands = _commands(command, ctx)
    pieces = [message("[OPTIONS]"), *map(_usage, arguments)]
    if commands:
        pieces.append(message("COMMAND ..."))
    formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=message("Usage: "))
    command.format_help_text(ctx, formatter)
    _write_section(formatter, message("Arguments"), [(_argument_name(one), _describe(one)) for one in arguments])
    _write_section(formatter, message("Options"), [(_option_name(one), _describe(one)) for one in options])
    _write_section(formatter, message("Commands"), commands)


def _write_section(formatter: Any, heading: Message, rows: Sequence[Row]) -> None:
    if rows:
        with formatter.section(heading):
            formatter.write_dl(rows)


def _commands(command: Any, ctx: Any) -> Sequence[Row]:
    names = command.list_commands(ctx) if hasattr(command, "list_commands") else ()
    found = ((name, command.get_command(ctx, name)) for name in names)
    return [(name, one.help or "") for name, one in found if not one.hidden]


def _argument_name(argument: Any) -> str:
    name = str(argument.metavar or argument.name.upper())
    return f"{name}..." if argument.nargs == -1 else name


def _usage(argument: Any) -> str:
    name = _argument_name(argument)
    return name if argument.required else f"[{name}]"


def _option_name(option: Any) -> str:
    names = ", ".join(option.opts)
    if option.is_flag:
        return names
    choices = option.type_descriptor.choices
    value = option.metavar or ("|".join(map(str, choices)) if choices else message("TEXT"))
    return f"{names} {value}"


def _describe(parameter: Any) -> str:
    parts = [parameter.help or ""]
    if parameter.required and parameter.param_type_name == "option":
        parts.append(message("[required]"))
    if parameter.default not in (None, "", False) and not callable(parameter.default):
        parts.append(message("[default: `{value}`]", value=parameter.default))
    return " ".join(part for part in parts if part)
