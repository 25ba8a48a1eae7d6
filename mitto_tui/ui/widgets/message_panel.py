"""The message that is looked at: read in a thread whenever another one is, or anything happened to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from mitto_tui.ui.again import Again
from mitto_tui.ui.history_rows import Line, number_for_display
from mitto_tui.ui.history_words import Action
from mitto_tui.ui.widgets.message_detail import Detail, MessageDetail

if TYPE_CHECKING:
    from mitto_tui.workspace.workspace import Workspace

_SETTLE: Final = 0.03
"""Seconds that the cursor rests on a message until it is read."""


class MessagePanel(Vertical):
    """Holds a ``MessageDetail``, and sees to it that what it shows is true."""

    class Shown(Message):
        """Another message is shown, or the same one has changed."""

    class Failed(Message):
        """The message could not be read; what was shown stays."""

        def __init__(self, error: Exception) -> None:
            super().__init__()
            self.error = error

    def __init__(self, workspace: Workspace, key_of: Callable[[Action], str]) -> None:
        super().__init__(id="history-message", classes="panel")
        self.border_title = "Message"
        self._workspace = workspace
        self._key_of = key_of
        self.wanted: int | None = None
        """The message to be shown: the one that is, or one that is still being read."""
        self._read_again = Again(self, self._read, "detail")

    def compose(self) -> ComposeResult:
        yield MessageDetail(self._key_of)

    @property
    def view(self) -> MessageDetail:
        """What is inside."""
        return self.query_one(MessageDetail)

    @property
    def detail(self) -> Detail | None:
        """The message that is shown."""
        return self.view.detail if self.is_mounted else None

    def follow(self, message_id: int | None) -> None:
        """Show a message, or none, as soon as it has been read."""
        self.wanted = message_id
        self._read_again()

    def refresh_message(self) -> None:
        """Read anew what is shown."""
        self._read_again()

    async def _read(self) -> None:
        if self.detail is not None and self.detail.line.message.id != self.wanted:
            await asyncio.sleep(_SETTLE)
        wanted = self.wanted
        detail = None
        if wanted is not None:
            try:
                detail = await asyncio.to_thread(_look_up, self._workspace, wanted)
            except Exception as error:
                self.post_message(self.Failed(error))
                return
        if wanted == self.wanted:
            self.view.show(detail)
            self.border_title = f"Message {wanted}" if detail else "Message"
            self.post_message(self.Shown())


def _look_up(workspace: Workspace, message_id: int) -> Detail | None:
    """In a thread: all there is to know about a message."""
    message = workspace.history.get(message_id)
    if message is None:
        return None
    reading = workspace.read_number(f"+{message.to}")
    place = ", ".join(part for part in (reading.country, reading.line) if part)
    own = workspace.profile.name
    return Detail(
        Line(message, number_for_display(message.to)),
        workspace.history.timeline(message_id),
        place,
        workspace.history.possible_reports(message),
        "" if message.profile == own else message.profile,
    )
