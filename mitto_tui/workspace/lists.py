"""A recipient list that is being prepared: as it was read, how its numbers are to be read, and what was chosen before.

Everything here blocks on files and is called in threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from mitto_tui.recipients.checking import Plan, survey_column
from mitto_tui.recipients.column import ColumnReader
from mitto_tui.recipients.countries import COUNTRY_NAMES
from mitto_tui.recipients.deciding import Bare
from mitto_tui.recipients.plans import MOBILE_LINES
from mitto_tui.recipients.readers.columns import PhoneColumn, looks_like_number
from mitto_tui.recipients.readers.list_file import ListFile, open_list
from mitto_tui.recipients.readers.model import Choices, Detected, ListProblem, Row
from mitto_tui.recipients.verdicts import OTHER_LINES, CellReading, Change, Lean, Status
from mitto_tui.recipients.vote import Vote
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.message import Options
from mitto_tui.sms.visible import one_line
from mitto_tui.workspace.list_memory import Kept, kept_for, reading_in, reading_kept, shape_of, why_not

if TYPE_CHECKING:
    from mitto_tui.settings.profiles import Profile
    from mitto_tui.storage.list_shapes import ListShapes

PREVIEWED: Final = 200
"""Rows that are kept to be shown."""
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
    plain: bool
    """Nothing in it told a header by itself: its shape is that of any such list."""
    remembered_at: datetime | None = None
    remarks: tuple[str, ...] = ()
    kept: Kept | None = None
    """What was chosen for such a list, where it was taken over."""

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
        if shapes is None or isinstance(source, str):
            return cls._read(source, _AUTOMATIC, None, _usual(profile))
        opened = cls._first(source, profile, shapes)
        taken, why = opened, ""
        try:
            for kept in kept_for(shapes, profile.name, source, opened.shape):
                taken, why = opened._with(kept)
                if taken.kept is not None:
                    return taken
                if why:
                    return replace(opened, remarks=(f"What was chosen last time doesn’t fit this list: {why}",))
        except BaseException:
            opened.close()
            raise
        finally:
            if taken.list_file is not opened.list_file:
                opened.close()
        return opened

    @classmethod
    def _first(cls, source: Path, profile: Profile, shapes: ListShapes) -> Self:
        """As it is detected; a few rows that take the first for a header without any, as it is known to be read."""
        try:
            return cls._read(source, _AUTOMATIC, None, _usual(profile))
        except ListProblem:
            for kept in kept_for(shapes, profile.name, source, ""):
                if kept.choices.get("header") is False:
                    return cls._read(source, Choices(header=False), None, _usual(profile))
            raise

    def _with(self, kept: Kept) -> tuple[Self, str]:
        """It with what is kept for it; or itself, and why that can't be meant for it (empty: that goes unsaid)."""
        choices = reading_in(kept, self.detected)
        try:
            again = self if choices == _AUTOMATIC else self.again(choices)
        except ListProblem as problem:
            return self, problem.message
        try:
            if why := why_not(kept, choices, again.detected, self.detected):
                if again is not self:
                    again.close()
                # Rows without a header look like any others: that these are not those before is no news.
                return self, "" if self.plain and not kept.of_file else why
            values, left, remarks = kept.choices, dict[str, object](), tuple[str, ...]()
            if choices.encoding is None and "encoding" in values:
                left["encoding"] = values["encoding"]
            numbers = again.numbers
            if again.detected.header or kept.of_file:
                numbers, refused, remarks = again._numbers_in(values)
                left.update(refused)
        except BaseException:
            if again is not self:
                again.close()
            raise
        found = replace(kept, left=left)
        return (
            replace(again, numbers=numbers, remembered_at=kept.updated_at, remarks=remarks, kept=found),
            "",
        )

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
            numbers = replace(numbers, phone_column=guess.index)
            shape, plain = shape_of(opened.detected), not opened.detected.header
            return cls(source, opened, choices, rows, guess, numbers, shape, plain)
        column = before._column_in(opened.detected, numbers.phone_column, guess.index)
        numbers = replace(numbers, phone_column=column)
        shape, plain, at = before.shape, before.plain, before.remembered_at
        return cls(source, opened, choices, rows, guess, numbers, shape, plain, at, kept=before.kept)

    def _column_in(self, found: Detected, chosen: int | None, guessed: int | None) -> int | None:
        """Where a column of this list is in another reading of it; what is guessed there, where nobody chose it."""
        if chosen is None or chosen == self.guess.index:
            return guessed
        name = self.columns[chosen]
        if name in found.columns:
            return found.columns.index(name)
        # Read with a header or without one, or in another encoding: the names change, the columns don't. Those of
        # another sheet have nothing to do with them.
        same = found.sheet == self.detected.sheet and len(found.columns) == len(self.columns)
        return chosen if same else guessed

    def _numbers_in(self, kept: Mapping[str, object]) -> tuple[NumberChoices, Mapping[str, object], tuple[str, ...]]:
        """What was chosen about the numbers of such a list, as far as it can be meant for this one.

        With what can't be, though it could for the next list, and sentences that say so.
        """
        numbers = self.numbers
        left, remarks = dict[str, object](), list[str]()
        column, country, bare = kept.get("phone_column"), kept.get("country"), kept.get("bare")
        if isinstance(column, str) and column in self.columns:
            index = self.columns.index(column)
            if self._has_numbers(index):
                numbers = replace(numbers, phone_column=index)
            else:
                left["phone_column"] = column
                remarks.append(
                    f"Last time you chose “{one_line(column, 40)}” for the numbers; it has none here, "
                    "so that was not taken over."
                )
        if isinstance(country, str) and (not country or country in COUNTRY_NAMES):
            if self._reads_better(numbers, country):
                left["country"] = country
                remarks.append(
                    f"Last time you chose {COUNTRY_NAMES[country]} for national numbers; those of this list are "
                    "others, so that was not taken over."
                )
            else:
                numbers = replace(numbers, country=country)
        refuse = kept.get("refuse")
        if isinstance(refuse, list):
            numbers = replace(numbers, refuse=frozenset(map(str, refuse)) & OTHER_LINES)
        if isinstance(kept.get("take_all"), bool):
            numbers = replace(numbers, take_all=bool(kept["take_all"]))
        if bare in (Bare.WITH_CODE.value, Bare.NATIONAL.value):
            chosen = Bare(bare)
            # What is national in one country and column says nothing of another one.
            if left or self._speaks_against(chosen, numbers):
                left["bare"] = bare
                remarks.append(
                    "Last time you decided how numbers without + or 0 are meant; those of this list say otherwise, "
                    "so that was not taken over."
                )
            else:
                numbers = replace(numbers, bare=chosen)
        return numbers, left, tuple(remarks)

    def _has_numbers(self, column: int) -> bool:
        """Whether a column can be the one with the numbers, as far as the first rows tell."""
        if self.guess.index in (None, column):
            return True
        return any(looks_like_number(cells[column]) for _, cells in self.rows)

    def _reads_better(self, numbers: NumberChoices, country: str) -> bool:
        """Whether the first numbers are of the country they'd be read with by themselves, and not of ``country``."""
        if not country or not numbers.country or country == numbers.country or numbers.phone_column is None:
            return False
        cells = [cells[numbers.phone_column] for _, cells in self.rows]
        there, here = (_mobiles(cells, one) for one in (country, numbers.country))
        return here > 2 * there

    def _speaks_against(self, bare: Bare, numbers: NumberChoices) -> bool:
        if numbers.phone_column is None:
            return False
        vote = self.vote(numbers)
        if vote.decision is Lean.NONE:  # too few, or too divided, to decide; but not to warn
            against, speaking = vote.with_code, vote.national
            return against > speaking if bare is Bare.NATIONAL else speaking > against
        return vote.decision is not (Lean.WITH_CODE if bare is Bare.WITH_CODE else Lean.NATIONAL)

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

        Of a list without a header only the encoding is kept: one number a line says too little about the next one. Of
        pasted rows nothing is. What is kept for one file (see ``list_export``) stays with that file.
        """
        if isinstance(self.source, str):
            return
        of_file = self.kept is not None and self.kept.of_file
        key = self.kept.key if self.kept is not None else self.shape
        kept = reading_kept(self.choices, self.detected, plain=self.plain, of_file=of_file)
        if self.kept is not None and "encoding" not in kept and "encoding" in self.kept.left:
            kept["encoding"] = self.kept.left["encoding"]
            kept.setdefault("columns", list(self.columns) if self.detected.header else len(self.columns))
        if self.detected.header or of_file:
            kept.update(self._chosen(numbers, profile))
        if kept:
            shapes.remember(profile.name, key, kept, at)
        elif self.remembered_at is not None:
            shapes.forget(profile.name, key)

    def _chosen(self, numbers: NumberChoices, profile: Profile) -> dict[str, object]:
        """What isn't as it would be by itself; and what was kept and still holds, whatever holds by itself today."""
        before, left = (self.kept.choices, self.kept.left) if self.kept is not None else ({}, {})
        by_itself, chosen = self._said_of(self.as_detected(profile)), dict[str, object]()
        for name, value in self._said_of(numbers).items():
            if value != by_itself[name]:
                chosen[name] = value
            elif name in left:
                chosen[name] = left[name]
            elif value is not None and before.get(name) == value:
                chosen[name] = value
        if chosen.get("bare") == Bare.NATIONAL.value:
            # National in this country: in the one that the profile may have by then, it is somebody else's number.
            chosen.setdefault("country", numbers.country)
        return {name: value for name, value in chosen.items() if value is not None}

    def _said_of(self, numbers: NumberChoices) -> dict[str, object]:
        return {
            "phone_column": None if numbers.phone_column is None else self.columns[numbers.phone_column],
            "country": numbers.country,
            "bare": numbers.bare.value,
            "refuse": sorted(numbers.refuse),
            "take_all": numbers.take_all,
        }


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


def _mobiles(cells: list[str], country: str) -> int:
    """How many of the cells are mobile numbers of ``country`` in its own notation."""
    readings = ColumnReader(country).read_many(cells)
    return sum(
        reading.status is Status.OK and reading.line in MOBILE_LINES and Change.NATIONAL in reading.changes
        for reading in readings
    )
