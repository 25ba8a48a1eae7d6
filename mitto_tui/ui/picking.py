"""What a file picker shows of a folder, and what becomes of what is chosen there. Blocks on the disk: for threads."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.visible import one_line
from mitto_tui.ui.paths_at_hand import Entry, Folder, Kind, PathProblem, in_order, matching, no_such_file
from mitto_tui.ui.typed_path import SEPARATORS, exists, is_folder, working_folder

if TYPE_CHECKING:
    from mitto_tui.ui.recent_paths import RecentPaths

UP: Final = Entry.of("..", folder=True)
"""The line that leads to the folder above."""


@dataclass(frozen=True, slots=True)
class Picked:
    """What was chosen. ``overwrite`` tells that there is a file in the place where one is to be saved: ask."""

    path: Path
    overwrite: bool = False


def begin(start: Path | None, recents: RecentPaths | None) -> tuple[list[Path], Path, str]:
    """Folders used before, the one to begin in, and the name to stand on there."""
    known: list[Path] = []
    if recents is not None:
        with suppress(MittoTuiError):  # they are only a convenience
            known = recents.folders()
    first = start if start is not None else known[0] if known else working_folder()
    name = first.name
    while first != first.parent and not is_folder(first):
        first = first.parent
    return known, first, name


def nothing_words(typed: str, hidden: int, key: str) -> str:
    """Why nothing is listed. ``key`` shows the ``hidden`` entries that can be no lists."""
    if typed:
        return f"Nothing here has “{one_line(typed, 40)}” in its name."
    if not hidden:
        return "This folder is empty."
    return (
        f"No lists here. {key} shows all {hidden:,} files."
        if hidden > 1
        else f"No list here. {key} shows the one file."
    )


def is_path(text: str) -> bool:
    """Whether it says where to go, and not what to look for."""
    return text.startswith("~") or text == ".." or any(sign in text for sign in SEPARATORS)


def shown_of(folder: Folder, typed: str, *, everything: bool) -> list[Entry]:
    """What is shown of a folder; the way up only where nothing is typed."""
    if typed:
        found = (
            [entry for entry in folder.entries if typed.casefold() in entry.folded]
            if everything
            else matching(folder.entries, typed)
        )
    else:
        found = list(folder.entries) if everything else matching(folder.entries, "")
    shown = in_order(entry for entry in found if everything or entry.kind is not Kind.OTHER)
    return shown if typed or folder.path == folder.path.parent else [UP, *shown]


def look_at(path: Path | None, *, for_saving: bool) -> Picked | Path:
    """A file that may be chosen, or a folder to go to. Raises PathProblem."""
    if path is None:
        raise PathProblem("There is no name.", "Type one.")
    if is_folder(path):
        return path
    if not for_saving:
        if not exists(path):
            raise no_such_file(path)
        return Picked(path)
    if not is_folder(path.parent):
        raise no_such_file(path)
    there = exists(path)
    if not os.access(path if there else path.parent, os.W_OK):
        where = "This file can’t be replaced" if there else "Nothing can be saved in this folder"
        raise PathProblem(f"{where}: permission is denied.", "Choose another place.")
    return Picked(path, overwrite=there)


def tail(text: str, width: int) -> str:
    """The end of a line, which says more of a path than its beginning."""
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) > width - 1:
        text = text[1:]
    return f"…{text}"
