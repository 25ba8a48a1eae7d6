"""What is said of a checked list: the word for each row, the filters, and the lines above the table. Plain text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from mitto_tui.recipients.totals import Spent, Totals
from mitto_tui.sms.checked_row import RowKind, RowStatus
from mitto_tui.sms.segments import Encoding
from mitto_tui.ui.counting import parts
from mitto_tui.ui.list_cost import list_cost
from mitto_tui.ui.themes import BAD, DIM, WARN

if TYPE_CHECKING:
    from mitto_tui.settings.profiles import Profile
    from mitto_tui.storage.campaigns import Campaign

REASONS_SHOWN: Final = 3
"""Reasons that are named of a status, those of most rows first."""


@dataclass(frozen=True, slots=True)
class RowWords:
    """A row's state as a person sees it. ``style`` is a colour by meaning, or empty."""

    sign: str
    word: str
    style: str = ""


_OK: Final = RowWords("✓", "ok")
_WARNED: Final = RowWords("!", "warned", WARN)
_LEFT_OUT: Final[Mapping[RowStatus, RowWords]] = {
    RowStatus.DUPLICATE: RowWords("=", "duplicate", DIM),
    RowStatus.INVALID: RowWords("✕", "invalid", BAD),
    RowStatus.AMBIGUOUS: RowWords("?", "ambiguous", WARN),
    RowStatus.OPTED_OUT: RowWords("–", "opted out", DIM),
}


def row_words(kind: RowKind) -> RowWords:
    """Sign, word and colour for what becomes of a row."""
    if kind.status is RowStatus.OK:
        return _WARNED if kind.reason else _OK
    return _LEFT_OUT[kind.status]


class Group(Enum):
    """Rows that a person asks for together. ``word`` is the chip's; ``noun`` counts them, as in 3 invalid rows.

    Rows that are warned about, and those whose notation was changed, are among those that are ok.
    """

    ALL = ("All", "", "", "")
    OK = ("OK", "✓", "", "recipient")
    CHANGED = ("Changed", "→", "", "changed number")
    WARNED = ("Warned", "!", WARN, "recipient with a warning")
    DUPLICATE = ("Duplicate", "=", "", "duplicate row")
    INVALID = ("Invalid", "✕", BAD, "invalid row")
    AMBIGUOUS = ("Ambiguous", "?", WARN, "ambiguous row")
    OPTED_OUT = ("Opted out", "–", "", "opted-out row")

    def __init__(self, word: str, sign: str, style: str, noun: str) -> None:
        self.word = word
        self.sign = sign
        self.style = style
        self.noun = noun or "row"

    @property
    def status(self) -> RowStatus | None:
        """The status that all of its rows share and no others have, if it is one of rows that are left out."""
        return _STATUSES.get(self)

    def wants(self, kind: RowKind) -> bool:
        """Whether rows of ``kind`` are in it."""
        match self:
            case Group.ALL:
                return True
            case Group.OK:
                return kind.status is RowStatus.OK
            case Group.CHANGED:
                return kind.status is RowStatus.OK and bool(kind.change)
            case Group.WARNED:
                return kind.status is RowStatus.OK and bool(kind.reason)
            case _:
                return kind.status is _STATUSES[self]


_STATUSES: Final = {
    Group.DUPLICATE: RowStatus.DUPLICATE,
    Group.INVALID: RowStatus.INVALID,
    Group.AMBIGUOUS: RowStatus.AMBIGUOUS,
    Group.OPTED_OUT: RowStatus.OPTED_OUT,
}
LEFT_OUT: Final = tuple(_STATUSES.values())
"""The statuses of rows that nothing is sent to."""

_EMPTY: Final = {
    Group.ALL: ("There are no rows in this list.", "Go back to the first step and choose another one."),
    Group.OK: ("Nobody is left to send to.", "The other filters say why each row is left out."),
    Group.CHANGED: ("No number had to be changed.", "All are sent to as they are written."),
    Group.WARNED: ("No number is warned about.", ""),
    Group.DUPLICATE: ("Every number is there once.", ""),
    Group.INVALID: ("No row is invalid.", ""),
    Group.AMBIGUOUS: ("No number is ambiguous.", "It is known of each how it is meant."),
    Group.OPTED_OUT: ("Nobody in this list has opted out.", ""),
}


def why_empty(group: Group) -> tuple[str, str]:
    """What stands where a filter has no rows: a sentence, and one more or an empty string."""
    return _EMPTY[group]


def counted(number: int, noun: str) -> str:
    """``1 row``, ``1,204 rows``."""
    if number != 1:
        first, with_, rest = noun.partition(" with ")
        noun = f"{first}s{with_}{rest}"
    return f"{number:,} {noun}"


# -- the lines above --------------------------------------------------------------------------------------------------


def recipients_of(totals: Mapping[str, Any]) -> int:
    """How many rows something is sent to."""
    return _number(totals.get("ok"))


def progress_words(totals: Totals) -> str:
    """The sums so far: ``5,400 rows: 5,172 recipients, 228 left out``."""
    return _counts(totals.rows, totals.ok)


def sums_words(campaign: Campaign, profile: Profile) -> str:
    """``12,408 rows: 12,180 recipients, 228 left out · 12,391 parts · 0.93 EUR``."""
    totals = campaign.totals
    ok = recipients_of(totals)
    said = [_counts(_number(totals.get("rows")), ok)]
    if ok:
        said.append(parts(_number(totals.get("segments"))))
        said.append(_cost_words(campaign, profile))
    else:
        said.append("nobody is left to send to")
    return " · ".join(part for part in said if part)


def left_out_words(campaign: Campaign, most: int = REASONS_SHOWN) -> str:
    """By what rows are left out, or empty: ``96 duplicate · 84 invalid (no number 60, letters 24) · 17 opted out``.

    Of each status ``most`` reasons are named.
    """
    by_status: dict[str, dict[str, int]] = {}
    for status, reason, rows in _triples(campaign.totals.get("reasons")):
        found = by_status.setdefault(status, {})
        found[reason] = found.get(reason, 0) + rows
    said = []
    for status, words in _LEFT_OUT.items():
        if reasons := by_status.get(status.value):
            said.append(f"{sum(reasons.values()):,} {words.word}{_why(status, reasons, most)}")
    return " · ".join(said)


def bare_words(campaign: Campaign) -> str:
    """How numbers without + and country code were decided, or empty where there are none."""
    said = campaign.source.get("bare_numbers")
    return said if isinstance(said, str) else ""


def size_words(kind: RowKind, *, short: bool = False) -> str:
    """``2 parts, Unicode``, or short ``2 Uni``; empty where nothing is sent."""
    if not kind.segments:
        return ""
    if short:
        return f"{kind.segments} {_SHORT.get(kind.encoding, '')}".rstrip()
    encoding = _ENCODINGS.get(kind.encoding, "")
    return f"{parts(kind.segments)}, {encoding}" if encoding else parts(kind.segments)


_ENCODINGS: Final[Mapping[Encoding | None, str]] = {
    Encoding.GSM: "GSM",
    Encoding.UNICODE: "Unicode",
    Encoding.BINARY: "binary",
}
_SHORT: Final[Mapping[Encoding | None, str]] = {Encoding.GSM: "GSM", Encoding.UNICODE: "Uni", Encoding.BINARY: "bin"}
_REASONS: Final = {
    "empty": "no number",
    "not_a_number": "no telephone number",
    "letters": "letters in the number",
    "extension": "extensions",
    "lost_digits": "digits lost by a spreadsheet",
    "too_short": "too short",
    "too_long": "too long",
    "code_zero": "country code 0",
    "no_country": "national, country not known",
    "not_in_country": "not in its country",
    "short_number": "short numbers",
    "line_refused": "lines you refuse",
    "several_numbers": "several numbers",
    "empty_value": "an empty field",
    "two_meanings": "two meanings",
    "plan_unsure": "in no plan we know",
    "told_otherwise": "read otherwise by your choice",
    "not_gsm": "not in the GSM alphabet",
    "not_hex": "no hex digits",
}


def _why(status: RowStatus, reasons: Mapping[str, int], most: int) -> str:
    if not most or list(reasons) == [status.value]:
        return ""
    found = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    named = [
        f"{_REASONS.get(reason, reason.replace('_', ' '))}{f' {rows:,}' if len(found) > 1 else ''}"
        for reason, rows in found[:most]
    ]
    if rest := sum(rows for _, rows in found[most:]):
        named.append(f"other {rest:,}")
    return f" ({', '.join(named)})"


def _counts(rows: int, ok: int) -> str:
    left_out = f", {rows - ok:,} left out" if rows > ok else ""
    return f"{counted(rows, 'row')}: {counted(ok, 'recipient')}{left_out}"


def _cost_words(campaign: Campaign, profile: Profile) -> str:
    if campaign.options.get("test") is True:
        return "a test: nothing is delivered or charged"
    if (cost := list_cost(Totals(countries=_countries(campaign.totals)), profile)) is None:
        return ""
    without = f", {counted(cost.rows_without, 'recipient')} without a price" if cost.without else ""
    return f"{cost.words}{without}"


def _countries(totals: Mapping[str, Any]) -> dict[str, Spent]:
    kept = totals.get("countries")
    if not isinstance(kept, Mapping):
        return {}
    return {
        str(region): Spent(_number(spent.get("rows")), _number(spent.get("segments")))
        for region, spent in kept.items()
        if isinstance(spent, Mapping)
    }


def _triples(kept: object) -> Iterable[tuple[str, str, int]]:
    for entry in kept if isinstance(kept, Sequence) else ():
        if isinstance(entry, Sequence) and len(entry) == 3:
            yield str(entry[0]), str(entry[1]), _number(entry[2])


def _number(kept: object) -> int:
    return kept if isinstance(kept, int) else 0
