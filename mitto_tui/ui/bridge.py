"""From the workspace to the screens: what changed in the store arrives as a Textual message."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from mitto_tui.ui.app import MittoApp
    from mitto_tui.workspace.workspace import Workspace


class StoreChanged(Message, bubble=False):
    """Something in the store changed, here or in another process: read again what is shown."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, StoreChanged)


def connect(app: MittoApp, workspace: Workspace) -> Callable[[], None]:
    """Post ``StoreChanged`` to every screen that stands, after each change; returns the way to stop."""

    def tell() -> None:
        for screen in app.standing_screens():
            screen.post_message(StoreChanged())

    return workspace.subscribe(tell)
