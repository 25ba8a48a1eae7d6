"""What can be done while writing a message."""

from __future__ import annotations

from typing import Any

from mitto_tui.ui.commands.base import Command


class Send(Command):
    id = "compose.send"
    key = "ctrl+s,f9"
    label = "Send"
    title = "Send the message"
    help = "Checks the message and asks once before it leaves."
    footer = True


class SendTest(Command):
    id = "compose.send_test"
    key = "ctrl+t,f8"
    label = "Test"
    title = "Send as a test"
    help = "Mitto checks the message and answers, but delivers and charges nothing."
    footer = True


class Replace(Command):
    id = "compose.replace"
    key = "ctrl+r"
    label = "Replace"
    title = "Replace what forces Unicode"
    help = "Shows what could stand for each character outside the GSM alphabet and what that wins, and replaces it."
    footer = True


class Editor(Command):
    id = "compose.editor"
    key = "ctrl+e"
    label = "Editor"
    title = "Write the text in your own editor"
    help = "Opens the text in $VISUAL or $EDITOR and takes back what you save."
    footer = True


class Drafts(Command):
    id = "compose.drafts"
    key = "ctrl+o"
    label = "Drafts"
    title = "Open a draft"
    help = "Everything that was begun and not sent, to go on with, name or delete."
    footer = True


class Templates(Command):
    id = "compose.templates"
    key = "ctrl+l"
    label = "Templates"
    title = "Insert a template"
    help = "Your saved texts: insert one where the cursor is, filling in its fields; save, rename or delete them."


class SaveTemplate(Command):
    id = "compose.save_template"
    key = "alt+s"
    label = "Save as template"
    title = "Save the text as a template"
    help = "Keeps the text under a name, to be inserted again. Write {name} where something is to be filled in."


class New(Command):
    id = "compose.new"
    key = "alt+n"
    label = "New"
    title = "Start a new message"
    help = "Empties the form. What stands there is kept among the drafts."


class Options(Command):
    id = "compose.options"
    key = "f6"
    label = "Options"
    title = "Show or hide the options"
    help = "Encoding, reference, validity, flash, callback and the rest of what Mitto takes."


class Repeat(Command):
    id = "compose.repeat"
    key = "f7"
    label = "Repeat"
    title = "Bring the last message back"
    help = "Puts the recipient, text and options of the message sent last back into the form, to change and send again."

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_repeat)


class Preview(Command):
    id = "compose.preview"
    key = "alt+p"
    label = "Preview"
    title = "See it on a phone"
    help = "How the message arrives, and where its parts meet."


class NextForcing(Command):
    id = "compose.next_forcing"
    key = "ctrl+n"
    label = "Next Unicode"
    title = "Go to the next character that forces Unicode"
    help = "Moves the cursor to the next character that is not in the GSM alphabet."


COMMANDS = (
    Send,
    SendTest,
    Replace,
    Editor,
    Drafts,
    Templates,
    SaveTemplate,
    New,
    Options,
    Repeat,
    Preview,
    NextForcing,
)
