from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mitto_tui.settings.locked_file import replace_file
from mitto_tui.settings.paths import (
    PathProblem,
    find_paths,
    private_dir,
    private_opener,
    readable_by_others,
)

posix = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def nobody() -> Iterator[None]:
    """Without the superuser's rights, which no mode stops."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_one_variable_moves_everything(tmp_path: Path) -> None:
    paths = find_paths({"MITTO_TUI_HOME": str(tmp_path / "mitto")})
    places = (
        paths.config_file,
        paths.data_dir,
        paths.database_file,
        paths.state_dir,
        paths.owners_dir,
        paths.log_file,
    )
    assert all(place.is_relative_to(tmp_path / "mitto") for place in places)
    assert len(set(places)) == len(places)
    assert not (tmp_path / "mitto").exists()


def test_home_is_made_absolute_and_tilde_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert find_paths({"MITTO_TUI_HOME": "a/../b"}).config_file == tmp_path / "b" / "config.toml"
    assert find_paths({"MITTO_TUI_HOME": "~/mitto"}).data_dir == tmp_path / "me" / "mitto" / "data"


def test_home_of_an_unknown_user_is_an_error() -> None:
    with pytest.raises(PathProblem, match="~no-such-user-here"):
        find_paths({"MITTO_TUI_HOME": "~no-such-user-here/x"})


@pytest.mark.skipif(sys.platform != "linux", reason="XDG is Linux's")
@pytest.mark.parametrize("home", [{}, {"MITTO_TUI_HOME": ""}])
def test_otherwise_the_platform_decides(home: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    paths = find_paths(home)
    assert paths.config_file == tmp_path / "config" / "mitto-tui" / "config.toml"
    assert paths.database_file.parent == tmp_path / "data" / "mitto-tui"
    assert paths.owners_dir == tmp_path / "state" / "mitto-tui" / "owners"
    assert paths.log_file.is_relative_to(tmp_path / "state" / "mitto-tui")


@pytest.mark.skipif(sys.platform != "linux", reason="XDG is Linux's")
def test_no_home_directory_is_an_error_not_a_directory_named_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    with pytest.raises(PathProblem, match="no home directory") as caught:
        find_paths({})
    assert "MITTO_TUI_HOME" in caught.value.advice


@posix
def test_private_dir_makes_every_missing_directory_0700(tmp_path: Path) -> None:
    made = private_dir(tmp_path / "a" / "b")
    assert (mode(made), mode(made.parent)) == (0o700, 0o700)
    assert private_dir(made) == made


@posix
def test_private_dir_leaves_what_is_there(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    private_dir(tmp_path / "a")
    assert mode(tmp_path) == 0o755


@posix
def test_private_opener(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("old ")
    path.chmod(0o640)
    assert readable_by_others(path)
    with open(path, "a", opener=private_opener) as file:
        file.write("new")
    assert (mode(path), path.read_text()) == (0o600, "old new")
    assert not readable_by_others(path)


def test_missing_is_not_readable_by_others(tmp_path: Path) -> None:
    assert not readable_by_others(tmp_path / "missing")


@pytest.mark.parametrize("below", ["", "data", "data/deep"])
def test_a_file_where_the_home_should_be_is_named(tmp_path: Path, below: str) -> None:
    home = tmp_path / "home"
    home.write_text("")
    with pytest.raises(PathProblem) as caught:
        private_dir(home / below)
    assert f"{home} is a file where a directory belongs." in caught.value.message
    assert "MITTO_TUI_HOME" in caught.value.advice


def test_a_directory_where_a_file_should_be_is_named(tmp_path: Path) -> None:
    with pytest.raises(PathProblem, match="is a directory where a file belongs"):
        replace_file(tmp_path, b"")


@posix
def test_a_directory_that_is_not_ours_to_write_is_named() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        with nobody(), pytest.raises(PathProblem) as for_directory:
            private_dir(folder / "data")
        with nobody(), pytest.raises(PathProblem) as for_file:
            replace_file(folder / "config.toml", b"")
    assert str(folder / "data") in for_directory.value.message
    assert "Permission denied" in for_directory.value.message
    assert str(folder / "config.toml") in for_file.value.message
    assert "MITTO_TUI_HOME" in for_file.value.advice


@pytest.mark.skipif(sys.platform == "win32", reason="a directory in use can't be removed there")
def test_a_relative_home_where_the_directory_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(PathProblem, match="a directory that is gone"):
        find_paths({"MITTO_TUI_HOME": "home"})


def test_a_path_that_steers_the_terminal_is_shown_as_signs(tmp_path: Path) -> None:
    home = tmp_path / "a\x1b[2J"
    home.write_text("")
    with pytest.raises(PathProblem) as caught:
        private_dir(home / "b")
    assert "\x1b" not in str(caught.value)
    assert "␛" in str(caught.value)


def test_a_home_given_by_variable_needs_no_platformdirs(tmp_path: Path) -> None:
    code = "import sys, mitto_tui.settings.paths as p; p.find_paths(); print('platformdirs' in sys.modules)"
    root = Path(__file__).parents[2]
    environ = {**os.environ, "MITTO_TUI_HOME": str(tmp_path), "PYTHONPATH": str(root)}
    ran = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
