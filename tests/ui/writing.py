"""The compose screen, for the tests: opened, filled in, and looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from textual.events import Key
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widget import Widget

from mitto_tui.ui.app import MittoApp
from mitto_tui.ui.screens.compose import ComposeScreen
from mitto_tui.ui.screens.confirm_send import ConfirmSend
from mitto_tui.ui.widgets.message_form import MessageForm
from tests.ui.rooms import app_of, until, workspace_of

HOSTILE = (
    "hi [/foo] x",
    "[bold red]not bold[/] [@click=app.quit]click[/]",
    "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "NUL\x00 BEL\x07 BS\x08 DEL\x7f CSI\x9b31m",
    "\u202eevil\u202c \u2066isolate\u2069 zero\u200bwidth \ufeffmark",
    "tab\there, form\x0cfeed, nel\x85, line\u2028separator",
    "👨‍👩‍👧 日本語 żółć €^{}[]~\\|",
)
"""Texts that steer terminals, markup or readers."""

STEERING = frozenset(
    [chr(code) for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))]
    + list("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)
"""What must never reach a terminal from a text."""


@asynccontextmanager
async def opened(*, sandbox: bool = True, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Pilot[int]]:
    """The whole app with its workspace open, and closed again in the end."""
    app = MittoApp(sandbox=sandbox)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.workspace is not None)
        try:
            yield pilot
        finally:
            await workspace_of(pilot).aclose()


async def compose_of(pilot: Pilot[int]) -> ComposeScreen:
    """The compose screen, ready for typing, with a cursor that doesn't blink."""
    await until(pilot, lambda: app_of(pilot).current_mode == "compose" and isinstance(pilot.app.screen, ComposeScreen))
    screen = pilot.app.screen
    assert isinstance(screen, ComposeScreen)
    await until(pilot, lambda: screen.is_mounted and screen.focused is not None)
    await until(pilot, lambda: screen.message_form._numbers_ready)
    return screen


def write(screen: ComposeScreen, text: str, to: str = "+49 172 5551234", sender: str = "MITTO SMS") -> MessageForm:
    """Fill in a message as if it had been typed."""
    form = screen.message_form
    form.sender.value = sender
    form.recipient.value = to
    form.editor.select_all()
    form.editor.put(text)
    return form


async def ask(pilot: Pilot[int], key: str = "ctrl+s") -> ConfirmSend:
    """Press send, and wait for the question and until a letter is an answer to it."""
    await pilot.press(key)
    return await asked(pilot)


async def asked(pilot: Pilot[int]) -> ConfirmSend:
    """Wait for the question whether to send, and until a letter is an answer to it."""
    await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmSend))
    dialog = pilot.app.screen
    assert isinstance(dialog, ConfirmSend)
    await until(pilot, lambda: dialog.listens)
    return dialog


def type_at_once(pilot: Pilot[int], *keys: str) -> None:
    """Keys that come faster than they can be worked off."""
    for key in keys:
        pilot.app.post_message(Key(key, key if len(key) == 1 else None))


def notified(pilot: Pilot[int]) -> str:
    """Everything that notifications say."""
    return "\n".join(f"{found.title}: {found.message}" for found in pilot.app._notifications)


def drawn(widget: Widget) -> str:
    """What a widget draws, as text, line by line."""
    lines = widget.render_lines(Region(0, 0, *widget.region.size))
    return "\n".join("".join(segment.text for segment in line) for line in lines)


def styles_of(widget: Widget, y: int) -> Iterator[tuple[str, object]]:
    """Each character of a line that a widget draws, with its style."""
    for segment in widget.render_lines(Region(0, y, widget.region.width, 1))[0]:
        for char in segment.text:
            yield char, segment.style
