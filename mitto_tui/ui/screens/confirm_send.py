"""The question before a message leaves: to whom, from whom, how much, for real or not."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import Any, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Key

from mitto_tui.recipients.numbers import NumberReading
from mitto_tui.settings.profiles import Profile
from mitto_tui.sms.message import MessageType, NewMessage, udh_bytes
from mitto_tui.sms.segments import Encoding
from mitto_tui.sms.submission import WireType
from mitto_tui.sms.template import fields_in
from mitto_tui.ui.cost import cost, most_segments_of, price_in
from mitto_tui.ui.counting import parts
from mitto_tui.ui.literal import literal
from mitto_tui.ui.replacing import could_save
from mitto_tui.ui.themes import DIM, WARN
from mitto_tui.ui.widgets.dialog import Answer, Dialog
from mitto_tui.ui.widgets.hanging_text import HangingText, Paragraph
from mitto_tui.ui.widgets.options_form import duration

SEND: Final = "send"
REPLACE: Final = "replace"
_PAUSE: Final = 0.4
"""Seconds without a key that tell an answer from typing on."""
_LABEL: Final = 10
_TEXT: Final = 160
_SHORT_TEXT: Final = 90
_HIGH: Final = 30
"""Lines from which there is room for more of the text; below it, what is said of it matters more."""
_NAMED: Final = 4
_ENCODINGS: Final = {
    Encoding.GSM: "GSM",
    Encoding.UNICODE: "Unicode",
    Encoding.BINARY: "binary",
    None: "Mitto decides how",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is about to be sent. ``number`` and ``warning`` are for display; ``profile`` is whose account it is.

    ``type`` is the person's choice, of which ``message`` has only what became of it.
    """

    message: NewMessage
    reading: NumberReading
    number: str
    warning: str
    profile: Profile
    type: MessageType = MessageType.AUTO


class ConfirmSend(Dialog):
    """Dismissed with ``SEND`` (s), ``back``, or ``REPLACE`` (r) where replacing saves parts. Back has the focus.

    Who presses the key of Send while writing, as many editors' key to save, types on: the letter s of the next word is
    no answer. It is one after a moment without keys.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    def __init__(self, asked: Asked) -> None:
        test = asked.message.content.test
        title = "Send this as a test?" if test else "Send this message?"
        self._asked = asked
        self._saving = self._could_save()
        self._quiet_since = inf
        answers = [Answer("back", "Back", "esc"), Answer(SEND, "Send test" if test else "Send", "s")]
        if self._saving:
            answers.insert(1, Answer(REPLACE, "Replace", "r"))
        super().__init__(title, "", answers, kind="-confirm")

    def on_mount(self) -> None:
        self.call_after_refresh(self._wait)

    def on_key(self, event: Key) -> None:
        if event.is_printable and event.key not in {answer.key for answer in self.answers}:
            self._wait()

    def _wait(self) -> None:
        self._quiet_since = monotonic()

    @property
    def listens(self) -> bool:
        """Whether the letter of Send is taken as an answer now."""
        return monotonic() - self._quiet_since >= _PAUSE

    def action_letter(self, name: str) -> None:
        if name != SEND or self.listens:
            self.action_answer(name)
            return
        self._wait()
        self.app.bell()
        self.query_one("#dialog").border_subtitle = "typed too fast for an answer: press s again"

    def action_page(self, by: int) -> None:
        """Scroll, where the terminal is too low for all of it."""
        body = self.query_one("#dialog-body")
        body.scroll_relative(y=by * max(body.size.height - 1, 1), animate=False)

    def body_widgets(self) -> ComposeResult:
        rows = HangingText(_LABEL)
        rows.show([Paragraph(Content.styled(label, DIM), value) for label, value in self._rows()])
        yield rows

    def _rows(self) -> list[tuple[str, Content]]:
        asked = self._asked
        content = asked.message.content
        where = ", ".join(part for part in (asked.reading.country, asked.reading.line) if part)
        rows = [
            ("To", _pieces((asked.number, "bold"), f"   {where}" if where else "")),
            ("From", literal(content.sender, style="bold")),
            ("Text", literal(content.text, _TEXT if self.app.size.height >= _HIGH else _SHORT_TEXT)),
            ("Size", self._how_much()),
        ]
        if extras := self._extras():
            rows.append(("With", literal(extras, 200)))
        if (costs := self._cost()) is not None:
            rows.append(("Cost", costs))
        rows.append(("Account", self._account()))
        notes = [note for note in (asked.warning, self._fields_left(), self._saving) if note]
        rows += [("" if index else "Note", literal(note, 200, WARN)) for index, note in enumerate(notes)]
        return rows

    @property
    def _decides(self) -> bool:
        """Whether Mitto is to decide the encoding."""
        return self._asked.message.encoding is None

    def _could_save(self) -> str:
        message = self._asked.message
        content = message.content
        if message.segments < 2 or self._asked.type not in (MessageType.AUTO, MessageType.MITTO):
            return ""
        return could_save(content.text, MessageType.AUTO, udh_bytes(content.udh))

    def _fields_left(self) -> str:
        content = self._asked.message.content
        if content.type is WireType.BINARY:
            return ""
        names = fields_in(content.text)
        if not names:
            return ""
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return f"The text still has {', '.join(f'{{{name}}}' for name in names[:_NAMED])}{more} in it."

    def _how_much(self) -> Content:
        message, limit = self._asked.message, self._asked.profile.max_segments
        many = limit is not None and message.segments > limit
        size = _pieces(
            (parts(message.segments), f"bold {WARN}" if many else "bold"), f"   {_ENCODINGS[message.encoding]}"
        )
        if many:
            size += Content.styled(f"   more than your {limit}", WARN)
        return size

    def _extras(self) -> str:
        content = self._asked.message.content
        said = []
        if content.flash:
            said.append("flash")
        if content.validity is not None:
            said.append(f"valid {duration(content.validity)}")
        for name, value in (("reference", content.reference), ("UDH", content.udh), ("callback", content.callback)):
            if value:
                said.append(f"{name} {value}")
        if content.pid is not None:
            said.append(f"PID {content.pid}")
        return " · ".join(said)

    def _cost(self) -> Content | None:
        """Nothing for a test, which costs nothing, nor where the profile has no prices at all."""
        asked = self._asked
        content, profile = asked.message.content, asked.profile
        if content.test or not profile.prices.per_segment:
            return None
        most = most_segments_of(content.text, udh_bytes(content.udh)) if self._decides else 0
        costs = cost(price_in(profile, asked.reading.region), asked.message.segments, most)
        if costs is None:
            where = asked.reading.country or "this number"
            return literal(f"no price for {where} in this profile", 80, DIM)
        how = f" ({parts(costs.segments)} at {costs.price.each})" if costs.segments > 1 else ""
        words = literal(costs.words, 60, "bold") + Content.styled(how, DIM)
        if not costs.worst_words:
            return words
        return words + Content.styled(f"   {costs.worst_words} as Unicode", WARN)

    def _account(self) -> Content:
        asked = self._asked
        if asked.profile.is_sandbox:
            return _pieces(("◆ sandbox", f"bold {WARN}"), "   nothing leaves this machine")
        name = literal(asked.profile.name, 32, "bold")
        if asked.message.content.test:
            return name + Content("   a test: nothing is delivered or charged")
        return name + Content.styled("   for real: it is delivered and charged", WARN)


def _pieces(*pieces: Any) -> Content:
    return Content.assemble(*pieces)
