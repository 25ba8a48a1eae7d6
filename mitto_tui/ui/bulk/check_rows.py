"""A checked list as lines for a table: read in threads, a block at a time, through any filter."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mitto_tui.ui.bulk.check_words import Group
from mitto_tui.ui.history_rows import number_for_display

if TYPE_CHECKING:
    from mitto_tui.sms.checked_row import CheckedRow, RowKind
    from mitto_tui.storage.campaigns import Campaign, Campaigns

_PUNCTUATION: Final = str.maketrans("", "", " \t\u00a0\u202f()/.-")
_DIGITS: Final = re.compile(r"\+\d{7,15}\b")
_SCANNED: Final = 1_000
"""Numbers of one row that are looked at, where each number of a cell is taken."""


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A row of the list, as it is shown. ``number`` is as it is sent, or empty; ``text`` what is sent, or empty.

    ``written`` is the number as the list has it, where that differs in more than blanks and punctuation. ``sentence``
    says why it isn't ok, or what it is warned about.
    """

    place: int
    row: CheckedRow
    number: str
    written: str
    text: str
    sentence: str

    @property
    def id(self) -> int:
        """Falls from one line to the next."""
        return -self.place

    @property
    def kind(self) -> RowKind:
        """What is said alike of many rows."""
        return self.row.kind


@dataclass(frozen=True, slots=True)
class Listing:
    """What a table of a checked list needs to know of it. ``kinds`` are the numbers of each group's kinds.

    ``last_row`` is the largest row number.
    """

    campaign: Campaign
    kinds: Mapping[Group, tuple[int, ...]]
    counts: Mapping[Group, int]
    last_row: int


def read_listing(campaigns: Campaigns, campaign: Campaign) -> Listing:
    """In a thread. Raises the store's errors."""
    known = campaigns.kinds(campaign.id)
    kinds = {group: tuple(number for number, kind, _ in known if group.wants(kind)) for group in Group}
    counts = {group: sum(rows for _, kind, rows in known if group.wants(kind)) for group in Group}
    last = campaigns.page(campaign.id, skip=max(counts[Group.ALL] - 1, 0), limit=1)
    return Listing(campaign, kinds, counts, last[0].row.row if last else 0)


class CheckRows:
    """A ``RowSource`` over the rows of a group. A line's id is its place, negative, so that ids fall."""

    def __init__(self, campaigns: Campaigns, listing: Listing, group: Group) -> None:
        self._campaigns = campaigns
        self._campaign = listing.campaign
        self._kinds = None if group is Group.ALL else listing.kinds[group]

    def count(self) -> int:
        return self._campaigns.count(self._campaign.id, kinds=self._kinds)

    def rows(self, before: int | None, skip: int, limit: int) -> Sequence[CheckLine]:
        after = -1 if before is None else -before
        page = self._campaigns.page(self._campaign.id, kinds=self._kinds, after=after, skip=skip, limit=limit)
        return [line_of(stored.place, stored.row, self._campaign.text) for stored in page]

    def newer_than(self, row_id: int) -> int:
        return self._campaigns.count(self._campaign.id, kinds=self._kinds, before=-row_id)


def line_of(place: int, row: CheckedRow, fixed_text: str | None) -> CheckLine:
    """A row as it is shown. ``fixed_text`` is the campaign's text where all rows have the same."""
    number = number_for_display(row.to) if row.to else ""
    written = row.written.strip()
    plain = written.translate(_PUNCTUATION)
    text = "" if not row.kind.segments else row.text if fixed_text is None else fixed_text
    sentence = _DIGITS.sub(lambda found: number_for_display(found[0][1:]), row.sentence)
    return CheckLine(place, row, number, "" if plain == f"+{row.to}" else written, text, sentence)


def place_of_repeated(campaigns: Campaigns, campaign: int, line: CheckLine) -> int | None:
    """In a thread: the place of the row that a duplicate repeats, or None. Row numbers never fall in a list."""
    wanted, low, high = line.row.repeats, 0, line.place
    if not wanted:
        return None
    while low < high:
        middle = (low + high) // 2
        found = campaigns.page(campaign, after=middle - 1, limit=1)
        if found and found[0].row.row < wanted:
            low = middle + 1
        else:
            high = middle
    for stored in campaigns.page(campaign, after=low - 1, limit=_SCANNED):
        if stored.row.row != wanted:
            break
        if stored.row.to == line.row.to and stored.row.kind.segments:
            return stored.place
    return None
