"""Friendly replacements: what each wins, what the text becomes, and one key for one or all of them."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from mitto_tui.sms.friendly import Plan, apply
from mitto_tui.sms.message import MessageType
from mitto_tui.sms.segments import Encoding
from mitto_tui.ui.comparison import Comparison
from mitto_tui.ui.cost import Price
from mitto_tui.ui.counting import parts
from mitto_tui.ui.literal import literal
from mitto_tui.ui.replacing import WINS_NOTHING, Gain, Row, gain, plan_for, row_by, row_head
from mitto_tui.ui.themes import DIM, WARN
from mitto_tui.ui.widgets.hanging_text import HangingText, Paragraph
from mitto_tui.ui.widgets.modal import Modal

_MOST: Final = 200
_AT_ONCE: Final = 200_000
"""Characters to be counted for all the rows together, up to which it is not felt."""
_MARGIN: Final = 8
_GAIN: Final = 24
_NAME: Final = 16
"""Cells below which a name that has to be cut is left out."""
_NAMED: Final = 4


class ReplaceScreen(Modal[str | None]):
    """Dismissed with the text as it then is, or None where nothing was replaced.

    Enter replaces what the row shows, everywhere; a replaces all and closes; u takes the last one back.
    """

    CSS_PATH = "../styles/replace.tcss"
    AUTO_FOCUS = "#replacements"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False),
        Binding("a", "all", "Replace all", show=False),
        Binding("u,ctrl+z", "undo", "Take back", show=False),
    ]

    def __init__(
        self,
        text: str,
        type: MessageType = MessageType.AUTO,  # noqa: A002 - the field's own name
        udh: bytes = b"",
        *,
        price: Price | None = None,
        key: str = "",
    ) -> None:
        """``price`` says what is saved. ``key``, in Textual's spelling, closes it too: the one that opened it."""
        super().__init__(classes="dialog")
        self._type = type
        self._udh = udh
        self._price = price
        self._texts = [text]
        self._use(text)
        if key:
            self._bindings.bind(key, "close", "Close", show=False)

    def compose(self) -> ComposeResult:
        box = Vertical(id="dialog", classes="-replace")
        box.border_title = "Replace what forces Unicode" if self._type is not MessageType.GSM else "Replace"
        with box:
            yield Static("", markup=False, id="replace-head")
            yield OptionList(id="replacements", markup=False)
            with VerticalScroll(id="replace-texts", can_focus=False):
                yield HangingText(_MARGIN, id="before-after")
            with Horizontal(id="answers"):
                yield Button("", id="replace-close")
                yield Button(Content.assemble("Replace all  ", ("a", "dim")), id="replace-all")

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.height < 20, "-squeezed")
        if self.is_mounted:
            self._compare()

    # -- state --------------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The text as it is now."""
        return self._texts[-1]

    def _use(self, text: str) -> None:
        self._plan = plan_for(text, self._type, self._udh)
        made = self._plan.replacements[:_MOST] if self._plan is not None else ()
        self._rows = [Row(one.found, one.places, one) for one in made]
        self._column = max((row_by(row).cell_length for row in self._rows), default=0) + 3
        self._gains: dict[str, Gain] = {}
        self._comparison = Comparison(self._plan) if self._plan is not None else None

    def _become(self, text: str) -> None:
        if text != self.text:
            self._texts.append(text)
        self._use(text)
        self._draw()

    # -- drawing ------------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        """Everything anew."""
        self.query_one("#replace-head", Static).update(self._head())
        listed = self.query_one("#replacements", OptionList)
        listed.display = bool(self._rows)
        close, everything = self.query_one("#replace-close", Button), self.query_one("#replace-all", Button)
        close.label = Content.assemble("Done  " if len(self._texts) > 1 else "Close  ", ("esc", "dim"))
        everything.display = bool(self._rows)
        box = self.query_one("#dialog")
        back = " · u takes back" if len(self._texts) > 1 else ""
        box.border_subtitle = f"enter replaces one{back}" if self._rows else back.removeprefix(" · ")
        self._draw_rows()
        self._compare()
        if not self._rows:
            close.focus()
        elif self.focused is None or self.focused is close:
            listed.focus()
        self._weigh()

    def _draw_rows(self) -> None:
        listed = self.query_one("#replacements", OptionList)
        highlighted = listed.highlighted or 0
        listed.clear_options()
        listed.add_options([Option(self._words(row)) for row in self._rows])
        if self._rows:
            listed.highlighted = min(highlighted, len(self._rows) - 1)

    def _words(self, row: Row) -> Content:
        number, by = len(row.places), row_by(row)
        line = row_head(row) + by.pad_right(self._column - by.cell_length)
        line += Content.styled(f"{number:,} place{'' if number == 1 else 's'}".ljust(12), DIM)
        won = self._gains.get(row.found)
        if won is None:
            return line
        words = won.words if won.better or len(self._rows) == 1 else won.words.replace(WINS_NOTHING, "nothing alone")
        line += Content.styled(f"{words:<{_GAIN}}", won.style)
        room = self.query_one("#replacements").content_region.width - line.cell_length - 3
        return line + literal(row.name, room, DIM) if room >= min(len(row.name), _NAME) else line

    def _head(self) -> Content:
        made = self._plan
        if made is None:
            return _why_no_plan(self.text, self._type)
        if not made.replacements:
            return self._nothing_left(made)
        won = gain(made.before, made.after)
        pieces = [Content.styled(f"Replacing all: {won.words}", f"bold {won.style}" if won.better else "bold")]
        if won.better and made.after.error is None and made.after.segments != made.before.segments:
            pieces.append(Content(f", {made.after.remaining:,} characters left"))
        if self._price is not None and won.better and made.before.error is None:
            saved = made.before.segments - made.after.segments
            if saved:
                pieces.append(Content(f"   {'saves' if saved > 0 else 'costs'} {self._price.of(abs(saved))}"))
        if more := _what_stays(made, self._type):
            pieces.append(Content.styled(f"\n{more}", WARN if won.better < 0 else DIM))
        return Content("").join(pieces)

    def _nothing_left(self, made: Plan) -> Content:
        now, done = made.before, len(self._texts) > 1
        if made.left:
            return Content.assemble(
                "Nothing more can be replaced. " if done else "Nothing here can be replaced. ",
                literal(f"No replacement is known for {_named(made.left)}; other scripts and emoji stay.", 300),
            )
        if not done or now.error is not None:
            return Content("Every character is in the GSM alphabet: there is nothing to replace.")
        left = f"{parts(now.segments)}, {now.remaining:,} characters left"
        return Content(f"Everything is in the GSM alphabet now: {left}.")

    def _compare(self) -> None:
        shown = self.query_one("#before-after", HangingText)
        comparison = self._comparison
        if comparison is None or not self._rows:
            shown.show([])
            return
        at = self.query_one("#replacements", OptionList).highlighted
        height = self.size.height
        room = (2 if height < 22 else 3 if height < 30 else 5) * max(shown.content_region.width - _MARGIN, 20)
        before, after = comparison.show(self._rows[at].replacement if at is not None else None, room)
        shown.show([Paragraph(Content.styled("Before", DIM), before), Paragraph(Content.styled("After", DIM), after)])

    @on(OptionList.OptionHighlighted)
    def _highlighted(self) -> None:
        self._compare()

    # -- what each wins -----------------------------------------------------------------------------------------------

    def _weigh(self) -> None:
        """At once where that is quick, else in a thread, row by row."""
        made = self._plan
        if made is None or not self._rows:
            self.workers.cancel_group(self, "weigh")
        elif len(self.text) * len(self._rows) <= _AT_ONCE:
            self.workers.cancel_group(self, "weigh")
            self._gains = {row.found: _gain_alone(made, row) for row in self._rows}
            self._draw_rows()
        else:
            self._weigh_slowly(made, self._rows)

    @work(exclusive=True, group="weigh")
    async def _weigh_slowly(self, made: Plan, rows: list[Row]) -> None:
        listed = self.query_one("#replacements", OptionList)
        for index, row in enumerate(rows):
            self._gains[row.found] = await asyncio.to_thread(_gain_alone, made, row)
            listed.replace_option_prompt_at_index(index, self._words(row))

    # -- what a person does -------------------------------------------------------------------------------------------

    @on(OptionList.OptionSelected)
    def _one(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        replacement = self._rows[event.option_index].replacement
        assert replacement is not None
        self._become(apply(self.text, [replacement]))

    @on(Button.Pressed, "#replace-all")
    def action_all(self) -> None:
        """Everything, and done."""
        if self._plan is not None and self._plan.replacements:
            self._texts.append(self._plan.replaced)
            self.action_close()

    def action_undo(self) -> None:
        """Take the last one back."""
        if len(self._texts) > 1:
            self._texts.pop()
            self._become(self.text)

    @on(Button.Pressed, "#replace-close")
    def action_close(self) -> None:
        self.dismiss(self.text if self.text != self._texts[0] else None)


def _gain_alone(made: Plan, row: Row) -> Gain:
    """What replacing this and nothing else wins."""
    assert row.replacement is not None
    return gain(made.before, made.alone(row.replacement))


def _why_no_plan(text: str, type: MessageType) -> Content:  # noqa: A002 - the field's own name
    if type is MessageType.BINARY:
        return Content("Binary text is hex digits: there is nothing to replace.")
    return Content(f"This text is too long to be sent in any way: {len(text):,} characters. Shorten it first.")


def _what_stays(made: Plan, type: MessageType) -> str:  # noqa: A002 - the field's own name
    """What replacing everything does not change."""
    if type is MessageType.UNICODE:
        return "Unicode is chosen in the options: it stays Unicode until you choose Auto or GSM."
    if made.after.encoding is Encoding.GSM:
        return "" if made.after.segments <= made.before.segments else "It would be GSM, but longer than it is now."
    if not made.left:
        return ""
    stays = "It doesn't fit GSM" if type is MessageType.GSM else "It stays Unicode"
    return f"{stays}: no replacement is known for {_named(made.left)}."


def _named(chars: tuple[str, ...]) -> str:
    """The first few of ``chars``, safe to draw."""
    shown = ", ".join(f"{Row(char, ()).sign} {Row(char, ()).code}" for char in chars[:_NAMED])
    more = len(chars) - _NAMED
    return f"{shown} and {more:,} more" if more > 0 else shown
