"""How far long work has come, on a terminal's last line, for people."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Final, Self

_BETWEEN: Final = 0.2
"""Seconds from one look to the next."""
_WIDTH: Final = 24


class ProgressLine:
    """A bar with the time left; nothing at all where standard error is no terminal, or ``quiet``."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._shown = not quiet and sys.stderr is not None and sys.stderr.isatty()
        self._begun = self._next = time.monotonic()
        self._there = False

    def __call__(self, done: int, of: int) -> None:
        """``done`` of ``of`` bytes."""
        now = time.monotonic()
        if not self._shown or now < self._next or not of:
            return
        self._next = now + _BETWEEN
        share = min(done / of, 1.0)
        left = f", {(now - self._begun) * (1 - share) / share:,.0f} s left" if share > 0.02 else ""
        filled = round(_WIDTH * share)
        self._write(f"\r{'━' * filled}{'─' * (_WIDTH - filled)} {share:4.0%}{left}\033[K")
        self._there = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._there:
            self._write("\r\033[K")

    def _write(self, text: str) -> None:
        encoding = sys.stderr.encoding or "utf-8"
        try:
            sys.stderr.write(text.encode(encoding, "replace").decode(encoding))
            sys.stderr.flush()
        except OSError:
            self._shown = False
