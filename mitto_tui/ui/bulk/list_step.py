"""The first step of Bulk: a list is typed, looked for, pasted, or taken up again where it was left."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Static, TextArea

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.storage.campaigns import Campaign
from mitto_tui.ui.aside import aside
from mitto_tui.ui.bulk import list_words as words
from mitto_tui.ui.bulk.job import BulkJob
from mitto_tui.ui.bulk.lists_before import ListsBefore
from mitto_tui.ui.bulk.step import BulkStep
from mitto_tui.ui.commands import files as commands
from mitto_tui.ui.commands.base import Command, bindings
from mitto_tui.ui.pasted import looked_up, looks_like_numbers, only_line, only_path
from mitto_tui.ui.paths_at_hand import no_such_file
from mitto_tui.ui.picking import Picked
from mitto_tui.ui.recent_paths import RecentPaths
from mitto_tui.ui.themes import ACCENT
from mitto_tui.ui.typed_path import resolve
from mitto_tui.ui.widgets.paged_table import PagedTable
from mitto_tui.ui.widgets.paste_box import SHOWN, PasteBox
from mitto_tui.ui.widgets.path_input import PathInput


class ListStep(BulkStep):
    """Posts what was chosen. Opening it is the screen's: it says by ``busy`` and ``complain`` how that goes."""

    NAME = "List"
    ABOUT = words.ABOUT
    ACTIONS: ClassVar[tuple[type[Command], ...]] = commands.LIST
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(*commands.LIST),
        Binding("escape", "stop", show=False),
    ]
    JUMPS: ClassVar[dict[str, str]] = {"f": "#list-path", "p": "#list-rows", "l": "SavedTable", "r": "RecentTable"}
    HELP_TEXTS: ClassVar[dict[str, str]] = words.HELP

    class Chosen(Message):
        """A list is to be opened: a file, or text that was pasted."""

        def __init__(self, source: Path | str) -> None:
            super().__init__()
            self.source = source

    class Resumed(Message):
        """A checked list is to be gone on with."""

        def __init__(self, campaign_id: int) -> None:
            super().__init__()
            self.campaign_id = campaign_id

    class Stopped(Message):
        """The opening that is shown as under way is to be given up."""

    def __init__(self, job: BulkJob, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(job, id=id)
        self._busy = ""
        self._complaint: MittoTuiError | None = None
        self._said = Content("")
        self._said_of = ""
        """What stood in the field when it was said."""
        self._meant = "path"
        self._sent: tuple[str, str] | None = None

    def compose(self) -> ComposeResult:
        with Horizontal(id="list-file", classes="field"):
            yield Static("File", markup=False, classes="label")
            yield PathInput(id="list-path", placeholder="~/lists/customers.csv")
            yield Button("Browse", id="list-browse")
        with Horizontal(id="list-news"):
            yield Static(markup=False, id="list-said")
            yield Button("Stop", id="list-stop")
        with Vertical(id="list-paste", classes="panel"):
            yield PasteBox(id="list-rows", placeholder=words.PLACEHOLDER)
            yield Button("Read these rows", id="list-read")
        yield ListsBefore()

    def on_mount(self) -> None:
        self.query_one("#list-stop").display = False
        self._show_rows()
        self._show_news()
        self.masking_changed()

    # -- parts --------------------------------------------------------------------------------------------------------

    @property
    def path(self) -> PathInput:
        """The field for a path."""
        return self.query_one("#list-path", PathInput)

    @property
    def box(self) -> PasteBox:
        """The box for rows."""
        return self.query_one("#list-rows", PasteBox)

    @property
    def before(self) -> ListsBefore:
        """What was there before: checked lists, files used last."""
        return self.query_one(ListsBefore)

    @property
    def has_rows(self) -> bool:
        """Whether something stands in the box."""
        return self.is_mounted and bool(self.box.rows.strip())

    @property
    def can_delete(self) -> bool:
        """Whether the cursor is on something that can be taken away."""
        return self.is_mounted and self.before.under_cursor is not None

    @property
    def missing(self) -> str:
        return "" if self.job.opened is not None or self._standing.strip() else "Choose a list first."

    def proceed(self) -> bool:
        """With what was typed or pasted last and not opened yet, which takes its own time: the screen goes on then."""
        if self._busy:
            return False
        meant = self._meant, self._standing
        if not meant[1].strip() or (self.job.opened is not None and meant == self._sent):
            return True
        if meant[0] == "path":
            self._open_typed(meant[1])
        else:
            self.action_read()
        return False

    @property
    def _standing(self) -> str:
        """What stands in the field, or in the box, whichever was filled last."""
        return self.path.value if self._meant == "path" else self.box.rows

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "stop":
            return bool(self._busy)
        if action == "delete" and not self.can_delete:
            return False  # so that the key stays what it is in a field
        return super().check_action(action, parameters)

    # -- what the screen calls ----------------------------------------------------------------------------------------

    def come(self) -> None:
        self.before.look()
        self.run_worker(self._look_at_file(), group="list-file", exclusive=True)
        focused = self.screen.focused
        if focused is None or self not in focused.ancestors:
            self.path.focus()

    async def _look_at_file(self) -> None:
        """Open it once more before the next step, if it is not what it was."""
        opened = self.job.opened
        if opened is None or opened.list_file.path is None:
            return
        try:
            await aside(opened.list_file.look)
        except MittoTuiError:
            meant = self._meant, self._standing
            if opened is self.job.opened and not self._busy and meant == self._sent:
                self._sent = None
                self._say(words.changed(self.mitto.number(opened.name)))

    def stand_for(self, path: Path) -> None:
        """A list was opened from elsewhere: its file is what stands in the field, not what was typed before."""
        self.path.become(str(path))
        self._meant, self._sent = "path", ("path", self.path.value)
        self._say()

    def masking_changed(self) -> None:
        masked = self.mitto.masked
        self.box.mask(masked)
        self.path.mask(masked)
        self.before.mask(masked)

    def store_changed(self) -> None:
        self.before.look()

    def busy(self, what: str | None) -> None:
        """Say that a list is being opened (``Opening customers.csv``); None: no more."""
        if (what or "") != self._busy:
            self._busy = what or ""
            self._complaint = None if what else self._complaint
            self.query_one("#list-stop").display = bool(what)
            self.set_class(bool(what), "-busy")
            self.refresh_bindings()
        self._show_news()

    def complain(self, error: MittoTuiError) -> None:
        """Say why a list can't be read, until another one is meant."""
        self._complaint, self._sent, self._said_of = error, None, self.path.value
        self._show_news()

    def remember(self, path: Path) -> None:
        """It was opened: list it among the files used last."""
        recents = RecentPaths.of(self.workspace)

        async def keep() -> None:
            try:
                await asyncio.to_thread(recents.add, path)
            except MittoTuiError as error:
                self.mitto.notify(str(error), severity="warning")
            else:
                self.before.look()

        self.run_worker(keep(), group="remember")

    def _show_news(self) -> None:
        if self._busy:
            said = words.opening(self._busy)
        elif self._complaint is not None:
            said = words.complaint(self._complaint, self.mitto.number)
        else:
            said = self._said or words.hint()
        self.query_one("#list-said", Static).update(said)

    def _say(self, said: Content | str = "") -> None:
        self._complaint, self._said_of = None, self.path.value
        self._said = Content(said) if isinstance(said, str) else said
        self._show_news()
        self.post_message(self.Changed())

    # -- a path -------------------------------------------------------------------------------------------------------

    @on(Input.Changed, "#list-path")
    def _path_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._meant = "path" if event.value.strip() or not self.box.rows.strip() else "rows"
        if event.value != self._said_of:
            self._say()

    @on(Input.Submitted, "#list-path")
    def _path_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self._open_typed(event.value)
        elif self.has_rows:
            self.action_read()
        else:
            self._browse(None)

    def _open_typed(self, text: str) -> None:
        async def run() -> None:
            path, there, is_folder = await aside(partial(looked_up, text))
            if text != self.path.value or path is None:
                return  # something else was typed meanwhile
            if is_folder:
                self._browse(path)
            elif there:
                self._choose(path)
            elif looks_like_numbers(text):
                self._move_to_box(text)
            else:
                self.complain(await aside(partial(no_such_file, path)))

        self.run_worker(run(), group="list-path", exclusive=True)

    @on(PathInput.RowsPasted)
    def _rows_pasted(self, event: PathInput.RowsPasted) -> None:
        event.stop()
        self._move_to_box(event.text)

    def _move_to_box(self, text: str) -> None:
        self.path.become("")
        self.box.take(text)
        self.box.focus()
        self._say(Content.styled("That is no path: it stands in the box for rows.", ACCENT))

    def _choose(self, source: Path | str) -> None:
        meant = ("path", self.path.value) if isinstance(source, Path) else ("rows", source)
        if not self._busy or meant != self._sent:  # what is chosen last wins over what is still being opened
            self._complaint, self._sent = None, meant
            self.post_message(self.Chosen(source))

    def action_browse(self) -> None:
        text = self.path.value

        async def run() -> None:
            path = await aside(partial(resolve, text)) if text.strip() else None
            self._browse(path)

        self.run_worker(run(), group="list-path", exclusive=True)

    def _browse(self, start: Path | None) -> None:
        """The file picker, from a folder, or the one a file is in."""
        from mitto_tui.ui.screens.pick_file import PickFile

        if self.screen.is_active:
            self.app.push_screen(PickFile(start), self._picked)

    def _picked(self, picked: Picked | None) -> None:
        if picked is not None:
            self.path.become(str(picked.path))
            self.path.focus()
            self._choose(picked.path)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        match event.button.id:
            case "list-browse":
                self.action_browse()
            case "list-read":
                self.action_read()
            case "list-stop":
                self.action_stop()

    def action_stop(self) -> None:
        if self._busy:
            self._sent = None
            self.post_message(self.Stopped())

    # -- rows ---------------------------------------------------------------------------------------------------------

    @on(TextArea.Changed, "#list-rows")
    def _rows_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._meant = "rows" if self.box.rows.strip() or not self.path.value.strip() else "path"
        if self._complaint is not None:
            self._say()
        self._show_rows()
        self.post_message(self.Changed())

    def _show_rows(self) -> None:
        lines = self.box.lines_said
        panel = self.query_one("#list-paste")
        panel.border_title = f"Pasted rows  {lines}" if lines else "Or paste rows"
        aside_words = f"the first {SHOWN} are shown · delete empties the box" if self.box.is_aside else ""
        panel.border_subtitle = aside_words
        self.query_one("#list-read").display = bool(lines)

    @on(PasteBox.Pasted)
    def _pasted(self, event: PasteBox.Pasted) -> None:
        event.stop()
        if only_line(event.text) and only_line(self.box.rows) == only_line(event.text):
            self.run_worker(self._offer_path(), group="list-path", exclusive=True)

    async def _offer_path(self) -> bool:
        """If the one line in the box names a file, let it stand where a path does; whether it did."""
        rows = self.box.rows
        path = await aside(partial(only_path, rows))
        if path is None or rows != self.box.rows:
            return False
        self.box.take("")
        self.path.become(str(path))
        self.path.focus()
        self._say(Content.styled("That is a file, not a row. Enter opens it.", ACCENT))
        return True

    def action_read(self) -> None:
        """Go on with the rows, unless they are the path of a file."""

        async def run() -> None:
            if self.has_rows and not await self._offer_path() and self.has_rows:
                self._choose(self.box.rows)

        self.run_worker(run(), group="list-path", exclusive=True)

    # -- what was there before ----------------------------------------------------------------------------------------

    @on(PagedTable.Moved)
    def _moved(self, event: PagedTable.Moved) -> None:
        event.stop()
        self.refresh_bindings()

    @on(ListsBefore.Opened)
    def _opened(self, event: ListsBefore.Opened) -> None:
        event.stop()
        if isinstance(event.what, Campaign):
            self.post_message(self.Resumed(event.what.id))
        else:
            self.path.become(str(event.what.path))
            self._open_typed(self.path.value)

    @on(ListsBefore.Said)
    def _said_below(self, event: ListsBefore.Said) -> None:
        event.stop()
        if isinstance(event.what, MittoTuiError):
            self.complain(event.what)
        else:
            self._say(event.what)

    @on(ListsBefore.Emptied)
    def _emptied(self, event: ListsBefore.Emptied) -> None:
        event.stop()
        self.path.focus()

    def action_delete(self) -> None:
        self.before.delete(self.before.under_cursor)
