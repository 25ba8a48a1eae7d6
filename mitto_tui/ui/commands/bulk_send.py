"""What can be done where a list is sent to."""

from __future__ import annotations

from typing import Any

from mitto_tui.ui.commands.base import Command


class Send(Command):
    id = "send.send"
    key = "ctrl+s,f9"
    label = "Send"
    title = "Send to the whole list"
    help = "Says once more what goes out, asks, and begins."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_send)


class SendTest(Command):
    id = "send.send_test"
    key = "ctrl+t,f6"
    label = "Test"
    title = "Send a test to myself"
    help = "Sends the text of one row to your own number, as a message of its own."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_test)


class Pause(Command):
    id = "send.pause"
    key = "p,f7"
    label = "Pause"
    title = "Pause the sending"
    help = "Nothing more leaves; what is on its way is waited for. Resume goes on where it stopped."
    footer = True
    priority = False

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_pause)


class Resume(Command):
    id = "send.resume"
    key = "r,ctrl+r"
    label = "Resume"
    title = "Begin or resume the sending"
    help = "Goes on where it stopped: nobody gets it twice, nobody is left out."
    footer = True
    priority = False

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_resume)


class StopMaking(Command):
    id = "send.stop_making"
    key = "s,alt+s"
    label = "Stop"
    title = "Stop preparing the messages"
    help = "What was made stays, nothing is sent, and it can go on later."
    footer = True
    priority = False

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_stop_making)


class CancelSending(Command):
    id = "send.cancel_sending"
    key = "x,ctrl+x"
    label = "Cancel"
    title = "Cancel the sending"
    help = "Cancels everything that is still queued, after a question. What has left is not called back."
    footer = True
    priority = False

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_cancel)


class LookAtDoubt(Command):
    id = "send.doubt"
    key = "a,alt+d"
    label = "In doubt"
    title = "Decide on what is in doubt"
    help = "Shows the messages that may have been sent or not, and takes a decision on all of them."
    footer = True
    priority = False

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_decide)


COMMANDS = (Send, SendTest, Pause, Resume, StopMaking, CancelSending, LookAtDoubt)
