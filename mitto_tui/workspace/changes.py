"""Telling listeners that the store changed, here or in another process, without flooding them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Final

_QUIET: Final = 0.2
"""Seconds between two calls of a listener, at least."""
_POLL: Final = 0.5
"""Seconds between two looks at the database, for what other processes wrote."""
_log = logging.getLogger(__name__)


class Changes:
    """Coalesces changes into calls of the listeners, on the event loop, a few times a second at most."""

    def __init__(self, version: Callable[[], int]) -> None:
        """``version`` answers another number after each commit of anybody. It may block; it is called in a thread."""
        self._version = version
        self._listeners: dict[object, Callable[[], None]] = {}
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` after changes, until the returned function is called."""
        key = object()
        self._listeners[key] = listener
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._tell()), asyncio.create_task(self._poll())]
        return lambda: self._listeners.pop(key, None) and None

    def touch(self) -> None:
        """Something changed just now. Call on the event loop."""
        self._changed.set()

    async def aclose(self) -> None:
        """Tell nobody any more."""
        self._listeners.clear()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _tell(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            for listener in list(self._listeners.values()):
                try:
                    listener()
                except Exception:
                    _log.exception("a listener failed")
            await asyncio.sleep(_QUIET)

    async def _poll(self) -> None:
        seen: int | None = None
        while True:
            try:
                now = await asyncio.to_thread(self._version)
            except Exception:
                _log.exception("the database could not be looked at")
            else:
                if seen is not None and now != seen:
                    self._changed.set()
                seen = now
            await asyncio.sleep(_POLL)
