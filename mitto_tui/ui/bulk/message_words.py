"""What a message comes to over a whole list, in words and bars, and what a field is told: without a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mitto_tui.sms import gsm
from mitto_tui.sms.template import FieldPiece, TemplateError, parse
from mitto_tui.sms.template_names import field_for
from mitto_tui.sms.visible import one_line
from mitto_tui.ui.counting import Foreign, parts
from mitto_tui.ui.literal import UNSHOWABLE, one_for_one

if TYPE_CHECKING:
    from mitto_tui.recipients.totals import Totals, Use

HELP: Final = {
    "#bulk-from": "Who the message comes from: 3 to 11 letters, digits and spaces, or a number of 3 to 14 digits, "
    "as agreed with Mitto. Senders used before are suggested; the right arrow takes the suggestion.",
    "#bulk-text": "The message. Behind { the columns of the list are offered. {name|friend} has something to say "
    "where the column is blank; without it such a row gets no message. {{ and }} are braces themselves. Underlined "
    "characters are not in the GSM alphabet: one of them sends every row as Unicode.",
    "#bulk-walk": "The message as one row gets it. Left and right go from row to row, up and down scroll. The rows "
    "are the first of the list, the one with the longest text, and the first with each character that forces "
    "Unicode.",
    "MessageStep #options": "What else Mitto takes, the same for every row. Auto sends each row as GSM where every "
    "character fits, else as Unicode.",
}
"""What F1 says of the step's fields, by selector."""
_NAME: Final = 32
_FALLBACK: Final = "friend"


def many(number: int, thing: str) -> str:
    """``1 row``, ``1,024 rows``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def left_out(totals: Totals) -> list[str]:
    """The rows that get no message, by kind, those of most rows first: ``600 invalid``."""
    kinds = (
        (totals.duplicates, "duplicate" if totals.duplicates == 1 else "duplicates"),
        (totals.invalid, "invalid"),
        (totals.ambiguous, "ambiguous"),
        (totals.opted_out, "opted out"),
    )
    return [f"{rows:,} {word}" for rows, word in sorted(kinds, key=lambda kind: -kind[0]) if rows]


# -- parts -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a histogram: ``rows`` texts of so many parts. ``share`` is of the longest bar, 0 to 1."""

    label: str
    rows: int
    share: float

    def halves(self, width: int) -> int:
        """Its length in half cells, of ``width`` cells at most. What is there at all is seen."""
        return max(round(self.share * 2 * width), 1) if self.rows else 0


def bars(histogram: Sequence[tuple[int, int]], most: int) -> list[Bar]:
    """``histogram`` (parts, rows) in at most ``most`` lines: what is too much for them is one bar at the end."""
    shown = list(histogram if len(histogram) <= most else histogram[: most - 1])
    labels = [parts(segments) for segments, _ in shown]
    if rest := histogram[len(shown) :]:
        labels.append(f"{rest[0][0]:,} to {rest[-1][0]:,}")
        shown.append((0, sum(rows for _, rows in rest)))
    longest = max((rows for _, rows in shown), default=0)
    return [Bar(label, rows, rows / longest) for label, (_, rows) in zip(labels, shown, strict=True)]


# -- what forces Unicode, what is blank --------------------------------------------------------------------------------


def sign_of(char: str) -> str:
    """A character to be shown with its code point: ``ł U+0142``; the code alone where it can't be shown."""
    sign = one_for_one(char)
    code = Foreign(char, ()).code
    return code if sign == UNSHOWABLE or not sign.strip() else f"{sign} {code}"


def forcing_words(forcing: Sequence[tuple[str, Use]], most: int) -> list[str]:
    """The characters that force Unicode: ``ł U+0142 in 8,000 (row 17)``, at most so many, and how many more."""
    shown = [f"{sign_of(char)} in {use.rows:,} (row {use.first_row:,})" for char, use in forcing[:most]]
    if more := len(forcing) - len(shown):
        shown.append(f"{more:,} more" if shown else many(more, "character"))
    return shown


def blank_words(blanks: Mapping[str, int]) -> list[str]:
    """For each field without a fallback, how many rows are left out because its column is blank there."""
    return [
        f"{many(rows, 'row')} {'has' if rows == 1 else 'have'} no {one_line(name, _NAME)}: "
        f"write {_with_fallback(name)} to keep {'it' if rows == 1 else 'them'}."
        for name, rows in sorted(blanks.items(), key=lambda blank: -blank[1])
        if rows
    ]


def _with_fallback(name: str) -> str:
    return f"{{{one_line(field_for(name)[1:-1], _NAME)}|{_FALLBACK}}}"


# -- fields in a text --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fields:
    """Where fields stand in a text: ``pieces`` in its order; none where it is no template."""

    pieces: tuple[FieldPiece, ...] = ()

    @classmethod
    def of(cls, text: str) -> Fields:
        """Those of a text."""
        try:
            template = parse(text)
        except TemplateError:
            return cls()
        return cls(tuple(piece for piece in template.pieces if isinstance(piece, FieldPiece)))

    def name_ends(self, place: int) -> int:
        """The index behind the name of the field in which ``place`` is, or 0 where it is in none.

        A fallback is text that may be sent, and no name.
        """
        for piece in self.pieces:
            if piece.start <= place < piece.end:
                end = _name_end(piece)
                return end if place < end else 0
        return 0


def _name_end(piece: FieldPiece) -> int:
    """The index of the brace or the bar behind a field's name."""
    return piece.end - 1 - (0 if piece.fallback is None else len(piece.fallback) + 1)


def next_forcing(text: str, after: int) -> int | None:
    """The first place behind ``after`` of a character that forces Unicode, round the end; None where there is none.

    What stands in a field's name is not sent.
    """
    fields = Fields.of(text)
    places = [place for place in gsm.each_not_gsm(text, 0) if not fields.name_ends(place)]
    return next((place for place in places if place > after), places[0] if places else None)


@dataclass(frozen=True, slots=True)
class Shield:
    """A template whose fields' names hold no foreign characters any more, so that nothing replaces these."""

    text: str
    names: tuple[tuple[str, str], ...]
    """The fields as they stand in ``text``, and as they were."""

    @classmethod
    def over(cls, text: str) -> Shield:
        """Protect the names in ``text``."""
        names: dict[str, str] = {}
        made, end = [], 0
        for piece in Fields.of(text).pieces:
            name = text[piece.start + 1 : _name_end(piece)]
            made.append(text[end : piece.start + 1])
            end = _name_end(piece)
            if gsm.not_gsm(name):
                plain = "".join(char if not gsm.not_gsm(char) else "?" for char in name)
                while f"{{{plain}" in text or names.get(plain, name) != name:
                    plain += "?"
                names[plain] = name
                name = plain
            made.append(name)
        return cls("".join(made) + text[end:], tuple(names.items()))

    def lifted(self, text: str) -> str:
        """``text``, which was ``self.text`` and was changed meanwhile, with the names as they were."""
        for plain, name in self.names:
            for end in "|}":
                text = text.replace(f"{{{plain}{end}", f"{{{name}{end}")
        return text
