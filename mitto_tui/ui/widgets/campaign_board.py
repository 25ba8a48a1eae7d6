"""The live board of a campaign: how far it is, how fast it goes, and what came of it."""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from mitto_tui.ui.bulk import board_words as words
from mitto_tui.ui.bulk.board_words import Board
from mitto_tui.ui.themes import ACCENT

BUTTONS: Final = (
    ("pause", "Pause"),
    ("resume", "Resume"),
    ("cancel", "Cancel"),
    ("stop", "Stop"),
    ("failed", "What failed"),
    ("another", "Another list"),
)


class CampaignBoard(VerticalScroll, can_focus=False):
    """Shows a ``Board``. Its buttons are ``board-<name>``, and ``board-attention``; ``offer`` says which can be used.

    Only what reads differently is drawn anew.
    """

    def compose(self) -> ComposeResult:
        with Vertical(id="board-run", classes="panel"):
            for name in ("head", "bar", "facts", "sentence"):
                yield Static(markup=False, id=f"board-{name}")
        with Vertical(id="board-outcomes", classes="panel"):
            yield Static(markup=False, id="board-counts")
        with Horizontal(id="board-doubt"):
            yield Static(markup=False, id="board-doubt-said")
            yield Button("Look at them", id="board-attention")
        with Horizontal(id="board-buttons"):
            for name, label in BUTTONS:
                yield Button(label, id=f"board-{name}")

    def on_mount(self) -> None:
        self._drawn: dict[str, Content] = {}
        self._board: Board | None = None
        self.query_one("#board-outcomes").border_title = "Outcomes"
        self.query_one("#board-doubt").display = False

    def show(self, board: Board, title: Content, limits: Content) -> None:
        """Show how it stands. ``title`` and ``limits`` are for the frame."""
        self._board = board
        run = self.query_one("#board-run")
        if run.border_title != title.markup:
            run.border_title = title
        run.border_subtitle = limits
        self._draw()

    def _draw(self) -> None:
        board = self._board
        if board is None:
            return
        self._put("head", words.head(board))
        share = (board.making or 0.0) if board.unmade else board.share
        style = words.BAR_STYLES.get(board.campaign.state, ACCENT)
        self._put("bar", words.bar(share, self._room("#board-bar"), style=style))
        self._put("facts", words.facts(board))
        self._put("sentence", words.sentence(board))
        self._put("counts", words.outcome_lines(board, self._room("#board-counts")))
        self._put("doubt-said", words.attention(board))
        self.query_one("#board-doubt").display = bool(board.in_doubt)

    def _room(self, selector: str) -> int:
        return self.query_one(selector).size.width or max(self.size.width - 6, 20)

    def _put(self, name: str, content: Content) -> None:
        before = self._drawn.get(name)
        if before is None or not before.is_same(content):
            self._drawn[name] = content
            self.query_one(f"#board-{name}", Static).update(content)

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def offer(self, names: frozenset[str], labels: dict[str, str]) -> None:
        """Show the buttons of these names, with other words where ``labels`` has some."""
        for name, label in BUTTONS:
            button = self.query_one(f"#board-{name}", Button)
            button.label = Content(labels.get(name, label))
            button.display = name in names
        focused = self.screen.focused
        ours = focused is not None and self in focused.ancestors
        on_button = ours and focused in list(self.query("#board-buttons Button"))
        if self._in_sight and (not ours or on_button):
            self.take_focus()  # the first one is never the one that can't be taken back

    @property
    def _in_sight(self) -> bool:
        return all(node.display for node in self.ancestors_with_self if isinstance(node, Widget))

    def take_focus(self) -> None:
        """Focus the first button that is there."""
        shown = [button for button in self.query("#board-buttons Button") if button.display]
        if shown:
            self.call_after_refresh(shown[0].focus)
        elif (focused := self.screen.focused) is not None and self in focused.ancestors:
            self.screen.set_focus(None)
