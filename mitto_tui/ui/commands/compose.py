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


class Options(Command):
    id = "compose.options"
    key = "f6"
    label = "Options"
    title = "Show or hide the options"
    help = "Encoding, reference, validity, flash, callback and the rest of what Mitto takes."
    footer = True


class Repeat(Command):
    id = "compose.repeat"
    key = "ctrl+r,f7"
    label = "Repeat"
    title = "Bring the last message back"
    help = "Puts the recipient, text and options of the message sent last back into the form, to change and send again."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_repeat)


class Editor(Command):
    id = "compose.editor"
    key = "ctrl+e"
    label = "Editor"
    title = "Write the text in your own editor"
    help = "Opens the text in $VISUAL or $EDITOR and takes back what you save."
    footer = True


class NextForcing(Command):
    id = "compose.next_forcing"
    key = "ctrl+n"
    label = "Next Unicode"
    title = "Go to the next character that forces Unicode"
    help = "Moves the cursor to the next character that is not in the GSM alphabet."


class Clear(Command):
    id = "compose.clear"
    key = "alt+n"
    label = "Clear"
    title = "Start over with an empty message"
    help = "Clears recipient, text and options; Repeat brings them back."


COMMANDS = (Send, SendTest, Options, Repeat, Editor, NextForcing, Clear)
