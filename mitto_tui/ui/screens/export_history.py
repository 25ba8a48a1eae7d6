"""Writing the messages in sight into a file."""

from __future__ import annotations

import asyncio
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.history_rows import Group
from mitto_tui.ui.literal import literal
from mitto_tui.ui.screens.export_dialog import ExportDialog
from mitto_tui.ui.themes import DIM, GOOD
from mitto_tui.ui.typed_path import is_folder, tilde, working_folder
from mitto_tui.ui.widgets.field import Choice, Field
from mitto_tui.ui.widgets.path_input import PathInput
from mitto_tui.workspace.history_export import FORMATS, HistoryExported, export_history
from mitto_tui.workspace.new_file import ExportProblem

if TYPE_CHECKING:
    from mitto_tui.ui.app import MittoApp
    from mitto_tui.ui.history_view import View
    from mitto_tui.workspace.workspace import Workspace

_SHEET: Final = "sheet"
_KINDS: Final = {_SHEET: "CSV for a spreadsheet", "csv": "plain CSV", "jsonl": "JSON lines"}
_ENDINGS: Final = {_SHEET: ".csv", "csv": ".csv", "jsonl": ".jsonl"}
_ABOUT: Final = {
    _SHEET: "Opens in Excel, LibreOffice and the like. No cell runs as a formula.",
    "csv": "For programs: UTF-8 without a mark in front. No cell runs as a formula.",
    "jsonl": "For programs: one JSON object a line, and every character as it was.",
}


class ExportHistory(ExportDialog[HistoryExported]):
    """Dismissed with what was written, or None. ``total`` is how many messages ``view`` shows, as far as is known."""

    TITLE_WORDS = "Export messages"
    FAILED = "The messages could not be written."

    def __init__(self, workspace: Workspace, view: View, total: int, folder: Path | None = None) -> None:
        today = datetime.now().astimezone().date()
        super().__init__(folder or working_folder(), f"mitto-history-{today.isoformat()}.csv")
        self._workspace = workspace
        self._view = view
        self._filter = view.filter(workspace.profile.name)
        self._total = total
        self._kind = _SHEET

    def on_mount(self) -> None:
        self.run_worker(self._count(), group="count", exit_on_error=False)

    async def _count(self) -> None:
        try:
            self._total = await asyncio.to_thread(self._workspace.history.count, self._filter)
        except MittoTuiError:
            return  # what keeps it from being counted keeps it from being written, and is said then
        self.query_one("#export-about", Static).update(self.about())

    # -- what is chosen -----------------------------------------------------------------------------------------------

    def about(self) -> Content:
        number = "1 message" if self._total == 1 else f"{self._total:,} messages"
        order = "the oldest first" if self._view.oldest_first else "the newest first"
        which = Content(", ").join(self._conditions())
        lines = [Content.assemble((number, "bold"), f" in sight, {order}")]
        if which:
            lines.append(Content.styled("Filter: ", DIM) + which)
        lines.append(Content.styled("Recipients are written in full, also while they are masked on the screen.", DIM))
        return Content("\n").join(lines)

    def _conditions(self) -> list[Content]:
        view, app = self._view, cast("MittoApp", self.app)
        found = [] if view.group is Group.ALL else [Content(view.group.word.lower())]
        if view.search:
            found.append(Content.assemble("with “", literal(app.number(view.search), 40), "”"))
        return found + view.narrowing.words()

    def fields(self) -> ComposeResult:
        yield Field("Written as", Choice(dict(_KINDS), id="export-format"))
        yield Static(_ABOUT[_SHEET], markup=False, id="export-format-about")

    @on(Choice.Changed, "#export-format")
    def _format_chosen(self, event: Choice.Changed) -> None:
        event.stop()
        self.query_one("#export-format-about", Static).update(_ABOUT[event.choice.value])
        field, ending = self.query_one("#export-path", PathInput), _ENDINGS[event.choice.value]
        stem, dot, old = field.value.rpartition(".")
        if dot and f".{old.lower()}" in FORMATS and f".{old.lower()}" != ending:
            field.value = stem + ending

    @on(PathInput.Changed, "#export-path")
    def _path_typed(self, event: PathInput.Changed) -> None:
        event.stop()
        ending = Path(event.value.strip()).suffix.lower()
        choice = self.query_one("#export-format", Choice)
        if ending in FORMATS and ending != _ENDINGS[choice.value]:
            choice.value = next(kind for kind, its in _ENDINGS.items() if its == ending)

    # -- writing ------------------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        self._kind = self.query_one("#export-format", Choice).value

    def target(self, path: Path) -> Path:
        if path.suffix.lower() in FORMATS or is_folder(path):
            return path
        return path.with_name(path.name + _ENDINGS[self._kind])

    def write(self, path: Path, stop: threading.Event, *, over: bool) -> HistoryExported:
        total = self._workspace.history.count(self._filter)
        if not total:
            raise ExportProblem("There is no message in sight.", "Show some first: esc goes back to them.")
        return export_history(
            self._workspace.history,
            self._filter,
            path,
            oldest_first=self._view.oldest_first,
            byte_order_mark=self._kind == _SHEET,
            overwrite=over,
            progress=lambda done: self._left(done, total),
            stop=stop.is_set,
        )

    def done_words(self, exported: HistoryExported) -> list[Content]:
        number = "1 message is" if exported.messages == 1 else f"{exported.messages:,} messages are"
        return [
            Content.assemble((f"{number} in ", GOOD), literal(exported.path.name, 80, f"bold {GOOD}")),
            literal(tilde(exported.path.parent), 200, DIM),
            Content("Only you can read it."),
        ]
