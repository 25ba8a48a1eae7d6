"""What checking a list says to people: what was understood, what would be sent, and what would not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from mitto_tui.cli.output import plural, say
from mitto_tui.sms.checked_row import CheckedRow, RowStatus
from mitto_tui.sms.message import MessageType
from mitto_tui.sms.visible import one_line

if TYPE_CHECKING:
    from mitto_tui.recipients.checking import Checking
    from mitto_tui.recipients.readers.list_file import ListFile
    from mitto_tui.recipients.totals import Totals
    from mitto_tui.settings.profiles import Profile

_CHARACTERS: Final = 8
_CHANGES: Final = 6
_COUNTRIES: Final = 6

_STATUS_WORDS: Final = {
    RowStatus.DUPLICATE: "Duplicate",
    RowStatus.INVALID: "Invalid",
    RowStatus.OPTED_OUT: "Opted out",
    RowStatus.AMBIGUOUS: "Ambiguous, so not sent",
}


def say_vote(checking: Checking) -> None:
    """Say how bare numbers are read."""
    from mitto_tui.recipients.checking import SURVEYED

    if sentence := checking.vote.sentence(checking.plan.bare):
        rows = checking.vote.rows
        where = f" in the first {rows:,} rows" if rows == SURVEYED else ""
        say(f"Bare numbers{where}: {sentence}")


def say_findings(
    opened: ListFile,
    checking: Checking,
    profile: Profile,
    worst: Mapping[str, int] | None = None,
    *,
    end: str = "",
) -> None:
    """Say what would be sent and what not, when all rows have been read.

    ``worst`` are the parts it can come to at most, by country, where Mitto decides. ``end`` is said where there is
    somebody to send to.
    """
    totals = checking.totals
    for note in opened.notes[len(opened.detected.notes) :]:
        say(note)
    say()
    _say_sent(totals, profile, worst, let_mitto=checking.plan.options.type is MessageType.MITTO)
    _say_noticed(totals)
    _say_left_out(totals)
    say()
    if not totals.ok:
        say("Nobody is left to send to. Nothing was sent.")
    elif end:
        say(end)


def _say_sent(totals: Totals, profile: Profile, worst: Mapping[str, int] | None, *, let_mitto: bool) -> None:
    left_out = totals.rows - totals.ok
    say(f"{plural(totals.rows, 'row')}: {plural(totals.ok, 'recipient')}, {left_out:,} left out")
    if not totals.ok:
        return
    parts = ", ".join(f"{rows:,} × {plural(segments, 'part')}" for segments, rows in totals.histogram())
    estimate = ", by our own count: Mitto decides" if let_mitto else ""
    say(f"Parts: {totals.segments:,} in all ({parts}){estimate}")
    if words := cost_words(totals, profile, worst):
        say(f"Cost: {words}")
    longest = totals.longest
    size = f"{plural(longest.characters, 'character')}, {plural(longest.segments, 'part')}"
    say(f"Longest: row {longest.row:,} with {size}: {one_line(longest.text, 120)}")
    if totals.unicode:
        say(f"Unicode: {plural(totals.unicode, 'text')}{_forced(totals)}")


def _forced(totals: Totals) -> str:
    forcing = totals.forcing()
    if not forcing:
        return ""
    shown = [f"{one_line(char)} in {use.rows:,} (first row {use.first_row:,})" for char, use in forcing[:_CHARACTERS]]
    more = f", and {len(forcing) - _CHARACTERS:,} more characters" if len(forcing) > _CHARACTERS else ""
    return f", because of {', '.join(shown)}{more}"


def cost_words(totals: Totals, profile: Profile, worst: Mapping[str, int] | None = None) -> str:
    """What the list costs by the profile's prices, with the worst case where it differs; empty without prices."""
    from mitto_tui.ui.list_cost import list_cost

    costs = list_cost(totals, profile, worst)
    if costs is None:
        return ""
    words = f"{costs.words}, {costs.worst_words}" if costs.worst_words else costs.words
    if not costs.without:
        return words
    places = ", ".join(one.name for one in costs.without[:_COUNTRIES])
    return f"{words}, and {plural(costs.rows_without, 'recipient')} without a price ({places})"


def _say_noticed(totals: Totals) -> None:
    for change in list(totals.changes.values())[:_CHANGES]:
        before, after = one_line(change.before, 40), one_line(change.after, 40)
        say(f"Read anew: {change.rows:,} × {change.words}, such as {before} → {after} (row {change.first_row:,})")
    if len(totals.changes) > _CHANGES:
        say(f"Read anew: in {len(totals.changes) - _CHANGES:,} more ways")
    for warned in totals.warnings.values():
        where = f"row {warned.first_row:,}" if warned.rows == 1 else f"first row {warned.first_row:,}"
        say(f"Warning: {warned.sentence} {plural(warned.rows, 'row')} ({where})")
    if several := totals.several_numbers.rows:
        first = f"the first in row {totals.several_numbers.first_row:,}"
        say(f"Several numbers: {plural(several, 'cell')}, {first}; the first mobile one is used (see --all-numbers)")


def _say_left_out(totals: Totals) -> None:
    for (status, reason), count in sorted(totals.reasons.items(), key=lambda item: (item[0][0], -item[1])):
        kind = _STATUS_WORDS[status] if status.value == reason else f"{_STATUS_WORDS[status]} ({reason})"
        say()
        say(f"{kind}: {plural(count, 'row')}")
        shown = totals.examples[status, reason]
        for row in shown:
            say(f"  row {row.row:,}: {_number(row)}{row.sentence}")
        if count > len(shown):
            say(f"  and {count - len(shown):,} more: --jsonl lists them all")


def _number(row: CheckedRow) -> str:
    written = one_line(row.written.strip(), 40)
    return f"{written}: " if written else ""
