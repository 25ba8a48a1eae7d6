"""One of many words in a single line, chosen from a list that opens at its place; typing jumps in it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic, TypeVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset, Region
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from mitto_tui.sms.visible import one_line
from mitto_tui.ui.themes import ACCENT, DIM, FAINT
from mitto_tui.ui.widgets.modal import Modal

V = TypeVar("V", bound=Hashable)

_TALLEST: Final = 14
_WIDEST: Final = 60
_LONGEST_WORD: Final = 80


@dataclass(frozen=True, slots=True)
class Item(Generic[V]):
    """A value, and what to call it; both texts can come out of a file.

    ``prefix`` stands dim before it (``auto: ``), ``remark`` dim behind it. ``full`` is what the list shows instead.
    """

    value: V
    word: str
    prefix: str = ""
    remark: str = ""
    full: str = ""

    @property
    def line(self) -> str:
        """How it stands in the list, safe to draw."""
        return self.prefix + one_line(self.full or self.word, _LONGEST_WORD)


class Chooser(Widget, Generic[V], can_focus=True):
    """Shows what is chosen. Enter, a letter or a click opens the list; the arrows left and right step through it."""

    class Changed(Message):
        """A person chose another value."""

        def __init__(self, chooser: Chooser[Any]) -> None:
            super().__init__()
            self.chooser = chooser

        @property
        def control(self) -> Chooser[Any]:
            return self.chooser

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "open", "All of them"),
        Binding("left", "step(-1)", "The one before"),
        Binding("right", "step(1)", "The next one"),
        Binding("up", "app.focus_previous", "Field above"),
        Binding("down", "app.focus_next", "Field below"),
    ]
    DEFAULT_CSS = "Chooser { width: 1fr; height: 1; padding: 0 1; pointer: pointer; }"
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._items: tuple[Item[V], ...] = ()
        self._value: V | None = None

    @property
    def value(self) -> V | None:
        """The value chosen; None where nothing is."""
        return self._value

    @property
    def items(self) -> tuple[Item[V], ...]:
        """What can be chosen."""
        return self._items

    def offer(self, items: Sequence[Item[V]], value: V | None) -> None:
        """Show these, with ``value`` chosen. Nothing is told of it."""
        if (tuple(items), value) != (self._items, self._value):
            self._items, self._value = tuple(items), value
            self.refresh()

    def choose(self, value: V) -> None:
        """Choose as a person does."""
        if value != self._value:
            self._value = value
            self.refresh()
            self.post_message(self.Changed(self))

    @property
    def current(self) -> Item[V] | None:
        """What is chosen, in words."""
        return next((item for item in self._items if item.value == self._value), None)

    def render(self) -> Content:
        item = self.current
        width = max(self.content_size.width - 2, 1)
        if item is None:
            shown = Content.styled("choose…", ACCENT)
        else:
            shown = Content.assemble(
                (item.prefix, DIM), one_line(item.word, _LONGEST_WORD), (f" {item.remark}" if item.remark else "", DIM)
            )
        shown = shown.truncate(width, ellipsis=True)
        return Content.assemble(
            shown, " " * (width - shown.cell_length + 1), ("▾", ACCENT if self.has_focus else FAINT)
        )

    def action_step(self, by: int) -> None:
        """The value ``by`` places further, as far as there is one."""
        values = [item.value for item in self._items]
        if values:
            at = values.index(self._value) + by if self._value in values else 0
            self.choose(values[min(max(at, 0), len(values) - 1)])

    def action_open(self, typed: str = "") -> None:
        """Show the list, at what begins with ``typed``."""
        if self._items:
            self.app.push_screen(ChooserList(self, typed), self._chosen)

    def _chosen(self, index: int | None) -> None:
        if index is not None and index < len(self._items):
            self.choose(self._items[index].value)

    def on_click(self) -> None:
        self.action_open()

    def on_key(self, event: events.Key) -> None:
        if event.character is not None and event.is_printable and not event.character.isspace():
            event.stop()
            self.action_open(event.character)


class ChooserList(Modal["int | None"]):
    """The list of a chooser, at its place. Dismissed with the index of what was chosen, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Leave it", show=False),
        Binding("tab", "take", "Take it", show=False, priority=True),
        Binding("backspace", "back", "Take back", show=False),
    ]
    DEFAULT_CSS = """
    ChooserList {
        background: transparent;
        align: left top;

        & OptionList, & OptionList:focus {
            border: round $border-blurred;
            border-subtitle-color: $text-accent;
            background: $surface;
            background-tint: transparent;
            padding: 0;
            scrollbar-size-vertical: 1;
        }

        & .option-list--option {
            padding: 0 1;
        }
    }
    """

    def __init__(self, chooser: Chooser[Any], typed: str = "") -> None:
        super().__init__()
        self._chooser = chooser
        self._lines = [item.line for item in chooser.items]
        self._folded = [
            (line.removeprefix(item.prefix).casefold(), line.casefold())
            for item, line in zip(chooser.items, self._lines, strict=True)
        ]
        self._typed = ""
        self._first = typed

    def compose(self) -> ComposeResult:
        yield OptionList(*map(self._option, self._chooser.items), markup=False)

    def _option(self, item: Item[Any]) -> Option:
        text = Text(item.line, end="", no_wrap=True, overflow="ellipsis")
        if item.remark:
            text.append(f"  {item.remark}", "dim")
        return Option(text)

    @property
    def options(self) -> OptionList:
        """The list itself."""
        return self.query_one(OptionList)

    def on_mount(self) -> None:
        values = [item.value for item in self._chooser.items]
        if self._chooser.value in values:
            self.options.highlighted = values.index(self._chooser.value)
        self._place()
        if self._first:
            self._jump(self._first)

    def on_resize(self) -> None:
        self._place()

    def _place(self) -> None:
        region, screen = self._chooser.region, self.app.size
        wanted = max((len(item.line) + len(item.remark) + 2 for item in self._chooser.items), default=0) + 6
        width = min(max(wanted, region.width), _WIDEST, screen.width)
        height = min(len(self._lines) + 2, _TALLEST, screen.height)
        box = Region(region.x - 1, region.y + 1, width, height)
        if box.bottom > screen.height:
            # Above it, where there is room; else as far up as it needs.
            above = region.y - height
            box = box.at_offset(Offset(box.x, above if above >= 0 else screen.height - height))
        box = box.translate_inside(Region(0, 0, screen.width, screen.height))
        options = self.options
        options.styles.width, options.styles.height = width, height
        options.styles.max_height = height
        options.absolute_offset = box.offset

    def on_key(self, event: events.Key) -> None:
        if event.character is not None and event.is_printable and (self._typed or not event.character.isspace()):
            event.stop()
            event.prevent_default()
            self._jump(self._typed + event.character)

    def _jump(self, typed: str) -> None:
        """Go to what begins like this, or else has a word that does, or else has it anywhere."""
        wanted = typed.casefold()
        ways: tuple[Callable[[str, str], bool], ...] = (
            lambda word, _: word.startswith(wanted),
            lambda _, line: line.startswith(wanted),
            lambda _, line: f" {wanted}" in line,
            lambda _, line: wanted in line,
        )
        found = next((at for fits in ways for at, (word, line) in enumerate(self._folded) if fits(word, line)), None)
        if found is None:
            self.app.bell()
            return
        self._typed = typed
        self.options.highlighted = found
        self._say()

    def _say(self) -> None:
        self.options.border_subtitle = Content(one_line(self._typed, 30)) if self._typed else ""

    def action_back(self) -> None:
        """Take the last letter back."""
        self._typed = self._typed[:-1]
        if self._typed:
            self._jump(self._typed)
        self._say()

    def action_take(self) -> None:
        """Take what is highlighted."""
        self.dismiss(self.options.highlighted)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)

    def on_click(self, event: events.Click) -> None:
        if event.widget is self:
            self.dismiss(None)
