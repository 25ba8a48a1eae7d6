"""Texts for many rows at once: what ``sms.template`` says, column by column instead of row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import NamedTuple

from mitto_tui.sms.template import FieldPiece, Template
from mitto_tui.sms.template_names import places_of


class Rendered(NamedTuple):
    """Some rows' texts. ``characters`` has every character of them at least once, and is mostly much shorter."""

    texts: list[str]
    characters: str


class Rendering:
    """A template bound to a list's columns. Raises MissingColumn, AmbiguousColumn."""

    def __init__(self, template: Template, columns: Sequence[str]) -> None:
        self.one = template.bind(columns)
        """Renders a single row, and raises EmptyValue where a value is blank and has no fallback."""
        self._pieces = template.pieces
        self._places = places_of({field.key: field.name for field in template.fields}, columns)
        self._literal = "".join(piece.value for piece in self._pieces if not isinstance(piece, FieldPiece))

    def many(self, rows: Sequence[Sequence[str]]) -> Rendered | None:
        """The rows' texts; None where a value is blank and has no fallback, and rows must be looked at one by one.

        Rows have a cell for every column.
        """
        if not self._places:
            text = self.one(())
            return Rendered([text] * len(rows), text)
        parts: list[Iterable[str]] = []
        characters = [self._literal]
        for piece in self._pieces:
            if not isinstance(piece, FieldPiece):
                parts.append(repeat(piece.value))
                continue
            place = self._places[piece.key]
            values = [row[place] for row in rows]
            if not all(map(str.strip, values)):
                fallback = piece.fallback
                if fallback is None:
                    return None
                values = [value if value.strip() else fallback for value in values]
            parts.append(values)
            characters += values
        # The literal parts have no end; a column has one text for each row.
        texts = list(map("".join, zip(*parts)))  # noqa: B905 - as just said
        return Rendered(texts, "".join(characters))
