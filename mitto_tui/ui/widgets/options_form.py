"""The options of a message: one line that says what is set, and behind it a form for all of them."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.message import MessageType, Options, check_callback, udh_bytes
from mitto_tui.ui.literal import literal
from mitto_tui.ui.themes import ACCENT, BAD, DIM, FAINT, WARN
from mitto_tui.ui.widgets.field import Choice, Field
from mitto_tui.ui.widgets.literal_input import LiteralInput

DEFAULT_VALIDITY = 2880
"""Minutes; Mitto's own default."""
_ON_OFF = {"no": "no", "yes": "yes"}
_TYPES = {
    MessageType.AUTO.value: "auto",
    MessageType.GSM.value: "GSM",
    MessageType.UNICODE.value: "Unicode",
    MessageType.BINARY.value: "binary",
    MessageType.MITTO.value: "Mitto decides",
}

_TEXTS = {
    "reference": ("Reference", "none"),
    "validity": ("Validity", str(DEFAULT_VALIDITY)),
    "callback": ("Callback", "the account's"),
    "udh": ("UDH", "none"),
    "pid": ("PID", "0"),
}
"""The options that are typed: their labels, and what an empty field means."""


def _text_field(name: str, label: str, empty: str) -> Field:
    return Field(label, LiteralInput(moves_on=True, placeholder=empty, id=f"option-{name}"))


class OptionsSummary(Widget, can_focus=True):
    """The line that is always there. Enter, space or a click opens and closes the form."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("enter,space", "open_or_close", "Open or close"),
        ("up", "app.focus_previous", "Field above"),
        ("down", "app.focus_next", "Field below"),
    ]

    class Toggled(Message):
        """A person wants the form opened, or closed."""

    def __init__(self) -> None:
        super().__init__(id="options-summary")
        self._content = Content("")
        self._open = False

    def show(self, content: Content, *, opened: bool) -> None:
        """Say what is set."""
        self._content = content
        self._open = opened
        self.refresh()

    def render(self) -> Content:
        mark = Content.styled("▼ Options" if self._open else "▶ Options", ACCENT if self.has_focus else DIM)
        return mark + Content("  ") + self._content

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_open_or_close()

    def action_open_or_close(self) -> None:
        """Open or close the form."""
        self.post_message(self.Toggled())


class OptionsForm(Vertical):
    """Holds ``Options``. Posts ``Changed`` whenever one of them does."""

    class Changed(Message):
        """An option was changed."""

    class Opened(Message):
        """The form came into sight, or went out of it."""

    def __init__(self) -> None:
        super().__init__(id="options")
        self._fields: dict[str, Field] = {
            "type": Field("Encoding", Choice(_TYPES, id="option-type")),
            **{name: _text_field(name, label, empty) for name, (label, empty) in _TEXTS.items()},
            "flash": Field("Flash", Choice(_ON_OFF, id="option-flash")),
            "test": Field("Test", Choice(_ON_OFF, id="option-test")),
        }
        self._loading = False

    def compose(self) -> ComposeResult:
        yield OptionsSummary()
        with Container(id="options-grid"):
            yield from self._fields.values()

    def on_mount(self) -> None:
        self.opened = False
        self._refresh_notes()

    @property
    def opened(self) -> bool:
        """Whether the form is in sight."""
        return self.has_class("-open")

    @opened.setter
    def opened(self, opened: bool) -> None:
        self.set_class(opened, "-open")
        self._refresh_notes()
        self.post_message(self.Opened())

    @on(OptionsSummary.Toggled)
    def toggle(self) -> None:
        """Open it and go there, or close it and leave the focus on something that is seen."""
        self.opened = not self.opened
        focused = self.screen.focused
        if self.opened:
            self.query_one("#option-type").focus()
        elif focused is None or self in focused.ancestors:
            self.query_one(OptionsSummary).focus()

    def field(self, name: str) -> Field | None:
        """The row of an option, by the name that InvalidInput uses."""
        return self._fields.get(name)

    # -- values -------------------------------------------------------------------------------------------------------

    def options(self) -> Options:
        """What is set. Raises InvalidInput where a number is none."""
        return Options(
            type=MessageType(self._choice("type").value),
            reference=self._text("reference") or None,
            validity=self._number("validity", "Validity is a whole number of minutes."),
            pid=self._number("pid", "The protocol identifier is a whole number from 0 to 255."),
            udh="".join(self._text("udh").split()) or None,
            flash=self.flash,
            callback=self._text("callback") or None,
            test=self._choice("test").value == "yes",
        )

    @property
    def message_type(self) -> MessageType:
        """The encoding asked for."""
        return MessageType(self._choice("type").value)

    @property
    def udh(self) -> bytes:
        """The header's octets, or none while it is not one."""
        try:
            return udh_bytes("".join(self._text("udh").split()))
        except InvalidInput:
            return b""

    @property
    def flash(self) -> bool:
        """Whether it is to be shown at once, and perhaps not kept."""
        return self._choice("flash").value == "yes"

    def raw(self) -> dict[str, Any]:
        """What stands in the form, finished or not, for a draft."""
        texts = {name: self._input(name).value for name in _TEXTS}
        choices = {name: self._choice(name).value for name in ("type", "flash", "test")}
        return {**texts, **choices}

    def fill(self, raw: dict[str, Any]) -> None:
        """Put back what ``raw`` gave; anything unknown or unfit is left out."""
        self._loading = True
        try:
            for name in _TEXTS:
                value = raw.get(name, "")
                self._input(name).value = value if isinstance(value, str) else ""
            for name in ("type", "flash", "test"):
                choice = self._choice(name)
                try:
                    choice.value = str(raw.get(name, next(iter(choice._options))))
                except ValueError:
                    choice.value = next(iter(choice._options))
        finally:
            self._loading = False
        self._refresh_notes()

    def _input(self, name: str) -> LiteralInput:
        control = self._fields[name].control
        assert isinstance(control, LiteralInput)
        return control

    def _choice(self, name: str) -> Choice:
        control = self._fields[name].control
        assert isinstance(control, Choice)
        return control

    def _text(self, name: str) -> str:
        return self._input(name).value.strip()

    def _number(self, name: str, sentence: str) -> int | None:
        text = self._text(name)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise InvalidInput(name, sentence)
        return int(text)

    # -- what is said -------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    @on(Choice.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        self._refresh_notes()
        if not self._loading:
            self.post_message(self.Changed())

    def complain(self, name: str, sentence: str) -> None:
        """Open the form and go to an option that is wrong; ``sentence`` is said there, if nothing is yet."""
        self.opened = True
        field = self._fields[name]
        try:
            self._note(name)
        except InvalidInput:
            pass  # said already, and shorter
        else:
            field.say(Content.styled(sentence, BAD))
        field.control.focus()

    def _refresh_notes(self) -> None:
        if not self.is_mounted:
            return
        for name in _TEXTS:
            try:
                self._fields[name].say(Content.styled(self._note(name), DIM))
            except InvalidInput as error:
                self._fields[name].say(Content.styled(error.message, BAD))
        self._fields["flash"].say(Content.styled("shown at once, often not kept", DIM))
        self._fields["test"].say(Content.styled("nothing is delivered or charged", DIM))
        self.query_one(OptionsSummary).show(self._summary(), opened=self.opened)

    def _note(self, name: str) -> str:
        """A few words beside an option. Raises InvalidInput, in as few, where it is wrong."""
        text = self._text(name)
        match name:
            case "validity":
                minutes = self._number(name, "whole minutes")
                if minutes == 0:
                    raise InvalidInput(name, "at least 1 minute")
                return f"minutes: {duration(minutes or DEFAULT_VALIDITY)}"
            case "pid":
                if (self._number(name, "0 to 255") or 0) > 255:
                    raise InvalidInput(name, "0 to 255")
                return "0 to 255"
            case "udh":
                return _udh_note("".join(text.split()))
            case "callback":
                return _callback_note(text)
        return "comes back in the report"

    def _summary(self) -> Content:
        kind = self.message_type
        said: list[Content] = [Content.styled(_TYPES[kind.value], DIM if kind is MessageType.AUTO else "bold")]
        validity = self._text("validity")
        if validity:
            said.append(Content.styled("valid ", "bold") + literal(_validity_words(validity), 12, "bold"))
        else:
            said.append(Content.styled("valid 48 h", DIM))
        for name, label in (("reference", "reference "), ("udh", "UDH "), ("pid", "PID "), ("callback", "callback ")):
            if text := self._text(name):
                said.append(Content.styled(label, "bold") + literal(text, 20, "bold"))
        if self.flash:
            said.append(Content.styled("flash", f"bold {WARN}"))
        if self._choice("test").value == "yes":
            said.append(Content.styled("test", f"bold {WARN}"))
        return Content.styled(" · ", FAINT).join(said)


def _udh_note(digits: str) -> str:
    try:
        octets = len(udh_bytes(digits))
    except InvalidInput:
        whole = len(digits) % 2 == 0 and not digits.strip("0123456789abcdefABCDEF")
        raise InvalidInput("udh", "its first octet is its length" if whole else "pairs of hex digits") from None
    return f"{octets} octets" if octets else "hex digits"


def _callback_note(url: str) -> str:
    try:
        if url:
            check_callback(url)
    except InvalidInput:
        raise InvalidInput("callback", "begins with http:// or https://") from None
    return "" if url else "URL for delivery reports"


def _validity_words(text: str) -> str:
    return duration(int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else text


def duration(minutes: int) -> str:
    """``2880`` as ``48 h``; ``90`` as ``1 h 30 min``."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours:,} h" + (f" {rest} min" if rest else "")
