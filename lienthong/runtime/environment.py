"""The variables of a process: its environment, the project's `.env`, and the files that `NAME_FILE` names."""

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from lienthong.errors import LienthongError
from lienthong.messages import message
from lienthong.messages.os_errors import os_reason

FILE_SUFFIX = "_FILE"
"""`NAME_FILE` names the file that contains the value of `NAME`; so a secret need not stand in the environment."""

READ_DIRECTLY = ("LIENTHONG_LANG", "LIENTHONG_BROKER_CA")
"""Variables that rooms below read from `os.environ`. None of them is a secret."""


class BadVariable(LienthongError):  # noqa: N818 - the name states what is wrong
    """A variable is given twice, or the file that contains it cannot be read; the message names both."""


class Variables(Mapping[str, str]):
    """An environment in which `NAME` may be given by `NAME_FILE`: the file's content without the last line break.

    A file is read each time its variable is asked for, so that no secret is kept. An empty variable counts as not set
    where the other one is. Raises `BadVariable` when both are set or the file cannot be read.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def __getitem__(self, name: str) -> str:
        file_name = name + FILE_SUFFIX
        file = self._environment.get(file_name)
        if not file:
            return self._environment[name]
        if self._environment.get(name):
            raise BadVariable(
                message("{name} and {file_name} are both set; set only one of them", name=name, file_name=file_name)
            )
        return _read_value(file_name, Path(file))

    def __iter__(self) -> Iterator[str]:
        return iter({name.removesuffix(FILE_SUFFIX) for name in self._environment} | set(self._environment))

    def __len__(self) -> int:
        return len(set(iter(self)))


class ReadableVariables(Mapping[str, str]):
    """The same variables, where a variable that raises `BadVariable` counts as not set: to look, not to run."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def __getitem__(self, name: str) -> str:
        try:
            return self._variables[name]
        except BadVariable:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)


class Without(Mapping[str, str]):
    """The same variables without some."""

    def __init__(self, variables: Mapping[str, str], names: Collection[str]) -> None:
        self._variables = variables
        self._names = names

    def __getitem__(self, name: str) -> str:
        if name in self._names:
            raise KeyError(name)
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._variables if name not in self._names)

    def __len__(self) -> int:
        return len(list(iter(self)))


def _read_value(file_name: str, file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = os_reason(error) if isinstance(error, OSError) else message("it is not UTF-8 text")
        raise BadVariable(
            message(
                "{file_name} names the file {file}, which cannot be read: {why}",
                file_name=file_name,
                file=file,
                why=why,
            )
        ) from None
    return text.removesuffix("\n").removesuffix("\r")


def load_env_file(project: Path) -> None:
    """Set the variables of the project's `.env` that the environment does not set. Calling it again changes nothing.

    The file has one `KEY=VALUE` a line. Where the environment gives a variable in either way (`NAME`, `NAME_FILE`),
    the file's line for it counts for nothing. Values are never printed. Raises `BadVariable` for a line of another
    kind, naming file and line, and for a file that cannot be read.
    """
    file = project / ".env"
    if not file.is_file():
        return
    given = {name.removesuffix(FILE_SUFFIX) for name, value in os.environ.items() if value}
    for name, value in _parse(file).items():
        if name.removesuffix(FILE_SUFFIX) not in given:
            os.environ[name] = value


def _parse(file: Path) -> Mapping[str, str]:
    from dotenv.parser import parse_stream

    found: dict[str, str] = {}
    try:
        with file.open(encoding="utf-8") as stream:
            bindings = list(parse_stream(stream))
    except (OSError, UnicodeDecodeError) as error:
        why = os_reason(error) if isinstance(error, OSError) else message("it is not UTF-8 text")
        raise BadVariable(message("{file} cannot be read: {why}", file=file, why=why)) from None
    for binding in bindings:
        if binding.error or (binding.key is not None and binding.value is None):
            text = binding.original.string
            line = binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")
            raise BadVariable(message("{file}, line {line}: write `KEY=VALUE`", file=file, line=line))
        if binding.key is not None and binding.value is not None:
            found[binding.key] = binding.value
    return found


def name_servers(*, broker: str, database: str) -> None:
    """Put servers that the command line names into the environment, where the processes of `--processes` find them."""
    for name, value in (("LIENTHONG_BROKER", broker), ("LIENTHONG_DATABASE", database)):
        if value:
            os.environ[name] = value
            os.environ.pop(name + FILE_SUFFIX, None)


def share_direct_variables(variables: Mapping[str, str]) -> None:
    """Put variables that are read from `os.environ` there, when a `NAME_FILE` gives them."""
    for name in READ_DIRECTLY:
        value = variables.get(name)
        if value:
            os.environ.setdefault(name, value)
