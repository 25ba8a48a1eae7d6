"""What the step "List" says: its help, and the line below the field for a list, in colours."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from textual.content import Content

from mitto_tui.ui.literal import literal
from mitto_tui.ui.themes import ACCENT, BAD, DIM, WARN

if TYPE_CHECKING:
    from mitto_tui.sms.errors import MittoTuiError

ABOUT: Final = (
    "The list of those who get the message: a file of almost any kind, or rows pasted from anywhere. Lists that "
    "were checked before can be gone on with, and so can those that are being sent."
)
HELP: Final = {
    "#list-path": "The path of a list. What fits is offered while you type: tab or enter take it. Paths may begin "
    "with ~; a file dropped on the terminal is understood too.",
    "#list-rows": "Rows to send to, pasted or typed: one number a line, or cells copied from a spreadsheet.",
    "SavedTable": "Lists that were checked, those being sent, and those sent last. Enter goes on with one.",
    "RecentTable": "Files that were opened last. Enter opens one.",
}
_HINT: Final = "CSV, TXT, Excel, ODS or vCard; or drop a file on this window."
PLACEHOLDER: Final = "One number a line, or rows copied from a spreadsheet"


def hint() -> Content:
    """What can be opened."""
    return Content.styled(_HINT, DIM)


def opening(what: str) -> Content:
    """What is under way."""
    return literal(what.rstrip("…. ") + "…", 80, ACCENT)


def complaint(error: MittoTuiError, hide: Callable[[str], str]) -> Content:
    """Why a list can't be read, and what to do."""
    message, advice = literal(hide(error.message), 240, BAD), literal(error.advice, 160)
    return message + Content(" ") + advice if advice else message


def changed(name: str) -> Content:
    """That a file is not what was opened any more."""
    return literal(name, 80, WARN) + Content.styled(" is not as it was opened: the next step opens it again.", WARN)
