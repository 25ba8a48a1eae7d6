from __future__ import annotations

import json
import os
import re
import sys
import tomllib
from pathlib import Path

import keyring
import pytest

from mitto_tui import __version__
from mitto_tui.settings.doctor import PACKAGES, Check, Verdict, examine
from mitto_tui.settings.paths import Paths, private_dir
from tests.settings import backends

KEY = "s3cret-key-of-a-test-0123"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"MITTO_TUI_HOME": str(tmp_path / "home"), "TERM": "xterm-256color"}


def made(path: Path) -> Path:
    """An empty file that only its owner can read, in a folder that only its owner can enter."""
    private_dir(path.parent)
    path.touch(0o600)
    return path


def by_name(checks: list[Check]) -> dict[str, Check]:
    return {check.name: check for check in checks}


def test_a_fresh_installation_lacks_a_key_only(environ: dict[str, str], paths: Paths) -> None:
    keyring.set_keyring(backends.MemoryKeyring())
    checks = by_name(examine(None, environ))
    assert [check.name for check in checks.values() if check.verdict is Verdict.BAD] == ["key"]
    assert "mitto-tui --profile default key set" in checks["key"].advice
    assert checks["config.file"].value == f"{paths.config_file} (not there yet)"
    assert checks["data.database"].value == f"{paths.database_file} (not there yet)"
    assert checks["profile"].value == "default"
    assert checks["profile.base_url"].value == "https://rest.mittoapi.com (Mitto)"
    assert checks["keyring"].value == "backends MemoryKeyring"
    assert checks["program.version"].value == __version__
    assert checks["program.python"].value.startswith(".".join(map(str, sys.version_info[:3])))
    assert checks["package.keyring"].verdict is Verdict.OK
    assert not paths.config_file.parent.exists()  # looking makes nothing


def test_the_sandbox_needs_nothing(environ: dict[str, str]) -> None:
    checks = by_name(examine("sandbox", environ))
    assert (checks["key"].verdict, checks["key"].value) == (Verdict.OK, "The sandbox needs no key.")
    assert checks["profile.base_url"].value == "the simulator in this program"


def test_everything_is_words_for_json_and_nothing_is_secret(environ: dict[str, str], paths: Paths) -> None:
    private_dir(paths.config_file.parent)
    paths.config_file.write_text(f'[profiles.default]\napi_key = "{KEY}"\nsender = "\\u001b[2J"\n')
    environ |= {
        "MITTO_API_KEY": KEY,
        "MITTO_BASE_URL": "https://user:hunter2@example.com",
        "EDITOR": f"vi\x1b[2J {KEY}",
        "SSH_CONNECTION": "192.0.2.1 5 192.0.2.2 22",
    }
    told = json.dumps([check.as_dict() for check in examine(None, environ)], ensure_ascii=False)
    assert KEY not in told
    assert "hunter2" not in told
    assert "192.0.2.1" not in told
    assert "\\u001b" not in told
    assert "\x1b" not in told
    assert '"environment.SSH_CONNECTION", "value": "set"' in told
    assert '"environment.MITTO_API_KEY", "value": "set"' in told


def test_the_key_in_the_environment_is_enough(environ: dict[str, str]) -> None:
    checks = by_name(examine(None, {**environ, "MITTO_API_KEY": KEY, "MITTO_BASE_URL": "frankfurt"}))
    assert checks["key"].verdict is Verdict.OK
    assert checks["keyring"].verdict is Verdict.WARN
    assert checks["profile.base_url"].value == "https://rest-fra.mittoapi.net (Frankfurt), from MITTO_BASE_URL"


def test_problems_of_the_file_are_listed_and_what_they_stop_is_said(environ: dict[str, str], paths: Paths) -> None:
    made(paths.config_file).write_text("[profiles.default]\ntimeout = 0\n[ui]\nthem = 1\n")
    checks = examine(None, environ)
    problems = [check.value for check in checks if check.name == "config.problem"]
    assert [f":{line}:" in problem for line, problem in zip((2, 4), problems, strict=True)] == [True, True]
    profile = by_name(checks)["profile"]
    assert profile.verdict is Verdict.BAD
    assert "timeout is 0" in profile.advice


def test_every_dependency_is_looked_for() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert list(PACKAGES) == sorted(re.split("[<>=]", each)[0] for each in project["dependencies"])


def test_an_unknown_profile(environ: dict[str, str]) -> None:
    checks = by_name(examine("nobody", environ))
    assert checks["profile"].verdict is Verdict.BAD
    assert "Profiles: default, sandbox." in checks["profile"].advice


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_files_that_others_can_read(environ: dict[str, str], paths: Paths) -> None:
    made(paths.database_file).chmod(0o644)
    made(paths.log_file)
    made(paths.config_file).chmod(0o644)  # it has no secrets, and often stands in a public repository
    paths.data_dir.chmod(0o755)
    checks = by_name(examine(None, environ))
    assert "mode 600" in checks["data.database"].advice
    assert "mode 700" in checks["data.directory"].advice
    assert checks["log.file"].verdict is Verdict.OK
    assert checks["config.file"].verdict is Verdict.OK


def test_a_file_where_the_home_should_be(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    checks = by_name(examine(None, environ))
    assert checks["data.directory"].verdict is Verdict.BAD
    assert "is a file where a directory belongs" in checks["data.directory"].advice


def test_a_directory_where_a_file_should_be(environ: dict[str, str], paths: Paths) -> None:
    private_dir(paths.database_file)
    assert by_name(examine(None, environ))["data.database"].verdict is Verdict.BAD


def test_no_home_at_all() -> None:
    checks = by_name(examine(None, {"MITTO_TUI_HOME": "~no-such-user-here/x"}))
    assert checks["home"].verdict is Verdict.BAD
    assert "terminal.encoding" in checks


def test_a_keyring_that_hangs_is_waited_for_once(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    backend = backends.HangingKeyring()

    def detect() -> backends.HangingKeyring:
        backend.get_password("mitto-tui", "default")
        return backend

    monkeypatch.setattr(keyring, "get_keyring", detect)
    try:
        checks = by_name(examine(None, environ, patience=0.05))
    finally:
        backend.released.set()
        assert backend.done.wait(10)
    assert "did not answer" in checks["keyring"].value
    assert checks["key"].value == checks["keyring"].value
    assert checks["key"].verdict is Verdict.BAD
    assert by_name(examine("sandbox", environ))["key"].verdict is Verdict.OK


def test_a_dumb_terminal_and_a_missing_package(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mitto_tui.settings.doctor.PACKAGES", ("no-such-package-anywhere",))
    checks = by_name(examine(None, {**environ, "TERM": "dumb"}))
    assert checks["package.no-such-package-anywhere"].verdict is Verdict.BAD
    assert checks["terminal"].verdict is Verdict.WARN
