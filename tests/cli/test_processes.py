"""What only shows when the command is a process of its own: signals, sudden death, servers, pipes."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.cli.conftest import KEY, Cli, command, start
from tests.servers import raw
from tests.servers.raw import RawServer, answer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")

SEND = ("send", "--from", "Shop", "--to", "+491725551234", "--text", "Hello", "--json")
OK = answer(b'{"id": "d88ae721", "responseCode": 0, "responseText": "SMS sent"}')


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.005)


def stop(process: subprocess.Popen[bytes], number: int) -> tuple[int, str, str]:
    os.kill(process.pid, number)
    out, err = process.communicate(timeout=20)
    return process.returncode, out.decode(), err.decode()


def test_killed_while_it_waits_for_the_answer(cli: Cli, home: Path) -> None:
    with RawServer(raw.hang_after_reading) as server:
        process = start(SEND, {"MITTO_BASE_URL": server.url})
        wait_for(lambda: server.requests)
        stop(process, signal.SIGKILL)
        [row] = cli("history", "--json", url=server.url).json
        assert row["status"] == "in_doubt"
        assert cli("history", "--json").json[0]["status"] == "in_doubt"
        assert len(server.requests) == 1, "what may have been read is never sent again by itself"


def test_killed_at_any_moment(cli: Cli, home: Path) -> None:
    """Whenever it dies, the message is there or never was, as in doubt or with its true outcome, and is asked once."""
    with RawServer(OK) as server:
        environ = {"MITTO_BASE_URL": server.url}
        begun = time.monotonic()
        first = start(SEND, environ)
        first.communicate(timeout=60)
        assert first.returncode == 0
        whole = time.monotonic() - begun
        seen = set()
        for moment in range(10):
            process = start(SEND, environ)
            time.sleep(whole * (0.5 + 0.05 * moment))  # the moment is the point
            stop(process, signal.SIGKILL)
            rows = cli("history", "--json", url=server.url).json
            assert len(server.requests) <= len(rows)
            assert {row["status"] for row in rows} <= {"queued", "in_doubt", "accepted"}
            asked = sum(row["status"] != "queued" for row in rows)
            assert len(server.requests) <= asked
            assert cli("history", "--json").json == rows
            seen |= {row["id"] for row in rows}
            assert seen == {row["id"] for row in rows}, "what was there once is there for good"
        assert all(row["attempts"] <= 1 for row in rows)
    assert sqlite_is_whole(home)


def sqlite_is_whole(home: Path) -> bool:
    file = home / "data" / "messages.db"
    if not file.exists() or file.stat().st_size == 0:
        return True
    connection = sqlite3.connect(file)
    try:
        [(verdict,)] = connection.execute("PRAGMA integrity_check").fetchall()
        return bool(verdict == "ok")
    finally:
        connection.close()


def test_a_living_programs_message_is_not_called_abandoned(cli: Cli, home: Path) -> None:
    with RawServer(raw.hang_after_reading) as server:
        process = start(SEND, {"MITTO_BASE_URL": server.url})
        wait_for(lambda: server.requests)
        assert cli("history", "--json", url=server.url).json[0]["status"] == "sending"
        stop(process, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_says_so_and_writes_the_doubt_down(cli: Cli, home: Path, number: int) -> None:
    with RawServer(raw.hang_after_reading) as server:
        process = start(SEND, {"MITTO_BASE_URL": server.url})
        wait_for(lambda: server.requests)
        code, out, err = stop(process, number)
        assert code == 130
        assert out == ""
        assert "mitto-tui history" in err
        assert "Traceback" not in err
        assert cli("history", "--json", url=server.url).json[0]["status"] == "in_doubt"


@contextmanager
def listening(*arguments: object) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    process = start(arguments)
    try:
        assert process.stdout is not None
        word, url = process.stdout.readline().decode().split()
        assert word == "listening"
        yield url, process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=20)


def test_the_whole_way_between_processes(cli: Cli, home: Path) -> None:
    """A receiver, a simulator and a sender, each a process: the message ends delivered."""
    with listening("reports", "listen", "--port", "0") as (reports, receiver):
        with listening("simulator", "--seed", "1") as (mitto, simulator):
            sent = cli(*SEND, "--callback", reports, url=mitto)
            assert sent.code == 0
            wait_for(lambda: cli("history", "--json").json[0]["status"] == "delivered")
            assert stop(simulator, signal.SIGTERM)[0] == 0
        code, out, err = stop(receiver, signal.SIGINT)
        assert (code, out) == (0, "")
        assert "Traceback" not in err
    kinds = [entry["kind"] for entry in cli("history", "show", sent.json["id"], "--json").json["timeline"]]
    assert kinds[:2] == ["queued", "claimed"]
    assert kinds[-1] == "report"


def test_a_report_settles_a_doubt(cli: Cli, home: Path) -> None:
    with RawServer(raw.close_after_reading) as server:
        doubtful = cli(*SEND, "--reference", "Spring", url=server.url)
        reference = json.loads(server.requests[0].body)["reference"]
    assert doubtful.json["status"] == "in_doubt"
    with listening("reports", "listen", "--port", "0") as (url, _):
        assert url_path_token(url) == url_path_token(cli("reports", "url").out.strip())
        report = json.dumps([{"msgid": "abc", "status": "DELIVERED", "reference": reference}]).encode()
        for _ in range(2):
            with urlopen(Request(url, data=report, headers={"Content-Type": "application/json"}), timeout=10) as reply:
                assert reply.status == 200
    row = cli("history", "--json").json[0]
    assert (row["status"], row["mitto_id"], row["error"]) == ("delivered", "abc", None)


def url_path_token(url: str) -> str:
    return url.rpartition("/")[2]


def test_the_simulators_scenario_is_checked_before_it_listens(cli: Cli, tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text("nonsense = 1\n")
    result = cli("simulator", "--scenario", scenario)
    assert result.code == 2
    assert "nonsense" in result.err
    assert result.out == ""


def test_files_are_private(cli: Cli, home: Path) -> None:
    with RawServer(OK) as server:
        cli(*SEND, url=server.url)
    files = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.name == "messages.db" for path in files)
    assert [path for path in files if path.stat().st_mode & 0o077] == []
    assert [path for path in home.rglob("*") if path.is_dir() and path.stat().st_mode & 0o077] == []


def test_the_key_is_in_nobodys_argument_list(home: Path) -> None:
    with RawServer(raw.hang_after_reading) as server:
        process = start(SEND, {"MITTO_BASE_URL": server.url})
        wait_for(lambda: server.requests)
        listed = Path(f"/proc/{process.pid}/cmdline")
        if listed.exists():
            assert KEY.encode() not in listed.read_bytes()
        stop(process, signal.SIGKILL)


def test_a_locale_without_utf8_shows_what_it_can(home: Path) -> None:
    environ = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command("count", "Grüße …"), env=environ, capture_output=True, timeout=20, check=False)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    environ |= {"PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(command("count", "ü 🎉", "--json"), env=environ, capture_output=True, timeout=20, check=False)
    assert json.loads(done.stdout)["units"] == 4


def test_a_full_disk_stores_nothing_sends_nothing_and_says_so(home: Path) -> None:
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    with RawServer(OK) as server:
        environ = {**os.environ, "MITTO_BASE_URL": server.url}
        done = subprocess.run(
            command(*SEND), env=environ, capture_output=True, timeout=20, check=False, preexec_fn=limit
        )
        assert server.connections == 0
    assert done.returncode == 1, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert json.loads(done.stdout)["status"] is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits another process")
def test_an_outcome_that_cannot_be_stored_is_in_doubt_and_says_so(cli: Cli, home: Path) -> None:
    """The disk fills up after the claim: who only looks at the exit code must not take it for safe to repeat."""
    import resource

    limited: list[int] = []

    def fill_the_disk_and_answer(peer: raw.Peer) -> None:
        resource.prlimit(limited[0], resource.RLIMIT_FSIZE, (1, 1))
        OK(peer)

    with RawServer(fill_the_disk_and_answer) as server:
        process = start(SEND, {"MITTO_BASE_URL": server.url})
        limited.append(process.pid)
        out, err = process.communicate(timeout=30)
        assert len(server.requests) == 1
        assert b"Traceback" not in err
        said = json.loads(out)
        assert (process.returncode, said["status"], said["mitto_id"]) == (3, "in_doubt", "d88ae721")
        assert "could not be stored" in said["error"]
        [row] = cli("history", "--json", url=server.url).json
        assert (row["id"], row["status"]) == (said["id"], "in_doubt")
        assert len(server.requests) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits another process")
def test_a_message_that_was_stored_but_not_begun_is_named(cli: Cli, home: Path) -> None:
    """Where the room ends between storing and claiming, nothing leaves, and the message that waits is named."""
    import resource

    with RawServer(OK) as server:
        assert cli(*SEND, url=server.url).code == 0
        for size in range(8192, 200_000, 8192):
            process = subprocess.Popen(
                command(*SEND),
                env={**os.environ, "MITTO_BASE_URL": server.url},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),  # noqa: B023 - called at once
            )
            out, _ = process.communicate(timeout=30)
            said = json.loads(out)
            if said["id"] is not None:
                break
        assert (process.returncode, said["status"]) == (1, "queued")
        assert len(server.requests) == 1
        row = cli("history", "--json").json[0]
        assert (row["id"], row["status"], row["attempts"]) == (said["id"], "queued", 0)
