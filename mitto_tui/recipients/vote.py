"""What a column's bare numbers say of each other: whether they carry their country code.

``491725551234`` is Mitto's own notation, and what a spreadsheet leaves of ``+49…``; read as a national number of
Germany it is a landline that exists. ``15123456789`` is a mobile number in Germany and in the United States. One number
alone doesn't tell, but its column does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from mitto_tui.recipients.blocks import code_of
from mitto_tui.recipients.column import ColumnReader
from mitto_tui.recipients.countries import country_in_words
from mitto_tui.recipients.deciding import Bare
from mitto_tui.recipients.verdicts import Lean, Reason, Verdict

_BATCH: Final = 4_096
_FEWEST: Final = 3
"""Numbers that must speak for a reading before others follow it."""
_MAJORITY: Final = 20
"""Times as many as speak for the other one."""
_LEFT_OPEN: Final = "left out until you say which"
_BUT_TOLD: Final = ", though you say otherwise"


@dataclass(frozen=True, slots=True)
class Vote:
    """Counts of a column's bare numbers; add votes of batches up. ``rows`` counts all cells, bare or not.

    ``with_code`` and ``national`` make sense in one way only, ``own_code`` of the former carry the list's own country's
    code; ``both`` and ``neither`` decide nothing. ``unsure`` of the ``national`` have, with a country code, the length
    of numbers that a plan may have got since ours was written: they stay open unless something speaks for national.
    """

    country: str
    rows: int = 0
    with_code: int = 0
    own_code: int = 0
    national: int = 0
    both: int = 0
    neither: int = 0
    unsure: int = 0

    def __add__(self, other: Vote) -> Vote:
        if self.country != other.country:
            raise ValueError("votes on the reading of two countries don't add up")
        return Vote(
            self.country,
            self.rows + other.rows,
            self.with_code + other.with_code,
            self.own_code + other.own_code,
            self.national + other.national,
            self.both + other.both,
            self.neither + other.neither,
            self.unsure + other.unsure,
        )

    @property
    def bare(self) -> int:
        """How many numbers are bare."""
        return self.with_code + self.national + self.both + self.neither

    @property
    def decision(self) -> Lean:
        """WITH_CODE or NATIONAL, for the numbers that could be either; or NONE, and they stay open."""
        for lean, winner, loser in (
            (Lean.WITH_CODE, self.with_code, self.national),
            (Lean.NATIONAL, self.national, self.with_code),
        ):
            if winner >= _FEWEST and winner >= _MAJORITY * loser and winner * _MAJORITY >= self.both:
                return lean
        return Lean.NONE

    def sentence(self, bare: Bare = Bare.AUTO) -> str:
        """What was found and what follows from it, for people; empty where no number is bare."""
        if not self.bare:
            return ""
        country = country_in_words(self.country)
        open_ones = self.unsure if bare is Bare.AUTO and self.decision is not Lean.NATIONAL else 0
        found = []
        if self.with_code:
            carry = _counted(self.with_code, "already carries", "already carry") + f" {self._codes()}"
            found.append(f"{carry}{_BUT_TOLD if bare is Bare.NATIONAL else ''}")
        if national := self.national - open_ones:
            kind = _counted(national, "is a national number", "are national numbers")
            found.append(f"{kind} of {country}{_BUT_TOLD if bare is Bare.WITH_CODE else ''}")
        if open_ones:
            kind = _counted(open_ones, "may be a national number", "may be national numbers")
            found.append(f"{kind} of {country} and {'is' if open_ones == 1 else 'are'} {_LEFT_OPEN}")
        if self.both:
            ways = _counted(self.both, "can be read both ways and is", "can be read both ways and are")
            found.append(f"{ways} {self._what_of_both(bare)}")
        if self.neither:
            found.append(_counted(self.neither, "fits neither way", "fit neither way"))
        first, _, rest = found[0].partition(" ")
        noun = "" if not self.with_code else " number" if first == "1" else " numbers"
        return "; ".join([f"{first}{noun} {rest}", *found[1:]]) + "."

    def _codes(self) -> str:
        if not self.own_code:
            return "their country code"
        own = code_of(self.country)
        return f"{own}" if self.own_code == self.with_code else f"their country code ({self.own_code:,} of them {own})"

    def _what_of_both(self, bare: Bare) -> str:
        if bare is Bare.WITH_CODE or (bare is Bare.AUTO and self.decision is Lean.WITH_CODE):
            return "read with the country code"
        if bare is Bare.NATIONAL or (bare is Bare.AUTO and self.decision is Lean.NATIONAL):
            return "read as national"
        return _LEFT_OPEN


def survey(values: Iterable[str], country: str = "") -> Vote:
    """Count how the bare numbers among ``values`` can be read, with ``country`` (ISO 3166) as the list's own."""
    reader = ColumnReader(country)
    rows, verdicts = 0, Counter[Verdict]()
    cells = iter(values)
    while batch := list(islice(cells, _BATCH)):
        rows += len(batch)
        verdicts.update(reading.verdict for reading in reader.read_many(batch))
    own = str(code_of(reader.rules.country))
    leans: Counter[Lean] = Counter()
    own_code = unsure = 0
    for said, count in verdicts.items():
        leans[said.lean] += count
        if said.lean is Lean.NATIONAL and said.reason is Reason.PLAN_UNSURE:
            unsure += count
        if said.lean is Lean.WITH_CODE and said.code == own:
            own_code += count
    return Vote(
        reader.rules.country,
        rows,
        leans[Lean.WITH_CODE],
        own_code,
        leans[Lean.NATIONAL],
        leans[Lean.BOTH],
        leans[Lean.NEITHER],
        unsure,
    )


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
