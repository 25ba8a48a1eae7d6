"""Jump keys: a letter on every field, and one key press to be there."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from mitto_tui.ui.widgets.modal import Modal


class JumpScreen(Modal[None]):
    """Lies over a mode's screen until a letter or escape is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(self, below: Screen[Any]) -> None:
        super().__init__()
        self._targets: dict[str, Widget] = {}
        for letter, selector in getattr(below, "JUMPS", {}).items():
            for widget in below.query(selector).results(Widget):
                if widget.display and widget.region and widget.focusable:
                    self._targets[letter] = widget
                    break

    def compose(self) -> ComposeResult:
        for letter, widget in self._targets.items():
            label = Static(f" {letter} ", markup=False, classes="jump-letter")
            label.absolute_offset = widget.region.offset
            yield label

    def on_key(self, event: events.Key) -> None:
        widget = self._targets.get((event.character or "").lower())
        event.stop()
        if widget is not None:
            self.dismiss(None)
            widget.focus()
        elif event.key != "escape":
            self.app.bell()
        else:
            self.dismiss(None)
