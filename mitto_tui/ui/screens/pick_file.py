"""Choosing a file from the folders of this machine, or a place for a new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Key
from textual.widgets import Input, Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.visible import one_line
from mitto_tui.ui.again import Again
from mitto_tui.ui.aside import aside
from mitto_tui.ui.commands import app as app_commands
from mitto_tui.ui.commands import files as commands
from mitto_tui.ui.commands.base import Command, bindings
from mitto_tui.ui.literal import literal
from mitto_tui.ui.paths_at_hand import Entry, Folder, Kind, PathProblem, read_folder
from mitto_tui.ui.picking import UP, Picked, begin, is_path, look_at, nothing_words, shown_of, tail
from mitto_tui.ui.recent_paths import RecentPaths
from mitto_tui.ui.themes import BAD, DIM, WARN
from mitto_tui.ui.typed_path import resolve, tilde
from mitto_tui.ui.widgets.file_table import FileLine, FileTable, read_line
from mitto_tui.ui.widgets.key_line import KeyLine
from mitto_tui.ui.widgets.literal_input import LiteralInput
from mitto_tui.ui.widgets.modal import Modal
from mitto_tui.ui.widgets.paged_table import PagedTable
from mitto_tui.ui.widgets.shelf_table import ListSource

if TYPE_CHECKING:
    from mitto_tui.ui.app import MittoApp


class _Field(LiteralInput):
    """Enter is the list's. Backspace in the empty field goes up."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "Done", show=False)]

    def on_key(self, event: Key) -> None:
        if event.key == "backspace" and not self.value:
            event.stop()
            event.prevent_default()
            cast("PickFile", self.screen).action_up()


class PickFile(Modal[Picked | None]):
    """Dismissed with what was chosen, or None. With ``save_as``, a file's name, it asks for a place to save.

    It begins in ``start`` (or on it, if it is a file), else in the folder used last, else in the working directory.
    ``recents`` are the opened profile's unless given; they keep the folder of what is chosen.
    """

    CSS_PATH = "../styles/pick_file.tcss"
    AUTO_FOCUS = "#pick-field"
    ABOUT = (
        "The folders of this machine. Type to see only what has that in its name; a path with a slash in it goes "
        "there. Files that can’t be lists by their names are left out until you ask for all."
    )
    ACTIONS: ClassVar[tuple[type[Command], ...]] = commands.PICKING
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(*commands.PICKING),
        app_commands.Help.binding(),
        Binding("escape", "close", "Close", show=False),
        # With priority: the field has the focus, and these would leave it.
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("ctrl+home", "go(0)", show=False, priority=True),
        Binding("ctrl+end", "last", show=False, priority=True),
        Binding("tab,shift+tab", "stay", show=False, priority=True),
    ]

    def __init__(self, start: Path | None = None, *, save_as: str = "", recents: RecentPaths | None = None) -> None:
        super().__init__(classes="dialog")
        self.table = FileTable(id="pick-table")
        self._saving = bool(save_as)
        self._save_as = save_as
        self._recents = recents
        self._start = start
        self._folder: Folder | None = None
        self._wanted: Path | None = None
        """The folder to read, or None for the one that is shown."""
        self._stand_on = ""
        self._recent: list[Path] = []
        self._names: frozenset[str] = frozenset()
        self._all = False
        self._shown: tuple[str, bool] | None = None
        self._chose = False
        """Whether the cursor was moved since something was typed: then enter is about the list, not the name."""
        self._opening = False
        self._look = Again(self, self._look_up, "pick")

    # -- the screen ---------------------------------------------------------------------------------------------------

    @property
    def mitto(self) -> MittoApp:
        """The app, by its own type."""
        return cast("MittoApp", self.app)

    @property
    def folder(self) -> Path | None:
        """The folder that is shown."""
        return self._folder.path if self._folder is not None else None

    @property
    def can_go_back(self) -> bool:
        """Whether another folder is known that was used before."""
        return any(folder != self.folder for folder in self._recent)

    @property
    def settled(self) -> bool:
        """Whether the list is that of the folder and of what was typed."""
        return self._wanted is None and self._shown == self._asked and self.table.settled

    @property
    def field(self) -> LiteralInput:
        """The filter, or the name of the new file."""
        return self.query_one("#pick-field", LiteralInput)

    @property
    def _asked(self) -> tuple[str, bool]:
        """What the list is to be narrowed down to: not by a name to save under, and not by a path to go to."""
        text = self.field.value
        return "" if self._saving or is_path(text) else text, self._all

    def compose(self) -> ComposeResult:
        box = Vertical(id="dialog", classes="-pick")
        box.border_title = "Save as" if self._saving else "Choose a list"
        box.border_subtitle = "esc close"
        with box:
            yield Static(markup=False, id="pick-folder")
            with Horizontal(id="pick-line", classes="field"):
                if self._saving:
                    yield Static("Name", markup=False, classes="label")
                yield _Field(self._save_as, id="pick-field", placeholder="" if self._saving else "type to filter")
            yield self.table
            yield Static(markup=False, id="pick-empty")
            yield Static(markup=False, id="pick-said")
            yield KeyLine()

    def on_mount(self) -> None:
        self.field.cursor_position = len(self._save_as)
        if self._saving:  # what is changed most often is what stands before the ending
            stem = len(Path(self._save_as).stem)
            self.field.cursor_position = stem
        self.query_one("#pick-empty").display = False
        self.run_worker(self._begin(), group="begin")

    async def _begin(self) -> None:
        if self._recents is None and self.mitto.workspace is not None:
            self._recents = RecentPaths.of(self.mitto.workspace)
        recents, start = self._recents, self._start

        self._recent, first, name = await aside(partial(begin, start, recents))
        self.go(first, name)

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_folder)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        for command in self.ACTIONS:
            if command.action() == action:
                return True if command.possible(self) else None
        return super().check_action(action, parameters)

    def say(self, words: Content | str = "") -> None:
        """Below the list, until the next thing is done."""
        self.query_one("#pick-said", Static).update(words)

    def complain(self, error: MittoTuiError) -> None:
        """Say there what went wrong."""
        self.say(literal(str(error), 300, BAD))

    # -- the list -----------------------------------------------------------------------------------------------------

    def go(self, folder: Path, stand_on: str = "") -> None:
        """Show another folder, with the cursor on a name in it."""
        self._wanted, self._stand_on = folder, stand_on
        self._look()

    async def _look_up(self) -> None:
        wanted, asked = self._wanted, self._asked
        try:
            folder = (
                self._folder if wanted is None else await aside(partial(read_folder, wanted, lambda: self.is_attached))
            )
        except PathProblem as problem:
            if wanted is self._wanted:
                self._wanted, self._opening = None, False
                self.complain(problem)
            return
        if folder is None or not self.is_attached:
            return
        everything = asked[1]
        entries = await aside(lambda: shown_of(folder, asked[0], everything=everything))
        if wanted is not self._wanted or (asked != self._asked and wanted is None):
            return  # it is asked again already
        if wanted is not None:
            self._arrive(folder)
            asked = self._asked if self._asked == ("", everything) else asked
        source = ListSource(entries, partial(read_line, folder.path))
        at = next((index for index, entry in enumerate(entries) if entry.name == self._stand_on), -1)
        if at < 0:
            # The first line leads up: who opens a folder, or types, means what is in it.
            at = 1 if len(entries) > 1 and entries[0].name == ".." else 0
        self._stand_on = ""
        self._shown = asked
        self.table.show(source, at=source.row_id(at) if entries else None)
        self._show_empty(folder, entries, asked[0])
        if self._opening:
            self.call_later(self._open_when_there)

    def _arrive(self, folder: Folder) -> None:
        self._folder, self._wanted, self._chose = folder, None, False
        if not self._saving:
            self.field.value = ""
        self.say(
            Content.styled("More than can be listed is in this folder: type its path.", WARN) if folder.cut else ""
        )
        if self._saving:
            self._names = frozenset(entry.name for entry in folder.entries)
            self._say_taken()
        self._show_folder()
        self.refresh_bindings()

    def _say_taken(self) -> None:
        taken = self.field.value.strip() in self._names
        self.say(Content.styled("There is a file or folder of this name already.", WARN) if taken else "")

    def _show_folder(self) -> None:
        if self._folder is not None and self.is_attached:
            line = self.query_one("#pick-folder", Static)
            line.update(Content(tail(one_line(tilde(self._folder.path)), max(line.size.width - 2, 10))))

    def _show_empty(self, folder: Folder, entries: Sequence[Entry], typed: str) -> None:
        empty = self.query_one("#pick-empty", Static)
        empty.display = all(entry is UP for entry in entries)
        hidden = 0 if self._all else len(folder.entries)
        empty.update(Content.styled(nothing_words(typed, hidden, self.mitto.key_of(commands.PickAll)), DIM))

    @on(Input.Changed, "#pick-field")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._chose = self._opening = False
        if self._saving:
            self._say_taken()
        elif self._shown != self._asked:
            self._look()

    @on(PagedTable.Moved)
    def _moved(self, event: PagedTable.Moved) -> None:
        event.stop()
        if self._opening:
            self._open_when_there()

    @on(PagedTable.Failed)
    def _failed(self, event: PagedTable.Failed) -> None:
        event.stop()
        self.mitto.report_error(event.error)

    # -- choosing -----------------------------------------------------------------------------------------------------

    @on(PagedTable.Opened)
    def _clicked(self, event: PagedTable.Opened) -> None:
        event.stop()
        if (row := self.table.current) is not None:
            self._open(row.line)

    def action_open(self) -> None:
        # Behind the keys that still wait in the field's queue.
        self.field.call_later(self._enter)

    def _enter(self) -> None:
        text = self.field.value
        if self._saving and not self._chose:
            self._save(text)
        elif not self._saving and is_path(text):
            self._go_to(text)
        else:
            self._opening = True
            self._open_when_there()

    def _open_when_there(self) -> None:
        if not self._opening or not self.settled:
            return
        self._opening = False
        if (row := self.table.current) is not None and self.is_active:
            self._open(row.line)

    def _open(self, line: FileLine) -> None:
        if self._folder is None:
            return
        path = self._folder.path
        if line.entry.name == "..":
            self.action_up()
        elif line.entry.kind is Kind.FOLDER:
            self.go(path / line.entry.name)
        elif self._saving:
            self.field.value = line.entry.name
            self.field.cursor_position = len(line.entry.name)
        else:
            self._choose(path / line.entry.name)

    def _go_to(self, text: str) -> None:
        base = self._folder.path if self._folder is not None else None
        self._in_thread(lambda: look_at(resolve(text, base), for_saving=False), text)

    def _choose(self, path: Path) -> None:
        self._in_thread(lambda: look_at(path, for_saving=False), self.field.value)

    def _save(self, text: str) -> None:
        if not text.strip():
            self.say(Content.styled("Type a name for the file.", WARN))
            return
        base = self._folder.path if self._folder is not None else None
        self._in_thread(lambda: look_at(resolve(text, base), for_saving=True), text)

    def _in_thread(self, look: Callable[[], Picked | Path], text: str) -> None:
        async def run() -> None:
            try:
                found = await aside(look)
                if isinstance(found, Picked) and self._recents is not None:
                    await aside(partial(self._recents.keep_folder, found.path.parent))
            except MittoTuiError as error:
                self.complain(error)
                return
            if text != self.field.value or not self.is_active:
                return  # something else was asked for meanwhile
            if isinstance(found, Picked):
                self.dismiss(found)
            else:
                if self._saving:
                    self.field.value = self._save_as
                self.go(found)

        self.run_worker(run(), group="choose", exclusive=True)

    # -- keys ---------------------------------------------------------------------------------------------------------

    def action_up(self) -> None:
        """To the folder that this one is in, with the cursor on this one."""
        folder = self._wanted or self.folder
        if folder is not None and folder != folder.parent:
            self.go(folder.parent, folder.name)

    def action_home(self) -> None:
        self.go(Path.home())

    def action_recent(self) -> None:
        folders = self._recent
        if folders:
            here = folders.index(self.folder) if self.folder in folders else -1
            self.go(folders[(here + 1) % len(folders)])

    def action_all(self) -> None:
        self._all = not self._all
        if (row := self.table.current) is not None:
            self._stand_on = row.line.entry.name
        self._look()

    def action_move(self, by: int) -> None:
        self._chose = True
        self.table.action_move(by)

    def action_page(self, by: int) -> None:
        self._chose = True
        self.table.action_page(by)

    def action_go(self, index: int) -> None:
        self._chose = True
        self.table.action_go(index)

    def action_last(self) -> None:
        self.action_go(self.table.total - 1)

    def action_stay(self) -> None:
        """The field keeps the focus."""

    def action_close(self) -> None:
        self.dismiss(None)

    def action_help(self) -> None:
        from mitto_tui.ui.screens.help import HelpScreen

        keys = [(self.mitto.key_of(command), command.help) for command in self.ACTIONS]
        more = [("↑ ↓", "Another line."), ("⌫", "In the empty field: the folder above."), ("esc", "Close.")]
        self.app.push_screen(HelpScreen(self.ABOUT, "", [*keys, *more], []))
