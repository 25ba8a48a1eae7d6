"""How the message arrives, on terminals that have no room for it beside the form."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from mitto_tui.ui.widgets.modal import Modal
from mitto_tui.ui.widgets.phone_preview import Arriving, Phone


class PreviewScreen(Modal[None]):
    """A phone with the message on it. Escape, q and enter close it, and the key that opened it (``key``)."""

    AUTO_FOCUS = "#phone"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "dismiss(None)", "Close", show=False)]

    def __init__(self, arriving: Arriving, *, key: str = "") -> None:
        """``key`` is in Textual's spelling, as of ``MittoApp.first_key``."""
        super().__init__(classes="dialog")
        self._arriving = arriving
        if key:
            self._bindings.bind(key, "dismiss(None)", "Close", show=False)

    def compose(self) -> ComposeResult:
        yield Phone(keys=True, id="phone")

    def on_mount(self) -> None:
        phone = self.query_one(Phone)
        phone.border_subtitle = "esc close"
        phone.show(self._arriving)
