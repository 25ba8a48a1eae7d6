"""What can be done on the way from a list to its sending, whatever step is shown."""

from __future__ import annotations

from typing import Any

from mitto_tui.ui.commands.base import Command


class Next(Command):
    id = "bulk.next"
    key = "ctrl+s,f9"
    label = "Next step"
    title = "Go to the next step"
    help = "List, columns, message, check, send: goes on where nothing is missing, else says what is."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_go_on)


class Back(Command):
    id = "bulk.back"
    key = "f8,alt+left"
    label = "Back"
    title = "Go back one step"
    help = "To the step before; whatever was chosen stays."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_go_back)


class NewList(Command):
    id = "bulk.new_list"
    key = "alt+n"
    label = "New list"
    title = "Begin with another list"
    help = "Goes back to the first step. The message stays, and so does a list that was checked."

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_go_back)


COMMANDS = (Next, Back, NewList)
