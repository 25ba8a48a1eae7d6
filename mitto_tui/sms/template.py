"""Texts with fields: ``Dear {name|customer}`` becomes one text for each person.

``{name}`` stands for a value, ``{name|fallback}`` for a value or, where that is blank, for the fallback (taken as it
is; ``{name|}`` for nothing at all); ``{{`` and ``}}`` stand for braces. Values are data: whatever braces they hold are
never looked at.

Names are compared by ``normal``: blanks, case, hyphens and underscores make no difference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.template_names import AmbiguousColumn, EmptyValue, MissingColumn, field_for, normal, places_of

__all__ = [
    "AmbiguousColumn",
    "EmptyValue",
    "Field",
    "FieldPiece",
    "LiteralPiece",
    "MissingColumn",
    "Piece",
    "Renderer",
    "Template",
    "TemplateError",
    "field_for",
    "fields_in",
    "normal",
    "parse",
]

Renderer = Callable[[Sequence[str]], str]
"""One row's cells to its text. Raises EmptyValue."""

_FIELD: Final = "text"
_TOKEN: Final = re.compile(
    r"(?P<escape>\{\{|\}\})|\{(?P<name>[^{}|\r\n]*+)(?:\|(?P<fallback>[^{}]*+))?+\}|(?P<lone>[{}])"
)
_FURTHER: Final = re.compile(r"[{\r\n]")
_OF_CODE: Final = re.compile(r"[\"`;=<>\\]|:\s*\S")
_OF_WORDS: Final = re.compile(r"[^\W_]")


class TemplateError(InvalidInput):
    """The text is no template. ``start`` and ``end`` are the indexes of what is wrong in it."""

    def __init__(self, start: int, end: int, message: str, advice: str) -> None:
        super().__init__(_FIELD, message, advice)
        self.start = start
        self.end = end


@dataclass(frozen=True, slots=True)
class Field:
    """What a template asks for: ``name`` as first written, ``key`` as names compare, the first use's ``fallback``."""

    name: str
    key: str
    fallback: str | None


@dataclass(frozen=True, slots=True)
class LiteralPiece:
    """A stretch ``text[start:end]`` of the template that says ``value``: itself, but for doubled braces."""

    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True)
class FieldPiece:
    """A use of a field, braces included: ``text[start:end]`` of the template."""

    start: int
    end: int
    name: str
    key: str
    fallback: str | None


Piece = LiteralPiece | FieldPiece


@dataclass(frozen=True, slots=True)
class Template:
    """A text with fields, as ``parse`` makes it. ``pieces`` follow each other without a gap and cover ``text``.

    ``fields`` has each key once, in the order of first use.
    """

    text: str
    fields: tuple[Field, ...]
    pieces: tuple[Piece, ...]

    def render(self, values: Mapping[str, str]) -> str:
        """The text for ``values``, whose keys are names in any notation; values that no field asks for don't matter.

        Values are taken as they are, blanks around them included. Raises MissingColumn, AmbiguousColumn, EmptyValue.
        """
        return self.bind(tuple(values))(tuple(values.values()))

    def bind(self, columns: Sequence[str]) -> Renderer:
        """What renders rows of a list with these ``columns``: cells in their order; where a row is short, empty ones.

        Raises MissingColumn, AmbiguousColumn. The renderer raises EmptyValue for the first blank cell (in the order of
        the text) that has no fallback.
        """
        indexes = places_of({field.key: field.name for field in self.fields}, columns)
        uses = [piece for piece in self.pieces if isinstance(piece, FieldPiece)]
        cells = [indexes[use.key] for use in uses]
        if not uses:
            text = "".join(piece.value for piece in self.pieces if isinstance(piece, LiteralPiece))
            return lambda row: text
        layout = "".join(
            "%s" if isinstance(piece, FieldPiece) else piece.value.replace("%", "%%") for piece in self.pieces
        )

        def carefully(row: Sequence[str]) -> str:
            filled: list[str] = []
            for use, index in zip(uses, cells, strict=True):
                cell = row[index] if index < len(row) else ""
                if cell.strip():
                    filled.append(cell)
                elif use.fallback is not None:
                    filled.append(use.fallback)
                else:
                    raise EmptyValue(columns[index])
            return layout % tuple(filled)

        return _renderer(cells, layout, carefully)


def _renderer(cells: Sequence[int], layout: str, carefully: Renderer) -> Renderer:
    # Most rows are whole. One with a blank in it is rendered again, carefully.
    strip = str.strip
    if len(cells) == 1:
        (only,) = cells

        def one(row: Sequence[str]) -> str:
            try:
                cell = row[only]
            except IndexError:
                return carefully(row)
            return layout % (cell,) if strip(cell) else carefully(row)

        return one
    pick: Callable[[Sequence[str]], tuple[str, ...]] = itemgetter(*cells)

    def several(row: Sequence[str]) -> str:
        try:
            found = pick(row)
        except IndexError:
            return carefully(row)
        return layout % found if all(map(strip, found)) else carefully(row)

    return several


def parse(text: str) -> Template:
    """``text`` as a template. Raises TemplateError, with the place in characters from 1."""
    pieces: list[Piece] = []
    fields: dict[str, Field] = {}
    literal: list[str] = []
    begun = end = 0

    def close(until: int) -> None:
        if until > begun:
            pieces.append(LiteralPiece(begun, until, "".join(literal)))
            literal.clear()

    for found in _TOKEN.finditer(text):
        literal.append(text[end : found.start()])
        end = found.end()
        if found["lone"]:
            raise _lone(text, found.start())
        if found["escape"]:
            literal.append(found["escape"][0])
            continue
        name = found["name"].strip()
        key = normal(name)
        if not key:
            raise _nameless(found)
        close(found.start())
        begun = end
        pieces.append(FieldPiece(found.start(), end, name, key, found["fallback"]))
        fields.setdefault(key, Field(name, key, found["fallback"]))
    literal.append(text[end:])
    close(len(text))
    return Template(text, tuple(fields.values()), tuple(pieces))


def fields_in(text: str) -> tuple[str, ...]:
    """The names of the fields that stand in any ``text``, template or not, each once, as first written. Never raises.

    Braces around what hardly any column is called (quotes, assignments, signs alone: JSON, code) are no fields.
    """
    names: dict[str, str] = {}
    for found in _TOKEN.finditer(text):
        name = (found["name"] or "").strip()
        if _OF_WORDS.search(name) and not _OF_CODE.search(name) and (key := normal(name)):
            names.setdefault(key, name)
    return tuple(names.values())


def _lone(text: str, index: int) -> TemplateError:
    brace = text[index]
    what = "closes a field that was not opened"
    if brace == "{":
        further = _FURTHER.search(text, index + 1)
        what = "opens a field that is not closed on its line"
        if further and further[0] == "{":
            what = f"opens a field, but the next begins inside it, at character {further.start() + 1:,}"
    return TemplateError(
        index,
        index + 1,
        f"The brace {brace} at character {index + 1:,} {what}.",
        f"A field looks like {{name}} or {{name|fallback}}, without braces in it; {brace * 2} is the brace itself.",
    )


def _nameless(found: re.Match[str]) -> TemplateError:
    return TemplateError(
        found.start(),
        found.end(),
        f"The field at character {found.start() + 1:,} has no name.",
        "Name a column, as in {name}; write {{ and }} for braces themselves.",
    )
