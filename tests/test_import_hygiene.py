"""What is light stays light: counting and showing the version load no UI, no network, no database.

Each case runs in an interpreter of its own, since this one has long loaded everything.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import mitto_tui
from mitto_tui import sms

ROOT = Path(mitto_tui.__file__).parents[1]
HEAVY = frozenset(
    {"textual", "rich", "sqlalchemy", "aiohttp", "httpx", "keyring", "phonenumbers", "msgspec", "anyascii"}
)
SMS_MODULES = sorted(f"mitto_tui.sms.{path.stem}" for path in Path(sms.__file__).parent.glob("[!_]*.py"))

# Writes the modules that are loaded at exit to the file named first; the rest of the arguments is the program's.
REPORTER = """
import atexit, json, sys
target = sys.argv.pop(1)
atexit.register(lambda: open(target, "w").write(json.dumps(sorted(sys.modules))))
"""
RUN = REPORTER + "import runpy; sys.argv[0] = 'mitto-tui'; runpy.run_module('mitto_tui', run_name='__main__')"


def run(program: str, *arguments: str, home: Path, flags: tuple[str, ...] = ()) -> tuple[set[str], str]:
    """The modules that ``program`` had loaded when it ended, and what it wrote to standard output."""
    target = home / "modules.json"
    done = subprocess.run(
        [sys.executable, *flags, "-c", program, str(target), *arguments],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "MITTO_TUI_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=home,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(target.read_text())), done.stdout


def heavy(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules} & HEAVY


@pytest.mark.parametrize("module", ["mitto_tui", *SMS_MODULES])
def test_importing_what_an_sms_is_loads_nothing_heavy(module: str, tmp_path: Path) -> None:
    modules, _ = run(f"{REPORTER}import {module}", home=tmp_path)
    assert module in modules
    assert not heavy(modules)


def test_what_an_sms_is_needs_the_standard_library_alone(tmp_path: Path) -> None:
    imports = f"import {', '.join(SMS_MODULES)}"
    modules, _ = run(f"{REPORTER}{imports}", home=tmp_path, flags=("-S",))  # -S: no installed packages
    others = {module.partition(".")[0] for module in modules} - sys.stdlib_module_names
    assert others <= {"mitto_tui", "__main__"}


LIGHT_COMMANDS = {
    "--version": mitto_tui.__version__,
    "count hello --json": '"segments": 1',
    "count “hello”": "",
    "count --friendly “é”áő": "",
    "bulk --help": "--dry-run",
    "optout --help": "import",
    "count --friendly --json “é”áő": '"text": "\\"é\\"aö"',
}
"""Command lines that must start at once, and what they write to standard output."""


@pytest.mark.parametrize("command", LIGHT_COMMANDS)
def test_light_commands_load_nothing_heavy(command: str, tmp_path: Path) -> None:
    modules, written = run(RUN, *command.split(), home=tmp_path)
    assert LIGHT_COMMANDS[command] in written
    assert "mitto_tui.cli.main" in modules
    assert not heavy(modules)


def test_a_letter_that_is_no_marked_one_is_looked_up_in_anyascii_and_nothing_else_heavy(tmp_path: Path) -> None:
    modules, written = run(RUN, "count", "--friendly", "--json", "łódź", home=tmp_path)
    assert '"text": "lodz"' in written
    assert heavy(modules) == {"anyascii"}


def test_light_commands_leave_nothing_behind(tmp_path: Path) -> None:
    run(RUN, "count", "hello", "--json", home=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["modules.json"]


@pytest.mark.parametrize(
    "command",
    [
        "keys --json",
        "history --json",
        "profile list --json",
        "--sandbox key status --json",
        "--sandbox send --from Demo --to +491713920000 --text Hello --json",
    ],
)
def test_no_command_loads_the_screens(command: str, tmp_path: Path) -> None:
    modules, written = run(RUN, *command.split(), home=tmp_path)
    json.loads(written)
    # httpx brings rich along for a command line of its own, where click is installed too.
    unwanted = {"textual"} if "httpx" in modules else {"textual", "rich"}
    assert not {module.partition(".")[0] for module in modules} & unwanted


@pytest.mark.parametrize("command", ["campaign list --json", "campaign --help"])
def test_looking_at_campaigns_loads_no_network_and_no_screens(command: str, tmp_path: Path) -> None:
    modules, _ = run(RUN, *command.split(), home=tmp_path)
    assert "mitto_tui.cli.campaign" in modules
    assert heavy(modules) <= ({"sqlalchemy"} if "--help" not in command else set())
