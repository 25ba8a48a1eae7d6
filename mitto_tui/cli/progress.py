"""How far long work has come, on a terminal's last line, for people."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import Final, Self

from mitto_tui.cli.output import cut, say

_BETWEEN: Final = 0.2
"""Seconds from one look to the next."""
_WIDTH: Final = 24


class StatusLine:
    """One line that is written anew again and again; nothing where standard error is no terminal, or ``quiet``."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._shown = not quiet and sys.stderr is not None and sys.stderr.isatty()
        self._there = False

    def show(self, line: str, share: float | None = None) -> None:
        """Have ``line`` there instead of what was, after a bar of ``share`` (0 to 1) where there is room for one."""
        if not self._shown:
            return
        room = _columns()
        if share is not None and len(line) + _WIDTH + 1 < room:
            line = f"{_bar(share)} {line}"
        self._write(f"\r{cut(line, room - 1)}\033[K")
        self._there = True

    def clear(self) -> None:
        """Have nothing there."""
        if self._there:
            self._write("\r\033[K")
            self._there = False

    def say(self, text: str) -> None:
        """Say something that stays, above the line."""
        self.clear()
        say(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def _write(self, text: str) -> None:
        encoding = sys.stderr.encoding or "utf-8"
        try:
            sys.stderr.write(text.encode(encoding, "replace").decode(encoding))
            sys.stderr.flush()
        except OSError:
            self._shown = False


class ProgressLine(StatusLine):
    """A bar with the time left, for work of a known size. For one thread, which may be another one than prints."""

    def __init__(self, what: str = "", *, quiet: bool = False) -> None:
        super().__init__(quiet=quiet)
        self._what = what and f"{what} "
        self._begun = self._next = time.monotonic()

    def __call__(self, done: int, of: int) -> None:
        """``done`` of ``of``, in any unit."""
        now = time.monotonic()
        if not self._shown or now < self._next or not of:
            return
        self._next = now + _BETWEEN
        share = min(done / of, 1.0)
        left = f", {span((now - self._begun) * (1 - share) / share)} left" if share > 0.02 else ""
        self.show(f"{self._what}{share:4.0%}{left}", share)


def span(seconds: float) -> str:
    """A time that something will take: ``12 s``, ``3 min``, ``2 h 5 min``."""
    if seconds < 59.5:
        return f"{max(round(seconds), 0)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60:,} h {minutes % 60} min"


def _bar(share: float) -> str:
    filled = round(_WIDTH * share)
    return "━" * filled + "─" * (_WIDTH - filled)


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
