"""What could be replaced in a text, in words: for the list of foreign characters, for Replace and the confirmation."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual.content import Content

from mitto_tui.sms import gsm
from mitto_tui.sms.message import MessageType
from mitto_tui.sms.segments import MAX_SEGMENTS, Count, CountError, Encoding, capacity
from mitto_tui.sms.visible import visible
from mitto_tui.ui.counting import Foreign, parts
from mitto_tui.ui.literal import UNSHOWABLE, literal
from mitto_tui.ui.themes import DIM, GOOD, WARN

if TYPE_CHECKING:
    from mitto_tui.sms.friendly import Plan, Replacement

LONGEST: Final = MAX_SEGMENTS * capacity(Encoding.GSM, concatenated=True)
"""Characters above which no replacement makes a text short enough to be sent."""
WINS_NOTHING: Final = "wins nothing"
_SIGN: Final = 3
_BY: Final = 10
_WORDS: Final = {"": "nothing", " ": "a blank", "\n": "a new line"}


def plan_for(text: str, type: MessageType = MessageType.AUTO, udh: bytes = b"") -> Plan | None:  # noqa: A002 - the field's
    """The plan for a text as a person would send it; None where it is too long to be sent in any way, or binary."""
    if type is MessageType.BINARY or len(text) > LONGEST:
        return None
    # Its tables take a moment to be made, which nobody should wait for who only wants to see the form.
    from mitto_tui.sms.friendly import plan

    return plan(text, "auto" if type is MessageType.MITTO else type.value, udh)


# -- what it wins ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gain:
    """What a change does to the count. ``better`` is above 0 where it wins, below where it costs; ``words`` say it."""

    words: str
    better: int = 0

    @property
    def style(self) -> str:
        """For drawing ``words``."""
        return GOOD if self.better > 0 else WARN if self.better < 0 else DIM


def gain(before: Count, after: Count) -> Gain:
    """What there is to say when ``before`` becomes ``after``."""
    if before.error is CountError.NOT_GSM:
        if after.error is None:
            return Gain(f"fits GSM, {parts(after.segments)}", 1)
        return Gain("doesn't fit GSM yet")
    if before.error is not None or after.error is not None:
        return Gain("")
    if after.segments != before.segments:
        return Gain(f"{before.segments:,} → {after.segments:,} parts", before.segments - after.segments)
    left = f"stays {parts(after.segments)}, {after.remaining:,} left"
    if after.encoding is not before.encoding:
        return Gain(left, 1)
    return Gain(left if after.remaining > before.remaining else WINS_NOTHING)


def gain_of_all(made: Plan) -> Gain:
    """What replacing everything wins, for the edge of a panel: at most 36 cells."""
    before, after, left = made.before, made.after, len(made.left)
    if before.error not in (None, CountError.NOT_GSM):
        return Gain("")
    if not made.replacements:
        return Gain("No replacement: doesn't fit GSM" if before.error else "No replacement: stays Unicode")
    won = gain(before, after)
    if won.better < 0:
        return Gain(f"Replace all: costs {won.words}", won.better)
    if won.better > 0:
        return Gain(f"Replace all: {won.words}", won.better)
    if left and after.encoding is not Encoding.GSM:
        stays = "Doesn't fit" if before.error else "Stays Unicode"
        return Gain(f"{stays}: {left:,} can't be replaced")
    return Gain(f"Replace all: {won.words}")


def could_save(text: str, type: MessageType, udh: bytes = b"") -> str:  # noqa: A002 - the field's own name
    """A sentence where replacing would save parts, else empty."""
    made = plan_for(text, type, udh)
    if made is None or not made.replacements or made.before.error or made.after.error:
        return ""
    if made.after.segments >= made.before.segments:
        return ""
    number = sum(len(replacement.places) for replacement in made.replacements)
    characters = "1 character" if number == 1 else f"{number:,} characters"
    return f"Replacing {characters} would make it {parts(made.after.segments)} instead of {made.before.segments:,}."


# -- rows --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """``found`` at ``places`` (indexes, from 0), and its replacement, if there is one."""

    found: str
    places: tuple[int, ...]
    replacement: Replacement | None = None

    @property
    def sign(self) -> str:
        """What is found, safe to draw in one or two cells."""
        if unicodedata.combining(self.found[0]):
            return f"◌{self.found[0]}"
        shown = visible(self.found)
        return shown if shown == self.found or len(shown) == 1 else UNSHOWABLE

    @property
    def foreign(self) -> str:
        """The code points of it that are outside the alphabet."""
        return "".join(char for char in self.found if char not in gsm.ALPHABET) or self.found

    @property
    def code(self) -> str:
        """``U+201C``; with an ellipsis where there are more."""
        return f"U+{ord(self.foreign[0]):04X}{'…' if len(self.foreign) > 1 else ''}"

    @property
    def name(self) -> str:
        """Unicode's own name, in lower case."""
        return Foreign(self.foreign[0], ()).name

    @property
    def by(self) -> str:
        """What stands for it, in words where it can't be seen. Not yet literal."""
        return "" if self.replacement is None else _WORDS.get(self.replacement.by, self.replacement.by)


def rows(foreign: Iterable[Foreign], replacements: Sequence[Replacement], most: int) -> tuple[Row, ...]:
    """Every replacement and every foreign character that has none, in the text's order; ``most`` at most.

    Where several code points are replaced together, the foreign ones among them are no rows of their own.
    """
    made = [Row(one.found, one.places, one) for one in replacements]
    covered: set[int] = set()
    for one in replacements:
        if len(one.found) > 1:
            covered.update(place + by for place in one.places for by in range(len(one.found)))
    alone = {one.found for one in replacements if len(one.found) == 1}
    for found in foreign:
        if found.char in alone:
            continue
        places = found.places if not covered else tuple(place for place in found.places if place not in covered)
        if places:
            made.append(Row(found.char, places))
    return tuple(sorted(made, key=lambda row: row.places[0])[:most])


def row_head(row: Row) -> Content:
    """Its sign and code, which every list begins its rows with; 11 cells."""
    sign = row.sign
    width = Content(sign).cell_length
    return Content.assemble((sign, f"bold {WARN}"), " " * max(_SIGN - width, 1), f"{row.code:<8}")


def row_by(row: Row) -> Content:
    """``→ "``, or nothing."""
    if row.replacement is None:
        return Content("")
    style = DIM if row.replacement.by in _WORDS else "bold"
    return Content.assemble(("→ ", DIM), literal(row.by, _BY, style))
