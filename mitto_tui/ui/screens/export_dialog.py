"""Writing something into a file: where to, whether it replaces what is there, how far it is, and where it is then."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Generic, Protocol, TypeVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.literal import literal, literal_block
from mitto_tui.ui.progress_bar import progress_bar
from mitto_tui.ui.themes import BAD, DIM
from mitto_tui.ui.time_left import TimeLeft
from mitto_tui.ui.typed_path import resolve, tilde
from mitto_tui.ui.widgets.dialog import Answer, Dialog
from mitto_tui.ui.widgets.field import Field
from mitto_tui.ui.widgets.modal import Modal
from mitto_tui.ui.widgets.path_input import PathInput

if TYPE_CHECKING:
    from mitto_tui.ui.app import MittoApp

_OFTEN: Final = 0.1


class Written(Protocol):
    """What was written."""

    @property
    def path(self) -> Path:
        """Where it is."""
        ...


W = TypeVar("W", bound=Written)


class ExportDialog(Modal["W | None"], Generic[W]):
    """Dismissed with what was written, or None. Subclass it with what is written, and how.

    ``prepare`` takes down what was chosen, before a thread begins with ``target`` and ``write``.
    """

    CSS_PATH = "../styles/export.tcss"
    AUTO_FOCUS = "#export-path"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", show=False)]
    TITLE_WORDS: ClassVar[str] = "Export"
    FAILED: ClassVar[str] = "It could not be written."

    def __init__(self, folder: Path, suggested: str) -> None:
        super().__init__(classes="dialog")
        self._folder = folder
        self._suggested = suggested
        self._stop: threading.Event | None = None
        self._left = TimeLeft()
        self._exported: W | None = None

    def about(self) -> Content:
        """What is written, before anything is asked."""
        raise NotImplementedError

    def fields(self) -> ComposeResult:
        """What else can be chosen."""
        yield from ()

    def prepare(self) -> None:
        """Take down what is chosen: ``write`` must not look at the screen."""

    def target(self, path: Path) -> Path:
        """In a thread: the file that a person means by ``path``."""
        return path

    def write(self, path: Path, stop: threading.Event, *, over: bool) -> W:
        """In a thread: write it. Raises TargetExists unless ``over``; tells ``self._left`` how far it is."""
        raise NotImplementedError

    def done_words(self, exported: W) -> list[Content]:
        """What to say of it."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        box = Vertical(id="dialog", classes="-export")
        box.border_title = self.TITLE_WORDS
        with box:
            yield Static(self.about(), markup=False, id="export-about")
            with Vertical(id="export-form"):
                yield Field("File", PathInput(tilde(self._folder / self._suggested), id="export-path"))
                yield from self.fields()
            yield Static(markup=False, id="export-said")
            with Horizontal(id="answers"):
                yield Button("Back", id="export-back")
                yield Button("Copy path", id="export-copy")
                yield Button("Export", id="export-go")

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

    # -- writing ------------------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    @on(Button.Pressed, "#export-go")
    def _asked(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        if not self.is_writing and self._exported is None:
            self._stop = threading.Event()
            self.run_worker(self._export(self._stop), group="export", exit_on_error=False)

    async def _export(self, stop: threading.Event, *, overwrite: bool = False) -> None:
        from mitto_tui.workspace.new_file import TargetExists

        typed = self.query_one("#export-path", PathInput).value
        self.prepare()
        path: Path | None = None
        self._left = TimeLeft()
        timer = self.set_interval(_OFTEN, self._say_progress)
        self._writing(now=True)
        try:
            path = await asyncio.to_thread(self._meant, typed)
            if path is None:
                self._complain("There is no name for the file. Say where it goes.")
            else:
                self._done(await asyncio.to_thread(self.write, path, stop, over=overwrite))
        except TargetExists:  # and nothing else speaks against it
            assert path is not None
            self._ask_to_replace(path)
        except MittoTuiError as error:
            self._complain(str(error))
        except Exception as error:
            self._complain(self.FAILED)
            cast("MittoApp", self.app).report_error(error)
        finally:
            timer.stop()
            self._stop = None
            self._writing(now=False)

    def _meant(self, typed: str) -> Path | None:
        path = resolve(typed, self._folder)
        return None if path is None else self.target(path)

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
            self._say(Content.styled("Stopping…", DIM) if self._stop.is_set() else progress_bar(self._left))

    def _writing(self, *, now: bool) -> None:
        self.query_one("#export-form").disabled = now
        self.query_one("#export-go").display = not now and self._exported is None
        back = self.query_one("#export-back", Button)
        back.label = "Stop" if now else "Close" if self._exported is not None else "Back"
        if now or self._exported is not None:
            back.focus()
        elif self.focused is None or self.focused is back:
            self.query_one("#export-path").focus()

    def _done(self, exported: W) -> None:
        self._exported = exported
        self.query_one("#export-form").display = self.query_one("#export-about").display = False
        self.query_one("#export-copy").display = True
        self._say(Content("\n").join(self.done_words(exported)))

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
