"""Keys in the order in which they were typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.widget import Widget

if TYPE_CHECKING:
    _Base = Widget
else:
    _Base = object


class InOrder(_Base):
    """A field whose own keys, such as backspace and the arrows, have their effect before whatever is typed after them.

    Textual runs a binding once its key has come back to the app, by way of every widget around the field. Letters that
    arrive together with it, as over a slow line or while something else is busy, are in the field by then: ``ab⌫c``
    would become ``ab``. Nor is alt with a letter typed, which may be a command's key. Put it before the Textual widget
    among the bases.
    """

    async def _on_key(self, event: events.Key) -> None:
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            if not binding.priority and await self.app.run_action(binding.action, self):
                event.stop()
                event.prevent_default()
                return
        if not is_text(event):
            event.prevent_default()  # and on it goes to whoever has a command for it


def is_text(event: events.Key) -> bool:
    """Whether a key types something or may: alt and a letter does not, though Textual gives it the letter."""
    return not event.key.startswith("alt+")
