"""What is in a folder, and what of it completes a path that is being typed. All of it blocks: call it in threads."""

from __future__ import annotations

import heapq
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.visible import one_line
from mitto_tui.ui.typed_path import SEPARATORS, is_folder, meanings, working_folder

LIST_SUFFIXES: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".xlsb", ".ods", ".vcf")
"""Files that can be lists, by their names; also with ``.gz`` behind it."""
MOST_OFFERED: Final = 300
_MOST_READ: Final = 200_000
"""Entries of a folder beyond which the rest is not looked at."""
_LOOKS_UP: Final = 1_000
"""Entries after which it is asked whether anybody still wants to know."""
_IN_ONE_GO: Final = 4_000
"""Names sorted at once: sorting lets no other thread run."""


class PathProblem(MittoTuiError):
    """A folder can't be read, or a file is not there."""


class Kind(IntEnum):
    """In the order in which they are shown."""

    FOLDER = 0
    LIST = 1
    OTHER = 2


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One name in a folder, exactly as it is: it can have anything in it. Sorts as it is shown."""

    kind: Kind
    folded: str
    name: str

    @classmethod
    def of(cls, name: str, *, folder: bool = False) -> Entry:
        """An entry by its name."""
        return cls(Kind.FOLDER if folder else Kind.LIST if can_be_list(name) else Kind.OTHER, name.casefold(), name)

    @property
    def hidden(self) -> bool:
        """Whether it is only shown to who asks for it."""
        return self.name.startswith(".")


@dataclass(frozen=True, slots=True)
class Folder:
    """What is in a folder, in no order. ``cut`` tells that there is more than was looked at."""

    path: Path
    entries: Sequence[Entry]
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """What could stand where ``part`` stands in a path whose beginning is ``head``; ``more`` did not fit in."""

    head: str
    part: str
    entries: tuple[Entry, ...]
    more: int = 0

    def taken(self, entry: Entry) -> str:
        """The path as it is written with ``entry`` in it; a folder ends with a separator."""
        name = entry.name + os.sep if entry.kind is Kind.FOLDER else entry.name
        # A name at the beginning that would be read as something else.
        odd = not self.head and entry.name != "~" and (name[:1] in "~'\"" or name[:5].lower() == "file:")
        return f"{self.head}{f'.{os.sep}' if odd else ''}{name}"


def can_be_list(name: str) -> bool:
    """Whether a file of this name may hold a list."""
    return name.lower().removesuffix(".gz").endswith(LIST_SUFFIXES)


def read_folder(path: Path, wanted: Callable[[], bool] = lambda: True) -> Folder:
    """All names in a folder, as far as they are ``wanted``. Raises PathProblem."""
    entries: list[Entry] = []
    try:
        with os.scandir(path) as scanned:
            for found in scanned:
                if len(entries) >= _MOST_READ or (len(entries) % _LOOKS_UP == 0 and not wanted()):
                    return Folder(path, entries, cut=True)
                entries.append(Entry.of(found.name, folder=_is_folder(found)))
    except (OSError, ValueError) as error:
        raise _problem(path, error) from None
    return Folder(path, entries)


def _is_folder(found: os.DirEntry[str]) -> bool:
    try:
        return found.is_dir()
    except OSError:
        return False


def _problem(path: Path, error: OSError | ValueError) -> PathProblem:
    name = f"“{one_line(path.name or str(path), 60)}”"
    match error:
        case FileNotFoundError():
            return PathProblem(f"There is no folder {name} any more.", "It may have been moved or renamed.")
        case PermissionError():
            return PathProblem(f"The folder {name} can’t be opened: permission is denied.", "Choose another one.")
        case NotADirectoryError():
            return PathProblem(f"{name} is not a folder.", "Choose another one.")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return PathProblem(f"The folder {name} can’t be read: {one_line(reason, 120)}.", "Choose another one.")


def no_such_file(path: Path) -> PathProblem:
    """The words for a path at which there is nothing."""
    name = one_line(path.name or str(path), 80)
    if is_folder(path.parent):
        return PathProblem(f"There is no file “{name}” in {one_line(str(path.parent), 120)}.", "Check its name.")
    return PathProblem(f"There is no folder {one_line(str(path.parent), 160)}.", "Check the path.")


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """As they are shown: folders first, then files that can be lists. Other threads get their turn meanwhile."""
    given = list(entries)
    if len(given) <= _IN_ONE_GO:
        return sorted(given, key=_order)
    parts = [sorted(given[at : at + _IN_ONE_GO], key=_order) for at in range(0, len(given), _IN_ONE_GO)]
    return list(heapq.merge(*parts, key=_order))


def _order(entry: Entry) -> tuple[int, str, str]:
    return entry.kind, entry.folded, entry.name


class Completer:
    """Completes paths, and remembers the folder that it read last. Not for several threads at once."""

    def __init__(self) -> None:
        self._folder: Folder | None = None
        self._stamp = 0

    def offer(
        self,
        text: str,
        base: Path | None = None,
        environ: Mapping[str, str] = os.environ,
        wanted: Callable[[], bool] = lambda: True,
    ) -> Offer | None:
        """What could complete ``text``, or None: nothing fits, or only what stands there already."""
        base = base or working_folder()
        for meaning in meanings(text, environ):
            head, part = split(meaning.written)
            if not head and part.startswith("~"):
                if part == "~" and is_folder(base / meaning.path):
                    return Offer("", "~", (Entry.of("~", folder=True),))
                continue
            try:
                folder = self._read(base / split(meaning.path)[0], wanted)
            except PathProblem:
                continue
            found = matching(folder.entries, part)
            if found and not (len(found) == 1 and found[0].name == part and found[0].kind is not Kind.FOLDER):
                shown = heapq.nsmallest(MOST_OFFERED, found, key=lambda entry: (_rank(entry, part), _order(entry)))
                return Offer(head, part, tuple(shown), len(found) - len(shown))
        return None

    def _read(self, path: Path, wanted: Callable[[], bool]) -> Folder:
        try:
            stamp = path.stat().st_mtime_ns
        except (OSError, ValueError) as error:
            raise _problem(path, error) from None
        if self._folder is None or self._folder.path != path or self._stamp != stamp:
            folder = read_folder(path, wanted)
            if not wanted():
                return folder  # it may not be whole
            self._folder, self._stamp = folder, stamp
        return self._folder


def split(written: str) -> tuple[str, str]:
    """The folder, with its separator, and what is behind it."""
    at = max(written.rfind(separator) for separator in SEPARATORS) + 1
    return written[:at], written[at:]


def matching(entries: Iterable[Entry], part: str) -> list[Entry]:
    """Those that ``part`` is in, whatever the case; what is hidden only for a part that begins with a dot."""
    wanted = part.casefold()
    if part == "..":
        return [Entry.of("..", folder=True)]
    if not wanted:
        return [entry for entry in entries if not entry.hidden]
    if part.startswith("."):
        return [entry for entry in entries if entry.folded.startswith(wanted)]
    return [entry for entry in entries if wanted in entry.folded and not entry.hidden]


def _rank(entry: Entry, part: str) -> int:
    if entry.name == part:
        return 0
    return 1 if entry.folded.startswith(part.casefold()) else 2
