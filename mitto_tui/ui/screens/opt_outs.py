"""Everybody who opted out of the profile: found, added, imported, and after a question allowed again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.bridge import StoreChanged
from mitto_tui.ui.commands import app as app_commands
from mitto_tui.ui.commands import opt_outs as commands
from mitto_tui.ui.commands.base import Command, bindings
from mitto_tui.ui.literal import literal
from mitto_tui.ui.screens.help import HelpScreen
from mitto_tui.ui.screens.opt_outs_add import AddOptOutDialog
from mitto_tui.ui.screens.opt_outs_import import Imported, ImportOptOutsDialog
from mitto_tui.ui.themes import ACCENT, BAD, DIM
from mitto_tui.ui.widgets.dialog import Answer, Dialog
from mitto_tui.ui.widgets.key_line import KeyLine
from mitto_tui.ui.widgets.literal_input import LiteralInput
from mitto_tui.ui.widgets.modal import Modal
from mitto_tui.ui.widgets.opt_out_table import OptOutLine, OptOutRows, OptOutTable, day, row_id
from mitto_tui.ui.widgets.paged_table import PagedTable

if TYPE_CHECKING:
    from mitto_tui.recipients.numbers import NumberReading
    from mitto_tui.storage.opt_outs import OptOut
    from mitto_tui.ui.app import MittoApp
    from mitto_tui.workspace.workspace import Workspace

_Done = TypeVar("_Done")
_WHAT_THEY_ARE: Final = (
    "Nothing is sent to a number on this list: it is left out when a list is checked, and looked up once more when "
    "a message is claimed for sending."
)


class _Search(LiteralInput):
    """The list below it is moved through from here; enter does nothing to it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "Done", show=False)]


class OptOutsScreen(Modal[None]):
    """The list of a workspace's profile. Whatever is done to it elsewhere is seen here, too."""

    CSS_PATH = "../styles/opt_outs.tcss"
    AUTO_FOCUS = "#opt-outs-search"
    ACTIONS: ClassVar[tuple[type[Command], ...]] = commands.LIST
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(*commands.LIST, app_commands.Help),
        Binding("escape", "close", "Close", show=False),
        # With priority: the search has the focus, and these would leave it.
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("ctrl+home", "go(0)", show=False, priority=True),
        Binding("ctrl+end", "last", show=False, priority=True),
        Binding("tab,shift+tab", "stay", show=False, priority=True),
    ]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(classes="dialog")
        self._workspace = workspace
        self._profile = workspace.profile.name
        self._source = OptOutRows(workspace.opt_outs, self._profile, "")
        self._removed: list[OptOut] = []
        self._waiting: tuple[str, Callable[[OptOutLine], None]] | None = None

    def compose(self) -> ComposeResult:
        box = Vertical(id="dialog", classes="-opt-outs")
        box.border_title = "Opt-outs"
        box.border_subtitle = "esc close"
        with box:
            yield _Search(id="opt-outs-search", placeholder="a number, or where it is from")
            yield OptOutTable(id="opt-outs-table")
            yield Static(markup=False, id="opt-outs-empty")
            yield Static(markup=False, id="opt-outs-said")
            yield KeyLine()

    def on_mount(self) -> None:
        self._search.mask(self.mitto.masked)
        self.query_one("#opt-outs-empty").display = False
        self._show()

    def on_store_changed(self, event: StoreChanged) -> None:
        event.stop()
        self.table.refresh_rows()

    # -- parts --------------------------------------------------------------------------------------------------------

    @property
    def mitto(self) -> MittoApp:
        """The app, by its own type."""
        return cast("MittoApp", self.app)

    @property
    def table(self) -> OptOutTable:
        """The list."""
        return self.query_one(OptOutTable)

    @property
    def _search(self) -> LiteralInput:
        return self.query_one("#opt-outs-search", LiteralInput)

    @property
    def _wanted(self) -> str:
        return self._search.value.strip()

    @property
    def settled(self) -> bool:
        """Whether the list has been read, and is that of what is searched for."""
        if not self.is_mounted or self._source.search != self._wanted or not self.table.settled:
            return False
        current = self.table.current
        return current is None or current.search == self._wanted

    @property
    def has_current(self) -> bool:
        """Whether there is something under the cursor."""
        return self.is_mounted and self.table.current is not None

    @property
    def can_undo(self) -> bool:
        """Whether something was taken off the list here."""
        return bool(self._removed)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        for command in self.ACTIONS:
            if command.action() == action:
                return True if command.possible(self) else None
        return super().check_action(action, parameters)

    # -- the list -----------------------------------------------------------------------------------------------------

    def _show(self, at: int | None = None) -> None:
        self._source = OptOutRows(self._workspace.opt_outs, self._profile, self._wanted)
        self.table.show(self._source, at=at)

    @on(Input.Changed, "#opt-outs-search")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._wanted != self._source.search:
            current = self.table.current
            # What was found stays under the cursor when the search is cleared.
            self._show(at=current.id if current is not None and not self._wanted else None)

    @on(PagedTable.Counted)
    def _counted(self, event: PagedTable.Counted) -> None:
        event.stop()
        if self._source.search != self._wanted:
            return  # it is asked again already
        everything = self._source.everything
        number = f"{event.total:,} of {everything:,}" if event.total != everything else f"{everything:,}"
        self.query_one("#dialog").border_title = f"Opt-outs  {number}" if everything else "Opt-outs"
        empty = self.query_one("#opt-outs-empty", Static)
        empty.display = not event.total
        self.table.display = event.total > 0
        if not event.total:
            empty.update(self._why_empty(everything))
        self._do_what_waited()

    @on(PagedTable.Moved)
    def _moved(self, event: PagedTable.Moved) -> None:
        event.stop()
        self.refresh_bindings()
        self._do_what_waited()

    def _why_empty(self, everything: int) -> Content:
        add, read = (self.mitto.key_of(command) for command in (commands.AddOptOut, commands.ImportOptOuts))
        ways = Content.assemble((add, ACCENT), (" adds a number  ", DIM), (read, ACCENT), (" reads a file", DIM))
        if not everything:
            title = Content(f"Nobody has opted out of the account {self._profile}.")
            return Content.assemble(title, "\n\n", (_WHAT_THEY_ARE, DIM), "\n\n", ways)
        sought = literal(self.mitto.number(self._wanted), 60)
        return Content.assemble("Nobody on this list matches “", sought, "”.\n\n", ways)

    @on(PagedTable.Failed)
    def _failed(self, event: PagedTable.Failed) -> None:
        event.stop()
        self._waiting = None
        if isinstance(event.error, MittoTuiError):
            self._complain(event.error)
        else:
            self.mitto.report_error(event.error)

    def _say(self, words: Content) -> None:
        self.query_one("#opt-outs-said", Static).update(words)

    def _complain(self, error: MittoTuiError) -> None:
        self._say(literal(str(error), 300, BAD))

    # -- what is done -------------------------------------------------------------------------------------------------

    def _with_current(self, do: Callable[[OptOutLine], None]) -> None:
        """Do something to what is under the cursor, once the keys before this one have had their effect.

        Where something else was typed meanwhile, it is not done.
        """

        def now_or_later() -> None:
            self._waiting = self._wanted, do
            self._do_what_waited()

        (self.focused or self).call_later(now_or_later)

    def _do_what_waited(self) -> None:
        if self._waiting is None:
            return
        wanted, do = self._waiting
        current = self.table.current
        if wanted == self._wanted and (current is None or current.search != wanted) and not self.settled:
            return  # what is under the cursor will be another one in a moment
        self._waiting = None
        if wanted == self._wanted and current is not None and self.is_active:
            do(current)

    def _in_thread(self, work: Callable[[], _Done], then: Callable[[_Done], None]) -> None:
        async def run() -> None:
            try:
                done = await asyncio.to_thread(work)
            except MittoTuiError as error:
                self._complain(error)
            else:
                then(done)
            self.table.refresh_rows()

        self.run_worker(run(), group="opt-outs-store")

    def action_add(self) -> None:
        sought = self._wanted if self.settled and not self.table.total else ""
        typed = sought if any(char.isdecimal() for char in sought) else ""
        self.app.push_screen(AddOptOutDialog(self._workspace, typed), self._added)

    def _added(self, reading: NumberReading | None) -> None:
        if reading is not None:
            self._go_to(reading.digits)
            self._say(literal(f"{self.mitto.number(reading.display)} has opted out now."))

    def _go_to(self, recipient: str) -> None:
        """Show the whole list, with the cursor on a number."""
        with self._search.prevent(Input.Changed):
            self._search.value = ""
        self._show(at=row_id(recipient))

    def action_import(self) -> None:
        self.app.push_screen(ImportOptOutsDialog(self._workspace), self._imported)

    def _imported(self, imported: Imported | None) -> None:
        if imported is None:
            return
        self._say(literal(imported.words))
        self.table.refresh_rows()

    def action_remove(self) -> None:
        self._with_current(self._ask)

    def _ask(self, line: OptOutLine) -> None:
        one = line.opt_out
        number = literal(self.mitto.number(line.number), 40)
        source = literal(f" ({self.mitto.number(one.source)})" if one.source else "", 120)
        body = Content.assemble(
            f"It opted out on {day(one.added_at)}",
            source,
            ".\n\nMessages and lists may reach it again then. Go on only if its owner agreed to that.",
        )
        question = Dialog(
            Content.assemble("Allow writing to ", number, " again?"),
            body,
            (Answer("back", "Back", "esc"), Answer("allow", "Allow", "a")),
            kind="-warning",
        )
        self.app.push_screen(question, lambda answer: self._remove(line) if answer == "allow" else None)

    def _remove(self, line: OptOutLine) -> None:
        one = line.opt_out

        def remove() -> OptOut | None:
            kept = self._workspace.opt_outs.get(self._profile, one.recipient)
            return kept if self._workspace.opt_outs.remove(self._profile, one.recipient) else None

        def removed(kept: OptOut | None) -> None:
            number = literal(self.mitto.number(line.number), 40)
            if kept is None:
                self._say(number + Content(" had been taken off the list already."))
                return
            self._removed.append(kept)
            key = Content.styled(self.mitto.key_of(commands.UndoOptOut), ACCENT)
            self._say(number + Content(" may be written to again.  ") + key + Content.styled(" puts it back", DIM))
            self.refresh_bindings()

        self._in_thread(remove, removed)

    def action_undo(self) -> None:
        if not self._removed:
            return
        one = self._removed.pop()

        def put_back() -> None:
            try:
                self._workspace.opt_outs.add(self._profile, one.recipient, one.added_at, one.source)
            except MittoTuiError:
                self._removed.append(one)
                raise

        def there(_: None) -> None:
            self.refresh_bindings()
            self._say(Content.styled("It is on the list again.", DIM))
            self._go_to(one.recipient)

        self._in_thread(put_back, there)

    # -- moving, and the rest -----------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        self.table.action_move(by)

    def action_page(self, by: int) -> None:
        self.table.action_page(by)

    def action_go(self, index: int) -> None:
        self.table.action_go(index)

    def action_last(self) -> None:
        self.table.action_last()

    def action_stay(self) -> None:
        """There is nowhere else to go."""

    def action_close(self) -> None:
        if self._search.value:
            self._search.value = ""
        else:
            self.dismiss(None)

    def action_help(self) -> None:
        about = (
            "Everybody who opted out of this account, in the order of their numbers. "
            f"{_WHAT_THEY_ARE} Type a part of a number, in any notation, or of where it is from."
        )
        keys = [(self.mitto.key_of(command), command.help) for command in self.ACTIONS]
        more = [("↑ ↓", "Another one in the list."), ("esc", "Clear the search, then close.")]
        self.app.push_screen(HelpScreen(about, "", [*keys, *more], []))
