"""What can be done where a file or a list is chosen."""

from __future__ import annotations

from typing import Any

from mitto_tui.ui.commands.base import Command


class OpenPicked(Command):
    id = "pick.open"
    key = "enter"
    label = "Open"
    title = "Open what is under the cursor"
    help = "Opens a folder, or chooses a file."
    footer = True


class PickHome(Command):
    id = "pick.home"
    key = "f7,alt+h"
    label = "Home"
    title = "Go to the home folder"
    help = "Shows your home folder."
    footer = True


class PickRecent(Command):
    id = "pick.recent"
    key = "f6,alt+r"
    label = "Recent"
    title = "Go to a folder used before"
    help = "Goes to the folder used last; again, to the one before it."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_go_back)


class PickAll(Command):
    id = "pick.all"
    key = "f8,alt+a"
    label = "All files"
    title = "Show all files, or only those that can be lists"
    help = "Shows everything in the folder, also what is hidden and what is no list by its name; again, lists alone."
    footer = True


class BrowseFiles(Command):
    id = "list.browse"
    key = "ctrl+o,f6"
    label = "Browse"
    title = "Look for a file"
    help = "Shows the folders of this machine, to choose a file from."
    footer = True


class ReadRows(Command):
    id = "list.read"
    key = "ctrl+r,f7"
    label = "Read rows"
    title = "Go on with the pasted rows"
    help = "Reads what stands in the box as a list."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.has_rows)


class DeleteList(Command):
    id = "list.delete"
    key = "ctrl+d,delete"
    label = "Delete"
    title = "Delete a checked list, or forget a file"
    help = "Deletes the list under the cursor, after a question; of the files used last, takes one off, and no more."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_delete)


PICKING = (OpenPicked, PickHome, PickRecent, PickAll)
LIST = (BrowseFiles, ReadRows, DeleteList)
COMMANDS = (*PICKING, *LIST)
