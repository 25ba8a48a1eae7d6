"""What is being written, kept on disk half a second after the last key, so that a crash costs no more than that."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.storage.rows import Draft

if TYPE_CHECKING:
    from mitto_tui.workspace.workspace import Workspace

DELAY: Final = 0.5
"""Seconds after the last change until it is on disk."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Form:
    """The compose form, exactly as typed. ``options`` are the option fields' texts."""

    sender: str = ""
    to: str = ""
    text: str = ""
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def blank(self) -> bool:
        """Whether there is nothing in it that would be missed: neither recipient nor text."""
        return not self.to and not self.text


class Autosave:
    """Keeps one unnamed draft of a profile. Its saves happen one after the other, and only the newest counts."""

    def __init__(self, workspace: Workspace, say: Callable[[str], None]) -> None:
        """``say`` is told in words what became of a save, on the event loop."""
        self._drafts = workspace.drafts
        self._profile = workspace.profile.name
        self._say = say
        self._id: int | None = None
        self._pending: Form | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._saving = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def restore(self) -> Form | None:
        """What was being written when the program ended last, or None."""
        try:
            draft = await asyncio.to_thread(self._drafts.latest, self._profile)
        except MittoTuiError as error:
            self._say(str(error))
            return None
        if draft is None or draft.name is not None:
            return None
        self._id = draft.id
        self._say(f"Draft of {draft.updated_at.astimezone():%d %b %H:%M} restored")
        return Form(draft.sender, draft.recipient, draft.text, draft.options)

    def touch(self, form: Form) -> None:
        """The form changed: save it when the person pauses."""
        self._pending = form
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(DELAY, self._start)

    def stop(self) -> None:
        """Save nothing more: the workspace may be closed after this."""
        self._pending = None
        if self._timer is not None:
            self._timer.cancel()

    def _start(self) -> None:
        task = asyncio.create_task(self.flush())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def flush(self) -> None:
        """Save now what is not saved yet. What goes wrong is said, not raised: writing goes on."""
        if self._timer is not None:
            self._timer.cancel()
        async with self._saving:
            form, self._pending = self._pending, None
            if form is None:
                return
            try:
                await self._save(form)
            except MittoTuiError as error:
                self._say(f"Draft not saved: {error.message}")
            except Exception as error:
                _log.exception("a draft could not be saved")
                self._say(f"Draft not saved: {type(error).__name__}")

    async def _save(self, form: Form) -> None:
        now = datetime.now(UTC)
        if not form.blank:
            draft = Draft(self._id, self._profile, form.sender, form.to, form.text, dict(form.options), now)
            saved = await asyncio.to_thread(self._drafts.save, draft)
            self._id = saved.id
            self._say(f"Draft saved {now.astimezone():%H:%M:%S}")
        elif self._id is not None:
            gone, self._id = self._id, None
            await asyncio.to_thread(self._drafts.delete, gone)
            self._say("")
