"""Filling in a template's fields before its text is inserted, with the text and its cost in sight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final, cast

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from mitto_tui.sms.message import MessageType
from mitto_tui.sms.template import Field, LiteralPiece, Template, TemplateError, parse
from mitto_tui.sms.visible import one_line
from mitto_tui.ui.commands import app as app_commands
from mitto_tui.ui.commands import writing as commands
from mitto_tui.ui.commands.base import Command, bindings
from mitto_tui.ui.counting import tally
from mitto_tui.ui.excerpts import LONGEST
from mitto_tui.ui.literal import literal, literal_block
from mitto_tui.ui.screens.help import HelpScreen
from mitto_tui.ui.themes import ACCENT, DIM, WARN
from mitto_tui.ui.widgets.key_line import KeyLine
from mitto_tui.ui.widgets.literal_input import LiteralInput
from mitto_tui.ui.widgets.modal import Modal
from mitto_tui.ui.widgets.segment_meter import SegmentMeter

if TYPE_CHECKING:
    from mitto_tui.ui.app import MittoApp

_MOST: Final = 50
"""Fields that are asked for; what comes after them stays in the text."""
_LABEL: Final = 20
_LISTED: Final = 3
_ABOUT: Final = (
    "One line for each field of the template. What you fill in stands in the text below, and the cost follows. A field "
    "that is left empty takes its fallback, which is shown dimmed; a field without one stays in the text as it is. "
    "Enter goes to the next field, and at the last one inserts."
)


def needs_no_filling(text: str) -> str | None:
    """What to insert of a template at once, as it has no field to fill in; None where it has one.

    A text whose braces make no template is taken as it is.
    """
    try:
        template = parse(text)
    except TemplateError:
        return text
    return None if template.fields else template.render({})


def filled(template: Template, values: Mapping[str, str]) -> list[tuple[str, str]]:
    """The pieces of the text for ``values`` (normal name to value), each with the style it is drawn in.

    A blank value is none: the fallback of that use stands, or where there is none the field itself.
    """
    pieces = []
    for piece in template.pieces:
        if isinstance(piece, LiteralPiece):
            pieces.append((piece.value, ""))
        elif (value := values.get(piece.key, "")).strip():
            pieces.append((value, ACCENT))
        elif piece.fallback is not None:
            pieces.append((piece.fallback, DIM))
        else:
            pieces.append((template.text[piece.start : piece.end], WARN))
    return pieces


class FillFields(Modal[str | None]):
    """Dismissed with the text to insert, or None where nothing is to be inserted.

    ``text`` must be a template with fields (see ``needs_no_filling``), ``known`` gives values by normal name.
    ``type`` and ``udh`` are the message's, for the count.
    """

    CSS_PATH = "../styles/writing.tcss"
    AUTO_FOCUS = ""
    ACTIONS: ClassVar[tuple[type[Command], ...]] = commands.FIELDS
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(*commands.FIELDS, app_commands.Help),
        Binding("escape", "close", "Back", show=False),
        Binding("ctrl+up,alt+up", "scroll_text(-1)", show=False, priority=True),
        Binding("ctrl+down,alt+down", "scroll_text(1)", show=False, priority=True),
    ]

    def __init__(
        self,
        name: str,
        text: str,
        known: Mapping[str, str] | None = None,
        *,
        type: MessageType = MessageType.AUTO,  # noqa: A002 - the field's own name
        udh: bytes = b"",
    ) -> None:
        super().__init__(classes="dialog")
        self._template_name = name
        self._template = parse(text)
        self._fields = self._template.fields[:_MOST]
        self._known = known or {}
        self._type = type
        self._udh = udh
        self._inputs: dict[str, LiteralInput] = {}

    def _input(self, field: Field) -> LiteralInput:
        placeholder = f"{{{field.name}}}" if field.fallback is None else field.fallback or "nothing"
        last = field is self._fields[-1]
        value = self._known.get(field.key, "")
        return LiteralInput(value, placeholder=one_line(placeholder, 60), moves_on=not last)

    @property
    def mitto(self) -> MittoApp:
        """The app, by its own type."""
        return cast("MittoApp", self.app)

    def compose(self) -> ComposeResult:
        box = Vertical(id="dialog", classes="-fill")
        box.border_title = literal(self._template_name, 60)
        box.border_subtitle = "esc close"
        with box:
            with VerticalScroll(id="fill-fields", can_focus=False):
                width = max(min(cell_len(one_line(field.name)), _LABEL) for field in self._fields) + 2
                for field in self._fields:
                    with Horizontal(classes="field"):
                        label = Static(literal(field.name, _LABEL), markup=False, classes="label")
                        label.styles.width = width
                        yield label
                        control = self._inputs[field.key] = self._input(field)
                        yield control
            with VerticalScroll(id="fill-preview", can_focus=False):
                yield Static(markup=False, id="fill-text")
            yield SegmentMeter(id="fill-meter")
            yield Static(markup=False, id="fill-said")
            yield KeyLine()

    def on_mount(self) -> None:
        inputs = list(self._inputs.values())
        next((field for field in inputs if not field.value), inputs[-1]).focus()
        self._show()

    @property
    def _values(self) -> dict[str, str]:
        return {key: field.value for key, field in self._inputs.items()}

    @property
    def text(self) -> str:
        """The text as it would be inserted now."""
        return "".join(text for text, _ in filled(self._template, self._values))

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show()

    def _show(self) -> None:
        values = self._values
        room = LONGEST
        shown = []
        pieces = filled(self._template, values)
        for text, style in pieces:
            shown.append(literal_block(text[:room], style))
            room -= len(text)
            if room <= 0:
                break
        self.query_one("#fill-text", Static).update(Content("").join(shown))
        whole = "".join(text for text, _ in pieces)
        self.query_one("#fill-meter", SegmentMeter).show(tally(whole, self._type, self._udh))
        self.query_one("#fill-said", Static).update(self._staying(values))

    def _staying(self, values: Mapping[str, str]) -> Content:
        """Which fields stay in the text, in a sentence."""
        empty = [
            field for field in self._template.fields if field.fallback is None and not values.get(field.key, "").strip()
        ]
        if not empty:
            return Content("")
        names = ", ".join(f"{{{one_line(field.name, 20)}}}" for field in empty[:_LISTED])
        more = f" and {len(empty) - _LISTED} more" if len(empty) > _LISTED else ""
        verb = "stays" if len(empty) == 1 else "stay"
        return Content.styled(f"{names}{more} {verb} in the text", WARN)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input is next(reversed(self._inputs.values())):
            self.action_insert()

    def _insert(self) -> None:
        self.dismiss(self.text)

    def action_insert(self) -> None:
        # The keys before this one may still wait in the field's own queue.
        (self.focused or self).call_later(self._insert)

    def action_as_it_is(self) -> None:
        self.dismiss(self._template.text)

    def action_close(self) -> None:
        self.dismiss(None)

    def action_scroll_text(self, by: int) -> None:
        preview = self.query_one("#fill-preview", VerticalScroll)
        preview.scroll_relative(y=by * max(preview.size.height // 2, 1), animate=False)

    def action_help(self) -> None:
        keys = [(self.mitto.key_of(command), command.help) for command in self.ACTIONS]
        more = [("⏎ ↑ ↓", "Another field."), ("^↑ ^↓", "Scroll the text."), ("esc", "Close, and insert nothing.")]
        self.app.push_screen(HelpScreen(_ABOUT, "", [*keys, *more], []))
