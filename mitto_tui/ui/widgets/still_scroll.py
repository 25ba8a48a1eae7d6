"""A pane of text that is scrolled by keys, at once."""

from __future__ import annotations

from textual.containers import VerticalScroll


class StillScroll(VerticalScroll):
    """A ``VerticalScroll`` whose keys for whole pages don't animate: a held key would lag behind."""

    def action_scroll_home(self) -> None:
        self.scroll_home(animate=False)

    def action_scroll_end(self) -> None:
        self.scroll_end(animate=False)

    def action_page_up(self) -> None:
        self.scroll_page_up(animate=False)

    def action_page_down(self) -> None:
        self.scroll_page_down(animate=False)
