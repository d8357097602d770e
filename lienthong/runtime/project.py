"""A project: the folder that contains `config/bus.yaml`, with its connectors, routes, transforms and data.

The engine is installed once; a project is found from where the command runs, or is named. Its folder stands first on
the import path, so that `connectors`, `transforms` and the others are the project's own.
"""

import hashlib
import os
import sys
from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lienthong.errors import Misconfigured, WrongUse
from lienthong.messages import Message, message, use_ledger_language
from lienthong.runtime.endpoints import DATABASE_FILE, EMBEDDED_BROKER, RECORDING_MARK, Endpoints
from lienthong.runtime.environment import ReadableVariables, Variables, Without, load_env_file, share_direct_variables

if TYPE_CHECKING:
    from lienthong.settings import Settings

VARIABLE = "LIENTHONG_PROJECT"
MARK = Path("config") / "bus.yaml"
"""The file that makes a folder a project."""

RECORDINGS = "recordings"
"""The folder in the data directory with the data directories of recordings."""


class NoProject(WrongUse):
    """The folder is no project and none above it is; the message states what to do."""


@dataclass(frozen=True, slots=True)
class Project:
    """An open project. `data` is its data directory; `variables` are what its configuration substitutes.

    `data_is_named`: by `--data`. `servers` are the broker and the database that the command line alone may name for a
    recording; None: the variables name them. `recording`: the folder of the recording that is played.
    """

    folder: Path
    data: Path
    variables: Mapping[str, str]
    data_is_named: bool = False
    servers: tuple[str, str] | None = None
    recording: Path | None = None

    @property
    def laid_over(self) -> Path | None:
        """The recording whose config/ is laid over that of the project: the one played, or that of the data directory.

        None where it has no config/, or is not there any more.
        """
        mark = self.data / RECORDING_MARK
        text = mark.read_text(encoding="utf-8").strip() if self.recording is None and mark.is_file() else ""
        found = self.recording or (Path(text) if text else None)
        return found if found is not None and (found / "config").is_dir() else None

    @property
    def endpoints(self) -> Endpoints:
        """The data directory, and the servers that the variables name: where the live bus works.

        In the data directory of a recording the variables name nothing. Raises `BadVariable`, and `Misconfigured` for
        an address that is not understood, an empty one too: it is most likely a forgotten secret.
        """
        if self.servers is not None or (self.data / RECORDING_MARK).is_file():
            broker, database = self.servers or ("", "")
            files = ""
        else:
            broker, database, files = (self.variables.get(name, "") for name in _VARIABLES)
            _refuse_empty_servers(self.variables)
        _refuse_wrong_servers(_named(broker, database, files), named_by_option=self.servers is not None)
        if files:
            from lienthong.configuration.store_address import complete_address

            files = complete_address(files, self.variables)
        return Endpoints(self.data, broker=broker or EMBEDDED_BROKER, database=database, files=files)

    def for_recording(self, recording: Path, *, broker: str = "", database: str = "") -> "Project":
        """The same project where a recording is played: with a data directory of its own unless `--data` names one, on
        the embedded broker and database unless these are given. The environment has no say in it.
        """
        data = self.data if self.data_is_named else _recording_data(self.data, recording)
        return replace(self, data=data, servers=(broker, database), recording=recording)

    def where_a_ledger_is(self) -> "Project":
        """The same project, to look into: with the data directory of its one recording when there is no live ledger.

        Only where neither `--data` nor LIENTHONG_DATABASE states what to look at.
        """
        if self.data_is_named or self.endpoints.database or (self.data / DATABASE_FILE).exists():
            return self
        played = self.recordings()
        return replace(self, data=played[0]) if len(played) == 1 else self

    def recordings(self) -> Sequence[Path]:
        """The data directories of recordings that were played without `--data`."""
        return sorted(file.parent for file in (self.data / RECORDINGS).glob(f"*/{DATABASE_FILE}"))

    def settings(self, more: Mapping[str, str] | None = None) -> "Settings":
        """The configuration, checked as `lienthong check` does. `more` are variables that go before the others.

        Raises `Misconfigured` with every error found.
        """
        from lienthong.configuration.check import examine

        variables = self.variables if self.servers is None else Without(self.variables, _VARIABLES)
        found, findings = examine(self.folder, ChainMap(dict(more or {}), variables), self.laid_over)  # type: ignore[arg-type]  # it is only read
        errors = [finding for finding in findings if finding.level == "error"]
        if errors:
            raise Misconfigured(errors)
        return found

    def use_ledger_language(self) -> None:
        """From now on the process writes to the ledger in the project's language; `open_storage` does the same."""
        use_ledger_language(self.readable_settings().bus.language)

    def readable_settings(self) -> "Settings":
        """What can be understood of the configuration, whatever is wrong with the rest: to look, not to run."""
        from lienthong.configuration.load import load
        from lienthong.settings import Settings

        try:
            return load(self.folder, ReadableVariables(self.variables))[0]
        except OSError:
            return Settings()


_OPTIONS = {"LIENTHONG_BROKER": "--broker", "LIENTHONG_DATABASE": "--database"}
_VARIABLES = (*_OPTIONS, "LIENTHONG_FILES")


def _refuse_empty_servers(variables: Mapping[str, str]) -> None:
    if any(variables.get(name) == "" for name in _VARIABLES):
        from lienthong.configuration.server_addresses import empty_servers

        raise Misconfigured(list(empty_servers(variables)))


def _refuse_wrong_servers(named: Mapping[str, str], *, named_by_option: bool) -> None:
    if named:
        from lienthong.configuration.server_addresses import wrong_servers

        findings = wrong_servers(named, _OPTIONS if named_by_option else {})
        if findings:
            raise Misconfigured(findings)


def refuse_insecure_servers(project: Project, endpoints: Endpoints) -> None:
    """Raise `Misconfigured` for servers on other machines whose links are not verified, without `insecure: true`."""
    broker = "" if endpoints.broker == EMBEDDED_BROKER else endpoints.broker
    named = _named(broker, endpoints.database, endpoints.files)
    if named:
        from lienthong.configuration.server_addresses import insecure_servers
        from lienthong.operations.migrations import bus_settings

        options = _OPTIONS if project.servers is not None else {}
        findings = insecure_servers(named, project.variables, options)
        if findings and not bus_settings(project.folder, project.variables).insecure:
            raise Misconfigured(findings)


def _named(broker: str, database: str, files: str) -> Mapping[str, str]:
    named = {"LIENTHONG_BROKER": broker, "LIENTHONG_DATABASE": database, "LIENTHONG_FILES": files}
    return {name: value for name, value in named.items() if value}


def open_project(named: Path | None = None, data: Path | None = None) -> Project:
    """Find the project, read its `.env`, and put it on the import path.

    `named` is what `--project` gives and `data` what `--data` gives, both relative to the working directory; the
    variables LIENTHONG_PROJECT and LIENTHONG_DATA come next. LIENTHONG_DATA is relative to the project; without it the
    data directory is `var` in the project. Raises `NoProject` and `BadVariable`.
    """
    folder = find_project(named)
    load_env_file(folder)
    variables = Variables(os.environ)
    share_direct_variables(variables)
    _put_first_on_import_path(folder)
    where = data or folder / (variables.get("LIENTHONG_DATA") or "var")
    return Project(folder, where, variables, data_is_named=data is not None)


def _recording_data(data: Path, recording: Path) -> Path:
    """The data directory of a recording: by its name, and by its whole path where another has this name."""
    place = recording.absolute()
    folder = data / RECORDINGS / (place.resolve().name or "recording")
    mark = folder / RECORDING_MARK
    if mark.is_file() and mark.read_text(encoding="utf-8").strip() not in ("", str(place.resolve())):
        digest = hashlib.sha256(str(place.resolve()).encode()).hexdigest()[:8]
        return folder.with_name(f"{folder.name}-{digest}")
    return folder


def find_project(named: Path | None = None) -> Path:
    """The folder of the project: the one that is named, or the nearest from the working directory upward."""
    if named is not None:
        return _require_project(named, "`--project`")
    given = Variables(os.environ).get(VARIABLE)
    if given:
        return _require_project(Path(given), f"`{VARIABLE}`")
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / MARK).is_file():
            return folder
    raise NoProject(
        message(
            "This is not a Lienthong project: neither {folder} nor a folder above it contains `config/bus.yaml`. "
            "{advice}",
            folder=here,
            advice=_advice(),
        )
    )


def _require_project(folder: Path, named_by: str) -> Path:
    if not (folder / MARK).is_file():
        raise NoProject(
            message(
                "{named_by} names {folder}, which is not a Lienthong project: it does not contain `config/bus.yaml`. "
                "{advice}",
                named_by=named_by,
                folder=folder,
                advice=_advice(),
            )
        )
    return folder.resolve()


def _advice() -> Message:
    return message(
        "Go to the folder of a project, name one with `--project DIR` or `LIENTHONG_PROJECT`, or make a new one with "
        "`lienthong init DIR`."
    )


def _put_first_on_import_path(folder: Path) -> None:
    if sys.path[:1] != [str(folder)]:
        sys.path.insert(0, str(folder))
