"""Waiting for the keys before a command: it comes before those that wait in the focused field's own queue."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from textual.message_pump import MessagePump

_PATIENCE: Final = 1.0
"""Seconds: a field that is busy for longer keeps no command from being carried out."""


async def keys_typed(*nodes: MessagePump | None) -> None:
    """Wait until each of ``nodes``, one after the other, has dealt with what was sent to it so far.

    Give the focused field, and then who is told of its changes. None is left out.
    """
    for node in nodes:
        if node is not None:
            done = asyncio.Event()
            node.call_later(done.set)
            with suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), _PATIENCE)
