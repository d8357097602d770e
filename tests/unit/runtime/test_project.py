"""Which folder is the project, where its data lies, and what is first on the import path."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lienthong.errors import Misconfigured
from lienthong.runtime.environment import BadVariable
from lienthong.runtime.project import NoProject, open_project


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test opens leaves neither variables nor import paths behind."""
    before = dict(os.environ)
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("LIENTHONG_PROJECT", "LIENTHONG_DATA", "LIENTHONG_BROKER", "LIENTHONG_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project")


def make_project(folder: Path) -> Path:
    (folder / "config").mkdir(parents=True)
    (folder / "config" / "bus.yaml").write_text("room: 10\n", encoding="utf-8")
    return folder


def test_the_project_is_the_nearest_folder_upward(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = project / "transforms" / "deep"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert open_project().folder == project
    inner = make_project(project / "transforms")
    assert open_project().folder == inner


def test_an_option_goes_before_the_variable_and_that_before_the_working_directory(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_option, by_variable = make_project(tmp_path / "option"), make_project(tmp_path / "variable")
    monkeypatch.chdir(project)
    monkeypatch.setenv("LIENTHONG_PROJECT", str(by_variable))
    assert open_project().folder == by_variable
    assert open_project(Path("../option")).folder == by_option
    monkeypatch.setenv("LIENTHONG_PROJECT", "")
    assert open_project().folder == project, "an empty variable names nothing"


def test_a_folder_that_is_no_project_is_refused_with_what_to_do(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoProject, match="lienthong init DIR"):
        open_project()
    monkeypatch.chdir(project)
    with pytest.raises(NoProject, match="--project"):
        open_project(tmp_path)
    monkeypatch.setenv("LIENTHONG_PROJECT", str(tmp_path))
    with pytest.raises(NoProject, match="LIENTHONG_PROJECT"):
        open_project()


def test_the_data_directory_lies_in_the_project_unless_it_is_named(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert open_project(project).data == project / "var"
    monkeypatch.setenv("LIENTHONG_DATA", "elsewhere")
    assert open_project(project).data == project / "elsewhere"
    monkeypatch.setenv("LIENTHONG_DATA", str(tmp_path / "absolute"))
    assert open_project(project).data == tmp_path / "absolute"
    assert open_project(project, Path("here")).data == Path("here"), "an option is relative to the working directory"


def test_modules_are_the_projects_even_where_others_have_the_same_name(project: Path) -> None:
    (project / "namesake_of_two.py").write_text("WHOSE = 'project'\n", encoding="utf-8")
    other = project.parent / "other"
    other.mkdir()
    (other / "namesake_of_two.py").write_text("WHOSE = 'other'\n", encoding="utf-8")
    sys.path.insert(0, str(other))
    open_project(project)
    open_project(project)
    import namesake_of_two  # type: ignore[import-not-found]  # it is written above

    assert namesake_of_two.WHOSE == "project"
    assert sys.path.count(str(project)) == 1


def test_servers_come_from_the_environment_from_env_and_from_files(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "database"
    secret.write_text("postgresql://app:mật-khẩu@host/db\n", encoding="utf-8")
    monkeypatch.setenv("LIENTHONG_DATABASE_FILE", str(secret))
    endpoints = open_project(project).endpoints
    assert endpoints.database == "postgresql://app:mật-khẩu@host/db"
    assert endpoints.broker == "memory://"
    assert "LIENTHONG_DATABASE" not in os.environ, "a secret does not enter the environment"


def test_the_place_for_files_has_its_key_from_variables_and_files_and_a_recording_has_its_own(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert open_project(project).endpoints.files == ""
    (tmp_path / "secret").write_text("a/b\n", encoding="utf-8")
    monkeypatch.setenv("LIENTHONG_FILES", "s3://bodies/kho?endpoint=https://files.example.vn")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "bus")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY_FILE", str(tmp_path / "secret"))
    complete = "s3://bus:a%2Fb@bodies/kho?endpoint=https%3A%2F%2Ffiles.example.vn"
    assert open_project(project).endpoints.files == complete
    assert open_project(project).for_recording(tmp_path).endpoints.files == ""


@pytest.mark.parametrize("name", ["LIENTHONG_BROKER", "LIENTHONG_DATABASE", "LIENTHONG_FILES"])
def test_an_empty_variable_of_a_server_is_refused_and_does_not_mean_the_embedded_one(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "")
    with pytest.raises(Misconfigured, match=name):
        open_project(project).endpoints  # noqa: B018 - it raises
    with pytest.raises(Misconfigured, match=name):
        open_project(project).settings()
    played = open_project(project).for_recording(tmp_path)
    assert played.endpoints.broker == "memory://"
    with pytest.raises(Misconfigured, match="LT611") as refused:
        played.settings()
    assert name not in str(refused.value)
    monkeypatch.delenv(name)
    empty = tmp_path / "empty"
    empty.write_text("\n", encoding="utf-8")
    monkeypatch.setenv(f"{name}_FILE", str(empty))
    with pytest.raises(Misconfigured, match=name):
        open_project(project).endpoints  # noqa: B018 - it raises


def test_what_the_configuration_substitutes_may_stand_in_a_file(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "config" / "sources").mkdir()
    source = project / "config" / "sources" / "shop.yaml"
    source.write_text("use: a.B\nevery: 60s\nwith: {key: '${SHOP_KEY}'}\n", encoding="utf-8")
    (tmp_path / "key").write_text("bí mật\n", encoding="utf-8")
    monkeypatch.setenv("SHOP_KEY_FILE", str(tmp_path / "key"))
    assert open_project(project).readable_settings().sources["shop"].parameters == {"key": "bí mật"}
    monkeypatch.setenv("SHOP_KEY", "also here")
    with pytest.raises(BadVariable, match=r"SHOP_KEY .* SHOP_KEY_FILE"):
        open_project(project).settings()
    assert "shop" in open_project(project).readable_settings().sources, "to look, a variable may be unreadable"
