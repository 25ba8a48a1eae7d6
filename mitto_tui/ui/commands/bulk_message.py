"""What can be done while writing the message for a list."""

from __future__ import annotations

from typing import Any

from mitto_tui.ui.commands.base import Command


class NextRemarkable(Command):
    id = "message.next_remarkable"
    key = "alt+j"
    label = "Remarkable row"
    title = "Go to the next remarkable row"
    help = "The longest text, the first row with each character that forces Unicode, and rows that a blank leaves out."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.has_remarkable)


class NextRow(Command):
    id = "message.next_row"
    key = "ctrl+down,alt+down"
    label = "Next row"
    title = "Go to the next row"
    help = "Shows the message as the next row of the list gets it."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.has_rows)


class RowBefore(Command):
    id = "message.row_before"
    key = "ctrl+up,alt+up"
    label = "Row before"
    title = "Go to the row before"
    help = "Shows the message as the row before gets it."

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.has_rows)


class Wrong(Command):
    id = "message.wrong"
    key = "f7"
    label = "What is wrong"
    title = "Go to what is wrong"
    help = "To the field that names no column, the lone brace, or the option that can't be sent."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.has_problem)


class Replace(Command):
    id = "message.replace"
    key = "ctrl+r"
    label = "Replace"
    title = "Replace what forces Unicode"
    help = "Shows what could stand for each character outside the GSM alphabet, and replaces it. Fields stay."
    footer = True


class Editor(Command):
    id = "message.editor"
    key = "ctrl+e"
    label = "Editor"
    title = "Write the text in your own editor"
    help = "Opens the text in $VISUAL or $EDITOR and takes back what you save."


class Templates(Command):
    id = "message.templates"
    key = "ctrl+l"
    label = "Templates"
    title = "Insert a template"
    help = "Your saved texts: insert one where the cursor is, with its fields as they are; save, rename or delete them."
    footer = True


class SaveTemplate(Command):
    id = "message.save_template"
    key = "alt+s"
    label = "Save as template"
    title = "Save the text as a template"
    help = "Keeps the text with its fields under a name, to be inserted again."


class Options(Command):
    id = "message.options"
    key = "f6"
    label = "Options"
    title = "Show or hide the options"
    help = "Encoding, reference, validity, flash, callback and the rest of what Mitto takes, for every row alike."


class NextForcing(Command):
    id = "message.next_forcing"
    key = "ctrl+n"
    label = "Next Unicode"
    title = "Go to the next character that forces Unicode"
    help = "Moves the cursor to the next character that is not in the GSM alphabet; fields' names don't count."


COMMANDS: tuple[type[Command], ...] = (
    *(Wrong, NextRow, NextRemarkable, Replace, Templates),
    *(Options, RowBefore, Editor, SaveTemplate, NextForcing),
)
