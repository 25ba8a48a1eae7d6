"""The first start without a key: two ways to go on, and what is wrong with the keyring, if anything."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from mitto_tui.settings.secrets import KeyStatus
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.aside import aside
from mitto_tui.ui.literal import literal_block
from mitto_tui.ui.reopening import reopen
from mitto_tui.ui.screens.base import ModeScreen
from mitto_tui.ui.screens.settings_key import SetKeyDialog
from mitto_tui.ui.themes import ACCENT, DIM, WARN
from mitto_tui.ui.widgets.modal import Modal

if TYPE_CHECKING:
    from mitto_tui.ui.app import MittoApp

_GLANCE = 0.02
"""Seconds between two looks at a screen that is being made."""
_SANDBOX = (
    "Everything works, over real HTTP, against a simulator of Mitto inside this program. No account, no key, "
    "and nothing leaves this machine."
)
_REAL = (
    "With the API key that Mitto gave you. It goes into this system’s keyring, and is shown and written nowhere else."
)


async def welcome(app: MittoApp) -> None:
    """Show the welcome where there is no key to send with, once a run."""
    workspace = app.workspace
    if workspace is None or workspace.sandbox or app.welcomed:
        return
    status = await aside(workspace.key_status)
    while isinstance(app.screen, ModeScreen) and not app.screen.is_mounted:  # noqa: ASYNC110 - no event tells it
        await asyncio.sleep(_GLANCE)
    if status.usable or app.welcomed or app.workspace is not workspace or not _is_idle(app):
        return
    app.welcomed = True
    app.push_screen(FirstRunScreen(status))


def _is_idle(app: MittoApp) -> bool:
    """Whether nobody has begun anything: a keyring may have kept us waiting for long."""
    from mitto_tui.ui.screens.compose import ComposeScreen

    screen = app.screen
    return isinstance(screen, ComposeScreen) and screen.message_form.form.blank


class FirstRunScreen(Modal[None]):
    """Stays until a choice has been made that worked, or escape leaves it."""

    CSS_PATH = "../styles/first_run.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "sandbox", "The sandbox", show=False),
        Binding("k", "key", "Enter a key", show=False),
        Binding("f5", "settings", "Settings", show=False),
        Binding("escape", "dismiss(None)", "Look around", show=False),
        Binding("f10,ctrl+q", "app.quit", "Quit", show=False),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    def __init__(self, status: KeyStatus) -> None:
        super().__init__()
        self._status = status

    @property
    def mitto(self) -> MittoApp:
        """The app, by its own type."""
        return cast("MittoApp", self.app)

    def compose(self) -> ComposeResult:
        with Vertical(id="first-run"):
            yield Static("Welcome to mitto", markup=False, id="first-run-title")
            yield Static("SMS through Mitto, from your terminal. How would you like to begin?", markup=False)
            with Container(id="first-run-choices"):
                with Vertical(classes="panel") as sandbox:
                    sandbox.border_title = "Try it"
                    yield Static(_SANDBOX, markup=False, classes="first-run-about")
                    yield Button(_label("Open the sandbox", "s"), id="choose-sandbox")
                with Vertical(classes="panel") as real:
                    real.border_title = "Send for real"
                    yield Static(_REAL, markup=False, classes="first-run-about")
                    yield Button(_label("Enter the key", "k"), id="choose-key")
            yield Static(self._trouble(), markup=False, id="first-run-trouble")
            yield Static(_keys(), markup=False, id="first-run-keys")

    def on_mount(self) -> None:
        self.query_one("#first-run-trouble").display = bool(self._trouble())
        # Where there is more than fits, it begins at its beginning.
        self.query_one("#choose-sandbox").focus(scroll_visible=False)

    def _trouble(self) -> Content:
        """What is wrong, where it is more than a key that was never set."""
        status = self._status
        if status.source is None and status.keyring is not None:
            return Content("")
        advice = literal_block(status.advice, DIM)
        return Content.assemble(("▲ ", WARN), literal_block(status.message), " ", advice)

    @on(Button.Pressed, "#choose-sandbox")
    def action_sandbox(self) -> None:
        # The app's, since every screen gives way to a new one.
        self.app.run_worker(self._open_sandbox(), group="reopen", exit_on_error=False)

    async def _open_sandbox(self) -> None:
        app = self.mitto
        try:
            await reopen(app, None, sandbox=True)
        except MittoTuiError as error:
            app.report_problem(error)

    @on(Button.Pressed, "#choose-key")
    def action_key(self) -> None:
        workspace = self.mitto.workspace
        assert workspace is not None

        def kept(keyring: str | None) -> None:
            if keyring is not None:
                self.app.notify(f"The key is in the keyring ({keyring}). Settings can test it.")
                self.dismiss(None)

        self.app.push_screen(SetKeyDialog(workspace.profile.name), kept)

    def action_settings(self) -> None:
        app = self.mitto
        self.dismiss(None)
        app.call_later(app.run_action, "settings")


def _label(label: str, key: str) -> Content:
    pieces: list[Any] = [label, (f"  {key}", "dim")]
    return Content.assemble(*pieces)


def _keys() -> Content:
    pieces: list[Any] = []
    for key, what in (("F5", "Settings"), ("esc", "look around first"), ("F10", "quit")):
        pieces += [(key, ACCENT), (f" {what}   ", DIM)]
    return Content.assemble(*pieces)
