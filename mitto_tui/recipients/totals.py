"""The sums over a checked list: what is sent, what it costs, what was left out, and what was noticed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final

from mitto_tui.sms import gsm
from mitto_tui.sms.checked_row import CheckedRow, RowKind, RowStatus
from mitto_tui.sms.segments import Encoding

SHOWN: Final = 3
"""Rows of each kind that are kept to be shown as examples."""
_LONGEST_SHOWN: Final = 200
_MOST_CHARACTERS: Final = 1_000
"""Characters written down: a list in Chinese has some thousands, and a template in it forces Unicode by itself."""
_SUMS: Final = (*("rows", "ok", "duplicates", "invalid", "opted_out", "ambiguous", "segments", "unicode"),)


@dataclass(slots=True)
class Use:
    """How many rows, and the first of them."""

    rows: int
    first_row: int


@dataclass(slots=True)
class NotationChange:
    """One way in which notations were changed: how many, and an example. ``changes`` are its stable words."""

    changes: str
    words: str
    rows: int
    first_row: int
    before: str
    after: str


@dataclass(slots=True)
class Warned:
    """Accepted numbers that are warned about alike."""

    reason: str
    line: str
    region: str
    sentence: str
    rows: int
    first_row: int


@dataclass(slots=True)
class Spent:
    """What goes to one country (ISO 3166 alpha-2, or empty where it isn't known)."""

    rows: int = 0
    segments: int = 0


@dataclass(slots=True)
class Longest:
    """The longest text: the one with most segments, and of those with most characters."""

    row: int = 0
    segments: int = 0
    characters: int = 0
    text: str = ""


@dataclass(slots=True)
class Totals:
    """Sums over the rows so far; whole when all rows have been read.

    ``rows`` is always the sum of ``ok``, ``duplicates``, ``invalid``, ``opted_out`` and ``ambiguous``. All from
    ``segments`` on is about ok rows: ``parts`` is a histogram (segments of a text to rows), ``unicode`` counts the rows
    that are sent as Unicode, ``characters`` what forces that where the type leaves a choice.
    ``reasons`` counts the rows that are not ok, by status and reason, and ``examples`` has the first of each.
    """

    rows: int = 0
    ok: int = 0
    duplicates: int = 0
    invalid: int = 0
    opted_out: int = 0
    ambiguous: int = 0
    segments: int = 0
    unicode: int = 0
    several_numbers: Use = field(default_factory=lambda: Use(0, 0))
    parts: dict[int, int] = field(default_factory=dict)
    countries: dict[str, Spent] = field(default_factory=dict)
    characters: dict[str, Use] = field(default_factory=dict)
    changes: dict[str, NotationChange] = field(default_factory=dict)
    warnings: dict[tuple[str, str, str], Warned] = field(default_factory=dict)
    longest: Longest = field(default_factory=Longest)
    reasons: dict[tuple[RowStatus, str], int] = field(default_factory=dict)
    examples: dict[tuple[RowStatus, str], list[CheckedRow]] = field(default_factory=dict)

    def add_special(self, row: CheckedRow) -> None:
        """Count a row that is not ok."""
        match row.status:
            case RowStatus.DUPLICATE:
                self.duplicates += 1
            case RowStatus.OPTED_OUT:
                self.opted_out += 1
            case RowStatus.AMBIGUOUS:
                self.ambiguous += 1
            case _:
                self.invalid += 1
        self.rows += 1
        kind = (row.status, row.reason)
        self.reasons[kind] = self.reasons.get(kind, 0) + 1
        kept = self.examples.setdefault(kind, [])
        if len(kept) < SHOWN:
            kept.append(row)

    def add_ok(self, kind: RowKind, rows: int) -> None:
        """Count ``rows`` ok rows of a kind."""
        segments = kind.segments
        self.rows += rows
        self.ok += rows
        self.segments += segments * rows
        self.parts[segments] = self.parts.get(segments, 0) + rows
        spent = self.countries.setdefault(kind.region, Spent())
        spent.rows += rows
        spent.segments += segments * rows
        if kind.encoding is Encoding.UNICODE:
            self.unicode += rows

    def add_noticed(self, kind: RowKind, rows: int, row: int, written: str, to: str) -> None:
        """Count ``rows`` numbers whose notation was changed alike, or that are warned about alike; ``row`` is first."""
        if kind.change:
            change = self.changes.get(kind.change)
            if change is None:
                change = NotationChange(kind.changes, kind.change, 0, row, written[:_LONGEST_SHOWN], to)
                self.changes[kind.change] = change
            change.rows += rows
        if kind.reason:
            key = (kind.reason, kind.line, kind.region)
            warned = self.warnings.get(key)
            if warned is None:
                warned = self.warnings[key] = Warned(*key, kind.sentence, 0, row)
            warned.rows += rows

    def add_characters(self, row: int, text: str) -> None:
        """Count what forces the text of ``row`` to be Unicode."""
        for char in {text[index]: None for index in gsm.not_gsm(text)}:
            use = self.characters.get(char)
            if use is None:
                self.characters[char] = Use(1, row)
            else:
                use.rows += 1

    def histogram(self) -> list[tuple[int, int]]:
        """Segments and rows, in the order of segments."""
        return sorted(self.parts.items())

    def forcing(self) -> list[tuple[str, Use]]:
        """The characters that force Unicode, those of most rows first."""
        return sorted(self.characters.items(), key=lambda item: (-item[1].rows, item[1].first_row))

    def as_json(self) -> dict[str, Any]:
        """All of it but the examples, in JSON's own types."""
        return {
            **{name: getattr(self, name) for name in _SUMS},
            "several_numbers": asdict(self.several_numbers),
            "parts": [list(pair) for pair in self.histogram()],
            "countries": {region: asdict(spent) for region, spent in self.countries.items()},
            "characters": [[char, use.rows, use.first_row] for char, use in self.forcing()[:_MOST_CHARACTERS]],
            "changes": [asdict(change) for change in self.changes.values()],
            "warnings": [asdict(warned) for warned in self.warnings.values()],
            "longest": asdict(self.longest),
            "reasons": [[status.value, reason, rows] for (status, reason), rows in self.reasons.items()],
        }
