"""Importing numbers that have opted out: read, shown with all that could not be read, and taken after a yes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import DescendantBlur
from textual.timer import Timer
from textual.widgets import Button, Input, Select, Static

from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.ui.again import Again
from mitto_tui.ui.commands import app as app_commands
from mitto_tui.ui.commands import opt_outs as commands
from mitto_tui.ui.commands.base import Command, bindings
from mitto_tui.ui.literal import literal_block
from mitto_tui.ui.price_list import read_country
from mitto_tui.ui.screens.help import HelpScreen
from mitto_tui.ui.screens.opt_outs_words import column_choices, findings, taken_words, understood, unread_rows
from mitto_tui.ui.themes import BAD, DIM
from mitto_tui.ui.time_left import TimeLeft
from mitto_tui.ui.typed_path import resolve
from mitto_tui.ui.widgets.field import Field
from mitto_tui.ui.widgets.hanging_text import HangingText
from mitto_tui.ui.widgets.literal_input import LiteralInput
from mitto_tui.ui.widgets.modal import Modal
from mitto_tui.ui.widgets.path_input import PathInput
from mitto_tui.workspace.opt_out_import import ImportStopped, ImportSums, OptOutImport
from mitto_tui.workspace.workspace import now

if TYPE_CHECKING:
    from mitto_tui.ui.app import MittoApp
    from mitto_tui.workspace.workspace import Workspace

_MARGIN = 13
_BETWEEN = 0.2
"""Seconds from one look at the progress to the next."""
_ABOUT = (
    "Reads a list of numbers that have opted out: CSV or other text, Excel, LibreOffice, vCard. Enter reads the file; "
    "nothing is taken before you say so. Every number of a cell is taken. Numbers that can’t be read are listed with "
    "their rows: whoever they belong to may still be written to until they are mended and read again."
)


@dataclass(frozen=True, slots=True)
class Imported:
    """What was taken: how many, and that in words."""

    added: int
    words: str


@dataclass(frozen=True, slots=True)
class _Request:
    """What is to be read. ``opening`` is another number each time the file is opened anew."""

    opening: int
    path: str
    country: str
    column: int | None = None


class ImportOptOutsDialog(Modal[Imported | None]):
    """Dismissed with what was taken, or None."""

    CSS_PATH = "../styles/opt_outs.tcss"
    AUTO_FOCUS = "#import-path"
    ACTIONS: ClassVar[tuple[type[Command], ...]] = commands.IMPORT
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(*commands.IMPORT, app_commands.Help),
        Binding("escape", "close", "Back", show=False),
        Binding("ctrl+up,alt+up", "scroll_found(-1)", show=False, priority=True),
        Binding("ctrl+down,alt+down", "scroll_found(1)", show=False, priority=True),
    ]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(classes="dialog")
        self._workspace = workspace
        self._request: _Request | None = None
        self._opened: OptOutImport | None = None
        self._opening = 0
        self._gone = False
        self._sums: ImportSums | None = None
        self._taking = False
        self._progress: tuple[str, TimeLeft] | None = None
        self._ticking: Timer | None = None
        self._read_again = Again(self, self._read, "reading")

    def compose(self) -> ComposeResult:
        box = Vertical(id="dialog", classes="-import")
        box.border_title = "Import numbers that have opted out"
        box.border_subtitle = "esc back"
        path = PathInput(id="import-path", placeholder="a file, such as ~/stop.csv; enter reads it")
        country = LiteralInput((self._workspace.profile.country or "").upper(), id="import-country", placeholder="none")
        with box:
            yield Field("File", path)
            yield Field("Numbers", Select[int]([], prompt="choose a column", id="import-column", compact=True))
            yield Field("Country", country, id="import-country-row")
            yield Static(markup=False, id="import-understood")
            with VerticalScroll(id="import-found", can_focus=False):
                yield Static(markup=False, id="import-findings")
                yield HangingText(_MARGIN, id="import-unread")
            with Horizontal(id="answers"):
                yield Button("Back", id="import-back")
                yield Button("Opt out", id="import-take")

    def on_mount(self) -> None:
        self.query_one("#import-column", Select).disabled = True
        self.query_one("#import-country-row", Field).say(Content.styled("for national numbers", DIM))
        self._ticking = self.set_interval(_BETWEEN, self._tell_progress, pause=True)
        self._show_nothing(Content.styled("Nothing is taken before you have seen what was read.", DIM))

    def on_unmount(self) -> None:
        self._gone = True
        if self._opened is not None:
            self._opened.close()

    # -- parts --------------------------------------------------------------------------------------------------------

    @property
    def mitto(self) -> MittoApp:
        """The app, by its own type."""
        return cast("MittoApp", self.app)

    @property
    def can_take(self) -> bool:
        """Whether a list has been read that has numbers to be taken."""
        return self._sums is not None and self._sums.new > 0 and not self._taking

    @property
    def settled(self) -> bool:
        """Whether what was asked for has been read, or could not be."""
        return self._progress is None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        for command in self.ACTIONS:
            if command.action() == action:
                return True if command.possible(self) else None
        return super().check_action(action, parameters)

    # -- what is to be read -------------------------------------------------------------------------------------------

    @on(Input.Submitted, "#import-path")
    def _path_given(self, event: Input.Submitted) -> None:
        event.stop()
        country = self._country()
        if event.value.strip() and country is not None and not self._taking:
            self._opening += 1
            self._ask(_Request(self._opening, event.value.strip(), country))

    @on(Input.Changed, "#import-path")
    def _path_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._request is not None and event.value.strip() != self._request.path and not self._taking:
            self._ask(None)  # what is shown is not what is named there

    @on(Select.Changed, "#import-column")
    def _column_chosen(self, event: Select.Changed) -> None:
        event.stop()
        if self._request is not None and isinstance(event.value, int) and event.value == event.select.value:
            self._ask(replace(self._request, column=event.value))

    @on(Input.Changed, "#import-country")
    def _country_typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._request is not None and not self._taking:
            self._request = replace(self._request)  # what is being read now, or was, is of another country
            self._sums = None
            if self._opened is not None:
                self._opened.stop()
            self._end()
            self._show_nothing(Content.styled("Enter reads it with that country.", DIM))

    @on(Input.Submitted, "#import-country")
    @on(DescendantBlur)
    def _country_given(self, event: Input.Submitted | DescendantBlur) -> None:
        event.stop()
        control = event.input if isinstance(event, Input.Submitted) else event.widget
        if control.id != "import-country":
            return
        country = self._country()
        if country is not None and self._request is not None and self._sums is None and self.settled:
            self._ask(replace(self._request, country=country))

    def _country(self) -> str | None:
        """The letters of the country that is given, empty where none is; None where it is no country, which is said."""
        field = self.query_one("#import-country-row", Field)
        typed = self.query_one("#import-country", Input).value.strip()
        try:
            letters = read_country(typed) if typed else ""
        except InvalidInput as error:
            field.say(Content.styled("not known", BAD))
            self._show_findings(literal_block(str(error), BAD))
            return None
        from mitto_tui.recipients.countries import country_name

        field.say(Content.styled(country_name(letters) if letters else "no national numbers", DIM))
        return letters

    def _ask(self, request: _Request | None) -> None:
        self._request = request
        self._sums = None
        if self._opened is not None:
            self._opened.stop()
        self._show_nothing(Content(""))
        if request is not None:
            self._begin("Reading")
        self._read_again()

    # -- reading ------------------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        request = self._request
        if request is None:
            self._end()
            return
        try:
            opened, column = await self._open(request)
            if request is not self._request:
                return
            if column is None:
                self._show_findings(Content("Choose the column that has the numbers."))
                return
            progress = self._begin("Reading")
            profile, opt_outs = self._workspace.profile.name, self._workspace.opt_outs
            sums = await asyncio.to_thread(
                lambda: opened.look(column, request.country, opt_outs.numbers(profile), progress=progress)
            )
        except ImportStopped:
            return
        except MittoTuiError as error:
            if request is self._request:
                self._show_nothing(literal_block(str(error), BAD))
        else:
            if request is self._request:
                self._show_sums(sums)
        finally:
            if request is self._request:
                self._end()

    async def _open(self, request: _Request) -> tuple[OptOutImport, int | None]:
        """The list, and the column to read; None where nobody knows it yet, which is said."""
        kept = self._opened
        if kept is not None and request.column is not None:
            return kept, request.column
        if kept is not None:
            self._opened = None
            kept.close()
        self.query_one("#import-column", Select).disabled = True
        opened, column, why = await asyncio.to_thread(self._open_now, request.path)
        if request is not self._request:
            return opened, column
        self._show_columns(opened, column)
        said = understood(opened.name, opened.detected, why)
        self.query_one("#import-understood", Static).update(said)
        return opened, column

    def _open_now(self, path: str) -> tuple[OptOutImport, int | None, str]:
        opened = OptOutImport.open(resolve(path) or Path(path))
        self._opened = opened
        if self._gone:  # else nobody would close it
            opened.close()
        column, why = opened.phone_column()
        return opened, column, why

    def _show_columns(self, opened: OptOutImport, column: int | None) -> None:
        choice = self.query_one("#import-column", Select)
        with choice.prevent(Select.Changed):
            choice.set_options(column_choices(opened.detected.columns))
            if column is not None:
                choice.value = column
        choice.disabled = False

    # -- showing ------------------------------------------------------------------------------------------------------

    def _begin(self, doing: str) -> TimeLeft:
        progress = TimeLeft()
        self._progress = doing, progress
        if self._ticking is not None:
            self._ticking.resume()
        return progress

    def _end(self) -> None:
        self._progress = None
        if self._ticking is not None:
            self._ticking.pause()

    def _tell_progress(self) -> None:
        if self._progress is not None:
            doing, progress = self._progress
            self._show_findings(Content.styled(f"{doing}…  {progress.words}", DIM))

    def _show_nothing(self, words: Content) -> None:
        if self._request is None:
            self.query_one("#import-understood", Static).update(Content(""))
        self._show_findings(words)
        self.query_one("#import-unread", HangingText).show(())
        self._offer(Content("Opt out"), possible=False)

    def _show_findings(self, words: Content) -> None:
        self.query_one("#import-findings", Static).update(words)

    def _show_sums(self, sums: ImportSums) -> None:
        self._sums = sums
        self._show_findings(findings(sums, self.mitto.number))
        self.query_one("#import-unread", HangingText).show(unread_rows(sums, self.mitto.number))
        self.query_one("#import-found", VerticalScroll).scroll_home(animate=False)
        key = self.mitto.key_of(commands.TakeOptOuts)
        label = Content.assemble(f"Opt out {_numbers(sums.new)}", "  ", (key, "dim")) if sums.new else "Opt out"
        self._offer(label, possible=sums.new > 0)

    def _offer(self, label: Content | str, *, possible: bool) -> None:
        take = self.query_one("#import-take", Button)
        take.label = label
        take.disabled = not possible
        take.refresh(layout=True)  # a button keeps its width otherwise
        self.refresh_bindings()

    # -- the yes ------------------------------------------------------------------------------------------------------

    @on(Button.Pressed, "#import-take")
    def action_take(self) -> None:
        opened, sums = self._opened, self._sums
        if opened is not None and sums is not None and self.can_take:
            self._taking = True
            self.query_one("#import-take", Button).disabled = True
            self.run_worker(self._take(opened, sums))

    async def _take(self, opened: OptOutImport, sums: ImportSums) -> None:
        progress = self._begin("Opting out")
        profile, opt_outs = self._workspace.profile.name, self._workspace.opt_outs
        try:
            added = await asyncio.to_thread(lambda: opened.take(opt_outs, profile, now(), progress))
        except MittoTuiError as error:
            self._sums = None
            self._show_findings(literal_block(f"{error} Those taken before that have opted out: read it again.", BAD))
        else:
            self.dismiss(Imported(added, taken_words(sums, added)))
        finally:
            self._taking = False
            self._end()

    @on(Button.Pressed, "#import-back")
    def action_close(self) -> None:
        if not self._taking:
            self.dismiss(None)

    def action_scroll_found(self, by: int) -> None:
        found = self.query_one("#import-found", VerticalScroll)
        found.scroll_relative(y=by * max(found.size.height // 2, 1), animate=False)

    def action_help(self) -> None:
        keys = [(self.mitto.key_of(command), command.help) for command in self.ACTIONS]
        more = [("⏎", "Read the file."), ("^↑ ^↓", "Scroll what was found."), ("esc", "Back; nothing is taken.")]
        self.app.push_screen(HelpScreen(_ABOUT, "", [*keys, *more], []))


def _numbers(count: int) -> str:
    return f"{count:,} number{'' if count == 1 else 's'}"
