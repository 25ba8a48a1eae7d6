"""Where an account's API key is, in words, and what can be done about it. Never the key itself."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from mitto_tui.ui.literal import literal_block
from mitto_tui.ui.themes import BAD, DIM, GOOD, WARN

if TYPE_CHECKING:
    from mitto_tui.settings.secrets import KeyStatus

_SANDBOX: Final = (
    "The sandbox needs no key. A simulator of Mitto in this program takes every message and reports on it, over real "
    "HTTP; nothing leaves this machine and nothing is charged."
)
_FOR_REAL: Final = "To send for real, choose an account at Account, give it the key that Mitto gave you, and use it."


class KeyAction(StrEnum):
    """What a button of the panel asks for."""

    SET = "set"
    TEST = "test"
    DELETE = "delete"


_LABELS: Final = {KeyAction.SET: "Set a key", KeyAction.TEST: "Test", KeyAction.DELETE: "Delete"}


class KeyPanel(Vertical):
    """Shows a ``KeyStatus``."""

    class Asked(Message):
        """A button was pressed."""

        def __init__(self, action: KeyAction) -> None:
            super().__init__()
            self.action = action

    def __init__(self) -> None:
        super().__init__(id="key-panel", classes="panel")
        self.border_title = "API key"
        self.possible: frozenset[KeyAction] = frozenset()
        """What can be done now."""

    def compose(self) -> ComposeResult:
        yield Static(markup=False, id="key-status")
        with Horizontal(id="key-actions"):
            for action, label in _LABELS.items():
                yield Button(label, id=f"key-{action.value}")
        yield Static(markup=False, id="key-result")

    def on_mount(self) -> None:
        self.say("")
        self._offer()

    def look(self) -> None:
        """The keyring is being asked."""
        self.query_one("#key-status", Static).update(Content.styled("Looking for the key…", DIM))
        self._offer()

    def show_sandbox(self) -> None:
        """The account is the sandbox."""
        text = Content(_SANDBOX) + Content("\n\n") + Content.styled(_FOR_REAL, DIM)
        self.query_one("#key-status", Static).update(text)
        self._offer()

    def show(self, status: KeyStatus, *, in_use: bool) -> None:
        """Show where the key is. It can be tested where the account is ``in_use``."""
        pieces: list[Any] = []
        if status.usable:
            pieces += [("● ", GOOD), status.message]
            if status.source == "environment":
                pieces.append((" It counts before any key in the keyring.", DIM))
            if not in_use:
                pieces.append((" Use this account to test it.", DIM))
        elif status.source is None and status.keyring is not None:
            pieces += [("◌ ", WARN), status.message]
            pieces.append((f" Set one: it goes into the keyring ({status.keyring}), and nowhere else.", DIM))
        else:
            pieces += [("▲ ", BAD), literal_block(status.message), (f" {status.advice}", DIM)]
        self.query_one("#key-status", Static).update(Content.assemble(*pieces))
        actions = {KeyAction.SET}
        if status.usable and in_use:
            actions.add(KeyAction.TEST)
        if status.source == "keyring":
            actions.add(KeyAction.DELETE)
        self._offer(*actions)

    def say(self, sentence: str, style: str = DIM) -> None:
        """The result of the last action, or nothing."""
        result = self.query_one("#key-result", Static)
        result.update(literal_block(sentence, style))
        result.display = bool(sentence)

    def _offer(self, *actions: KeyAction) -> None:
        changed = self.possible != frozenset(actions)
        self.possible = frozenset(actions)
        for action in KeyAction:
            self.query_one(f"#key-{action.value}").display = action in self.possible
        self.query_one("#key-actions").display = bool(actions)
        if changed:
            self.screen.refresh_bindings()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Asked(KeyAction((event.button.id or "").removeprefix("key-"))))
