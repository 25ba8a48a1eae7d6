"""What the readers of workbooks have in common: sheets, rows, and the choice among them."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final, Protocol
from xml.parsers import expat

from mitto_tui.recipients.readers.cells import MOST_COLUMNS
from mitto_tui.recipients.readers.model import Blocks, ListProblem, Progress, counted
from mitto_tui.recipients.readers.sources import Source, explained
from mitto_tui.sms.visible import one_line

CHUNK: Final = 128 * 1024
LARGEST_PART: Final = 4 * 1024**3
"""Bytes of a part of a workbook, unpacked. A sheet with a million rows and forty columns has about 2 GB."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """``part`` is where its reader finds it."""

    name: str
    visible: bool
    part: str


class BookRemarks:
    """What was noticed while a sheet was read."""

    def __init__(self) -> None:
        self.hidden = 0
        self.too_wide = False
        self.uncalculated = 0
        self.others: list[str] = []

    def sentences(self) -> list[str]:
        found = list(self.others)
        if self.hidden:
            found.append(f"{counted(self.hidden, 'hidden row')} {'was' if self.hidden == 1 else 'were'} skipped.")
        if self.uncalculated:
            what = counted(self.uncalculated, "formula")
            found.append(
                f"{what} {'has' if self.uncalculated == 1 else 'have'} no result in the file, and "
                f"{'was' if self.uncalculated == 1 else 'were'} left empty: open the workbook and save it again."
            )
        if self.too_wide:
            found.append(f"Cells to the right of the first {MOST_COLUMNS:,} columns were left out.")
        return found


class Book(Protocol):
    """A workbook that can be read several times. Every method raises ListProblem."""

    sheets: tuple[Sheet, ...]

    def rows(self, sheet: Sheet, remarks: BookRemarks, progress: Progress | None = None) -> Blocks:
        """The rows of a sheet that have anything in them and aren't hidden, in blocks."""
        ...


def sheets_to_try(book: Book, chosen: str | int | None, name: str) -> tuple[list[Sheet], list[str]]:
    """The sheet the person means, or the visible ones in their order, and a sentence about the hidden ones."""
    visible = [sheet for sheet in book.sheets if sheet.visible]
    hidden = [sheet for sheet in book.sheets if not sheet.visible]
    notes = []
    if hidden:
        names = ", ".join(f"“{one_line(sheet.name, 40)}”" for sheet in hidden[:3])
        notes.append(
            f"{counted(len(hidden), 'hidden sheet')} {'was' if len(hidden) == 1 else 'were'} skipped: {names}."
        )
    return ([_named(book, chosen, visible, name)] if chosen is not None else visible), notes


def _named(book: Book, chosen: str | int, visible: list[Sheet], name: str) -> Sheet:
    wanted = str(chosen).strip().casefold()
    for sheet in book.sheets:
        if not isinstance(chosen, int) and sheet.name.strip().casefold() == wanted:
            return sheet
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= len(visible):
        return visible[int(wanted) - 1]
    names = ", ".join(f"“{one_line(sheet.name, 40)}”" for sheet in visible[:8])
    raise ListProblem(f"{name} has no sheet {one_line(str(chosen), 40)}.", f"Its sheets are {names}.")


@contextmanager
def damage_explained(name: str) -> Iterator[None]:
    """Turn what zipfile and expat say about a broken workbook into a sentence."""
    try:
        with explained(name):
            yield
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, LookupError, NotImplementedError, UnicodeError):
        raise ListProblem(f"{name} is damaged.", "Open it in a spreadsheet program and save it again.") from None
    except RuntimeError:  # zipfile's word for a part with a password
        raise ListProblem(f"{name} is protected by a password.", "Save it without a password.") from None


class Part:
    """A part of a zipped workbook, parsed by handlers, a chunk at a time so that it can be given up at any time.

    expat itself refuses entities that blow up; a part with more than ``largest`` bytes, unpacked, is refused here.
    """

    def __init__(
        self, source: Source, part: str, progress: Progress | None = None, largest: int = LARGEST_PART
    ) -> None:
        self._source, self._part, self._progress, self._largest = source, part, progress, largest
        self.parser = expat.ParserCreate(intern={})
        self.parser.buffer_text = True
        self.parser.buffer_size = 64 * 1024

    def parse(self) -> Generator[None, None, None]:
        """Parse on; pauses after each chunk. Raises ListProblem."""
        with damage_explained(self._source.name), closing(self.chunks()) as chunks:
            for chunk in chunks:
                self.parser.Parse(chunk, False)
                yield
            self.parser.Parse(b"", True)
            yield

    def chunks(self) -> Generator[bytes, None, None]:
        """The part, unpacked, a chunk at a time. Raises ListProblem."""
        name = self._source.name
        with damage_explained(name), self._source.open() as handle, zipfile.ZipFile(handle) as archive:
            info = archive.getinfo(self._part)
            if info.file_size > self._largest:
                raise ListProblem(f"{name} is too large once unpacked.", "Save it as CSV.")
            done = 0
            with archive.open(info) as stream:
                while chunk := stream.read(CHUNK):
                    done += len(chunk)
                    yield chunk
                    if self._progress is not None:
                        self._progress(min(done, info.file_size), info.file_size)
            self._source.check(handle)

    def run(self) -> None:
        """Parse the whole part."""
        for _ in self.parse():
            pass


def local(name: str) -> str:
    """The name of an element or attribute without its prefix: some programs write ``x:row``."""
    return name.rpartition(":")[2]


def attribute(attributes: dict[str, str], name: str) -> str:
    """An attribute by its local name, empty where there is none."""
    return next((value for key, value in attributes.items() if local(key) == name), "")
