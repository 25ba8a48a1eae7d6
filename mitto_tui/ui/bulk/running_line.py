"""One line in Bulk that says what is being sent meanwhile. A click shows it."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from mitto_tui.ui.bulk.board_lines import running_line
from mitto_tui.ui.bulk.board_words import Board


class RunningLine(Static):
    """Gone where nothing is being sent."""

    ALLOW_SELECT = False

    class Clicked(Message):
        """A person wants to see it."""

        def __init__(self, campaign: int) -> None:
            super().__init__()
            self.campaign = campaign

    def __init__(self) -> None:
        super().__init__(markup=False, id="bulk-running")
        self._first = 0
        self._said = Content("")

    def show(self, boards: Sequence[Board]) -> None:
        """Say that these are under way."""
        said = running_line(boards)
        self._first = boards[0].campaign.id if boards else 0
        if said != self._said:
            self._said = said
            self.update(said)
            self.display = bool(boards)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if self._first:
            self.post_message(self.Clicked(self._first))
