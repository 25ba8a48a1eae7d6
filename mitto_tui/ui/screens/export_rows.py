"""Writing the rows that are left out into a file, to be mended and opened again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from mitto_tui.sms.checked_row import RowStatus
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.bulk.check_words import LEFT_OUT, Group, counted
from mitto_tui.ui.literal import literal, literal_block
from mitto_tui.ui.themes import BAD, DIM, GOOD, WARN
from mitto_tui.ui.time_left import TimeLeft
from mitto_tui.ui.typed_path import resolve, tilde, working_folder
from mitto_tui.ui.widgets.dialog import Answer, Dialog
from mitto_tui.ui.widgets.field import Choice, Field
from mitto_tui.ui.widgets.modal import Modal
from mitto_tui.ui.widgets.path_input import PathInput

if TYPE_CHECKING:
    from mitto_tui.storage.campaigns import Campaigns
    from mitto_tui.ui.bulk.check_rows import Listing
    from mitto_tui.workspace.list_export import Exported

_ALL: Final = "all"
_SEEN: Final = "seen"
_PLAIN: Final = "plain"
_REASONS: Final = "reasons"
_OFTEN: Final = 0.1
_ABOUT: Final = "The rows are written as their list is, so that they can be mended and opened again in step 1."


class ExportRows(Modal["Exported | None"]):
    """Dismissed with what was written, or None. ``group`` is the filter in sight, ``folder`` where the list is."""

    CSS_PATH = "../styles/bulk_check.tcss"
    AUTO_FOCUS = "#export-path"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", show=False)]

    def __init__(self, campaigns: Campaigns, listing: Listing, group: Group, folder: Path | None = None) -> None:
        from mitto_tui.workspace.list_export import suggested_name

        super().__init__(classes="dialog")
        self._campaigns = campaigns
        self._listing = listing
        self._group = group if group.status is not None and listing.counts[group] else None
        self._folder = folder or working_folder()
        self._suggested = suggested_name(listing.campaign)
        self._stop: threading.Event | None = None
        self._left = TimeLeft()
        self._exported: Exported | None = None

    def compose(self) -> ComposeResult:
        box = Vertical(id="dialog", classes="-export")
        box.border_title = "Export rows to mend"
        with box:
            yield Static(Content.styled(_ABOUT, DIM), markup=False, id="export-about")
            with Vertical(id="export-form"):
                yield Field("File", PathInput(tilde(self._folder / self._suggested), id="export-path"))
                if self._group is not None:
                    yield Field("Rows", Choice(self._choices(self._group), id="export-which"))
                reasons = {_PLAIN: "as they are", _REASONS: "with a last column that says why"}
                yield Field("Written", Choice(reasons, id="export-how"))
            yield Static(markup=False, id="export-said")
            with Horizontal(id="answers"):
                yield Button("Back", id="export-back")
                yield Button("Copy path", id="export-copy")
                yield Button("Export", id="export-go")

    def _choices(self, group: Group) -> dict[str, str]:
        counts = self._listing.counts
        left_out = counts[Group.ALL] - counts[Group.OK]
        return {_SEEN: f"{group.word.lower()} ({counts[group]:,})", _ALL: f"all that are left out ({left_out:,})"}

    def on_mount(self) -> None:
        path = self.query_one("#export-path", PathInput)
        path.cursor_position = len(path.value)
        self.query_one("#export-copy").display = False
        self.query_one("#export-said").display = False

    def on_unmount(self) -> None:
        if self._stop is not None:
            self._stop.set()

    @property
    def is_writing(self) -> bool:
        """Whether rows are being written now."""
        return self._stop is not None

    # -- what is asked for --------------------------------------------------------------------------------------------

    @property
    def _statuses(self) -> Collection[RowStatus]:
        group = self._group
        if group is None or group.status is None or self.query_one("#export-which", Choice).value == _ALL:
            return LEFT_OUT
        return (group.status,)

    @on(Input.Submitted)
    @on(Button.Pressed, "#export-go")
    def _asked(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        if not self.is_writing and self._exported is None:
            self._stop = threading.Event()
            self.run_worker(self._export(self._stop), group="export", exit_on_error=False)

    async def _export(self, stop: threading.Event, *, overwrite: bool = False) -> None:
        from mitto_tui.workspace.list_export import TargetExists

        typed = self.query_one("#export-path", PathInput).value
        statuses, reasons = self._statuses, self.query_one("#export-how", Choice).value == _REASONS
        path: Path | None = None
        self._left = TimeLeft()
        timer = self.set_interval(_OFTEN, self._say_progress)
        self._writing(now=True)
        try:
            path = await asyncio.to_thread(resolve, typed, self._folder)
            if path is None:
                self._complain("There is no name for the file. Say where the rows go.")
            else:
                self._done(await asyncio.to_thread(self._write, path, statuses, stop, reasons=reasons, over=overwrite))
        except TargetExists:  # and nothing else speaks against it
            assert path is not None
            self._ask_to_replace(path)
        except MittoTuiError as error:
            self._complain(str(error))
        except Exception as error:
            self._complain("The rows could not be written.")
            self.app.report_error(error)  # type: ignore[attr-defined]  # the app is ours
        finally:
            timer.stop()
            self._stop = None
            self._writing(now=False)

    def _write(
        self, path: Path, statuses: Collection[RowStatus], stop: threading.Event, *, reasons: bool, over: bool
    ) -> Exported:
        from mitto_tui.workspace.list_export import export_rows

        workspace = self.app.workspace  # type: ignore[attr-defined]  # the app is ours
        return export_rows(
            self._campaigns,
            self._listing.campaign,
            path,
            statuses=statuses,
            with_reasons=reasons,
            overwrite=over,
            shapes=None if workspace is None else workspace.list_shapes,
            progress=self._left,
            stop=stop.is_set,
        )

    def _ask_to_replace(self, path: Path) -> None:
        def answered(answer: str | None) -> None:
            if answer == "replace" and not self.is_writing:
                self._stop = threading.Event()
                self.run_worker(self._export(self._stop, overwrite=True), group="export", exit_on_error=False)

        self._say(Content(""))
        question = Dialog(
            Content("Replace “") + literal(path.name, 40) + Content("”?"),
            Content.assemble(
                "There is a file of this name already in ", literal(tilde(path.parent), 80), ". What is in it is lost."
            ),
            (Answer("back", "Another name", "esc"), Answer("replace", "Replace it", "r")),
            kind="-warning",
        )
        self.app.push_screen(question, answered)

    # -- what is said -------------------------------------------------------------------------------------------------

    def _say(self, said: Content) -> None:
        line = self.query_one("#export-said", Static)
        line.update(said)
        line.display = bool(said)

    def _complain(self, sentence: str) -> None:
        self._say(literal_block(sentence, BAD))
        self.query_one("#export-path").focus()

    def _say_progress(self) -> None:
        if self._stop is not None and self._left.of:
            words = "Stopping…" if self._stop.is_set() else f"Writing: {self._left.words}"
            self._say(Content.styled(words, DIM))

    def _writing(self, *, now: bool) -> None:
        self.query_one("#export-form").disabled = now
        self.query_one("#export-go").display = not now and self._exported is None
        back = self.query_one("#export-back", Button)
        back.label = "Stop" if now else "Close" if self._exported is not None else "Back"
        if now or self._exported is not None:
            back.focus()
        elif self.focused is None or self.focused is back:
            self.query_one("#export-path").focus()

    def _done(self, exported: Exported) -> None:
        self._exported = exported
        self.query_one("#export-form").display = self.query_one("#export-about").display = False
        self.query_one("#export-copy").display = True
        is_are = "is" if exported.rows == 1 else "are"
        said = [
            Content.assemble(
                (f"{counted(exported.rows, 'row')} {is_are} in ", GOOD), literal(exported.path.name, 80, f"bold {GOOD}")
            ),
            literal(tilde(exported.path.parent), 200, DIM),
            Content("Mend it and open it again in step 1."),
        ]
        if exported.note:
            said.append(literal(exported.note, 400, WARN))
        self._say(Content("\n").join(said))

    @on(Button.Pressed, "#export-copy")
    def _copy(self, event: Button.Pressed) -> None:
        event.stop()
        if self._exported is not None:
            self.app.copy_to_clipboard(str(self._exported.path))
            self.notify("The path is in the clipboard.")

    @on(Button.Pressed, "#export-back")
    def _back_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_back()

    def action_back(self) -> None:
        """Stop what is being written; else be done."""
        if self._stop is not None:
            self._stop.set()
        else:
            self.dismiss(self._exported)
