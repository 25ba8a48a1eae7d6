"""Running a server until somebody stops it."""

from __future__ import annotations

import asyncio
import signal
import sys

from mitto_tui.cli.output import say, write_line


def announce(url: str) -> None:
    """Print ``listening URL`` for whoever waits for it."""
    write_line(f"listening {url}")
    if not sys.stdout.isatty():
        say(f"listening {url}")
    say("Ctrl+C stops it.")


async def until_stopped() -> None:
    """Wait for SIGINT or SIGTERM: for a server, the way it is meant to end."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    if sys.platform == "win32":
        try:
            await stopped.wait()
        except asyncio.CancelledError:
            return
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        await stopped.wait()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
