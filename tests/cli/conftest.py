"""The command line, called as a script would call it, on a home of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.sending import NUMBERS

KEY = "sk-Tr0ub4dor-and-3-secret"
"""An API key that must never be seen again."""


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one line of JSON that it must be."""
        assert self.out.endswith("\n"), self
        assert self.out.count("\n") == 1, self
        return json.loads(self.out)

    @property
    def jsonl(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Cli = Callable[..., Answer]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, a key in the environment, and no way to any real server or keyring."""
    home = tmp_path / "home"
    monkeypatch.setenv("MITTO_TUI_HOME", str(home))
    monkeypatch.setenv("MITTO_API_KEY", KEY)
    monkeypatch.setenv("MITTO_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return home


@pytest.fixture
def cli(home: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run a command in this process; ``url`` is where Mitto is. The key must never come out."""

    def call(*arguments: object, url: str | None = None, stdin: bytes | None = None) -> Answer:
        from mitto_tui.cli.main import run

        if url is not None:
            monkeypatch.setenv("MITTO_BASE_URL", url)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin or b""), encoding="utf-8"))
        capfdbinary.readouterr()
        try:
            code = run([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        answer = Answer(code, out.decode(), err.decode())
        assert KEY not in answer.out + answer.err
        assert "Traceback" not in answer.err, answer.err
        return answer

    return call


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A list with names and all of ``NUMBERS``, and one that is none."""
    path = tmp_path / "list.csv"
    path.write_text("name,phone\n" + "".join(f"N{number[-2:]},+{number}\n" for number in NUMBERS) + "X,12\n")
    return path


def command(*arguments: object) -> list[str]:
    """The command line as another process runs it."""
    return [sys.executable, "-m", "mitto_tui", *map(str, arguments)]


def start(arguments: Sequence[object], env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a command in a process of its own, on the test's home."""
    return subprocess.Popen(
        command(*arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **(env or {})},
    )
