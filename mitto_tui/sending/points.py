"""Named points on a request's way, so that tests can end the program at each of them."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Point(StrEnum):
    """Between a claim and its stored outcome."""

    CLAIMED = "claimed"
    """The claim is on disk, and nothing has left yet."""
    ANSWERED = "answered"
    """The outcome is known, and stored nowhere."""
    STORING = "storing"
    """A transaction with outcomes or claims is about to begin."""
    STORED = "stored"
    """It is on disk."""


def _pass(point: Point) -> None:
    del point


on_reached: Callable[[Point], None] = _pass
"""Called whenever a point is reached, in whichever thread that is. Does nothing unless somebody sets it."""


def reached(point: Point) -> None:
    """Say that ``point`` is reached."""
    on_reached(point)
