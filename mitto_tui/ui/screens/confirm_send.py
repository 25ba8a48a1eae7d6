"""The question before a message leaves: to whom, from whom, how much, for real or not."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from textual.app import ComposeResult
from textual.content import Content

from mitto_tui.recipients.numbers import NumberReading
from mitto_tui.settings.profiles import Profile
from mitto_tui.sms.message import NewMessage
from mitto_tui.sms.segments import Encoding
from mitto_tui.ui.counting import parts
from mitto_tui.ui.literal import literal
from mitto_tui.ui.themes import DIM, WARN
from mitto_tui.ui.widgets.dialog import Answer, Dialog
from mitto_tui.ui.widgets.hanging_text import HangingText, Paragraph
from mitto_tui.ui.widgets.options_form import duration

SEND = "send"
_LABEL = 10
_ENCODINGS = {Encoding.GSM: "GSM", Encoding.UNICODE: "Unicode", Encoding.BINARY: "binary", None: "Mitto decides how"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is about to be sent. ``number`` and ``warning`` are for display; ``profile`` is whose account it is."""

    message: NewMessage
    reading: NumberReading
    number: str
    warning: str
    profile: Profile


class ConfirmSend(Dialog):
    """Dismissed with ``SEND`` or ``back``. Back has the focus; s sends."""

    def __init__(self, asked: Asked) -> None:
        test = asked.message.content.test
        title = "Send this as a test?" if test else "Send this message?"
        answers = (Answer("back", "Back", "esc"), Answer(SEND, "Send test" if test else "Send", "s"))
        super().__init__(title, "", answers, kind="-confirm")
        self._asked = asked

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
            ("Text", literal(content.text, 160)),
            ("Size", self._how_much()),
        ]
        if extras := self._extras():
            rows.append(("With", literal(extras, 200)))
        if (cost := self._cost()) is not None:
            rows.append(("Cost", cost))
        rows.append(("Account", self._account()))
        if asked.warning:
            rows.append(("Note", literal(asked.warning, 200, WARN)))
        return rows

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
        asked = self._asked
        price: Decimal | None = asked.profile.prices.per_segment.get(asked.reading.region)
        if price is None or asked.message.content.test:
            return None
        currency = asked.profile.prices.currency or ""
        total = price * asked.message.segments
        return literal(f"up to {total.normalize():f} {currency}".strip(), 60)

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
