"""The entries of a folder by the line: name, size, and when it was changed."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from mitto_tui.sms.visible import one_line
from mitto_tui.ui.paths_at_hand import Entry, Kind
from mitto_tui.ui.widgets.message_table import when
from mitto_tui.ui.widgets.shelf_table import Placed, ShelfTable
from mitto_tui.ui.widgets.table_cells import Cell, Column

_NAME: Final = Column("Name", 0)
_SIZE: Final = Column("Size", 8, right=True)
_CHANGED: Final = Column("Changed", 7, right=True)
_UNITS: Final = ("KB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True)
class FileLine:
    """An entry with what the disk says of it. ``size`` is in bytes; None where it is unknown, or says nothing."""

    entry: Entry
    size: int | None = None
    changed: datetime | None = None


def read_line(folder: Path, entry: Entry) -> FileLine:
    """Ask the disk. What has vanished, or may not be asked about, has neither size nor time."""
    if entry.name == "..":
        return FileLine(entry)
    try:
        status = (folder / entry.name).stat()
        changed = datetime.fromtimestamp(status.st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        return FileLine(entry)
    return FileLine(entry, status.st_size if stat.S_ISREG(status.st_mode) else None, changed)


def size_words(size: int) -> str:
    """A number of bytes as people say it: ``812 B``, ``1.2 MB``."""
    if size < 1000:
        return f"{size} B"
    scaled, unit = size / 1000, 0
    while scaled >= 999.5 and unit < len(_UNITS) - 1:
        scaled, unit = scaled / 1000, unit + 1
    return f"{scaled:.1f} {_UNITS[unit]}" if scaled < 9.95 else f"{scaled:.0f} {_UNITS[unit]}"


class FileTable(ShelfTable[FileLine]):
    """Moved through from outside, by the field that has the focus."""

    def columns(self, width: int) -> Sequence[Column]:
        return (_NAME, _SIZE, _CHANGED)

    def cells(self, row: Placed[FileLine], columns: Sequence[Column]) -> Sequence[Cell]:
        line = row.line
        entry = line.entry
        name = one_line(entry.name, 200)
        return (
            Cell(f"{name}/", "accent") if entry.kind is Kind.FOLDER else Cell(name, _style(entry)),
            Cell("" if line.size is None else size_words(line.size), "muted"),
            Cell("" if line.changed is None else when(line.changed), "muted"),
        )


def _style(entry: Entry) -> str:
    return "" if entry.kind is Kind.LIST else "faint"
