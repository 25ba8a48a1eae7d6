"""A list of people who opted out: read whole, with all that could not be read, and taken when somebody says so.

Everything here blocks and is called in threads; ``stop`` may come from another one.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from mitto_tui.recipients.checking import survey_column
from mitto_tui.recipients.column import ColumnReader
from mitto_tui.recipients.deciding import Bare
from mitto_tui.recipients.readers.list_file import ListFile, open_list
from mitto_tui.recipients.readers.model import Choices, Detected, Progress, Row
from mitto_tui.recipients.readers.sources import Readable
from mitto_tui.recipients.seen import Seen
from mitto_tui.recipients.verdicts import Reason, Status
from mitto_tui.sms.errors import InvalidInput, MittoTuiError

if TYPE_CHECKING:
    from mitto_tui.storage.opt_outs import OptOuts

LISTED: Final = 1_000
"""Rows that can't be read are kept up to this many; all of them are counted."""
_LONGEST_CELL: Final = 200
"""Characters kept of a cell that can't be read: it may be a whole page."""
_BATCH: Final = 5_000
_TAKEN: Final = 1_000
"""Numbers in a transaction: other programs wait for the store no longer than that takes."""
_AUTOMATIC: Final = Choices()


class ImportStopped(MittoTuiError):
    """Reading was stopped before its end, as somebody asked."""

    def __init__(self) -> None:
        super().__init__("The list was not read to its end.", "Nobody has been opted out.")


@dataclass(frozen=True, slots=True)
class Unread:
    """A number that could not be read: ``row`` as the person sees it, ``cell`` as it stands there, and why not."""

    row: int
    cell: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ImportSums:
    """What a whole list came to: numbers = new + known + duplicates.

    ``known`` had opted out before; ``duplicates`` repeat new ones. ``empty``, ``invalid`` and ``ambiguous`` count cells
    (or parts of cells) without a number that could be read; ``unread`` has the first of the last two. ``notes`` are
    sentences of the reader on the whole list.
    """

    rows: int = 0
    numbers: int = 0
    new: int = 0
    known: int = 0
    duplicates: int = 0
    empty: int = 0
    invalid: int = 0
    ambiguous: int = 0
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def unreadable(self) -> int:
        """How many numbers nobody has read: whoever they belong to may still be written to."""
        return self.invalid + self.ambiguous


class OptOutImport:
    """One list that is open. ``look`` reads it whole and changes nothing, as often as wanted; ``take`` then opts out.

    Every number of a cell is taken: whoever it is must not be written to. Close it, or use it as a context manager.
    """

    def __init__(self, list_file: ListFile) -> None:
        self.list_file = list_file
        self.sums = ImportSums()
        """What the last ``look`` found."""
        self._new = array("Q")
        self._stopped = False

    @classmethod
    def open(cls, source: Path | Readable | str, choices: Choices = _AUTOMATIC) -> Self:
        """Open a file, a stream or pasted text. Raises ListProblem."""
        return cls(open_list(source, choices))

    @property
    def name(self) -> str:
        """The file's name. Safe to show."""
        return self.list_file.name

    @property
    def detected(self) -> Detected:
        """How the list is read."""
        return self.list_file.detected

    def phone_column(self) -> tuple[int | None, str]:
        """The index of the column that seems to have the numbers, or None; and why. Raises ListProblem."""
        guess = self.list_file.phone_column()
        return guess.index, guess.why

    def stop(self) -> None:
        """End ``look`` with ImportStopped, after the batch that is being read. For any thread."""
        self._stopped = True

    def look(
        self,
        column: int,
        country: str,
        known: Collection[str],
        *,
        bare: Bare = Bare.AUTO,
        progress: Progress | None = None,
    ) -> ImportSums:
        """Read the whole list. ``column`` is an index from 0, ``country`` ISO 3166 alpha-2 or empty.

        ``known`` are the digits of those who have opted out. Raises InvalidInput where there is no such column,
        ListProblem, ImportStopped.
        """
        if not 0 <= column < len(self.detected.columns):
            raise InvalidInput("phone_column", f"There is no column {column + 1:,} in the list.")
        self._stopped = False
        reading = _Reading(known)
        reader = ColumnReader(country, bare=bare, vote=survey_column(self.list_file, column, country))
        with closing(self.list_file.batches(_BATCH, progress)) as batches:
            for batch in batches:
                if self._stopped:
                    raise ImportStopped
                reading.add(reader, column, batch)
        self._new = reading.new
        self.sums = reading.sums(self.list_file.notes)
        return self.sums

    def take(
        self, opt_outs: OptOuts, profile: str, at: datetime, progress: Callable[[int, int], None] | None = None
    ) -> int:
        """Opt out everybody whom ``look`` found new; how many are, as others may have been quicker.

        A thousand at a time: whatever goes wrong, those taken so far have opted out. ``progress`` is told how many
        of how many are done. Raises the store's errors.
        """
        source, added, done = f"import {self.name}", 0, 0
        numbers = iter(self._new)
        while batch := [str(number) for number in islice(numbers, _TAKEN)]:
            added += opt_outs.add_many(profile, batch, at, source)
            done += len(batch)
            if progress is not None:
                progress(done, len(self._new))
        return added

    def close(self) -> None:
        """Let go of the list; whoever is reading it ends soon."""
        self._stopped = True
        self.list_file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Reading:
    """What has been read of a list so far."""

    def __init__(self, known: Collection[str]) -> None:
        self.new = array("Q")
        self._known = known
        self._seen = Seen()
        self._counts = Counter[str]()
        self._not_known = 0
        self._unread: list[Unread] = []

    def add(self, reader: ColumnReader, column: int, batch: list[Row]) -> None:
        counts, taken = self._counts, list[str]()
        cells = [row[1][column] for row in batch]
        for (row, _), cell, first in zip(batch, cells, reader.read_many(cells), strict=True):
            if first.digits and not first.others:
                taken.append(first.digits)
                continue
            for reading in reader.read_all(cell):
                if reading.status is Status.OK:
                    taken.append(reading.digits)
                elif reading.reason is Reason.EMPTY:
                    counts["empty"] += 1
                else:
                    counts[reading.status.value] += 1
                    if len(self._unread) < LISTED:
                        self._unread.append(Unread(row, cell[:_LONGEST_CELL].strip(), reading.sentence))
        counts["rows"] += len(batch)
        counts["numbers"] += len(taken)
        self._add_numbers([digits for digits in taken if digits not in self._known])

    def _add_numbers(self, fresh: list[str]) -> None:
        places = range(self._not_known, self._not_known + len(fresh))
        firsts = self._seen.first_rows(fresh, places)
        self.new.extend(
            int(digits) for digits, place, first in zip(fresh, places, firsts, strict=True) if place == first
        )
        self._not_known += len(fresh)

    def sums(self, notes: tuple[str, ...]) -> ImportSums:
        counts, new = self._counts, len(self.new)
        return ImportSums(
            rows=counts["rows"],
            numbers=counts["numbers"],
            new=new,
            known=counts["numbers"] - self._not_known,
            duplicates=self._not_known - new,
            empty=counts["empty"],
            invalid=counts[Status.INVALID.value],
            ambiguous=counts[Status.AMBIGUOUS.value],
            unread=tuple(self._unread),
            notes=notes,
        )
