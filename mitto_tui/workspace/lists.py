"""A recipient list that is being prepared: as it was read, how its numbers are to be read, and what was chosen before.

Everything here blocks on files and is called in threads.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from mitto_tui.recipients.checking import Plan, survey_column
from mitto_tui.recipients.column import ColumnReader
from mitto_tui.recipients.countries import COUNTRY_NAMES
from mitto_tui.recipients.deciding import Bare
from mitto_tui.recipients.readers.columns import PhoneColumn
from mitto_tui.recipients.readers.list_file import ListFile, open_list
from mitto_tui.recipients.readers.model import Choices, Detected, ListProblem, Row
from mitto_tui.recipients.verdicts import OTHER_LINES, CellReading, Lean
from mitto_tui.recipients.vote import Vote
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.message import Options

if TYPE_CHECKING:
    from mitto_tui.settings.profiles import Profile
    from mitto_tui.storage.list_shapes import ListShapes

PREVIEWED: Final = 200
"""Rows that are kept to be shown."""
_READING: Final = ("encoding", "delimiter", "header", "sheet")
_AUTOMATIC: Final = Choices()


@dataclass(frozen=True, slots=True)
class NumberChoices:
    """How a list's numbers are read. ``phone_column`` is an index from 0, None while none is known.

    ``country`` is ISO 3166 alpha-2 or empty; ``refuse`` the lines that are invalid (see ``verdicts.OTHER_LINES``);
    with ``take_all`` each number of a cell is a recipient.
    """

    phone_column: int | None = None
    country: str = ""
    bare: Bare = Bare.AUTO
    refuse: frozenset[str] = frozenset()
    take_all: bool = False


@dataclass(frozen=True, slots=True)
class OpenedList:
    """A list as it was read, with its first rows. Close it when another takes its place.

    ``choices`` are what a person decided about the reading, ``numbers`` how its numbers are read to begin with.
    ``shape`` is the same for lists that look alike. ``remembered_at`` tells when what was chosen for such a list was
    kept, and is None where nothing is; it stays however the list is read. ``remarks`` are sentences on what was not
    taken over of it.
    """

    source: Path | str
    list_file: ListFile
    choices: Choices
    rows: tuple[Row, ...]
    guess: PhoneColumn
    numbers: NumberChoices
    shape: str
    remembered_at: datetime | None = None
    remarks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file's name, or what to call what was pasted. Safe to show."""
        return self.list_file.name

    @property
    def detected(self) -> Detected:
        """How it was read."""
        return self.list_file.detected

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns."""
        return self.list_file.detected.columns

    def close(self) -> None:
        """Let go of the file."""
        self.list_file.close()

    # -- opening ------------------------------------------------------------------------------------------------------

    @classmethod
    def open(cls, source: Path | str, profile: Profile, shapes: ListShapes | None = None) -> Self:
        """Open a file or pasted text, with what was chosen for such a list before. Raises ListProblem.

        What can't be taken over of that (a sheet that isn't there, numbers that speak against it) is left, and said.
        """
        opened = cls._read(source, _AUTOMATIC, None, _usual(profile))
        kept = None if shapes is None or isinstance(source, str) else shapes.get(profile.name, opened.shape)
        if kept is None:
            return opened
        try:
            remembered = opened.again(_choices_in(kept.choices))
        except ListProblem as problem:
            return replace(opened, remarks=(f"What was chosen last time doesn’t fit this list: {problem.message}",))
        if remembered is not opened:
            opened.close()
        try:
            numbers, remarks = remembered._numbers_in(kept.choices)
        except BaseException:
            remembered.close()
            raise
        return replace(remembered, numbers=numbers, remembered_at=kept.updated_at, remarks=remarks)

    def again(self, choices: Choices, numbers: NumberChoices | None = None) -> Self:
        """The same list read in another way; this one stays open. Raises ListProblem.

        What was chosen about its numbers (``numbers``, where they aren't those of opening any more) stays, but for a
        column that isn't there any more. Itself where nothing is to be read in another way.
        """
        if choices == self.choices:
            return self
        return self._read(self.source, choices, self, self.numbers if numbers is None else numbers)

    def as_detected(self, profile: Profile) -> NumberChoices:
        """How its numbers are read where nobody has chosen anything for this list."""
        return replace(_usual(profile), phone_column=self.guess.index)

    @classmethod
    def _read(cls, source: Path | str, choices: Choices, before: OpenedList | None, numbers: NumberChoices) -> Self:
        opened = open_list(source, choices)
        try:
            rows = tuple(opened.preview(PREVIEWED))
            guess = opened.phone_column()
        except BaseException:
            opened.close()
            raise
        if before is None:
            column = guess.index
            return cls(
                source, opened, choices, rows, guess, replace(numbers, phone_column=column), _shape(opened.detected)
            )
        column = before._column_in(opened.detected.columns, numbers.phone_column, guess.index)
        numbers = replace(numbers, phone_column=column)
        return cls(source, opened, choices, rows, guess, numbers, before.shape, before.remembered_at)

    def _column_in(self, columns: tuple[str, ...], chosen: int | None, guessed: int | None) -> int | None:
        """Where a column of this list is in another reading of it; what is guessed there, where nobody chose it."""
        if chosen is None or chosen == self.guess.index:
            return guessed
        name = self.columns[chosen]
        if name in columns:
            return columns.index(name)
        # Read with a header or without one, or in another encoding: the names change, the columns don't.
        return chosen if len(columns) == len(self.columns) else guessed

    def _numbers_in(self, kept: Mapping[str, object]) -> tuple[NumberChoices, tuple[str, ...]]:
        """What was chosen about the numbers of such a list, as far as it can be meant for this one, and why not."""
        numbers, remarks = self.numbers, []
        column, country, bare = kept.get("phone_column"), kept.get("country"), kept.get("bare")
        if isinstance(column, str) and column in self.columns:
            numbers = replace(numbers, phone_column=self.columns.index(column))
        if isinstance(country, str) and (not country or country in COUNTRY_NAMES):
            numbers = replace(numbers, country=country)
        refuse = kept.get("refuse")
        if isinstance(refuse, list):
            numbers = replace(numbers, refuse=frozenset(map(str, refuse)) & OTHER_LINES)
        if isinstance(kept.get("take_all"), bool):
            numbers = replace(numbers, take_all=bool(kept["take_all"]))
        if bare in (Bare.WITH_CODE.value, Bare.NATIONAL.value):
            chosen = Bare(bare)
            if self._speaks_against(chosen, numbers):
                remarks.append(
                    "Last time you decided how numbers without + or 0 are meant; those of this list say otherwise, "
                    "so that was not taken over."
                )
            else:
                numbers = replace(numbers, bare=chosen)
        return numbers, tuple(remarks)

    def _speaks_against(self, bare: Bare, numbers: NumberChoices) -> bool:
        if numbers.phone_column is None:
            return False
        lean = self.vote(numbers).decision
        return lean not in (Lean.NONE, Lean.WITH_CODE if bare is Bare.WITH_CODE else Lean.NATIONAL)

    # -- its numbers --------------------------------------------------------------------------------------------------

    def vote(self, numbers: NumberChoices) -> Vote:
        """What the column's first 20,000 numbers say of how bare ones are meant. Raises ListProblem.

        ``numbers.phone_column`` must be there.
        """
        assert numbers.phone_column is not None
        return survey_column(self.list_file, numbers.phone_column, numbers.country)

    def reader(self, numbers: NumberChoices, vote: Vote) -> ColumnReader:
        """What reads a cell of the column, as the check will."""
        return ColumnReader(numbers.country, bare=numbers.bare, vote=vote, refuse=numbers.refuse)

    def readings(self, numbers: NumberChoices, vote: Vote) -> list[CellReading]:
        """How the numbers of ``rows`` are read."""
        assert numbers.phone_column is not None
        return self.reader(numbers, vote).read_many([cells[numbers.phone_column] for _, cells in self.rows])

    # -- remembering --------------------------------------------------------------------------------------------------

    def remember(self, numbers: NumberChoices, profile: Profile, shapes: ListShapes, at: datetime) -> None:
        """Keep what a person chose, for the next list of this shape; or forget it, where nothing was chosen.

        Of a list without a header only the reading is kept: one number a line says too little about the next one. Of
        pasted rows nothing is.
        """
        if isinstance(self.source, str):
            return
        kept: dict[str, object] = {
            name: value for name in _READING if (value := getattr(self.choices, name)) is not None
        }
        if self.detected.header:
            kept.update(self._chosen(numbers, _usual(profile)))
        if kept:
            shapes.remember(profile.name, self.shape, kept, at)
        elif self.remembered_at is not None:
            shapes.forget(profile.name, self.shape)

    def _chosen(self, numbers: NumberChoices, usual: NumberChoices) -> dict[str, object]:
        chosen: dict[str, object] = {}
        if numbers.phone_column is not None and numbers.phone_column != self.guess.index:
            chosen["phone_column"] = self.columns[numbers.phone_column]
        if numbers.country != usual.country:
            chosen["country"] = numbers.country
        if numbers.bare is not Bare.AUTO:
            chosen["bare"] = numbers.bare.value
        if numbers.refuse != usual.refuse:
            chosen["refuse"] = sorted(numbers.refuse)
        if numbers.take_all != usual.take_all:
            chosen["take_all"] = numbers.take_all
        return chosen


@dataclass(frozen=True, slots=True)
class BulkMessage:
    """The message for a list. ``template`` and ``sender`` are as typed."""

    sender: str = ""
    template: str = ""
    options: Options = field(default_factory=Options)


def plan_for(opened: OpenedList, numbers: NumberChoices, message: BulkMessage) -> Plan:
    """How the list is to be checked. Raises InvalidInput where there is no column with numbers."""
    if numbers.phone_column is None:
        raise InvalidInput("phone_column", opened.guess.why, "Say which column has the numbers.")
    return Plan(
        numbers.phone_column,
        message.template,
        numbers.country,
        numbers.bare,
        numbers.refuse,
        numbers.take_all,
        message.options,
    )


def _usual(profile: Profile) -> NumberChoices:
    return NumberChoices(
        None, (profile.country or "").upper(), Bare.AUTO, profile.lists.refuse, profile.lists.all_numbers
    )


def _shape(found: Detected) -> str:
    """What lists of one making have in common: format, delimiter, header and the names of the columns."""
    parts = [found.format, found.delimiter, found.header, [name.casefold() for name in found.columns]]
    return hashlib.sha256(json.dumps(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _choices_in(kept: Mapping[str, object]) -> Choices:
    encoding, delimiter, header, sheet = (kept.get(name) for name in _READING)
    return Choices(
        encoding=encoding if isinstance(encoding, str) else None,
        delimiter=delimiter if isinstance(delimiter, str) else None,
        header=header if isinstance(header, bool) else None,
        sheet=sheet if isinstance(sheet, str) else None,
    )
