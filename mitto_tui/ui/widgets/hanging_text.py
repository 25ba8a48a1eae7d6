"""Paragraphs with something short in the margin, such as a label or a time; what wraps stays clear of the margin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``body`` may have several lines. Both must be safe to draw (see ``ui.literal``).

    ``fold`` breaks lines anywhere, which suits what has no words. A margin that is too long gets a line of its own.
    """

    margin: Content
    body: Content
    fold: bool = False


class HangingText(Widget):
    """Draws paragraphs one below the other. ``margin`` is its width in cells."""

    DEFAULT_CSS = """
    HangingText {
        height: auto;
        width: 100%;
    }
    """

    def __init__(self, margin: int, paragraphs: Sequence[Paragraph] = (), *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._margin = margin
        self._paragraphs = tuple(paragraphs)
        self._laid: tuple[int, Content] = (-1, Content(""))

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """What is shown."""
        return self._paragraphs

    def show(self, paragraphs: Sequence[Paragraph]) -> None:
        """Show these."""
        shown = tuple(paragraphs)
        if shown == self._paragraphs:
            return
        self._paragraphs = shown
        self._laid = (-1, Content(""))
        self.display = bool(shown)
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._lay(width).plain.count("\n") + 1 if self._paragraphs else 0

    def render(self) -> Content:
        return self._lay(self.size.width)

    def _lay(self, width: int) -> Content:
        if self._laid[0] != width:
            self._laid = (width, Content("\n").join(self._lines(width)))
        return self._laid[1]

    def _lines(self, width: int) -> list[Content]:
        room = max(width - self._margin, 1)
        blank = Content(" " * self._margin)
        lines: list[Content] = []
        for paragraph in self._paragraphs:
            left = self._margin - paragraph.margin.cell_length
            if left < min(1, self._margin):
                lines.append(paragraph.margin)
                start = blank
            else:
                start = paragraph.margin.pad_right(left)
            for line in _broken(paragraph.body, room, fold=paragraph.fold):
                lines.append(start + line.rstrip())
                start = blank
        return lines


def _broken(body: Content, room: int, *, fold: bool) -> list[Content]:
    if not fold:
        return body.wrap(room) or [Content("")]
    return [piece for line in body.split("\n", allow_blank=True) for piece in line.fold(room) or [Content("")]]
