"""The line of steps: where one is on the way, and what the way is about."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from mitto_tui.ui.themes import ACCENT, DIM, FAINT, GOOD

_BETWEEN = " › "


class StepLine(Widget):
    """``1 List › 2 Columns › …``: steps that are done can be clicked, and the next one."""

    ALLOW_SELECT = False

    class Clicked(Message):
        """A step was clicked. ``index`` counts from 0."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(id="step-line")
        self._names = tuple(names)
        self._current = 0
        self._done = 0
        self._subject = Content("")

    def show(self, current: int, done: int, subject: Content) -> None:
        """Show the step at index ``current``, that the first ``done`` are done, and at the right a ``subject``."""
        if (current, done, subject) != (self._current, self._done, self._subject):
            self._current, self._done, self._subject = current, done, subject
            self.refresh()

    def render(self) -> Content:
        steps = Content.styled(_BETWEEN, FAINT).join(self._steps())
        room = self.size.width - steps.cell_length - 2
        if room < 8 or not self._subject:
            return steps
        subject = self._subject.truncate(room, ellipsis=True)
        return Content.assemble(steps, " " * (room - subject.cell_length + 2), subject)

    def _steps(self) -> list[Content]:
        return [self._step(index, name) for index, name in enumerate(self._names)]

    def _step(self, index: int, name: str) -> Content:
        if index == self._current:
            return Content.styled(f"{index + 1} {name}", f"bold {ACCENT}")
        if index < self._done:
            return Content.assemble(("✓ ", GOOD), (name, DIM))
        return Content.styled(f"{index + 1} {name}", DIM)

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        right = 0
        for index, step in enumerate(self._steps()):
            right += step.cell_length + len(_BETWEEN)
            if at.x < right:
                event.stop()
                self.post_message(self.Clicked(index))
                return
