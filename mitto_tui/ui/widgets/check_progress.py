"""How far the check of a list has come, and what to do where it has not come to its end."""

from __future__ import annotations

from typing import Final, Protocol

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Button, Static

from mitto_tui.recipients.totals import Totals
from mitto_tui.ui.bulk.check_words import progress_words
from mitto_tui.ui.literal import literal
from mitto_tui.ui.themes import ACCENT, DIM, FAINT
from mitto_tui.ui.time_left import TimeLeft

_OFTEN: Final = 0.1
_WIDTH: Final = 40


class Running(Protocol):
    """What can be followed."""

    progress: TimeLeft

    @property
    def totals(self) -> Totals: ...


class CheckProgress(Vertical):
    """Follows a check, or says why there is none. Its buttons are ``check-stop`` and ``check-again``."""

    def compose(self) -> ComposeResult:
        with Vertical(id="check-box", classes="panel"):
            yield Static(markup=False, id="check-doing")
            yield Static(markup=False, id="check-bar")
            yield Static(markup=False, id="check-so-far")
            with Horizontal(id="check-buttons"):
                yield Button("Stop", id="check-stop")
                yield Button("Check again", id="check-again")

    def on_mount(self) -> None:
        self._followed: Running | None = None
        self._timer: Timer = self.set_interval(_OFTEN, self._draw, pause=True)

    def follow(self, run: Running, name: Content) -> None:
        """Show how far it has come, until something else is shown."""
        self._followed = run
        self.query_one("#check-doing", Static).update(Content.assemble("Checking ", name))
        self._buttons(stop=True, again=False)
        self._draw()
        self._timer.resume()

    def say(self, sentence: str, advice: str, *, again: bool) -> None:
        """Say why nothing is checked; with ``again`` it can begin again."""
        self._followed = None
        self._timer.pause()
        self.query_one("#check-doing", Static).update(literal(sentence, 600, "bold"))
        self.query_one("#check-so-far", Static).update(literal(advice, 600, DIM))
        self._buttons(stop=False, again=again)

    def on_hide(self) -> None:
        self._timer.pause()

    def on_show(self) -> None:
        if self._followed is not None:
            self._timer.resume()

    def _buttons(self, *, stop: bool, again: bool) -> None:
        self.query_one("#check-bar").display = stop
        for name, shown in (("#check-stop", stop), ("#check-again", again)):
            button = self.query_one(name, Button)
            button.display = shown
            if shown and self.screen.is_current:
                self.call_after_refresh(self._take_focus, button)

    def _take_focus(self, button: Button) -> None:
        focused = self.screen.focused
        if button.display and self.display and (focused is None or not focused.is_on_screen or focused in self.query()):
            button.focus()

    def _draw(self) -> None:
        run = self._followed
        if run is None:
            return
        share, totals = run.progress.share, run.totals
        filled = round(_WIDTH * share)
        bar = Content.assemble(
            ("━" * filled, ACCENT), ("─" * (_WIDTH - filled), FAINT), f"  {self._words(run.progress, share)}"
        )
        self.query_one("#check-bar", Static).update(bar)
        so_far = progress_words(totals) if totals.rows else ""
        self.query_one("#check-so-far", Static).update(Content.styled(so_far, DIM))

    def _words(self, progress: TimeLeft, share: float) -> str:
        return "keeping it" if share >= 1 else progress.words
