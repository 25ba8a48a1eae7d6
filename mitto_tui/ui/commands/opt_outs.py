"""What can be done with the numbers that have opted out."""

from __future__ import annotations

from typing import Any

from mitto_tui.ui.commands.base import Command


class AddOptOut(Command):
    id = "opt_outs.add"
    key = "ctrl+n,f6"
    label = "Add"
    title = "Add a number that has opted out"
    help = "Adds a number, in any notation. Nothing is sent to it from then on."
    footer = True


class ImportOptOuts(Command):
    id = "opt_outs.import"
    key = "ctrl+o,f9"
    label = "Import"
    title = "Import numbers that have opted out"
    help = "Reads a file (CSV, Excel, vCard…), shows what was understood of it, and asks before it takes anything."
    footer = True


class RemoveOptOut(Command):
    id = "opt_outs.remove"
    key = "ctrl+d,f8"
    label = "Allow again"
    title = "Allow writing to the number again"
    help = "Takes the number off the list, after a question. Messages and lists may reach it again then."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.has_current)


class UndoOptOut(Command):
    id = "opt_outs.undo"
    key = "ctrl+z,f7"
    label = "Undo"
    title = "Put back what was taken off the list"
    help = "Puts back the number that was taken off last, with its date, then the one before."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_undo)


class TakeOptOuts(Command):
    id = "opt_outs_import.take"
    key = "ctrl+s,f9"
    label = "Opt out"
    title = "Opt out the numbers of the file"
    help = "Takes the numbers that were read. Nothing is sent to them from then on."

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_take)


LIST = (AddOptOut, ImportOptOuts, RemoveOptOut, UndoOptOut)
IMPORT = (TakeOptOuts,)
COMMANDS = (*LIST, *IMPORT)
