"""What a program does beside its work for as long as it is open: put in order what others left, forget what is old."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from mitto_tui.storage.campaign_approval import Approvals
from mitto_tui.storage.database import Database
from mitto_tui.storage.errors import StoreError
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.purging import Purging
from mitto_tui.workspace.owner import Owner

_SETTLED_AT_ONCE: Final = 20_000
"""Messages, so that opening a profile takes no longer than a blink."""
_SETTLING: Final = 30.0
"""Seconds between two looks at what other programs may have left half done."""
_FORGOTTEN_AT_ONCE: Final = 10_000
"""Messages that are deleted between two of these looks."""
_FORGETTING: Final = 3600.0
"""Seconds between two looks for what is older than the profile keeps, which takes a walk through all messages."""
_log = logging.getLogger(__name__)


class Tending:
    """Of one profile. ``keeps`` says for how many days messages are kept, or None for good; ``clock`` the time, UTC.

    ``busy`` is whether this program sends something itself: then it knows better than its leases what becomes of that.
    """

    def __init__(
        self,
        database: Database,
        profile: str,
        owner: Owner,
        keeps: Callable[[], int | None],
        clock: Callable[[], datetime],
        busy: Callable[[], bool],
    ) -> None:
        self._messages = Messages(database, profile)
        self._approvals = Approvals(database)
        self._purging = Purging(database, profile)
        self._owner = owner
        self._keeps = keeps
        self._clock = clock
        self._busy = busy
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """From now on, on this event loop, until ``stop``."""
        self._task = asyncio.create_task(self._tend())

    def stop(self) -> None:
        """Begin nothing more."""
        self._closing.set()

    async def ended(self) -> None:
        """Until what was begun has ended."""
        if self._task is not None:
            await self._task

    def settle(self) -> None:
        """Put in doubt what an ended program left open, and stop waiting for reports that are long overdue.

        However much that is, it takes no more than a moment: the rest is for the next time. A store that can be read
        but not written is left as it is. May block on the disk.
        """
        with contextlib.suppress(StoreError, OSError):
            spare = self._owner.id if self._busy() else None
            self._messages.abandoned(self._owner.is_alive, self._clock(), spare)
            self._messages.overdue(self._clock(), _SETTLED_AT_ONCE)
            self._approvals.settle(self._owner.is_alive, self._clock(), _SETTLED_AT_ONCE)
            self._owner.sweep()

    def forget(self) -> bool:
        """Delete some of what is older than the profile keeps; whether there may be more. May block on the disk."""
        days = self._keeps()
        if days is None:
            return False
        with contextlib.suppress(StoreError, OSError):
            return self._purging.purge(self._clock() - timedelta(days=days), most=_FORGOTTEN_AT_ONCE).messages > 0
        return False

    async def _tend(self) -> None:
        forget_at = 0.0
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SETTLING):
                    await self._closing.wait()
                    return
            try:
                await asyncio.to_thread(self.settle)
                if (seconds := asyncio.get_running_loop().time()) >= forget_at:
                    more = await asyncio.to_thread(self.forget)
                    forget_at = seconds if more else seconds + _FORGETTING
            except Exception:  # the next time may be better, and nobody waits for this one
                _log.exception("what other programs left could not be settled")
