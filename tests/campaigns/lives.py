"""Lives of a program that sends campaigns: begun, waited for, killed."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from tests.campaigns.program import Order, as_line
from tests.servers.peer import LONGEST

ROOT = Path(__file__).resolve().parents[2]


class Life:
    """One process that sends a campaign."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._lines: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._said: dict[str, Any] = {}
        self.seen: list[str] = []
        """The sentences that a person would have read, each once in a row."""
        self.code: int | None = None

    def tell(self, line: dict[str, Any]) -> None:
        """Take note of what it said. For the thread that reads."""
        self._lines.put(line)

    def expect(self, what: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first of the next lines that is like ``what``."""
        while True:
            line = self._lines.get(timeout=LONGEST * 2)
            if "saw" in line:
                self.seen.append(line["saw"])
            if what(line):
                return line
            if "ended" in line:
                raise AssertionError(f"it has ended with {line['ended']} after {self._said}")
            self._said |= line

    def until_said(self, word: str) -> None:
        """Wait until it says this word."""
        self.expect(lambda line: line.get("said") == word)

    def until_seen(self, beginning: str) -> None:
        """Wait until a person would read a sentence that begins like this."""
        self.expect(lambda line: line.get("saw", "").startswith(beginning))

    def wait(self) -> int:
        """Its exit code, negative where a signal ended it."""
        if self.code is None:
            self.code = int(self.expect(lambda line: "ended" in line)["ended"])
        return self.code

    def result(self) -> dict[str, Any]:
        """What it said in the end, of which it must have come to the end by itself."""
        assert self.wait() == 0, self._said
        return self._said

    def kill(self) -> None:
        """SIGKILL. It may have ended by itself just now."""
        if self.code is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def signal(self, signum: int) -> None:
        os.kill(self.pid, signum)


class Lives:
    """The warm process that forks itself for each life."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._lives: dict[int, Life] = {}
        self._begun: queue.SimpleQueue[Life] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def begin(self, order: Order) -> Life:
        """A new life with this order."""
        _pipe(self._process.stdin).write(as_line(order))
        _pipe(self._process.stdin).flush()
        return self._begun.get(timeout=LONGEST * 2)

    def close(self) -> None:
        """End the warm process, and whatever lives."""
        _pipe(self._process.stdin).close()
        self._process.wait(LONGEST)
        self._reader.join(LONGEST)
        _pipe(self._process.stdout).close()

    def _read(self) -> None:
        for line in _pipe(self._process.stdout):
            said = json.loads(line)
            pid = int(said.get("begun", said.get("pid", 0)))
            life = self._lives.get(pid)
            if life is None or (life.code is not None and "begun" in said):
                life = self._lives[pid] = Life(pid)
            if "begun" in said:
                self._begun.put(life)
            else:
                life.tell(said)


@contextmanager
def warm_program() -> Iterator[Lives]:
    """Lives can be begun while the block lasts; none outlives it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.campaigns.program"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    lives = Lives(process)
    try:
        yield lives
    finally:
        lives.close()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe
