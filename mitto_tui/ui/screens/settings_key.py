"""Taking an API key from a person: typed or pasted unseen, put into the keyring, forgotten here at once."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from mitto_tui.settings.secret import Secret
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.aside import aside
from mitto_tui.ui.literal import literal, literal_block
from mitto_tui.ui.themes import BAD, DIM
from mitto_tui.ui.widgets.literal_input import LiteralInput
from mitto_tui.ui.widgets.modal import Modal


class KeyInput(LiteralInput):
    """Shows dots, gives nothing to the clipboard, and hands over its value only once."""

    def __init__(self) -> None:
        super().__init__(id="key", placeholder="type or paste it here", password=True)

    def action_copy(self) -> None:
        self.app.bell()

    def action_cut(self) -> None:
        self.app.bell()

    def take(self) -> Secret:
        """What was typed; the field is empty afterwards."""
        secret = Secret(self.value)
        self.clear()
        return secret


class SetKeyDialog(Modal[str | None]):
    """Dismissed with the name of the keyring that has the key now, or None."""

    AUTO_FOCUS = "#key"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Back", show=False)]

    def __init__(self, profile: str) -> None:
        super().__init__(classes="dialog")
        self._profile = profile

    def compose(self) -> ComposeResult:
        box = Vertical(id="dialog")
        box.border_title = literal(f"API key for “{self._profile}”")
        with box:
            yield Static("It goes into this system’s keyring, and is shown and written nowhere.", markup=False)
            with Horizontal(classes="field key-field"):
                yield Static("Key", markup=False, classes="label")
                yield KeyInput()
            yield Static(markup=False, id="key-said")
            with Horizontal(id="answers"):
                yield Button("Back", id="key-back")
                yield Button("Keep", id="key-keep")

    def on_mount(self) -> None:
        self._say("")

    def _say(self, sentence: str, style: str = DIM) -> None:
        said = self.query_one("#key-said", Static)
        said.update(literal_block(sentence, style))
        said.display = bool(sentence)

    def action_close(self) -> None:
        self.query_one(KeyInput).clear()
        self.dismiss(None)

    @on(Button.Pressed, "#key-back")
    def _back(self) -> None:
        self.action_close()

    @on(Button.Pressed, "#key-keep")
    @on(Input.Submitted)
    def _keep(self, event: Button.Pressed | Input.Submitted) -> None:
        event.stop()
        secret = self.query_one(KeyInput).take()
        if isinstance(event, Input.Submitted):
            event.value = ""
        self._store(secret)

    @work(exclusive=True, exit_on_error=False)
    async def _store(self, secret: Secret) -> None:
        from mitto_tui.settings.secrets import set_key

        self._say("Asking the keyring… It may want its password.")
        try:
            keyring = await aside(lambda: set_key(self._profile, secret))
        except MittoTuiError as error:
            self._say(str(error), BAD)
            self.query_one(KeyInput).focus()
        else:
            self.dismiss(keyring)
