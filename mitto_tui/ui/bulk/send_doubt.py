"""What is in doubt of a campaign: the numbers, why, and what a person can decide on all of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, cast

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.status import Status
from mitto_tui.storage.rows import HistoryFilter, MessageRow
from mitto_tui.ui.again import Again
from mitto_tui.ui.history_rows import number_for_display
from mitto_tui.ui.literal import literal
from mitto_tui.ui.status_words import words
from mitto_tui.ui.themes import DIM, WARN
from mitto_tui.ui.widgets.dialog import Answer, Dialog

if TYPE_CHECKING:
    from mitto_tui.ui.app import MittoApp
    from mitto_tui.workspace.workspace import Workspace

ASSUME: Final = "assume"
AGAIN: Final = "again"
_SHOWN: Final = 200
_OFTEN: Final = 1.0


class DoubtDialog(Dialog):
    """Dismissed with ``ASSUME``, ``AGAIN`` or ``close``; ``seen`` is how many were in doubt when it was shown last.

    What a delivery report settles meanwhile goes from the list by itself.
    """

    AUTO_FOCUS = "#answer-close"

    def __init__(self, workspace: Workspace, campaign: int) -> None:
        super().__init__(
            "In doubt",
            "",
            (
                Answer("close", "Close", "esc"),
                Answer(ASSUME, "Assume sent", "a"),
                Answer(AGAIN, "Send again", "g"),
            ),
            kind="-warning",
        )
        self.add_class("-doubt")
        self._workspace = workspace
        self._campaign = campaign
        self.seen = 0
        self._look = Again(self, self._read, "doubt")
        self._rows: list[MessageRow] | None = None

    @property
    def _mitto(self) -> MittoApp:
        return cast("MittoApp", self.app)

    def body_widgets(self) -> ComposeResult:
        yield Static(markup=False, id="doubt-about")
        yield OptionList(id="doubt-list", markup=False)
        yield Static(markup=False, id="doubt-advice")

    def on_mount(self) -> None:
        self.query_one("#doubt-about", Static).update(Content.styled("Looking…", DIM))
        self._look()
        self.set_interval(_OFTEN, self._look)

    async def _read(self) -> None:
        wanted = HistoryFilter(
            profile=self._workspace.profile.name, campaign=self._campaign, statuses=frozenset({Status.IN_DOUBT})
        )
        history = self._workspace.history

        def look() -> tuple[int, list[tuple[MessageRow, str]]]:
            rows = history.page(wanted, before=None, skip=0, limit=_SHOWN)
            return history.count(wanted), [(row, number_for_display(row.to)) for row in rows]

        try:
            number, rows = await asyncio.to_thread(look)
        except MittoTuiError as error:
            self.query_one("#doubt-about", Static).update(literal(str(error), 300, WARN))
            return
        if self.is_mounted and (number != self.seen or [row for row, _ in rows] != self._rows):
            self._show(number, rows)

    def _show(self, number: int, rows: list[tuple[MessageRow, str]]) -> None:
        self.seen, self._rows = number, [row for row, _ in rows]
        about = self.query_one("#doubt-about", Static)
        advice = self.query_one("#doubt-advice", Static)
        listed = self.query_one("#doubt-list", OptionList)
        listed.display = bool(number)
        for name in (ASSUME, AGAIN):
            self.query_one(f"#answer-{name}", Button).display = bool(number)
        if not number:
            about.update("Nothing is in doubt any more: delivery reports or a decision have settled it.")
            advice.update("")
            self.query_one("#answer-close").focus()
            return
        subject = "1 message" if number == 1 else f"{number:,} messages"
        about.update(Content(f"{subject} may have been sent, or not. A delivery report settles it by itself."))
        at = listed.scroll_offset
        listed.clear_options()
        listed.add_options([Option(self._line(row, to)) for row, to in rows])
        if number > len(rows):
            listed.add_option(Option(Content.styled(f"and {number - len(rows):,} more", DIM), disabled=True))
        listed.scroll_to(at.x, at.y, animate=False)
        advice.update(
            Content.assemble(
                ("Assume sent", "bold"),
                ": nothing leaves; a report that comes later still counts.\n",
                ("Send again", "bold"),
                ": whoever did get it gets it twice.",
            )
        )

    def _line(self, row: MessageRow, to: str) -> Content:
        hide = self._mitto.number
        shown = words(Status.IN_DOUBT)
        why = row.error or shown.meaning
        return Content.assemble(
            (f"{shown.sign} ", shown.style), literal(hide(to), 24), "  ", literal(hide(why), 120, DIM)
        )

    def action_letter(self, name: str) -> None:
        if self.seen or name == "close":
            super().action_letter(name)
