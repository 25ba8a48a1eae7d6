"""A whole column of telephone numbers, read at the speed that a million rows need.

A cell's fate depends on its first digits and its length alone: what is found out for one cell is looked up for all that
begin like it. ``deciding`` finds out, ``notations`` undoes unusual notations, ``vote`` counts what a column's bare
numbers say of each other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from mitto_tui.recipients.blocks import Mixed
from mitto_tui.recipients.deciding import Bare, Outcome, Rules, decide, refusal
from mitto_tui.recipients.notations import Parts, read_notation, split_numbers, without_bracketed_zero
from mitto_tui.recipients.plans import MOBILE_LINES
from mitto_tui.recipients.verdicts import CellReading, Change, Lean, Reason, Status, Verdict

if TYPE_CHECKING:
    from mitto_tui.recipients.vote import Vote

# A slash can stand between two numbers, so it isn't among what is taken away without looking.
_SEPARATORS: Final = str.maketrans("", "", " \t.-()[]")
_BUT_DOTS: Final = str.maketrans("", "", " \t-()[]")
_DECIMALS: Final = re.compile(r"^[^.\n]*\.00?[^\d\n]*$", re.MULTILINE)
_COMPACT: Final = re.compile(r"\+?[0-9]+")
_CLEAN: Final = str.maketrans("", "", "0123456789+\n")
_USUAL_BLANKS: Final = ("\u00a0", "\u202f", "\u2011", "\u2013", "\u200b", "\u200e", "\u202a", "\u202c", "\ufeff")

_FIRST: Final = 4
_SECOND: Final = 6
_THIRD: Final = 8
"""Characters that nearly all cells are decided by."""
_LAST: Final = 10
"""What isn't decided by so many is rare, and worked out each time."""
_LONGEST_CELL: Final = 24
_MOST_REMEMBERED: Final = 20_000
"""Blocks; about 700 bytes each. Lists of real people have some hundreds."""


_Plain: TypeAlias = tuple[str, int, Verdict]
_Known: TypeAlias = "Outcome | _Plain | dict[str, _Known]"


class ColumnReader:
    """Reads cells of one column. Not for several threads at once; ``read_many`` is the fast way.

    ``country`` (ISO 3166 alpha-2, or empty) is for national notation; ``bare`` what a person said of bare numbers, or
    AUTO, and then ``vote`` settles what a number alone doesn't. ``refuse`` names lines that are invalid here (see
    ``verdicts.OTHER_LINES``).
    """

    def __init__(
        self,
        country: str = "",
        *,
        bare: Bare = Bare.AUTO,
        vote: Vote | None = None,
        refuse: Collection[str] = (),
    ) -> None:
        lean = vote.decision if vote is not None and bare is Bare.AUTO else Lean.NONE
        self.rules = Rules(country.upper(), bare, lean, frozenset(refuse))
        # By first characters, then by length; where that isn't enough, by two characters more, and two more.
        self._known: dict[str, list[_Known | None]] = {}
        self._remembered = 0

    def read(self, cell: str) -> CellReading:
        """One cell. Never raises."""
        if cell.isascii() and len(cell) <= _LONGEST_CELL:
            compact = cell.translate(_BUT_DOTS)
            if compact.isdigit() or (compact[:1] == "+" and compact[1:].isdigit()):
                return self._compact(cell, compact)
        parts = split_numbers(cell)
        if parts is not None:
            several = self._several(parts)
            if several is not None:
                return several
        return self._single(cell)

    def read_all(self, cell: str) -> list[CellReading]:
        """Every number of a cell as a reading of its own; one reading if there is only one, or none."""
        parts = split_numbers(cell)
        if parts is None or self._several(parts) is None:
            return [self.read(cell)]
        return [reading for text in parts.texts for reading in self.read_all(text)]

    def read_many(self, cells: Sequence[str]) -> list[CellReading]:
        """All cells, in their order; some thousands at a time are best. Never raises."""
        text = "\n".join(cells)
        if not text.isascii():
            for blank in _USUAL_BLANKS:
                text = text.replace(blank, "")
        joined = text.translate(_BUT_DOTS if _has_decimals(text) else _SEPARATORS)
        compacts = joined.split("\n")
        if len(compacts) != len(cells):
            return [self.read(cell) for cell in cells]
        plus_inside = joined.count("+") != joined.count("\n+") + joined.startswith("+")
        clean = joined.isascii() and not plus_inside and not joined.translate(_CLEAN)
        readings: list[CellReading] = []
        add, known, new = readings.append, self._known.get, tuple.__new__
        for compact in compacts:
            if clean or _COMPACT.fullmatch(compact):
                by_length = known(compact[:_FIRST])
                if by_length is not None and len(compact) < _LONGEST_CELL:
                    decided = by_length[len(compact)]
                    if isinstance(decided, dict):
                        decided = decided.get(compact[_FIRST:_SECOND])
                        if isinstance(decided, dict):
                            decided = decided.get(compact[_SECOND:_THIRD])
                    if isinstance(decided, tuple):
                        prefix, drop, said = decided
                        add(new(CellReading, (prefix + compact[drop:], said, ())))
                        continue
                if len(compact) > 1:
                    add(self._compact(cells[len(readings)], compact))
                    continue
            add(self.read(cells[len(readings)]))
        return readings

    def _single(self, cell: str) -> CellReading:
        written = read_notation(cell)
        if written.reason:
            return CellReading("", refusal(written.reason, self.rules.country))
        reading = self._compact(cell, written.compact)
        return reading._replace(verdict=reading.verdict.also(written.changes)) if written.changes else reading

    def _compact(self, cell: str, compact: str) -> CellReading:
        outcome = self._outcome(compact)
        if not isinstance(outcome, Outcome):
            prefix, drop, said = outcome
            return CellReading(prefix + compact[drop:], said)
        if outcome.meanings:
            meanings = tuple(prefix + compact[drop:] for prefix, drop in outcome.meanings)
            return CellReading("", outcome.verdict, meanings)
        return self._without_zero(cell) or CellReading(outcome.prefix + compact[outcome.drop :], outcome.verdict)

    def _without_zero(self, cell: str) -> CellReading | None:
        """``+34 (0)612 345 678``: where nobody dials a 0, the one in brackets was meant for those who do."""
        text = without_bracketed_zero(cell)
        if text is None:
            return None
        reading = self._single(text)
        if reading.status is not Status.OK or reading.reason is Reason.NOT_IN_PLAN:
            return None
        return reading._replace(verdict=reading.verdict.also((Change.TRUNK_ZERO,)))

    def _outcome(self, compact: str) -> Outcome | _Plain:
        length = len(compact)
        if length >= _LONGEST_CELL:
            return _plain(decide(compact, length, self.rules))
        if self._remembered > _MOST_REMEMBERED:
            self._known.clear()
            self._remembered = 0
        by_length = self._known.get(compact[:_FIRST])
        if by_length is None:
            by_length = self._known[compact[:_FIRST]] = [None] * _LONGEST_CELL
        known, depth = by_length[length], _FIRST
        if known is None:
            known = by_length[length] = self._learn(compact[:depth], length)
        while isinstance(known, dict):
            if depth == _LAST:
                return _plain(decide(compact, length, self.rules))
            more = compact[depth : depth + 2]
            depth += 2
            further = known.get(more)
            if further is None:
                further = known[more] = self._learn(compact[:depth], length)
            known = further
        return known

    def _learn(self, known: str, length: int) -> _Known:
        self._remembered += 1
        try:
            return _plain(decide(known, length, self.rules))
        except Mixed:
            return {}

    def _several(self, parts: Parts) -> CellReading | None:
        """The first mobile number of a cell, the others beside it; None if the cell holds one number after all."""
        readings = [self.read(text) for text in parts.texts]
        usable = [reading for reading in readings if reading.status is Status.OK]
        if not parts.sure and not (len(usable) == len(readings) and all(map(_is_certain, usable))):
            together = self._single(parts.whole)
            if together.status is Status.OK and together.line in MOBILE_LINES:
                return None
            usable = []
        if len(usable) < len(readings) and not any(map(_is_in_plan, usable)):
            usable = []  # more likely a number that was torn apart than one in no plan beside something else
        if not usable:
            open_ones = [reading for reading in readings if reading.status is Status.AMBIGUOUS]
            if open_ones and parts.sure:
                return open_ones[0]
            texts = tuple(text[:40] for text in parts.texts)
            return CellReading("", refusal(Reason.SEVERAL, self.rules.country), texts)
        chosen = next((reading for reading in usable if reading.line in MOBILE_LINES), usable[0])
        pairs = zip(readings, parts.texts, strict=True)
        others = [reading.digits or text[:40] for reading, text in pairs if reading != chosen]
        distinct = dict.fromkeys(other for other in (*chosen.others, *others) if other != chosen.digits)
        return chosen._replace(others=tuple(distinct))


def _has_decimals(text: str) -> bool:
    """Whether a line may be like 491725551234.0, where the dot is no blank."""
    if ".0" not in text:
        return False
    return _DECIMALS.search(text) is not None


def _plain(outcome: Outcome) -> Outcome | _Plain:
    """The bare tuple where nothing but the digits is needed to apply an outcome."""
    if outcome.meanings or outcome.verdict.reason is Reason.NOT_IN_PLAN:
        return outcome
    return outcome.prefix, outcome.drop, outcome.verdict


def _is_in_plan(reading: CellReading) -> bool:
    return reading.reason is not Reason.NOT_IN_PLAN


def _is_certain(reading: CellReading) -> bool:
    if reading.reason is Reason.NOT_IN_PLAN:
        return False
    return reading.line in MOBILE_LINES or reading.verdict.lean is Lean.NONE
