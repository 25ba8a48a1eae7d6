"""Adding an account: a name, and it is there."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from mitto_tui.settings.config import Config
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.aside import aside
from mitto_tui.ui.widgets.literal_input import LiteralInput
from mitto_tui.ui.widgets.modal import Modal
from mitto_tui.ui.widgets.setting_row import SettingRow


class AddAccountDialog(Modal[tuple[str, Config] | None]):
    """Dismissed with the new account's name and the configuration it is in, or None."""

    AUTO_FOCUS = "#account-name"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back", show=False)]

    def __init__(self, file: Path) -> None:
        super().__init__(classes="dialog")
        self._file = file

    def compose(self) -> ComposeResult:
        box = Vertical(id="dialog")
        box.border_title = "Add an account"
        with box:
            yield Static("A short name of your own, such as “work”: small letters and digits.", markup=False)
            yield SettingRow(
                "Name", LiteralInput(id="account-name", placeholder="work", max_length=32), id="new-account"
            )
            with Horizontal(id="answers"):
                yield Button("Back", id="account-back")
                yield Button("Add", id="account-add")

    @on(Button.Pressed, "#account-back")
    def _back(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#account-add")
    @on(Input.Submitted)
    def _submitted(self, event: Button.Pressed | Input.Submitted) -> None:
        event.stop()
        self._add(self.query_one("#account-name", LiteralInput).value.strip())

    @work(exclusive=True, exit_on_error=False)
    async def _add(self, name: str) -> None:
        from mitto_tui.settings.config_edit import add_profile

        try:
            config = await aside(lambda: add_profile(self._file, name))
        except MittoTuiError as error:
            self.query_one("#new-account", SettingRow).complain(str(error))
            self.query_one("#account-name").focus()
        else:
            self.dismiss((name, config))
