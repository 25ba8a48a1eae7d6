"""Whether the program behind a claim still lives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mitto_tui.settings.paths import PathProblem
from mitto_tui.workspace.owner import Owner

HOLD = """
import sys
from pathlib import Path
from mitto_tui.workspace.owner import Owner
owner = Owner(Path(sys.argv[1]))
print(owner.id, flush=True)
sys.stdin.read()
"""


def other_program(directory: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_another_program_lives_until_it_is_killed(tmp_path: Path) -> None:
    with Owner(tmp_path) as owner:
        process, other = other_program(tmp_path)
        with process:
            assert owner.is_alive(other)
            assert owner.is_alive(other), "looking must not end it"
            os.kill(process.pid, signal.SIGKILL)
            process.wait(timeout=10)
        assert not owner.is_alive(other)
        assert owner.is_alive(owner.id)


def test_two_owners_of_one_process_both_live(tmp_path: Path) -> None:
    with Owner(tmp_path) as first, Owner(tmp_path) as second:
        assert first.id != second.id
        assert first.is_alive(second.id)
        assert second.is_alive(first.id)
    with Owner(tmp_path) as third:
        assert not third.is_alive(first.id)


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    process, other = other_program(tmp_path)
    process.kill()
    process.communicate(timeout=10)
    assert (tmp_path / f"{other}.lock").exists()
    with Owner(tmp_path) as owner:
        owner.sweep()
        assert [path.stem for path in tmp_path.iterdir()] == [owner.id]
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_no_owner_is_not_looked_for_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "outside.lock").touch()
    home = tmp_path / "owners"
    home.mkdir()
    with Owner(home) as owner:
        assert not owner.is_alive("../outside")
        assert (tmp_path / "outside.lock").exists()


def test_starting_while_others_sweep(tmp_path: Path) -> None:
    """The file is there before it is locked: whoever looks just then must neither stop it nor take it away."""
    done = threading.Event()

    def sweep() -> None:
        with Owner(tmp_path) as other:
            while not done.is_set():
                other.sweep()

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    try:
        for _ in range(1500):
            with Owner(tmp_path) as owner:
                assert (tmp_path / f"{owner.id}.lock").exists()
    finally:
        done.set()
        sweeper.join(10)


def test_a_folder_that_takes_no_file_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "owners").touch()
    with pytest.raises(PathProblem, match="is a file where a directory belongs"):
        Owner(tmp_path / "owners")
