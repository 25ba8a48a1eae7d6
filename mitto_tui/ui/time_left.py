"""How far long work has come, in words for people: the share that is done, and the time left."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

_EARLY: Final = 0.02
"""The share below which the time left is a guess that nobody should read."""
_SOON: Final = 1.0
"""Seconds of work before the time left is told."""


@dataclass(slots=True)
class TimeLeft:
    """Work that began when this was made. For one thread to update and another to read."""

    clock: Callable[[], float] = time.monotonic
    done: int = 0
    of: int = 0
    begun: float = field(init=False)

    def __post_init__(self) -> None:
        self.begun = self.clock()

    def __call__(self, done: int, of: int) -> None:
        """``done`` of ``of``, in any unit."""
        self.done, self.of = done, of

    @property
    def share(self) -> float:
        """What is done, 0 to 1."""
        return min(self.done / self.of, 1.0) if self.of else 0.0

    @property
    def words(self) -> str:
        """``43 %, 12 s left``; only the share where it is too early to tell."""
        share, gone = self.share, self.clock() - self.begun
        shown = f"{share:.0%}".replace("%", " %")
        if share < _EARLY or gone < _SOON:
            return shown
        left = gone * (1 - share) / share
        return f"{shown}, {span(left)} left"


def span(seconds: float) -> str:
    """``12 s``, ``3 min``, ``2 h 5 min``: at least a second."""
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
