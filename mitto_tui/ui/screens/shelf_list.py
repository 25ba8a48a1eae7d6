"""A list with a filter that is typed, and beside it what the thing under the cursor is.

The filter has the focus all the time; the arrows move through the list. What is done to the things is in ``shelf``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Generic, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.again import Again
from mitto_tui.ui.bridge import StoreChanged
from mitto_tui.ui.literal import literal
from mitto_tui.ui.themes import BAD, DIM
from mitto_tui.ui.widgets.key_line import KeyLine
from mitto_tui.ui.widgets.literal_input import LiteralInput
from mitto_tui.ui.widgets.modal import Modal, R
from mitto_tui.ui.widgets.paged_table import PagedTable
from mitto_tui.ui.widgets.shelf_table import K, L, ListSource, Placed, ShelfTable

if TYPE_CHECKING:
    from mitto_tui.ui.app import MittoApp


class _Filter(LiteralInput):
    """Enter is the list's, here and in the line of keys."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "Done", show=False)]


class ShelfList(Modal[R], Generic[K, L, R]):
    """What a ``ShelfScreen`` shows. ``read_keys``, ``matches`` and ``read_line`` run in threads."""

    CSS_PATH = "../styles/writing.tcss"
    AUTO_FOCUS = "#shelf-filter"
    NAME: ClassVar[str]
    """``Drafts``."""
    EMPTY: ClassVar[str]
    """What to do where there is nothing to choose from."""
    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority: the filter has the focus, and these would leave it.
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("ctrl+home", "go(0)", show=False, priority=True),
        Binding("ctrl+end", "last", show=False, priority=True),
        Binding("ctrl+up,alt+up", "scroll_text(-1)", show=False, priority=True),
        Binding("ctrl+down,alt+down", "scroll_text(1)", show=False, priority=True),
        Binding("tab,shift+tab", "stay", show=False, priority=True),
    ]

    def __init__(self, table: ShelfTable[L]) -> None:
        super().__init__(classes="dialog")
        self.table = table
        self._keys: Sequence[K] = ()
        self._stale = True
        self._source: ListSource[K, L] | None = None
        self._shown_filter = ""
        self._keep: int | None = None
        self._waiting: tuple[str, Callable[[L], None]] | None = None
        self._look = Again(self, self._look_up, "shelf")

    # -- what a subclass gives ----------------------------------------------------------------------------------------

    def read_keys(self) -> Sequence[K]:
        """All there is, in its order."""
        raise NotImplementedError

    def key_id(self, key: K) -> int:
        """What names the thing in the store."""
        raise NotImplementedError

    def matches(self, key: K, wanted: str) -> bool:
        """Whether ``wanted``, which is case-folded, is in it."""
        raise NotImplementedError

    def read_line(self, key: K) -> L:
        """What is shown of it."""
        raise NotImplementedError

    def line_id(self, line: L) -> int:
        """As ``key_id``."""
        raise NotImplementedError

    def about(self, line: L) -> Content:
        """Above its text: in a few words what it is."""
        raise NotImplementedError

    def text_of(self, line: L) -> Content:
        """Its text."""
        raise NotImplementedError

    # -- the screen ---------------------------------------------------------------------------------------------------

    @property
    def mitto(self) -> MittoApp:
        """The app, by its own type."""
        return cast("MittoApp", self.app)

    def compose(self) -> ComposeResult:
        box = Vertical(id="dialog", classes="-shelf")
        box.border_title = self.NAME
        box.border_subtitle = "esc close"
        with box:
            yield _Filter(id="shelf-filter", placeholder="type to filter")
            with Container(id="shelf"):
                yield self.table
                with VerticalScroll(id="shelf-preview", can_focus=False):
                    yield Static(markup=False, id="shelf-about")
                    yield Static(markup=False, id="shelf-text")
            yield Static(markup=False, id="shelf-empty")
            yield Static(markup=False, id="shelf-said")
            yield KeyLine()

    def on_mount(self) -> None:
        self._show_nothing(Content(""))
        self._look()

    def on_store_changed(self, event: StoreChanged) -> None:
        event.stop()
        self.read_again()

    def read_again(self, keep: int | None = None) -> None:
        """Read everything anew, with the cursor on what it is on now, or on the thing with the id ``keep``."""
        self._stale = True
        self._keep = keep if keep is not None else self._keep
        self._look()

    def say(self, words: Content) -> None:
        """Below the list, until the next thing is done."""
        self.query_one("#shelf-said", Static).update(words)

    def complain(self, error: MittoTuiError) -> None:
        """Say there what went wrong."""
        self.say(literal(str(error), 300, BAD))

    # -- the list -----------------------------------------------------------------------------------------------------

    @property
    def settled(self) -> bool:
        """Whether the list has been read, and is that of what stands in the filter."""
        return self._source is not None and self._shown_filter == self._filter and self.table.settled

    def with_current(self, do: Callable[[L], None]) -> None:
        """Do something to what is under the cursor, once the keys before this one have had their effect.

        Where the list could not be read, or something else was typed meanwhile, it is not done.
        """

        def now() -> None:
            row = self.table.current
            if not self.settled:
                self._waiting = self._filter, do
                self._look()
            elif row is not None and self.is_active:
                do(row.line)

        (self.focused or self).call_later(now)

    @property
    def _filter(self) -> str:
        return self.query_one("#shelf-filter", Input).value

    @on(Input.Changed, "#shelf-filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._look()

    async def _look_up(self) -> None:
        wanted = self._filter
        anew = wanted == self._shown_filter
        try:
            if self._stale:
                self._stale = False  # it is again, if something changes while it is read
                self._keys = await asyncio.to_thread(self.read_keys)
            keys = self._keys
            found = await asyncio.to_thread(self._matching, keys, wanted) if wanted.strip() else keys
        except MittoTuiError as error:
            self._stale, self._waiting = True, None
            self.complain(error)
            return
        if wanted != self._filter:
            return  # it is asked again already
        source = self._source = ListSource(found, self.read_line)
        index = self._index_in(found) if anew else 0
        self._shown_filter = wanted
        self.table.show(source, at=source.row_id(index) if found else None)

    def _matching(self, keys: Sequence[K], wanted: str) -> Sequence[K]:
        folded = wanted.strip().casefold()
        found = []
        for key in keys:
            if wanted != self._filter:
                break
            if self.matches(key, folded):
                found.append(key)
        return found

    def _index_in(self, keys: Sequence[K]) -> int:
        """Where the thing is that the cursor is to stay on, or else the one in its place."""
        keep = self._keep
        if not self._stale:  # else what it is to stay on may come with the next look only
            self._keep = None
        if keep is None and (current := self.table.current) is not None:
            keep = self.line_id(current.line)
        return next((index for index, key in enumerate(keys) if self.key_id(key) == keep), self.table.cursor)

    @on(PagedTable.Moved)
    def _moved(self, event: PagedTable.Moved) -> None:
        event.stop()
        row = cast("Placed[L] | None", event.row)
        self._show(row)
        self.refresh_bindings()
        if row is not None and self._waiting is not None and self.settled:
            (wanted, do), self._waiting = self._waiting, None
            if wanted == self._filter and self.is_active:
                do(row.line)

    @on(PagedTable.Counted)
    def _counted(self, event: PagedTable.Counted) -> None:
        event.stop()
        everything = len(self._keys)
        number = f"{event.total:,} of {everything:,}" if event.total != everything else f"{everything:,}"
        self.query_one("#dialog").border_title = f"{self.NAME}  {number}" if everything else self.NAME

    @on(PagedTable.Failed)
    def _failed(self, event: PagedTable.Failed) -> None:
        event.stop()
        self._waiting = None
        if isinstance(event.error, MittoTuiError):
            self.complain(event.error)
        else:
            self.mitto.report_error(event.error)

    def _show(self, row: Placed[L] | None) -> None:
        if row is None:
            wanted = self._shown_filter.strip()
            empty = f"Nothing here has “{wanted}” in it." if wanted and self._keys else ""
            self._show_nothing(literal(empty, 200) if empty else Content(self.EMPTY))
            return
        self.query_one("#shelf").display = True
        self.query_one("#shelf-empty").display = False
        self.query_one("#shelf-about", Static).update(self.about(row.line))
        self.query_one("#shelf-text", Static).update(self.text_of(row.line))
        self.query_one("#shelf-preview", VerticalScroll).scroll_home(animate=False)

    def _show_nothing(self, words: Content) -> None:
        self._waiting = None
        self.query_one("#shelf").display = False
        empty = self.query_one("#shelf-empty", Static)
        empty.display = True
        empty.update(words.stylize(DIM))

    # -- moving through it --------------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        self.table.action_move(by)

    def action_page(self, by: int) -> None:
        self.table.action_page(by)

    def action_go(self, index: int) -> None:
        self.table.action_go(index)

    def action_last(self) -> None:
        self.table.action_last()

    def action_scroll_text(self, by: int) -> None:
        preview = self.query_one("#shelf-preview", VerticalScroll)
        preview.scroll_relative(y=by * max(preview.size.height // 2, 1), animate=False)

    def action_stay(self) -> None:
        """There is nowhere else to go."""
