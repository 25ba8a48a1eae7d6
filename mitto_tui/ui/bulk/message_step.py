"""Step 3 of Bulk: the message for the list, what it comes to over all rows, and how each row gets it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static, TextArea

from mitto_tui.sms import gsm
from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.sms.message import MessageType, udh_bytes
from mitto_tui.ui.address_words import sender_words
from mitto_tui.ui.bulk.counting_list import CountingList, State
from mitto_tui.ui.bulk.job import BulkJob
from mitto_tui.ui.bulk.kept_message import KeptMessage, Written, raw_of
from mitto_tui.ui.bulk.message_check import MessageCheck, check_job
from mitto_tui.ui.bulk.message_words import HELP, blank_words, sign_of
from mitto_tui.ui.bulk.message_writing import MessageWriting
from mitto_tui.ui.bulk.sums_shown import SumsShown
from mitto_tui.ui.bulk.walk_stops import stops_of
from mitto_tui.ui.commands import bulk_message as commands
from mitto_tui.ui.commands.base import Command, bindings
from mitto_tui.ui.counting import tally
from mitto_tui.ui.literal import literal, literal_block
from mitto_tui.ui.themes import BAD, DIM, WARN
from mitto_tui.ui.widgets.compose_editor import ComposeEditor
from mitto_tui.ui.widgets.field import Field
from mitto_tui.ui.widgets.list_sums import ListSums
from mitto_tui.ui.widgets.literal_input import LiteralInput, Recent
from mitto_tui.ui.widgets.options_form import OptionsForm
from mitto_tui.ui.widgets.row_walk import RowWalk, Stop, Writing
from mitto_tui.workspace.lists import OpenedList

_LONG: Final = 5_000
"""Characters from which a text is looked at when the keys rest for ``_LATER`` seconds."""
_LATER: Final = 0.3
_TICK: Final = 0.2


class MessageStep(MessageWriting):
    """The form at the left, the walk beside it, the sums below; narrow, one below the other."""

    NAME = "Message"
    ABOUT = (
        "Write one message for the whole list. {name} stands for what a row has in the column name, {name|friend} says "
        "friend where it has nothing. Beside it you walk through the rows; below is what all of them come to."
    )
    ACTIONS: ClassVar[tuple[type[Command], ...]] = commands.COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = bindings(*ACTIONS)
    JUMPS: ClassVar[dict[str, str]] = {
        "f": "#bulk-from",
        "m": "#bulk-text",
        "o": "#options-summary",
        "e": "#option-type",
        "r": "#option-reference",
        "v": "#option-validity",
        "c": "#option-callback",
        "w": "#bulk-walk",
    }
    HELP_TEXTS: ClassVar[dict[str, str]] = HELP

    def __init__(self, job: BulkJob, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(job, id=id)
        self._senders = Recent()
        self._counting = CountingList(job, lambda: self.workspace, self._count_changed)
        self._kept: KeptMessage | None = None
        self._check: MessageCheck | None = None
        self._wrong_option: InvalidInput | None = None
        self._soon: Timer | None = None
        self._tick: Timer | None = None
        self._told: object = None
        self._sums_shown = SumsShown(job, self._counting)
        self._numbers_ready = False
        self._stops: tuple[object, tuple[Stop, ...]] = (None, ())
        self._opened: OpenedList | None = None
        self._in_sight = False
        self._came = False
        self._touched = False
        self._gone = False

    def compose(self) -> ComposeResult:
        with Container(id="bulk-writing"):
            with Vertical(id="bulk-message", classes="panel") as panel:
                panel.border_title = "Message"
                sender = LiteralInput(
                    id="bulk-from", recent=self._senders, moves_on=True, placeholder="as agreed with Mitto"
                )
                yield Field("From", sender, id="bulk-from-field")
                yield ComposeEditor(id="bulk-text", placeholder="Write your message here; { offers the columns.")
                yield Static("", markup=False, id="bulk-text-said")
                yield ListSums(line=True, id="bulk-sums-line")
                yield OptionsForm()
            yield RowWalk(self._number, id="bulk-walk")
        yield ListSums(id="bulk-sums")

    def on_mount(self) -> None:
        self._kept = KeptMessage(self.workspace, self._not_kept)
        self._tick = self.set_interval(_TICK, self._show_sums, pause=True)
        if not self.job.template:
            self._restore(self._kept)
        self._warm_up()

    def on_unmount(self) -> None:
        self._gone = True
        self._counting.stop()
        if self._kept is not None:
            self._kept.stop()

    # -- coming and going ---------------------------------------------------------------------------------------------

    def come(self) -> None:
        self._in_sight = True
        job = self.job
        if not self._came:
            self._came = True
            job.sender = job.sender or self.workspace.profile.sender or ""
        if self._opened is not job.opened:
            self._opened = job.opened
            self._sums_shown.forget()
            if job.current_sums is None:
                job.sums = None  # those of another list are not worth a look
        self._fill()
        if job.opened is not None:
            self.editor.field_names = job.opened.columns
        self._look()
        self._load_recent()
        (self.editor if job.sender.strip() else self.query_one("#bulk-from")).focus()

    def go(self) -> None:
        self._in_sight = False
        self._counting.stop()

    def proceed(self) -> bool:
        if self.check.any_problem is not None:
            self.action_wrong()
        return True  # the screen says what is missing

    @property
    def missing(self) -> str:
        problem = self.check.any_problem
        return "" if problem is None else str(problem)

    @property
    def shows_missing(self) -> bool:
        return bool(self._complaint())

    @property
    def check(self) -> MessageCheck:
        if self._check is None:
            self._check = check_job(self.job, self._wrong_option)
        return self._check

    def masking_changed(self) -> None:
        if self.is_mounted:
            self.walk.redraw()

    async def before_quit(self) -> None:
        if self._kept is not None:
            await self._kept.flush()

    # -- keeping ------------------------------------------------------------------------------------------------------

    @work(group="restore")
    async def _restore(self, kept: KeptMessage) -> None:
        written = await kept.restore()
        job = self.job
        if written is None or self._touched or job.template:
            return  # something was written meanwhile
        job.template, job.raw_options = written.template, dict(written.options)
        job.sender = written.sender or job.sender
        self._fill()
        self._look()

    def _not_kept(self, error: MittoTuiError) -> None:
        self.notify(f"The message could not be kept: {error.message}", severity="warning", markup=False)

    @work(exclusive=True, group="recent")
    async def _load_recent(self) -> None:
        history, profile = self.workspace.history, self.workspace.profile.name
        with suppress(MittoTuiError):  # nothing is suggested then
            self._senders.offer(await asyncio.to_thread(history.recent_senders, profile, 50))

    @work(thread=True, group="warm-up")
    def _warm_up(self) -> None:
        """Load the numbering plans where nobody waits for them."""
        self.workspace.read_number("+491725551234")
        self.app.call_from_thread(self._numbers_are_ready)

    def _numbers_are_ready(self) -> None:
        self._numbers_ready = True
        self.walk.redraw()

    # -- the form -----------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        """Put what stands in the job into the form, where it is another. Not told as a change."""
        job, sender, editor, options = self.job, self.query_one("#bulk-from", LiteralInput), self.editor, self.options
        raw = dict(job.raw_options) or raw_of(job.options)
        with self.prevent(Input.Changed, TextArea.Changed, OptionsForm.Changed):
            if sender.value != job.sender:
                sender.value = job.sender
            if editor.text != job.template:
                editor.load_text(job.template)
                editor.move_cursor(editor.document.end)
            options.fill(raw)
        self._take_options()

    @on(Input.Changed, "#bulk-from")
    @on(TextArea.Changed, "#bulk-text")
    @on(OptionsForm.Changed)
    def _form_changed(self, event: Message) -> None:
        event.stop()
        self._touched = True
        self.job.sender = self.query_one("#bulk-from", LiteralInput).value
        self.job.template = self.editor.text
        self._take_options()
        if self._kept is not None:
            self._kept.touch(Written(self.job.sender, self.job.template, self.job.raw_options))
        self._look()

    def _take_options(self) -> None:
        job = self.job
        job.raw_options = self.options.raw()
        self._wrong_option = None
        try:
            job.options = self.options.options()
        except InvalidInput as error:
            self._wrong_option = error

    @on(OptionsForm.Opened)
    def _options_opened(self, event: OptionsForm.Opened) -> None:
        event.stop()
        self.set_class(self.options.opened, "-options")

    # -- looking at the message ---------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Look at the message anew: at once, or soon where it is long."""
        self._check = None
        if self._counting.state is not State.IDLE:
            self._counting.touch(possible=True)  # stops what runs for another text
        if self._soon is not None:
            self._soon.stop()
            self._soon = None
        if len(self.job.template) > _LONG:
            self._soon = self.set_timer(_LATER, self._look_now)
        else:
            self._look_now()

    def _look_now(self) -> None:
        self._soon = None
        job, check = self.job, self.check
        self.query_one("#bulk-from-field", Field).say(sender_words(job.sender))
        kind = job.options.type
        counted = tally(job.template, kind, self.options.udh) if check.fixed else None
        self.editor.show_parts(kind, counted.part_starts if counted is not None else ())
        self._count()
        self._offer_rows()
        self._write()
        self._say()
        self._show_sums()
        self._tell()

    def _count(self) -> None:
        if self._in_sight:
            self._counting.touch(possible=self.check.problem is None)

    def _write(self) -> None:
        job, check = self.job, self.check
        if check.problem is not None and self.is_typing(check.problem):
            return  # what stands there stays until the field is finished
        problem = "" if check.render is not None else "There is nothing to show before the text is mended."
        try:
            udh = udh_bytes(job.options.udh)
        except InvalidInput:
            udh = b""
        current = job.current_sums is not None
        self.walk.write(
            Writing(check.render, problem, job.sender, job.options.type, udh, job.options.flash, current=current)
        )

    def _offer_rows(self) -> None:
        job = self.job
        found_in = (job.opened, job.numbers.phone_column, job.sums)
        if self._stops[0] != found_in:
            self._stops = found_in, stops_of(*found_in)
        stops = self._stops[1]
        had = self.walk.has_rows, self.walk.has_remarkable
        self.walk.offer(stops)
        if had != (self.walk.has_rows, self.walk.has_remarkable):
            self.refresh_bindings()

    def _tell(self) -> None:
        """Tell the screen, if what it looks at is another."""
        job = self.job
        told = (self.missing, job.current_sums is not None)
        if told != self._told:
            self._told = told
            self.refresh_bindings()
            self.post_message(self.Changed())

    def _number(self, stop: Stop) -> str:
        if not stop.to:
            return self.mitto.number(literal(stop.written.strip() or "no number", 40).plain)
        number = f"+{stop.to}"
        return self.mitto.number(self.workspace.read_number(number).display if self._numbers_ready else number)

    # -- what is said of the text -------------------------------------------------------------------------------------

    def _say(self) -> None:
        """Below the text: what is wrong with it, or which rows it leaves out."""
        said = self.query_one("#bulk-text-said", Static)
        words = self._complaint() or self._blanks()
        said.display = bool(words)
        said.update(words)

    def _complaint(self) -> Content:
        problem = self.check.problem
        sender = self.check.sender_problem
        if problem is None and sender is not None and not self.query_one("#bulk-from").has_focus:
            # Beside the field there is hardly room for it.
            return literal_block(sender.message, BAD) if self.job.sender.strip() else Content("")
        if problem is None or not self.job.template or problem.field != "text" or self.is_typing(problem):
            return Content("")
        key = self.mitto.key_of(commands.Wrong) if self.check.place is not None else ""
        advice = f"{problem.advice} {key} goes there." if key else problem.advice
        return literal_block(problem.message, BAD) + Content(" ") + literal_block(advice, DIM)

    def _blanks(self) -> Content:
        """Only where there is no room for the panel that says it too."""
        sums = self.job.current_sums
        if sums is None or not self.screen.has_class("-low"):
            return Content("")
        return literal(" ".join(blank_words(sums.blanks)), style=WARN)

    @on(TextArea.SelectionChanged, "#bulk-text")
    def _cursor_moved(self, event: TextArea.SelectionChanged) -> None:
        event.stop()
        self._counting.key()
        if self._soon is None:
            self._say()
        editor = self.editor
        row, column = editor.cursor_location
        char = editor.document.get_line(row)[column : column + 1]
        if self.job.options.type is MessageType.BINARY:
            char = ""
        panel = self.query_one("#bulk-message")
        words = Content.styled(f"{sign_of(char)} forces Unicode", WARN) if char and gsm.not_gsm(char) else Content("")
        if words != (panel.border_subtitle or Content("")):
            panel.border_subtitle = words

    def on_key(self) -> None:
        self.key_came()

    def key_came(self) -> None:
        self._counting.key()

    def on_resize(self) -> None:
        if self.is_mounted and self._in_sight:
            self._say()

    # -- sums ---------------------------------------------------------------------------------------------------------

    def _count_changed(self) -> None:
        counting = self._counting
        if self._gone:
            return
        if self._tick is not None:
            (self._tick.resume if counting.state is State.COUNTING else self._tick.pause)()
        if counting.state is State.DONE and self._soon is None:
            self._offer_rows()
            self._write()
            self._say()
        self._show_sums()
        if self._soon is None:
            self._tell()

    def _show_sums(self) -> None:
        if not self.is_mounted:
            return
        shown = self._sums_shown.now(self.workspace.profile)
        for sums in self.query(ListSums):
            sums.show(shown)
