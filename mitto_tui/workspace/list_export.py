"""The rows that a check left out, in a file like their list's, to be mended and read again."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Final

from mitto_tui.recipients.notations import split_numbers
from mitto_tui.recipients.readers.columns import SEPARATOR
from mitto_tui.recipients.readers.model import counted
from mitto_tui.recipients.readers.writing import RowWriter, writer_of
from mitto_tui.sms.checked_row import RowStatus
from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.sms.visible import HIDDEN, one_line
from mitto_tui.storage.campaigns import Campaign, Campaigns, StoredRow
from mitto_tui.storage.list_shapes import ListShapes
from mitto_tui.workspace.list_memory import remember_written
from mitto_tui.workspace.new_file import ExportProblem, ExportStopped, TargetExists, explained, is_there, new_file

_PROBLEM: Final = "Problem"
_STEP: Final = 1_000
"""Rows between two looks at whether to stop."""
_WITHOUT_FILE: Final = frozenset({"", "Standard input", "What was pasted", "The list"})
_ENDINGS: Final = re.compile(r"(?:\.(?:csv|tsv|tab|txt|xlsx|xlsm|xls|xlsb|ods|vcf|vcard))?(?:\.gz)?$", re.IGNORECASE)
_NOT_IN_NAMES: Final = re.compile(rf'[<>:"/\\|?*]|[^\S ]|{HIDDEN.pattern}')
_MENDING: Final = "-to-mend"
_LONGEST: Final = 50
"""Characters of a name: with four octets each, and an ending, it is still within what file systems take."""


@dataclass(frozen=True, slots=True)
class Exported:
    """``rows`` of the list are in the file ``path``. ``note`` says what is not as in the list, or is empty."""

    rows: int
    note: str
    path: Path


def export_rows(
    campaigns: Campaigns,
    campaign: Campaign,
    target: Path,
    *,
    statuses: Collection[RowStatus],
    kinds: Collection[int] | None = None,
    with_reasons: bool = False,
    overwrite: bool = False,
    shapes: ListShapes | None = None,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Exported:
    """Write the rows of ``statuses`` (never ok: their cells aren't kept) and of ``kinds``, where given, to ``target``.

    Each row of the list is written once, as it was read, in the list's encoding, with its delimiter, quoting and line
    ends. ``with_reasons`` adds a column that says what is wrong, behind a row's own cells. The file is for its owner
    alone, and is there when it is whole or not at all; one that exists is only replaced with ``overwrite``, and the
    list itself never is. ``progress`` is called with rows done and rows in all; ``stop`` is asked now and then.

    Cells that a spreadsheet would take for a formula are written as they are as well: they go back into the list they
    came from. Of a cell whose numbers are rows of their own, those that are ok are left out, as they get the message
    from the list itself. In ``shapes`` it is kept how the file is to be read again, which a few rows without a header
    can't tell by themselves.

    Raises InvalidInput for ok rows, ExportProblem (TargetExists of a file that may be replaced), ExportStopped,
    ListProblem (writing fails) and the errors of ``storage.errors``. Blocks: call it in a thread.
    """
    if RowStatus.OK in statuses:
        raise InvalidInput("status", "Rows that are ok can't be exported: only the others are kept as they were read.")
    target = Path(os.path.abspath(target))
    _refuse(target, campaign.source, overwrite=overwrite)
    rows = campaigns.count(campaign.id, statuses=statuses, kinds=kinds)
    if not rows:
        raise ExportProblem("There are no such rows in the list.", "Nothing was written.")
    export = _Export(rows, campaign.source, progress, stop, with_reasons=with_reasons)
    more = [_unused(_PROBLEM, campaign.source)] if with_reasons else []
    with new_file(target, overwrite=overwrite) as stream:
        with writer_of(campaign.source, stream, more_columns=more) as writer:
            every = campaigns.rows(campaign.id) if export.takes_all else None
            export.write(campaigns.rows(campaign.id, statuses=statuses, kinds=kinds), every, writer)
        if export.done != rows:
            raise ExportProblem("The list was deleted while it was being exported.", "No file was written.")
    notes = [export.note(writer)]
    if shapes is not None:
        try:
            written = (writer.encoding, writer.delimiter)
            remember_written(shapes, campaign.profile, target, campaign.source, written, datetime.now(UTC))
        except MittoTuiError:  # the file is whole, and only that isn't kept
            notes.append("How it is to be read again could not be kept: look at its columns when you open it.")
    return Exported(export.written, " ".join(filter(None, notes)), target)


class _Export:
    """One way through the rows."""

    def __init__(
        self,
        rows: int,
        source: Mapping[str, object],
        progress: Callable[[int, int], None] | None,
        stop: Callable[[], bool] | None,
        *,
        with_reasons: bool,
    ) -> None:
        self.done = self.written = 0
        columns, column = source.get("columns"), source.get("phone_column")
        self._width = len(columns) if isinstance(columns, list) else 0
        self._column = column if isinstance(column, int) else -1
        self.takes_all = source.get("take_all") is True and self._column >= 0
        """Several numbers of a cell are rows of their own."""
        self._parted = self._whole = self._repeated = 0
        self._rows, self._with_reasons = rows, with_reasons
        self._progress, self._stop = progress, stop

    def write(self, rows: Iterator[StoredRow], every: Iterator[StoredRow] | None, writer: RowWriter) -> None:
        """Write ``rows``; ``every`` are those of the whole list, where all numbers of a cell are taken."""
        lines = None if every is None else groupby(every, key=_number_of)
        # Several numbers of a cell are rows of their own, one after the other.
        for number, same in groupby(self._watched(rows), key=_number_of):
            found = list(same)
            cells = found[0].row.cells
            if lines is not None:
                line = next((list(of_line) for its_number, of_line in lines if its_number == number), found)
                cells = self._without_ok(cells, found, line)
            self._repeated += any(stored.row.status is RowStatus.DUPLICATE for stored in found)
            if self._with_reasons:
                reasons = dict.fromkeys(stored.row.sentence for stored in found)
                padding = [""] * (self._width - len(cells))
                cells = [*cells, *padding, writer.in_its_signs(" ".join(filter(None, reasons)))]
            writer.write([(number, cells)])
            self.written += 1

    def _without_ok(self, cells: list[str], found: list[StoredRow], line: list[StoredRow]) -> list[str]:
        """The cells with those numbers of the cell alone that are in ``found``, where others of its ``line`` are ok."""
        if all(stored.row.status is not RowStatus.OK for stored in line):
            return cells
        parts = _numbers_in(cells[self._column])
        if len(parts) != len(line):
            self._whole += 1
            return cells
        self._parted += 1
        places = {stored.place for stored in found}
        kept = [part for part, stored in zip(parts, line, strict=True) if stored.place in places]
        return [*cells[: self._column], SEPARATOR.join(kept), *cells[self._column + 1 :]]

    def _watched(self, rows: Iterator[StoredRow]) -> Iterator[StoredRow]:
        self._look()
        for stored in rows:
            yield stored
            self.done += 1
            if self.done % _STEP == 0 or self.done == self._rows:
                self._look()

    def _look(self) -> None:
        if self._stop is not None and self._stop():
            raise ExportStopped
        if self._progress is not None:
            self._progress(self.done, self._rows)

    def note(self, writer: RowWriter) -> str:
        """What is not as in the list, and what to look after."""
        notes = [writer.note]
        if writer.spoilt:
            has = "has" if writer.spoilt == 1 else "have"
            notes.append(
                f"{counted(writer.spoilt, 'row')} {has} characters that {writer.encoding} lacks: "
                "question marks stand for them."
            )
        if self._parted:
            notes.append(
                f"In {counted(self._parted, 'row')}, numbers that are ok are left out of the cell: "
                "they get the message from the list itself."
            )
        if self._whole:
            notes.append(
                f"{counted(self._whole, 'row')} also hold numbers that are ok: take these out, "
                "or they get the message twice."
            )
        if self._repeated:
            notes.append(
                f"{counted(self._repeated, 'row')} {'repeats' if self._repeated == 1 else 'repeat'} a number that gets "
                "the message from the list itself: sent again as they are, it gets it twice."
            )
        return " ".join(filter(None, notes))


def _number_of(stored: StoredRow) -> int:
    return stored.row.row


def _numbers_in(cell: str) -> list[str]:
    """The texts of a cell's numbers, as each became a row."""
    parts = split_numbers(cell)
    return [cell] if parts is None else [text for part in parts.texts for text in _numbers_in(part)]


def suggested_name(campaign: Campaign) -> str:
    """A name for a file of rows to mend, such as ``customers-to-mend.csv``; a further round counts on from 2."""
    source = campaign.source
    path, name, kind = source.get("path"), source.get("name"), source.get("format")
    known = os.path.basename(path) if isinstance(path, str) else name if isinstance(name, str) else ""
    known = "" if known in _WITHOUT_FILE and not isinstance(path, str) else known
    stem = _ENDINGS.sub("", known, count=1)
    stem = _NOT_IN_NAMES.sub("_", stem)[:_LONGEST].strip(" .")
    again = re.fullmatch(rf"(.*{_MENDING})(?:-(\d{{1,4}}))?", stem)
    stem = f"{again[1]}-{int(again[2] or 1) + 1}" if again else f"{stem or 'list'}{_MENDING}"
    return f"{stem}.{kind if kind in ('tsv', 'txt') else 'csv'}"


def _unused(name: str, source: Mapping[str, object]) -> str:
    columns = source.get("columns")
    taken = {str(column).casefold() for column in columns} if isinstance(columns, list) else set()
    again, free = 2, name
    while free.casefold() in taken:
        free = f"{name} ({again})"
        again += 1
    return free


def _refuse(target: Path, source: Mapping[str, object], *, overwrite: bool) -> None:
    """Raise for what must not be replaced, having touched nothing."""
    if not is_there(target):
        return
    name = one_line(target.name or str(target), 80)
    with explained(target):
        if _is_the_list(target, source):
            raise ExportProblem(f"{name} is the list itself, which is not replaced.", "Choose another name.")
    if not overwrite:
        raise TargetExists(name)


def _is_the_list(target: Path, source: Mapping[str, object]) -> bool:
    path = source.get("path")
    if isinstance(path, str) and path:
        if os.path.realpath(path) == os.path.realpath(target):
            return True
        with suppress(OSError, ValueError):
            return os.path.samefile(path, target)
        return False
    # A draft that doesn't know where its list was: a file of the list's name may be it.
    name = source.get("name")
    return name not in _WITHOUT_FILE and name == one_line(target.name, 80)
