"""The names of fields, offered at the cursor while one is being typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message
from textual.widget import Widget

from mitto_tui.sms.template_names import normal
from mitto_tui.sms.visible import one_line
from mitto_tui.ui.widgets.table_cells import fit

ROWS: Final = 6
"""Names in sight at once; the rest is scrolled to."""
_WIDEST: Final = 32
_CURRENT: Final = "$block-cursor-foreground on $block-cursor-background"
_OTHER: Final = "$foreground"
_LONGEST: Final = 120
"""Characters between the brace and the cursor beyond which no field is being typed."""
_REST: Final = re.compile(r"(?P<name>[^{}|\r\n]*)(?P<end>\}|\|[^{}\r\n]*\})")
_WORD: Final = re.compile(r"[\w.-]*")


@dataclass(frozen=True, slots=True)
class FieldTyped:
    """A field being typed. ``start`` is its brace's place in the line, ``name`` what stands before the cursor.

    ``end`` is where that ends whose place a completed name takes, ``closes`` whether it takes a closing brace with it.
    """

    start: int
    name: str
    end: int
    closes: bool = True


def field_typed(line: str, column: int) -> FieldTyped | None:
    """The field that the cursor at ``column`` of ``line`` is in the name of, or None.

    Of a row of braces two make one literal brace each, as in ``sms.template``: after ``{{`` there is no field.
    """
    start = line.rfind("{", max(column - _LONGEST, 0), column)
    if start < 0:
        return None
    name = line[start + 1 : column]
    if "}" in name or "|" in name:
        return None
    first = start
    while first and line[first - 1] == "{":
        first -= 1
    return None if (start - first) % 2 else FieldTyped(start, name, column)


class FieldNames:
    """The names to choose from. Those that no field can have are left out; of what is the same name, one stays."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        found: dict[str, str] = {}
        for name in names:
            if (trimmed := name.strip()) and not set("{}|\r\n") & set(trimmed):
                found.setdefault(normal(trimmed), trimmed)
        self._by_key = found

    def __bool__(self) -> bool:
        return bool(self._by_key)

    def within(self, typed: FieldTyped, line: str) -> FieldTyped:
        """``typed`` with what follows the cursor, where a field that was there before is being changed.

        A brace further on closes it only if one word, or a known name, stands before the brace: else it is text.
        """
        rest = _REST.match(line, typed.end, typed.end + _LONGEST)
        if rest is None or (
            not _WORD.fullmatch(rest["name"]) and normal(typed.name + rest["name"]) not in self._by_key
        ):
            return typed
        if rest["end"] == "}":
            return replace(typed, end=rest.end())
        return replace(typed, end=rest.end("name"), closes=False)

    def matching(self, typed: str) -> tuple[str, ...]:
        """The names that ``typed`` is a part of, those that begin with it first."""
        wanted = normal(typed) if typed.strip() else ""
        found = [(key, name) for key, name in self._by_key.items() if wanted in key]
        return tuple(name for _, name in sorted(found, key=lambda pair: not pair[0].startswith(wanted)))


class FieldCompletion(Widget):
    """A few rows over everything else. It never has the focus: its editor moves it and asks for ``chosen``."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    FieldCompletion {
        overlay: screen;
        position: absolute;
        display: none;
        background: $panel;
        pointer: pointer;
    }
    """

    class Taken(Message):
        """A name was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, editor: Widget) -> None:
        super().__init__()
        self._editor = editor
        self._names: tuple[str, ...] = ()
        self._current = 0
        self._top = 0
        self._rows = ROWS

    @property
    def names(self) -> tuple[str, ...]:
        """What is offered, first the likeliest."""
        return self._names

    @property
    def chosen(self) -> str:
        """The name that stands out."""
        return self._names[self._current]

    def offer(self, names: tuple[str, ...]) -> None:
        """Choose from ``names`` from now on. What stood out does so still, if it is among them."""
        if names != self._names:
            kept = self.chosen if self._names else ""
            self._names = names
            self._current = names.index(kept) if kept in names else 0
            self._top = 0
            self.display = True

    def place(self, cursor: Offset, back: int) -> None:
        """Stand below the row of the cursor, or above where there is more room, and never on it.

        ``cursor`` is in cells of the screen, ``back`` how far to the left of it the field begins.
        """
        room = self.screen.size
        below, above = room.height - cursor.y - 1, cursor.y
        wanted = min(len(self._names), ROWS)
        down = below >= wanted or below >= above
        self._rows = max(min(wanted, below if down else above), 1)
        width = min(max(cell_len(one_line(name, _WIDEST)) for name in self._names) + 4, room.width)
        x = max(min(cursor.x - back, room.width - width), 0)
        # Textual takes an offset of nought for none.
        self.absolute_offset = Offset(x or int(not down), cursor.y + 1 if down else cursor.y - self._rows)
        self.styles.width, self.styles.height = width, self._rows
        self.refresh(layout=True)
        self.choose(0)

    def choose(self, by: int) -> None:
        """Go to the name ``by`` places further, round the ends."""
        self._current = (self._current + by) % len(self._names)
        top = max(min(self._top, self._current), self._current - self._rows + 1)
        self._top = max(min(top, len(self._names) - self._rows), 0)
        self.refresh()

    def close(self) -> None:
        """Offer nothing."""
        self._names, self._current, self._top = (), 0, 0
        self.display = False

    def render(self) -> Content:
        last = len(self._names) - self._rows
        lines = []
        for row, name in enumerate(self._names[self._top : self._top + self._rows]):
            more = "↑" if row == 0 and self._top else "↓" if row == self._rows - 1 and self._top < last else " "
            room = self.size.width - 4
            style = _CURRENT if self._top + row == self._current else _OTHER
            lines.append(Content.styled(f" {fit(one_line(name, _WIDEST), room)} {more} ", style))
        return Content("\n").join(lines)

    def _row_at(self, event: events.MouseEvent) -> int:
        at = event.get_content_offset(self)
        return -1 if at is None or at.y >= self._rows else self._top + at.y

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if (row := self._row_at(event)) >= 0:
            self.choose(row - self._current)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        if self._current < len(self._names) - 1:
            self.choose(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        if self._current:
            self.choose(-1)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if (row := self._row_at(event)) >= 0:
            self._editor.post_message(self.Taken(self._names[row]))
