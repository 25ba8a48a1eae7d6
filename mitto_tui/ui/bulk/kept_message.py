"""The message for lists, kept for the next start of the program: on disk half a second after the last key."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.message import Options
from mitto_tui.storage.meta import Meta

if TYPE_CHECKING:
    from mitto_tui.workspace.workspace import Workspace

DELAY: Final = 0.5
"""Seconds after the last change until it is on disk."""
KEY: Final = "bulk.message"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the form: sender and text as typed, ``options`` the option fields' texts."""

    sender: str = ""
    template: str = ""
    options: Mapping[str, object] = field(default_factory=dict)


class KeptMessage:
    """One profile's message for lists. Saves happen one after the other, and the newest counts."""

    def __init__(self, workspace: Workspace, failed: Callable[[MittoTuiError], None]) -> None:
        """``failed`` is told, on the event loop, when it can't be saved; once until it can be again."""
        self._meta = Meta(workspace.database)
        self._profile = workspace.profile.name
        self._failed = failed
        self._pending: Written | None = None
        self._kept: Written | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._store = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._said = False

    async def restore(self) -> Written | None:
        """What was kept last, or None. What can't be read is none."""
        try:
            kept = await asyncio.to_thread(self._meta.get, self._profile, KEY)
            found = json.loads(kept) if kept else None
        except (MittoTuiError, ValueError):
            _log.warning("the message for lists could not be read", exc_info=True)
            return None
        if not isinstance(found, dict):
            return None
        sender, template, options = found.get("sender"), found.get("template"), found.get("options")
        if not (isinstance(sender, str) and isinstance(template, str) and isinstance(options, dict)):
            return None
        self._kept = Written(sender, template, options)
        return self._kept

    def touch(self, written: Written) -> None:
        """The form changed: save it when the person pauses."""
        self._pending = written
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(DELAY, self._begin)

    async def flush(self) -> None:
        """Save now what is not saved yet. What goes wrong is said, not raised."""
        await asyncio.shield(self._start())

    def stop(self) -> None:
        """Save nothing more: the workspace may be closed after this."""
        self._pending = None
        if self._timer is not None:
            self._timer.cancel()

    def _begin(self) -> None:
        self._start()

    def _start(self) -> asyncio.Task[None]:
        task = asyncio.create_task(self._save())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _save(self) -> None:
        async with self._store:
            if self._timer is not None:
                self._timer.cancel()
            written, self._pending = self._pending, None
            if written is None or written == self._kept:
                return
            try:
                await asyncio.to_thread(self._write, written)
            except MittoTuiError as error:
                self._pending = self._pending or written
                if not self._said:
                    self._said = True
                    self._failed(error)
            else:
                self._kept, self._said = written, False

    def _write(self, written: Written) -> None:
        # ASCII: half of a surrogate pair, which a text may hold, can be written down in no other way.
        found = {"sender": written.sender, "template": written.template, "options": dict(written.options)}
        self._meta.set(self._profile, KEY, json.dumps(found))


def raw_of(options: Options) -> dict[str, str]:
    """What stands in the options' form for ``options``."""
    texts = {name: getattr(options, name) for name in ("reference", "validity", "callback", "udh", "pid")}
    return {
        "type": options.type.value,
        **{name: "" if value is None else str(value) for name, value in texts.items()},
        "flash": "yes" if options.flash else "no",
        "test": "yes" if options.test else "no",
    }
