"""How far long work has come, as a line: a bar, the share, the time left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from mitto_tui.ui.themes import ACCENT, DIM, FAINT

if TYPE_CHECKING:
    from mitto_tui.ui.time_left import TimeLeft

_WIDTH: Final = 40


def progress_bar(progress: TimeLeft, last: str = "") -> Content:
    """``━━━━──────  43 %, 12 s left``. ``last`` is what is still done when all has been counted."""
    share = progress.share
    filled = round(_WIDTH * share)
    words = last if last and share >= 1 else progress.words
    return Content.assemble(("━" * filled, ACCENT), ("─" * (_WIDTH - filled), FAINT), (f"  {words}", DIM))
