"""Doing something over whenever it is asked for: never twice at once, and the last request is always served.

An exclusive worker would cancel what is under way at each request; where requests come faster than the work is done, it
would never be done.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.widget import Widget


class Again:
    """Call it to ask. ``work`` runs as a worker of ``node`` and is told nothing: it looks at what is wanted now."""

    def __init__(self, node: Widget, work: Callable[[], Awaitable[None]], group: str) -> None:
        self._node = node
        self._work = work
        self._group = group
        self._asked = False
        self._running = False

    def __call__(self) -> None:
        self._asked = True
        if not self._running:
            self._running = True
            self._node.run_worker(self._run(), group=self._group)

    async def _run(self) -> None:
        try:
            while self._asked:
                self._asked = False
                await self._work()
        finally:
            self._running = False
