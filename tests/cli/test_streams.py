"""Standard streams that are closed or full: the exit code still tells what happened, and nothing is a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, command
from tests.servers import raw
from tests.servers.raw import RawServer, answer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="descriptors and terminals are POSIX's")

SEND = ("send", "--from", "Shop", "--to", "+491725551234", "--text", "Hello")
OK = answer(b'{"id": "d88ae721", "responseCode": 0, "responseText": "SMS sent"}')
needs_full_device = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")


def in_shell(arguments: tuple[object, ...], redirection: str, url: str = "") -> tuple[int, str, str]:
    """Exit code, output and errors of a command whose streams the shell has redirected."""
    done = subprocess.run(
        ["sh", "-c", f'"$@" {redirection}', "sh", *command(*arguments)],
        env={**os.environ, **({"MITTO_BASE_URL": url} if url else {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@needs_full_device
@pytest.mark.parametrize("redirection", [">/dev/full", ">&- 2>&-"])
@pytest.mark.parametrize(("behaviour", "code"), [(OK, 0), (raw.close_after_reading, 3)], ids=["accepted", "doubt"])
def test_the_exit_code_is_the_messages_whatever_becomes_of_the_output(
    home: Path, behaviour: raw.Behaviour, code: int, redirection: str
) -> None:
    with RawServer(behaviour) as server:
        assert in_shell((*SEND, "--json"), redirection, server.url)[0] == code
        assert len(server.requests) == 1


def test_a_reader_who_went_away_does_not_hide_a_doubt(home: Path) -> None:
    with RawServer(raw.close_after_reading) as server:
        reading, writing = os.pipe()
        os.close(reading)
        with open(writing, "wb") as output:
            environ = {**os.environ, "MITTO_BASE_URL": server.url}
            done = subprocess.run(command(*SEND, "--json"), env=environ, stdout=output, timeout=30, check=False)
    assert done.returncode == 3


@needs_full_device
@pytest.mark.parametrize("arguments", [("count", "x", "--json"), ("--version",), ("--help",), ("history", "--json")])
def test_output_that_cannot_be_written_is_said(home: Path, arguments: tuple[str, ...]) -> None:
    code, _, err = in_shell(arguments, ">/dev/full")
    assert code == 1
    assert "Standard output can't be written: No space left on device." in err


@pytest.mark.parametrize("arguments", [("count",), ("count", "--jsonl"), ("key", "set"), (*SEND[:-1], "-")])
def test_closed_standard_input_is_said(home: Path, arguments: tuple[str, ...]) -> None:
    code, _, err = in_shell(arguments, "<&-")
    assert code == 2
    assert "Standard input is closed" in err


def test_an_endless_text_is_not_read_to_its_end(home: Path) -> None:
    code, _, err = in_shell((*SEND[:-1], "-"), "</dev/zero")
    assert code == 2
    assert "more than 10,000,000 bytes" in err


def wait_until_it_reads(pid: int) -> None:
    """Wait until the process sleeps, so that it waits for a key and not merely has shown its question."""
    asleep = 0
    for _ in range(1000):
        status = Path(f"/proc/{pid}/stat")
        asleep = asleep + 1 if not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "S" else 0
        if asleep >= 10:
            return
        time.sleep(0.01)
    raise AssertionError("it never came to rest")


def ctrl_c_at(arguments: tuple[object, ...], prompt: bytes) -> int:
    """The exit code after one Ctrl+C at a terminal on which ``prompt`` has been shown."""
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(command(*arguments), stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    try:
        shown = b""
        while prompt not in shown:
            shown += os.read(ours, 1024)
        wait_until_it_reads(process.pid)
        process.send_signal(signal.SIGINT)
        return process.wait(timeout=10)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_one_ctrl_c_ends_the_question_whether_to_send_again(cli: Cli, home: Path) -> None:
    with RawServer(raw.close_after_reading) as server:
        doubtful = cli(*SEND, "--json", url=server.url).json
        assert ctrl_c_at(("history", "resolve", doubtful["id"], "--send-again"), b"Type 1 to send") == 130
        assert len(server.requests) == 1
    assert cli("history", "--json").json[0]["status"] == "in_doubt"
