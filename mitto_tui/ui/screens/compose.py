"""Compose: one message, counted and checked while it is typed, sent without waiting, followed to its report."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.content import Content

from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.sms.message import NewMessage
from mitto_tui.sms.status import Status
from mitto_tui.storage.rows import HistoryFilter
from mitto_tui.ui.aside import aside
from mitto_tui.ui.autosave import Autosave, Form
from mitto_tui.ui.commands import app as app_commands
from mitto_tui.ui.commands import compose as commands
from mitto_tui.ui.commands.base import Command, bindings
from mitto_tui.ui.external_editor import edit_outside
from mitto_tui.ui.repeat import form_of
from mitto_tui.ui.screens.base import ModeScreen
from mitto_tui.ui.screens.confirm_send import SEND, Asked, ConfirmSend
from mitto_tui.ui.themes import DIM, WARN
from mitto_tui.ui.widgets.dialog import Answer, Dialog
from mitto_tui.ui.widgets.foreign_list import ForeignList
from mitto_tui.ui.widgets.message_form import MessageForm
from mitto_tui.ui.widgets.outcomes import Outcomes, Sent
from mitto_tui.ui.widgets.segment_meter import SegmentMeter

HELP = {
    "#from": "Who the message comes from: 3 to 11 letters, digits and spaces, or a number of 3 to 14 digits, as agreed "
    "with Mitto. Senders used before are suggested; the right arrow takes the suggestion.",
    "#to": "One phone number with its country code, as in +49 172 5551234. Without one it is read as a number of your "
    "account's country. Numbers used before are suggested; the right arrow takes the suggestion.",
    "#text": "The message. Underlined characters are not in the GSM alphabet: one of them is enough to send everything "
    "as Unicode, with 70 instead of 160 characters a part. Coloured ones such as € cost two places. Every second part "
    "is shaded. Tab leaves the field.",
    "#options": "What else Mitto takes. Auto sends GSM where every character fits, else Unicode. Validity is how long "
    "the network tries, in minutes. The reference comes back in the delivery report. A test is checked and answered, "
    "but not delivered and not charged.",
    "#foreign": "Characters that are not in the GSM alphabet. Enter goes to them in the text, one after the other.",
    "#outcomes": "What was sent from here, newest first, with its delivery report as soon as it comes. Enter opens the "
    "message in History.",
}


class ComposeScreen(ModeScreen):
    """Writing and sending one message after the other."""

    MODE = "compose"
    ABOUT = "Write a message and send it. The count follows every key; nothing leaves before you have been asked once."
    ACTIONS: ClassVar[tuple[type[Command], ...]] = commands.COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = bindings(*ACTIONS)
    HELP_TEXTS: ClassVar[dict[str, str]] = HELP
    JUMPS: ClassVar[dict[str, str]] = {
        "f": "#from",
        "t": "#to",
        "m": "#text",
        "o": "#options-summary",
        "e": "#option-type",
        "r": "#option-reference",
        "v": "#option-validity",
        "c": "#option-callback",
        "u": "#foreign",
        "s": "#outcomes",
    }

    def __init__(self) -> None:
        super().__init__()
        self._last: Form | None = None
        self._no_key: MittoTuiError | None = None

    def body(self) -> ComposeResult:
        with Container(id="compose"):
            with Vertical(id="left"):
                yield MessageForm(self.workspace)
                yield Outcomes()
            with Vertical(id="right"):
                with Vertical(id="segments", classes="panel") as segments:
                    segments.border_title = "Segments"
                    yield SegmentMeter(id="meter")
                yield ForeignList(id="foreign")

    @property
    def message_form(self) -> MessageForm:
        """The form."""
        return self.query_one(MessageForm)

    @property
    def outcomes(self) -> Outcomes:
        """What was sent from here."""
        return self.query_one(Outcomes)

    async def on_mount(self) -> None:
        form = self.message_form
        self._autosave = Autosave(self.workspace, form.say_state)
        for meter in self.query(SegmentMeter):
            meter.warn_from = self.workspace.profile.max_segments or 0
        form.fill(await self._autosave.restore() or Form(self.workspace.profile.sender or ""))
        if not form.sender.value:
            form.sender.focus()
        else:
            (form.editor if form.recipient.value else form.recipient).focus()
        self.masking_changed()
        self._load_recent()
        self._look_for_key()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self._no_key is not None:  # asked again only where there was none: a keyring may want to be unlocked
            self._look_for_key()

    def on_unmount(self) -> None:
        self._autosave.stop()

    async def before_quit(self) -> None:
        await self._autosave.flush()

    def masking_changed(self) -> None:
        self.outcomes.masked = self.mitto.masked
        self.outcomes.redraw()
        self.message_form.mask(self.mitto.masked)

    # -- what the form says -------------------------------------------------------------------------------------------

    @on(MessageForm.Changed)
    def _touched(self) -> None:
        self._autosave.touch(self.message_form.form)

    @on(MessageForm.Counted)
    def _counted(self, event: MessageForm.Counted) -> None:
        self.query_one("#meter", SegmentMeter).show(event.tally)
        self.query_one(ForeignList).show(event.tally)

    @on(ForeignList.Chosen)
    def _go_to(self, event: ForeignList.Chosen) -> None:
        self.message_form.editor.go_to(event.index)
        self.message_form.editor.focus()

    @work(exclusive=True, group="recent")
    async def _load_recent(self) -> None:
        history, profile = self.workspace.history, self.workspace.profile.name
        if self._last is None:
            newest = await asyncio.to_thread(history.page, HistoryFilter(profile=profile), limit=1)
            if newest and newest[0].campaign is None:
                reading = await asyncio.to_thread(self.workspace.read_number, f"+{newest[0].to}")
                self._remember(form_of(newest[0], reading.display))
        senders = await asyncio.to_thread(history.recent_senders, profile, 50)
        numbers = await asyncio.to_thread(history.recent_recipients, profile, 200)
        shown = await asyncio.to_thread(
            lambda: [self.workspace.read_number(f"+{number}").display for number in numbers]
        )
        self.message_form.offer(senders, shown)

    @work(exclusive=True, group="key")
    async def _look_for_key(self) -> None:
        status = await aside(self.workspace.key_status)
        self._no_key = None if status.usable else MittoTuiError(status.message, status.advice)
        if self._no_key is None:
            self.message_form.say_no_key(None)
            return
        settings = self.mitto.key_of(app_commands.ShowSettings) if "settings" in self.mitto.MODES else ""
        where = f"{settings} Settings takes one" if settings else status.advice
        self.message_form.say_no_key(
            Content.assemble(
                ("Nothing can be sent yet. ", f"bold {WARN}"),
                status.message,
                (f" {where}; mitto-tui --sandbox rehearses without one.", DIM),
            )
        )

    # -- sending ------------------------------------------------------------------------------------------------------

    def action_send(self) -> None:
        self._after_typing(partial(self._ask, test=False))

    def action_send_test(self) -> None:
        self._after_typing(partial(self._ask, test=True))

    def _after_typing(self, ask: Callable[[], None]) -> None:
        """Keys wait in the focused field's own queue: let it take the ones before this command's, then ask."""
        (self.focused or self).call_later(ask)

    def _ask(self, *, test: bool) -> None:
        if not self.is_active:
            return  # asked already: a key that repeats must not ask, and so send, twice
        if self._no_key is not None:
            self._ask_for_key(self._no_key)
            return
        try:
            self.workspace.config.require_sound(self.workspace.profile.name)
            message = self._checked(test=test)
        except InvalidInput as error:
            self.message_form.complain(error)
            self.notify(self.mitto.number(str(error)), title="Not sent", severity="warning")
            return
        except MittoTuiError as error:
            self.mitto.report_problem(error)
            return
        reading = self.workspace.read_number(f"+{message.recipient}")
        number, warning = self.mitto.number(reading.display), self.mitto.number(reading.warning)
        asked = Asked(message, reading, number, warning, self.workspace.profile)

        def answered(answer: str | None) -> None:
            if answer == SEND:
                self._dispatch(message, reading.display)

        self.app.push_screen(ConfirmSend(asked), answered)

    def _checked(self, *, test: bool) -> NewMessage:
        form = self.message_form
        options = form.options.options()
        if test:
            options = replace(options, test=True)
        return self.workspace.check(form.sender.value, form.recipient.value, form.editor.text, options)

    def _ask_for_key(self, error: MittoTuiError) -> None:
        answers = [Answer("back", "Back", "esc")]
        if "settings" in self.mitto.MODES:
            answers.append(Answer("settings", "Settings", "s"))

        def answered(answer: str | None) -> None:
            if answer == "settings":
                self.mitto.action_settings()

        body = f"{error.message}\n\n{error.advice}"
        self.app.push_screen(Dialog("Nothing can be sent yet", body, answers, kind="-warning"), answered)

    def _dispatch(self, message: NewMessage, number: str) -> None:
        """Send without waiting: the form is free for the next message at once."""
        form = self.message_form.form
        self._remember(form)
        self.message_form.empty()
        self._touched()
        self.message_form.recipient.focus()
        sent = Sent(number, message.content.text, message.content.test)
        self.outcomes.add(sent)
        # Not exclusive, and not cancelled by any screen: what has left can't be called back.
        self.app.run_worker(self._carry(sent, message, form), group="sending", exit_on_error=False)

    async def _carry(self, sent: Sent, message: NewMessage, form: Form) -> None:
        try:
            result = await self.workspace.send(message)
        except MittoTuiError as error:
            sent.status, sent.said = Status.FAILED, f"Not sent. {error} {self._give_back(form)}"
        except Exception as error:
            sent.status, sent.said = Status.FAILED, "An unexpected error; look for this message in History."
            self.mitto.report_error(error)
        else:
            sent.message_id, sent.status = result.message_id, result.status
            if result.status is Status.QUEUED:
                sent.said = result.detail
            await self._read_anew([sent])
            if result.not_stored is not None:
                sent.status, sent.said = result.status, result.detail
            if result.status in (Status.REJECTED, Status.FAILED):
                sent.said = f"{sent.said} {self._give_back(form)}"
            self._load_recent()
        self.outcomes.update_row(sent)

    def _give_back(self, form: Form) -> str:
        """Put what was not sent into the form again, unless somebody is writing the next message; says what it did."""
        if not self.message_form.form.blank:
            return ""
        self.message_form.fill(form)
        self._touched()
        return "It stands in the form again."

    # -- following ----------------------------------------------------------------------------------------------------

    def store_changed(self) -> None:
        self._follow()

    @work(exclusive=True, group="follow")
    async def _follow(self) -> None:
        await self._read_anew([sent for sent in self.outcomes.rows if not sent.settled])

    async def _read_anew(self, rows: list[Sent]) -> None:
        for sent in rows:
            if sent.message_id is None:
                continue
            row = await asyncio.to_thread(self.workspace.history.get, sent.message_id)
            if row is not None:
                if row.error or row.status is not sent.status:
                    sent.said = row.error or ""
                sent.status, sent.mitto_id = row.status, row.mitto_id
                self.outcomes.update_row(sent)

    @on(Outcomes.Opened)
    async def _open(self, event: Outcomes.Opened) -> None:
        await self.mitto.open_message(event.message_id)

    # -- other commands -----------------------------------------------------------------------------------------------

    def action_options(self) -> None:
        options = self.message_form.options
        options.opened = not options.opened
        if options.opened:
            self.query_one("#option-type").focus()
        elif self.focused is None or options in self.focused.ancestors:
            self.query_one("#options-summary").focus()

    @property
    def can_repeat(self) -> bool:
        """Whether there is a message to bring back."""
        return self._last is not None

    def _remember(self, form: Form) -> None:
        self._last = form
        self.refresh_bindings()

    def action_repeat(self) -> None:
        """Bring back the last message; what stands in the form takes its place, so that nothing is lost."""
        if self._last is not None:
            self.take(self._last)

    def take(self, form: Form) -> None:
        """Put a message into the form; what stands there is what Repeat brings back."""
        now = self.message_form.form
        if not now.blank:
            self._remember(now)
        self.message_form.fill(form)
        self._touched()
        self.message_form.editor.focus()

    def action_clear(self) -> None:
        form = self.message_form
        if not form.form.blank:
            self._remember(form.form)
        form.empty()
        self._touched()
        form.recipient.focus()

    def action_next_forcing(self) -> None:
        if not self.message_form.next_foreign():
            self.notify("Every character is in the GSM alphabet.")

    @work(exclusive=True, group="editor")
    async def action_editor(self) -> None:
        form = self.message_form
        try:
            form.editor.select_all()
            form.editor.put(await edit_outside(self.app, form.editor.text))
        except MittoTuiError as error:
            self.mitto.report_problem(error)
        form.editor.focus()
