"""The command itself, killed while it sends, and resumed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.campaigns import lists
from tests.servers.counting import CountingServer, Reply, Submission

COUNT = 120
LIMITS = {"sms": ("--chunk", "1", "--in-flight", "4"), "smsbulk": ("--chunk", "10", "--in-flight", "2")}
IN_FLIGHT = {"sms": 4, "smsbulk": 20}


@pytest.mark.parametrize("endpoint", LIMITS)
def test_bulk_is_killed_and_resumed(tmp_path: Path, endpoint: str) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text("number\n" + "".join(f"+{to}\n" for to in lists.numbers(COUNT)))
    home = tmp_path / "home"
    text = "Dear {number}" if endpoint == "sms" else "Dear all"
    target: list[subprocess.Popen[bytes]] = []
    begun = threading.Event()

    def kill(submission: Submission) -> None:
        if submission.number == 5 and begun.wait(10):
            os.kill(target[0].pid, signal.SIGKILL)

    with CountingServer(lambda _: Reply(delay=0.002)) as server:
        environ = {**os.environ, "MITTO_TUI_HOME": str(home), "MITTO_API_KEY": "a-key", "MITTO_BASE_URL": server.url}

        def command(*arguments: str) -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                [sys.executable, "-m", "mitto_tui", *arguments],
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )

        server.on_read = kill
        target.append(command("bulk", str(listed), "--from", "MITTO SMS", "--text", text, "--yes", *LIMITS[endpoint]))
        begun.set()
        target[0].communicate(timeout=60)
        assert target[0].returncode == -signal.SIGKILL
        in_flight = lists.unfinished(home)
        assert 0 < in_flight <= IN_FLIGHT[endpoint]
        resumed = command("campaign", "resume", "1", "--json")
        out, err = resumed.communicate(timeout=60)
        posted = server.posted
    summary = json.loads(out)
    assert resumed.returncode == 3, err
    found = lists.stored(home, 1)
    assert lists.by_status(found.values()) == {"accepted": COUNT - in_flight, "in_doubt": in_flight}
    assert (summary["accepted"], summary["in_doubt"], summary["queued"]) == (COUNT - in_flight, in_flight, 0)
    assert (summary["state"], summary["reason"]) == ("finished", None)
    assert max(posted.values()) == 1
    assert {to for to, message in found.items() if message.status == "accepted"} <= set(posted)
