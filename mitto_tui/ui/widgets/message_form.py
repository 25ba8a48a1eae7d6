"""The form of one message: sender, recipient, text and options, each checked while it is typed."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, cast

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static, TextArea

from mitto_tui.sms.errors import InvalidInput
from mitto_tui.ui.address_words import recipient_words, sender_words
from mitto_tui.ui.autosave import Form
from mitto_tui.ui.cost import Price, price_in
from mitto_tui.ui.counting import Foreign, Tally, tally
from mitto_tui.ui.literal import UNSHOWABLE, literal, one_for_one
from mitto_tui.ui.themes import BAD, WARN
from mitto_tui.ui.widgets.compose_editor import ComposeEditor
from mitto_tui.ui.widgets.field import Field
from mitto_tui.ui.widgets.literal_input import LiteralInput, Recent
from mitto_tui.ui.widgets.options_form import OptionsForm
from mitto_tui.ui.widgets.phone_preview import Arriving
from mitto_tui.ui.widgets.segment_meter import SegmentMeter

if TYPE_CHECKING:
    from mitto_tui.ui.app import MittoApp
    from mitto_tui.workspace.workspace import Workspace

# InvalidInput's names for the fields that are not options.
_CONTROLS = {"from": "#from", "to": "#to", "text": "#text"}
_NARROW = 80
"""Cells below which there is no room to repeat a number beside what was typed."""


class MessageForm(Vertical):
    """Posts ``Changed`` for what a person changes and ``Counted`` whenever the count is another."""

    class Changed(Message):
        """A person changed something in the form."""

    class Counted(Message):
        """The text or its encoding changed."""

        def __init__(self, tally: Tally) -> None:
            super().__init__()
            self.tally = tally

    class Priced(Message):
        """What a part costs changed, as the number leads to another country."""

        def __init__(self, price: Price | None) -> None:
            super().__init__()
            self.price = price

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(id="message", classes="panel")
        self._workspace = workspace
        self._senders = Recent()
        self._recipients = Recent()
        self._numbers_ready = False
        self._tally = tally("")
        self._price: Price | None = None
        self._state = ""
        self._edge = Content("")
        self._complaint = Content("")
        self.border_title = "Message"

    def compose(self) -> ComposeResult:
        yield Static("", markup=False, id="no-key")
        sender = LiteralInput(id="from", recent=self._senders, moves_on=True, placeholder="as agreed with Mitto")
        yield Field("From", sender, id="from-field")
        placeholder = "as +49 172 5551234"
        recipient = LiteralInput(id="to", recent=self._recipients, moves_on=True, placeholder=placeholder)
        yield Field("To", recipient, id="to-field")
        yield ComposeEditor(id="text", placeholder="Write your message here.")
        yield SegmentMeter(id="meter-line")
        yield OptionsForm()

    def on_mount(self) -> None:
        self.query_one("#no-key").display = False

    @property
    def _mitto(self) -> MittoApp:
        return cast("MittoApp", self.app)

    # -- parts --------------------------------------------------------------------------------------------------------

    @property
    def sender(self) -> LiteralInput:
        """The field From."""
        return self.query_one("#from", LiteralInput)

    @property
    def recipient(self) -> LiteralInput:
        """The field To."""
        return self.query_one("#to", LiteralInput)

    @property
    def editor(self) -> ComposeEditor:
        """The text."""
        return self.query_one("#text", ComposeEditor)

    @property
    def options(self) -> OptionsForm:
        """The options."""
        return self.query_one(OptionsForm)

    # -- values -------------------------------------------------------------------------------------------------------

    @property
    def form(self) -> Form:
        """What stands in the form, exactly as typed."""
        return Form(self.sender.value, self.recipient.value, self.editor.text, self.options.raw())

    def fill(self, form: Form) -> None:
        """Put ``form`` in place of what stands there. Not told as a change."""
        with self.prevent(Input.Changed, TextArea.Changed, OptionsForm.Changed):
            self.sender.value = form.sender
            self.recipient.value = form.to
            self.editor.load_text(form.text)
            self.options.fill(dict(form.options))
        self.editor.move_cursor(self.editor.document.end)
        self.check_sender()
        self.check_recipient()
        self._count()

    def empty(self) -> None:
        """Ready for the next message: the sender and the way to send stay, what belongs to one message goes."""
        kept = {**self.options.raw(), "reference": "", "udh": "", "pid": "", "flash": "no", "test": "no"}
        self.fill(replace(self.form, to="", text="", options=kept))

    @property
    def price(self) -> Price | None:
        """What a part costs to the number that stands in the form, where the profile knows."""
        return self._price

    @property
    def arriving(self) -> Arriving:
        """The message as it would arrive."""
        options = self.options
        return Arriving(self._tally, self.sender.value, flash=options.flash, udh=options.udh)

    def offer(self, senders: list[str], recipients: list[str]) -> None:
        """Suggest these, newest first."""
        self._senders.offer(senders)
        self._recipients.offer(recipients)

    def complain(self, error: InvalidInput) -> None:
        """Say at the wrong field what is wrong with it, and go there."""
        if error.field in _CONTROLS:
            control = self.query_one(_CONTROLS[error.field])
            said = Content.styled(self._mitto.number(error.message), BAD)
            if error.field == "text":
                self._complaint = said
                self._say_where()
            else:
                self.query_one(f"#{error.field}-field", Field).say(said)
            control.focus()
        elif self.options.field(error.field) is not None:
            self.options.complain(error.field, error.message)

    def say_no_key(self, sentence: Content | None) -> None:
        """Above the fields, that nothing can be sent yet and what to do; None takes it away."""
        banner = self.query_one("#no-key", Static)
        banner.display = sentence is not None
        banner.update(sentence or "")

    def say_state(self, words: str) -> None:
        """On the lower edge: what became of the draft."""
        self._state = words
        self._say_where()

    def mask(self, masked: bool) -> None:
        """Show the number's digits as dots, or not."""
        self.recipient.mask(masked)
        self.check_recipient()

    # -- checks -------------------------------------------------------------------------------------------------------

    @work(thread=True, group="warm-up")
    def warm_up(self) -> None:
        """Load the numbering plans and the tables of replacements: once the form is seen, and not on the first key."""
        self._workspace.read_number("+491725551234")
        self.app.call_from_thread(self._numbers_are_ready)
        import_module("mitto_tui.sms.friendly")

    def _numbers_are_ready(self) -> None:
        self._numbers_ready = True
        self.check_recipient()

    def check_sender(self) -> None:
        """Say what the sender is."""
        self.query_one("#from-field", Field).say(sender_words(self.sender.value))

    def check_recipient(self) -> None:
        """Say how the number is read."""
        field, typed = self.query_one("#to-field", Field), self.recipient.value
        if not typed.strip() or not self._numbers_ready:
            self._find_price("")
            field.say()
            return
        reading = self._workspace.read_number(typed)
        self._find_price(reading.region)
        typing, narrow = self.recipient.has_focus, self.app.size.width < _NARROW
        field.say(recipient_words(typed, reading, self._mitto.number, typing=typing, narrow=narrow))

    def _find_price(self, region: str) -> None:
        price = price_in(self._workspace.profile, region)
        if price != self._price:
            self._price = self.query_one("#meter-line", SegmentMeter).price = price
            self.post_message(self.Priced(price))

    def _count(self) -> None:
        shown = self._tally = tally(self.editor.text, self.options.message_type, self.options.udh)
        self.query_one("#meter-line", SegmentMeter).show(shown)
        self.editor.show_parts(shown.type, shown.part_starts)
        self._complaint = Content("")
        self._say_where()
        self.post_message(self.Counted(shown))

    # -- what a person does -------------------------------------------------------------------------------------------

    @on(Input.Changed, "#from, #to")
    def _field_changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.input.id == "from":
            self.check_sender()
        else:
            self.check_recipient()
        self.post_message(self.Changed())

    @on(Input.Blurred, "#to")
    def _recipient_left(self) -> None:
        self.check_recipient()

    @on(TextArea.Changed, "#text")
    @on(OptionsForm.Changed)
    def _text_changed(self, event: Message) -> None:
        event.stop()
        self._count()
        self.post_message(self.Changed())

    @on(TextArea.SelectionChanged, "#text")
    def _cursor_moved(self, event: TextArea.SelectionChanged) -> None:
        event.stop()
        self._say_where()

    def next_foreign(self) -> bool:
        """Go to the next character that is not in the alphabet; False if there is none."""
        place = self._tally.next_foreign(self.editor.cursor_index)
        if place is None:
            return False
        self.editor.go_to(place)
        self.editor.focus()
        return True

    def _say_where(self) -> None:
        """On the lower edge: what is wrong with the text, the foreign character at the cursor, or the draft's state."""
        here = self.editor.cursor_index if self._tally.foreign else -1
        found = self._tally.foreign_at(here) if here >= 0 else None
        words = self._complaint or (_foreign_words(found, here) if found else literal(self._state, 60))
        if words != self._edge:  # drawing an edge draws everything within
            self._edge = words
            self.border_subtitle = words


def _foreign_words(found: Foreign, place: int) -> Content:
    sign = one_for_one(found.char)
    sign = f"{sign} " if sign != UNSHOWABLE else ""
    return Content.styled(f"{sign}{found.code} {found.name}, character {place + 1}", WARN)
