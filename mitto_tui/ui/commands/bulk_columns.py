"""What can be done where a list's columns are looked at."""

from __future__ import annotations

from typing import Any

from mitto_tui.ui.commands.base import Command


class NextBad(Command):
    id = "columns.next_bad"
    key = "ctrl+n"
    label = "Next not ok"
    title = "Go to the next row that isn't ok"
    help = "The next row whose number is invalid or ambiguous; where there is none, the next that is warned about."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.has_bad_rows)


class AsDetected(Command):
    id = "columns.as_detected"
    key = "f7"
    label = "As detected"
    title = "Read the list as detected"
    help = "Takes back whatever was chosen for this list, now or for lists like it before."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.is_chosen)


COMMANDS: tuple[type[Command], ...] = (NextBad, AsDetected)
