"""Compose: one message, counted and checked while it is typed, sent without waiting, followed to its report."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.content import Content

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.storage.rows import HistoryFilter
from mitto_tui.ui.aside import aside
from mitto_tui.ui.autosave import Autosave, Form
from mitto_tui.ui.commands import app as app_commands
from mitto_tui.ui.commands import compose as commands
from mitto_tui.ui.commands.base import Command, bindings
from mitto_tui.ui.repeat import form_of
from mitto_tui.ui.screens.compose_sending import ComposeSending
from mitto_tui.ui.screens.compose_writing import ComposeWriting
from mitto_tui.ui.themes import DIM, WARN
from mitto_tui.ui.widgets.foreign_list import ForeignList
from mitto_tui.ui.widgets.message_form import MessageForm
from mitto_tui.ui.widgets.outcomes import Outcomes
from mitto_tui.ui.widgets.phone_preview import PhonePreview
from mitto_tui.ui.widgets.segment_meter import SegmentMeter

HELP = {
    "#from": "Who the message comes from: 3 to 11 letters, digits and spaces, or a number of 3 to 14 digits, as agreed "
    "with Mitto. Senders used before are suggested; the right arrow takes the suggestion.",
    "#to": "One phone number with its country code, as in +49 172 5551234. Without one it is read as a number of your "
    "account's country. Numbers used before are suggested; the right arrow takes the suggestion.",
    "#text": "The message. Underlined characters are not in the GSM alphabet: one of them is enough to send everything "
    "as Unicode, with 70 instead of 160 characters a part; Replace shows what could stand for them. Coloured ones such "
    "as € cost two places. A line shows where a part ends. Behind { the fields of your templates are offered. Tab "
    "leaves the field.",
    "#options": "What else Mitto takes. Auto sends GSM where every character fits, else Unicode. Validity is how long "
    "the network tries, in minutes. The reference comes back in the delivery report. A test is checked and answered, "
    "but not delivered and not charged.",
    "#foreign": "Characters that are not in the GSM alphabet, with what could stand for them. Enter goes to them in "
    "the text, one after the other; r replaces the character everywhere.",
    "#outcomes": "What was sent from here, newest first, with its delivery report as soon as it comes. Enter opens the "
    "message in History.",
}


class ComposeScreen(ComposeWriting, ComposeSending):
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
                yield PhonePreview(id="preview")

    async def on_mount(self) -> None:
        form = self.message_form
        autosave = self._autosave = Autosave(self.workspace, form.say_state)
        for meter in self.query(SegmentMeter):
            meter.warn_from = self.workspace.profile.max_segments or 0
        form.fill(await autosave.restore() or Form(self.workspace.profile.sender or ""))
        if not form.sender.value:
            form.sender.focus()
        else:
            (form.editor if form.recipient.value else form.recipient).focus()
        self.masking_changed()
        self.call_after_refresh(self._get_ready)
        self._look_for_key()

    def _get_ready(self) -> None:
        self.message_form.warm_up()
        self.offer_recent()
        self.offer_fields()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.message_form.check_recipient()  # country and prices may have been changed in Settings
        if self._no_key is not None:  # asked again only where there was none: a keyring may want to be unlocked
            self._look_for_key()

    def on_unmount(self) -> None:
        if self._autosave is not None:
            self._autosave.stop()

    async def before_quit(self) -> None:
        if self._autosave is not None:
            await self._autosave.flush()

    def masking_changed(self) -> None:
        self.outcomes.masked = self.mitto.masked
        self.outcomes.redraw()
        self.message_form.mask(self.mitto.masked)

    # -- what the form says -------------------------------------------------------------------------------------------

    @on(MessageForm.Changed)
    def _form_changed(self) -> None:
        self.touched()
        self._show_preview()

    @on(MessageForm.Counted)
    def _counted(self, event: MessageForm.Counted) -> None:
        self.query_one("#meter", SegmentMeter).show(event.tally)
        self.query_one(ForeignList).show(event.tally, self.message_form.options.udh)
        self._show_preview()

    @on(MessageForm.Priced)
    def _priced(self, event: MessageForm.Priced) -> None:
        self.query_one("#meter", SegmentMeter).price = event.price

    def _show_preview(self) -> None:
        self.query_one(PhonePreview).show(self.message_form.arriving)

    @on(ForeignList.Chosen)
    def _go_to(self, event: ForeignList.Chosen) -> None:
        self.message_form.editor.go_to(event.index)
        self.message_form.editor.focus()

    @on(ForeignList.Emptied)
    def _go_back(self) -> None:
        self.message_form.editor.focus()

    def offer_recent(self) -> None:
        self._load_recent()

    @work(exclusive=True, group="recent")
    async def _load_recent(self) -> None:
        history, profile = self.workspace.history, self.workspace.profile.name
        if self._last is None:
            newest = await asyncio.to_thread(history.page, HistoryFilter(profile=profile), limit=1)
            if newest and newest[0].campaign is None:
                reading = await asyncio.to_thread(self.workspace.read_number, f"+{newest[0].to}")
                self.remember(form_of(newest[0], reading.display))
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
