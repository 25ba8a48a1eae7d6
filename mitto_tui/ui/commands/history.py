"""What can be done in the history."""

from __future__ import annotations

from typing import Any

from mitto_tui.ui.commands.base import Command


class Search(Command):
    id = "history.search"
    key = "slash,f6"
    label = "Search"
    title = "Search the history"
    help = "Part of a text, number, sender, reference or id."
    footer = True
    priority = False


class Back(Command):
    id = "history.back"
    key = "escape"
    label = "Back"
    title = "Back to the list"
    help = "Closes the message, then clears the search, then the filter."
    priority = False


class Resend(Command):
    """``send_again``, or ``send_now`` for what waits in the queue."""

    id = "history.resend"
    key = "s,f9"
    label = "Send again"
    title = "Send the message again, or now"
    help = "For what failed, is in doubt or waits in the queue. What could arrive twice asks first."
    footer = True
    priority = False

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_resend)


class AssumeSent(Command):
    id = "history.assume_sent"
    key = "a,f8"
    label = "Take as sent"
    title = "Take a message in doubt as sent"
    help = "For when you know that it arrived, or would rather not send it twice."
    footer = True
    priority = False

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_assume_sent)


class Copy(Command):
    id = "history.copy_text"
    key = "c"
    label = "Copy"
    title = "Copy the message's text"
    help = "Puts the text into the clipboard."
    priority = False

    @classmethod
    def possible(cls, node: Any) -> bool:
        return node.message is not None


class CopyNumber(Copy):
    id = "history.copy_number"
    key = "n"
    label = "Copy number"
    title = "Copy the message's number"
    help = "Puts the recipient's number into the clipboard, with its plus."


class CopyId(Copy):
    id = "history.copy_id"
    key = "i"
    label = "Copy id"
    title = "Copy the message's id"
    help = "Puts Mitto's id into the clipboard, or our own number where Mitto gave none."


class ShowRaw(Command):
    id = "history.whole"
    key = "r,f7"
    label = "Raw"
    title = "Show raw answers and reports to their end, or cut them"
    help = "What Mitto sent, exactly as it came."
    priority = False

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.detail_is_shown)


class Narrow(Command):
    id = "history.narrow"
    key = "f"
    label = "Filter"
    title = "Filter the history by day, sender, campaign or profile"
    help = "Shows only some of the messages, whatever their status."
    footer = True
    priority = False


class Order(Command):
    id = "history.order"
    key = "o"
    label = "Order"
    title = "Show the oldest first, or the newest"
    help = "Turns the list round."
    priority = False


class Statistics(Command):
    id = "history.statistics"
    key = "t"
    label = "Statistics"
    title = "See what the messages add up to"
    help = "By day, status, country and campaign; how many were delivered, and how fast; Mitto’s own count beside ours."
    footer = True
    priority = False


class Export(Command):
    id = "history.export"
    key = "e"
    label = "Export"
    title = "Export the messages in sight to a file"
    help = "As CSV for a spreadsheet, or as JSON lines."
    priority = False


class SendAll(Command):
    id = "history.send_all"
    key = "S,shift+s,shift+f9"
    label = "Send all again"
    title = "Send all failed messages in sight again"
    help = "What never left, and if you choose so what was refused or not delivered. Under In doubt: what is in doubt."
    priority = False


class AssumeAll(Command):
    id = "history.assume_all"
    key = "A,shift+a,shift+f8"
    label = "Take all as sent"
    title = "Take all messages in doubt that are in sight as sent"
    help = "For when you know that they arrived, or would rather not send them twice."
    priority = False


class Converted(Command):
    id = "history.converted"
    key = "v"
    label = "Converted"
    title = "Mark the message as converted at Mitto"
    help = "Tells Mitto that the person did what the message was sent for. Mitto enables this for each account."
    priority = False

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_convert)


class Purge(Command):
    id = "history.purge"
    key = ""
    label = "Purge"
    title = "Purge: delete old messages for good"
    help = "With their reports and lists. It shows first what goes and what stays."
    priority = False


class GroupAll(Command):
    id = "history.group_all"
    key = "1"
    label = "All"
    title = "Show all messages"
    help = "Every message of this account."
    priority = False


class GroupInDoubt(Command):
    id = "history.group_in_doubt"
    key = "2"
    label = "In doubt"
    title = "Show what is in doubt"
    help = "Messages of which nobody knows whether they were sent."
    priority = False


class GroupFailed(Command):
    id = "history.group_failed"
    key = "3"
    label = "Failed"
    title = "Show what failed"
    help = "Messages that were refused, never left, could not be delivered or expired."
    priority = False


class GroupDelivered(Command):
    id = "history.group_delivered"
    key = "4"
    label = "Delivered"
    title = "Show what was delivered"
    help = "Messages that are on the phone."
    priority = False


class GroupOnTheWay(Command):
    id = "history.group_on_the_way"
    key = "5"
    label = "On the way"
    title = "Show what is on the way"
    help = "Messages that are queued, at Mitto or in the network."
    priority = False


GROUPS = (GroupAll, GroupInDoubt, GroupFailed, GroupDelivered, GroupOnTheWay)
COMMANDS = (
    *(Search, Narrow, Order, Back, Resend, AssumeSent, Copy, CopyNumber, CopyId, ShowRaw, Converted),
    *(SendAll, AssumeAll, Statistics, Export, Purge, *GROUPS),
)
