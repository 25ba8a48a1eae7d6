"""The way in: ``run`` shows the app until a person leaves it."""

from __future__ import annotations

import asyncio
import gc
from typing import Final

from mitto_tui.ui.app import MittoApp

_SETTLED_AFTER: Final = 2.0
"""Seconds after which everything that stays for good (modules, style sheets, numbering plans) is loaded."""


def run(profile: str | None = None, sandbox: bool = False) -> int:
    """Open the app on a profile (or the active one, or the sandbox). The exit code: 0, or 2 where it can't start.

    What can go wrong while opening is shown as a screen.
    """
    return asyncio.run(_run(MittoApp(profile, sandbox=sandbox)))


async def _run(app: MittoApp) -> int:
    # A full garbage collection walks through all that, about 100 ms long, every few dozen keys. It never finds anything
    # there, so it need not look: afterwards it takes a few milliseconds.
    asyncio.get_running_loop().call_later(_SETTLED_AFTER, gc.freeze)
    try:
        code = await app.run_async()
    finally:
        if app.workspace is not None:
            await app.workspace.aclose()
    return code if code is not None else (app.return_code or 0)
