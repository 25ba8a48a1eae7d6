"""What can be done where a list was checked."""

from __future__ import annotations

from typing import Any

from mitto_tui.ui.commands.base import Command


class StopCheck(Command):
    id = "check.stop_check"
    key = "s"
    label = "Stop"
    title = "Stop the check"
    help = "Ends the check that runs. Nothing of it is kept, and it can begin again."
    footer = True
    priority = False

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.is_checking)


class ExportRows(Command):
    id = "check.export_rows"
    key = "e,f6"
    label = "Export"
    title = "Export the rows that are left out"
    help = "Writes them into a file as the list is written, to be mended and read again."
    footer = True
    priority = False

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_export)


class CheckAgain(Command):
    id = "check.check_again"
    key = "ctrl+r"
    label = "Check again"
    title = "Check the list again"
    help = "Reads the whole list anew, with the opt-outs of now. The checked list is replaced once that is done."
    footer = True

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.can_check)


class GoToRepeated(Command):
    id = "check.repeated"
    key = "r,f7"
    label = "Repeated row"
    title = "Go to the row that this one repeats"
    help = "From a duplicate to the first row with its number, which is the one that is sent to."
    footer = True
    priority = False

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.repeats)


class CopyRowNumber(Command):
    id = "check.copy_number"
    key = "n"
    label = "Copy number"
    title = "Copy the row's number"
    help = "Puts the number into the clipboard, with its plus; as it is written where it can't be sent to."
    priority = False

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.number_to_copy)


class CopyRowText(Command):
    id = "check.copy_text"
    key = "c"
    label = "Copy text"
    title = "Copy the row's text"
    help = "Puts the text that this row gets into the clipboard."
    priority = False

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.text_to_copy)


class BackToRows(Command):
    id = "check.back_to_rows"
    key = "escape"
    label = "Back"
    title = "Back to the rows"
    help = "Closes the row, then the filter."
    priority = False

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.has_rows)


class _Show(Command):
    priority = False

    @classmethod
    def possible(cls, node: Any) -> bool:
        return bool(node.has_rows)


class ShowAllRows(_Show):
    id = "check.show_all"
    key = "1"
    label = "All"
    title = "Show all rows"
    help = "Every row of the list."


class ShowOk(_Show):
    id = "check.show_ok"
    key = "2"
    label = "OK"
    title = "Show the rows that are ok"
    help = "Everyone who is sent to."


class ShowChanged(_Show):
    id = "check.show_changed"
    key = "3"
    label = "Changed"
    title = "Show the numbers whose notation was changed"
    help = "Before and after, with the reason."


class ShowWarned(_Show):
    id = "check.show_warned"
    key = "4"
    label = "Warned"
    title = "Show the numbers that are warned about"
    help = "They are sent to, and may not receive it: landlines, for one."


class ShowDuplicates(_Show):
    id = "check.show_duplicates"
    key = "5"
    label = "Duplicate"
    title = "Show the duplicates"
    help = "Rows whose number an earlier row has already."


class ShowInvalid(_Show):
    id = "check.show_invalid"
    key = "6"
    label = "Invalid"
    title = "Show what is invalid"
    help = "Rows whose number is none, or whose text can't be made."


class ShowAmbiguous(_Show):
    id = "check.show_ambiguous"
    key = "7"
    label = "Ambiguous"
    title = "Show what is ambiguous"
    help = "Numbers that can be read in two ways."


class ShowOptedOut(_Show):
    id = "check.show_opted_out"
    key = "8"
    label = "Opted out"
    title = "Show who has opted out"
    help = "They are not sent to."


GROUPS: tuple[type[Command], ...] = (
    *(ShowAllRows, ShowOk, ShowChanged, ShowWarned),
    *(ShowDuplicates, ShowInvalid, ShowAmbiguous, ShowOptedOut),
)
"""In the order of the filters."""
COMMANDS: tuple[type[Command], ...] = (
    *(StopCheck, ExportRows, GoToRepeated, CheckAgain, CopyRowNumber, CopyRowText, BackToRows),
    *GROUPS,
)
