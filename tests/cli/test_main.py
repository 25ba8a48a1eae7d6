"""What stands before any command."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

import mitto_tui
from tests.cli.conftest import KEY, Cli, command


def test_version(cli: Cli) -> None:
    result = cli("--version")
    assert (result.code, result.out, result.err) == (0, f"mitto-tui {mitto_tui.__version__}\n", "")


@pytest.mark.parametrize("arguments", [("--help",), ("send", "-h"), ("history", "--help"), ("key", "set", "--help")])
def test_help(cli: Cli, arguments: tuple[str, ...]) -> None:
    result = cli(*arguments)
    assert result.code == 0
    assert result.out.startswith("Usage: mitto-tui")


@pytest.mark.parametrize("arguments", [("nonsense",), ("--nonsense",), ("history", "nonsense"), ("send", "--to")])
def test_wrong_usage(cli: Cli, arguments: tuple[str, ...]) -> None:
    result = cli(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "mitto-tui --help" in result.err


@pytest.mark.parametrize(
    "arguments", [("\x1b[31m\u202e",), ("--\x1b[31m\u202e",), ("history", "--to", "\x1b[31m\u202e", "x")]
)
def test_an_error_never_steers_the_terminal(cli: Cli, arguments: tuple[str, ...]) -> None:
    result = cli(*arguments)
    assert result.code == 2
    assert not {"\x1b", "\u202e"} & set(result.err)


def test_an_unknown_profile_is_named_with_those_there_are(cli: Cli) -> None:
    result = cli("--profile", "sandbax", "history")
    assert result.code == 2
    assert "Did you mean sandbox?" in result.err


def test_without_a_terminal_there_is_no_app(cli: Cli, home: Path) -> None:
    result = cli()
    assert (result.code, result.out) == (2, "")
    assert "needs a terminal" in result.err
    assert not home.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_without_a_command_it_opens_the_app(home: Path) -> None:
    """On a real pseudo-terminal, as its own process, until ctrl+q."""
    master, slave = pty.openpty()
    environ = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    with subprocess.Popen(
        command("--sandbox"), stdin=slave, stdout=slave, stderr=slave, env=environ, start_new_session=True
    ) as process:
        os.close(slave)
        seen = b""
        try:
            while b"Compose" not in seen:
                seen += os.read(master, 65_536)
            os.write(master, b"\x11")
            while True:
                try:
                    if not os.read(master, 65_536):
                        break
                except OSError:  # the other side is closed
                    break
            assert process.wait(timeout=20) == 0
        finally:
            if process.poll() is None:
                process.kill()
            os.close(master)


def test_keys_lists_every_action_with_the_keymap(cli: Cli, home: Path) -> None:
    shipped = {row["id"]: row["keys"] for row in cli("keys", "--json").json}
    assert shipped["compose.send"] == ["ctrl+s", "f9"]
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text('[ui.keymap]\n"compose.send" = "ctrl+j"\n')
    assert {row["id"]: row["keys"] for row in cli("keys", "--json").json} == {**shipped, "compose.send": ["ctrl+j"]}
    assert "ctrl+j" in cli("keys").err


def test_a_fault_of_our_own_is_told_without_the_key(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not by the ``cli`` fixture, which takes no traceback for an answer."""
    from mitto_tui.cli.main import run
    from mitto_tui.settings.secret import Secret
    from mitto_tui.sms import segments

    def broken(*_: object) -> None:
        raise RuntimeError(f"the key was {Secret(KEY).reveal()}, \x1b[31m")

    monkeypatch.setattr(segments, "count", broken)
    assert run(["count", "hello", "--json"]) == 1
    written = capsys.readouterr()
    assert written.out == ""
    assert "RuntimeError: the key was [redacted], ␛[31m" in written.err
    assert "a fault of its own" in written.err
    assert KEY not in written.err
