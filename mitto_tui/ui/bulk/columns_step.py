"""Step 2 of Bulk: the first rows of a list as they were read, and everything that was detected, to be changed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import DescendantBlur, DescendantFocus
from textual.widgets import Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.bulk import columns_said as said
from mitto_tui.ui.bulk.columns_reading import Found, Reading, Wanted
from mitto_tui.ui.bulk.job import BulkJob
from mitto_tui.ui.bulk.step import BulkStep
from mitto_tui.ui.commands import bulk_columns as commands
from mitto_tui.ui.commands.base import Command, bindings
from mitto_tui.ui.themes import DIM
from mitto_tui.ui.widgets.columns_form import ColumnsForm
from mitto_tui.ui.widgets.preview_table import PreviewTable

if TYPE_CHECKING:
    from mitto_tui.recipients.readers.model import Choices
    from mitto_tui.workspace.lists import NumberChoices, OpenedList

_QUIET: Final = 0.25
"""Seconds of reading before it is mentioned."""


class ColumnsStep(BulkStep):
    """Shows ``job.opened`` and changes it, with ``job.numbers`` and ``job.vote``. One reading at a time, and what was
    chosen last wins: what was chosen meanwhile is read next, what nobody wants any more is closed unseen.
    """

    NAME = "Columns"
    ABOUT = (
        "How the list was read, and the first rows as they were. Whatever was detected can be changed, and the rows "
        "follow; the list itself is never changed."
    )
    ACTIONS: ClassVar[tuple[type[Command], ...]] = commands.COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = bindings(*ACTIONS)
    JUMPS: ClassVar[dict[str, str]] = {
        "d": "#columns-delimiter",
        "e": "#columns-encoding",
        "h": "#columns-header",
        "s": "#columns-sheet",
        "i": "#columns-take-all",
        "n": "#columns-phone",
        "c": "#columns-country",
        "b": "#columns-bare",
        "r": "#columns-refuse",
        "p": "#columns-rows",
    }
    HELP_TEXTS: ClassVar[dict[str, str]] = {
        "#columns-delimiter": "What stands between two columns. “Single column” is for a number in each line.",
        "#columns-other": "The one character that stands between two columns.",
        "#columns-encoding": "How letters are written in the file. Where it is a guess, look at names with accents in "
        "the rows below: if they are garbled, try another one.",
        "#columns-header": "Whether the first row has the names of the columns, or somebody's data already.",
        "#columns-sheet": "The sheet of the workbook that has the list.",
        "#columns-take-all": "A cell can have several numbers. Then the first mobile one is used, or each of them is a "
        "recipient.",
        "#columns-phone": "The column with the telephone numbers. Clicking its name in the table chooses it too.",
        "#columns-country": "The country of numbers without a country code: its two letters, or its English name.",
        "#columns-bare": "Numbers without + or 0 at their beginning can carry their country code, or lack it. The "
        "column's other numbers usually tell; say it here where they don't.",
        "#columns-refuse": "Lines that can't receive SMS, or cost more: their rows are invalid then.",
        "#columns-rows": "Up and down go through the rows, left and right through the columns. What becomes of the "
        "current row's number stands below.",
    }

    def __init__(self, job: BulkJob) -> None:
        super().__init__(job)
        self._shown: OpenedList | None = None
        self._bytes: int | None = None
        self._wanted: Wanted | None = None
        self._wanted_for = 0
        self._problem: tuple[str, MittoTuiError] | None = None
        """What was wanted and could not be had: the field's name, and why."""
        self._unreadable = ""
        self._following = False

    def compose(self) -> ComposeResult:
        yield Static(markup=False, id="columns-understood")
        yield ColumnsForm()
        with VerticalScroll(id="columns-notes", can_focus=False):
            yield Static(markup=False, id="columns-said")
        with Vertical(id="columns-preview"):
            yield Static(markup=False, id="columns-sums")
            yield PreviewTable(id="columns-rows")
            yield Static(markup=False, id="columns-detail")

    @property
    def form(self) -> ColumnsForm:
        """The form."""
        return self.query_one(ColumnsForm)

    @property
    def table(self) -> PreviewTable:
        """The rows."""
        return self.query_one(PreviewTable)

    # -- coming and going ---------------------------------------------------------------------------------------------

    def come(self) -> None:
        job = self.job
        self.table.masked = self.mitto.masked
        if job.opened is not None and job.opened is not self._shown:
            self._problem, self._unreadable = None, ""
            self._shown = job.opened
            self.form.show(job.opened, job.numbers, job.vote, self.mitto.number)
            self._show_words()
            self._want(Wanted(job.opened.choices, job.numbers))
        if job.opened is not None and job.numbers.phone_column is None:
            self.form.focus_phone()
        else:
            self.table.focus()

    @property
    def missing(self) -> str:
        job = self.job
        if job.opened is None:
            return "Open a list first."
        if self.reading:
            return "The list is still being read; its rows follow in a moment."
        if problem := self.form.country_problem:
            return problem
        if self._unreadable:
            return self._unreadable
        if job.numbers.phone_column is None:
            return f"{self.mitto.number(job.opened.guess.why)} Say which column has the numbers."
        return ""

    @property
    def reading(self) -> bool:
        """Whether something is wanted that isn't shown yet."""
        return self._wanted is not None

    async def before_quit(self) -> None:
        self._wanted = None

    def masking_changed(self) -> None:
        if not self.is_mounted:
            return
        self.table.masked = self.mitto.masked
        if self._shown is not None:
            self.form.show(self._shown, self.job.numbers, self.job.vote, self.mitto.number)
        self._show_words()
        self._show_detail()

    # -- what is wanted -----------------------------------------------------------------------------------------------

    @on(ColumnsForm.Wanted)
    def _field_changed(self, event: ColumnsForm.Wanted) -> None:
        event.stop()
        self._change(event.name, event.value)

    @on(PreviewTable.ColumnClicked)
    def _column_clicked(self, event: PreviewTable.ColumnClicked) -> None:
        event.stop()
        self._change("phone_column", event.index)

    def _change(self, name: str, value: Any) -> None:
        """Want the list with one thing changed, beside all that is wanted already."""
        opened = self.job.opened
        if opened is None:
            return
        choices, numbers = self._standing(opened)
        if name in ("encoding", "delimiter", "header", "sheet"):
            if getattr(choices, name) == value:
                return
            choices = replace(choices, **{name: value})
        else:
            if getattr(numbers, name) == value:
                return
            numbers = replace(numbers, **{name: value})
        self._want(Wanted(choices, numbers, name))

    def _standing(self, opened: OpenedList) -> tuple[Choices, NumberChoices]:
        """What the next change is added to."""
        wanted = self._wanted
        if wanted is None:
            return opened.choices, self.job.numbers
        return wanted.choices, wanted.numbers or opened.as_detected(self.workspace.profile)

    def _want(self, wanted: Wanted) -> None:
        self._wanted, self._wanted_for = wanted, self.job.taken
        self._problem = None
        self.post_message(self.Changed())
        self.set_timer(_QUIET, self._show_words)
        if not self._following:
            self._following = True
            self.run_worker(self._follow(), group="columns")

    async def _follow(self) -> None:
        """Read what is wanted until nothing is."""
        try:
            while (wanted := self._wanted) is not None and (opened := self.job.opened) is not None:
                if self._wanted_for != self.job.taken:
                    return  # it was wanted for the list before
                found, problem = await self._read(opened, wanted)
                if wanted is self._wanted and opened is self.job.opened:
                    self._wanted = None
                    await self._answer(opened, wanted, found, problem)
                elif found is not None and found.opened is not opened:
                    await asyncio.to_thread(found.opened.close)
        finally:
            self._following = False
            self._wanted = None  # after a mistake of ours too: nobody would answer it any more

    async def _read(self, opened: OpenedList, wanted: Wanted) -> tuple[Found | None, MittoTuiError | None]:
        reading = Reading(opened, wanted, self.workspace.profile)
        job, known = self.job, None
        if wanted.numbers is not None and self._same_numbers(wanted.numbers, job.numbers):
            known = job.vote
        try:
            return await asyncio.to_thread(reading.run, known), None
        except MittoTuiError as problem:
            first = self.table.preview.rows is not opened.rows
            return (await asyncio.to_thread(reading.without_numbers) if first else None), problem
        except asyncio.CancelledError:
            reading.give_up()
            raise

    def _same_numbers(self, one: NumberChoices, other: NumberChoices) -> bool:
        """Whether the vote on the one is that on the other."""
        return (one.phone_column, one.country) == (other.phone_column, other.country)

    async def _answer(
        self, opened: OpenedList, wanted: Wanted, found: Found | None, problem: MittoTuiError | None
    ) -> None:
        job = self.job
        if problem is not None:
            self._problem = (wanted.field, problem)
            if found is not None:
                # Not even the list as it was opened can be read to the numbers that are needed.
                self._unreadable = str(problem)
        if found is not None:
            if problem is None:
                self._unreadable = ""
                job.opened, job.numbers, job.vote = found.opened, found.numbers, found.vote
            self._shown, self._bytes = found.opened, found.size
            self.table.show(found.preview)
        self.form.show(job.opened or opened, job.numbers, job.vote, self.mitto.number)
        self._show_words()
        self._show_detail()
        self.post_message(self.Changed())
        if found is not None and found.opened is not opened:
            await asyncio.to_thread(opened.close)

    # -- what is said -------------------------------------------------------------------------------------------------

    def _show_words(self) -> None:
        opened = self.job.opened
        if opened is None or not self.is_mounted:
            return
        number = self.mitto.number
        self.query_one("#columns-understood", Static).update(said.understood(opened, self._bytes, number))
        self.form.mark(self._problem[0] if self._problem is not None else None)
        sums = Content.styled("reading…", DIM) if self.reading else said.sums(self.table.preview)
        self.query_one("#columns-sums", Static).update(sums)
        notes = said.notes(
            self.job,
            self._complaint,
            self.form.focused_name,
            self.mitto.key_of(commands.AsDetected) if self.is_taken_over else None,
            number,
        )
        self.query_one("#columns-said", Static).update(notes)
        self.query_one("#columns-notes").display = bool(notes)

    @property
    def _complaint(self) -> str:
        if self._problem is not None:
            name, problem = self._problem
            label = ColumnsForm.LABELS.get(name, "")
            return f"{label}: {problem}" if label else str(problem)
        return "" if self.form.focused_name == "country" else self.form.country_problem

    @on(DescendantFocus)
    @on(DescendantBlur)
    def _focus_moved(self) -> None:
        self._show_words()

    @on(PreviewTable.Moved)
    def _row_changed(self, event: PreviewTable.Moved) -> None:
        event.stop()
        self._show_detail()

    def _show_detail(self) -> None:
        detail = self.query_one("#columns-detail", Static)
        detail.update(said.detail(self.table.preview, self.table.cursor, self.mitto.masked))

    # -- actions ------------------------------------------------------------------------------------------------------

    @property
    def has_bad_rows(self) -> bool:
        """Whether some row of the preview isn't ok."""
        return self.is_mounted and bool(self.table.bad_rows)

    @property
    def is_chosen(self) -> bool:
        """Whether anything is not as it is detected, or is wanted otherwise."""
        opened = self.job.opened
        if opened is None:
            return False
        numbers = opened.as_detected(self.workspace.profile)
        return (
            self.reading
            or bool(self.form.country_problem)
            or (opened.choices, self.job.numbers) != (said.DETECTED, numbers)
        )

    @property
    def is_taken_over(self) -> bool:
        """Whether the list is read as somebody chose for one like it."""
        opened = self.job.opened
        return opened is not None and opened.remembered_at is not None and self.is_chosen

    def action_next_bad(self) -> None:
        self.table.to_next_bad()
        self.table.focus()

    def action_as_detected(self) -> None:
        self.form.forget_typed()
        self._want(Wanted(said.DETECTED, None))
