"""What was chosen for a list: how it is kept for the next one like it, and whether that can be meant for this one.

A choice that is taken over for the wrong list reaches wrong people, so whatever the list itself speaks against isn't.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mitto_tui.recipients.readers.model import Choices, Detected

if TYPE_CHECKING:
    from mitto_tui.storage.list_shapes import ListShapes

_OF_READING: Final = ("encoding", "delimiter", "header", "sheet")
_UTF_8: Final = frozenset({"utf-8", "utf-8-sig"})


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept under ``key``. ``of_file``: for one file by its path, and not for all lists of a shape.

    ``left`` is what of it was not taken over, and stays kept until a person decides on that themselves.
    """

    key: str
    of_file: bool
    choices: Mapping[str, object] = field(default_factory=dict)
    updated_at: datetime | None = None
    left: Mapping[str, object] = field(default_factory=dict)


def shape_of(found: Detected) -> str:
    """What lists of one making have in common: format, delimiter, header and the names of the columns."""
    parts = [found.format, found.delimiter, found.header, [name.casefold() for name in found.columns]]
    return hashlib.sha256(json.dumps(parts).encode("utf-8", "surrogatepass")).hexdigest()


def key_of_file(path: Path) -> str:
    """Under what the choices for one file are kept, whatever way leads to it."""
    real = os.path.normcase(os.path.realpath(path))
    return f"file {hashlib.sha256(os.fsencode(real)).hexdigest()}"


def kept_for(shapes: ListShapes, profile: str, path: Path, shape: str) -> Iterator[Kept]:
    """What is kept for the file itself, then for lists of its shape. Raises the store's errors."""
    for key, of_file in ((key_of_file(path), True), (shape, False)):
        found = shapes.get(profile, key)
        if found is not None:
            yield Kept(key, of_file, found.choices, found.updated_at)


def reading_in(kept: Kept, found: Detected) -> Choices:
    """How the list is to be read by what is ``kept``; ``found`` is how it is read by itself.

    An encoding stands for a guess only: what is UTF-8 to its end, or bears a mark, was not written in another one. And
    rows without a header look like any others, so nothing that cuts them differently is taken from one list to the
    next.
    """
    encoding, delimiter, header, sheet = (kept.choices.get(name) for name in _OF_READING)
    if found.encoding_sure or not isinstance(encoding, str) or (encoding in _UTF_8 and found.encoding not in _UTF_8):
        encoding = None
    if not kept.of_file and not found.header and header is not True:
        return Choices(encoding=encoding)
    return Choices(
        encoding=encoding,
        delimiter=delimiter if isinstance(delimiter, str) else None,
        header=header if isinstance(header, bool) else None,
        sheet=sheet if isinstance(sheet, str) else None,
    )


def why_not(kept: Kept, choices: Choices, found: Detected, by_itself: Detected) -> str:
    """Why a list that was read by ``choices`` to what is ``found`` isn't one like those before; empty where it is."""
    if choices.sheet is not None and kept.choices.get("sheets") != list(by_itself.sheets):
        return "it has other sheets."
    before = kept.choices.get("columns")
    if isinstance(before, int):
        fits = not found.header and len(found.columns) >= before
    elif isinstance(before, list):
        fits = [name.casefold() for name in found.columns[: len(before)]] == [str(name).casefold() for name in before]
    else:
        fits = (choices.delimiter, choices.header, choices.sheet) == (None, None, None)
    return "" if fits else "its columns are others."


def reading_kept(choices: Choices, found: Detected, *, plain: bool, of_file: bool) -> dict[str, object]:
    """What is to be kept of ``choices``; ``plain`` where nothing told a header by itself. See ``reading_in``."""
    kept: dict[str, object] = {name: value for name in _OF_READING if (value := getattr(choices, name)) is not None}
    if plain and not found.header and not of_file:
        kept = {name: value for name, value in kept.items() if name == "encoding"}
    if kept:
        kept["columns"] = list(found.columns) if found.header else len(found.columns)
    if "sheet" in kept:
        kept["sheets"] = list(found.sheets)
    return kept


def remember_written(
    shapes: ListShapes,
    profile: str,
    path: Path,
    source: Mapping[str, object],
    written: tuple[str, str],
    at: datetime,
) -> None:
    """Keep how a file of a list's own rows is to be read again: as the list was, by its ``source``.

    ``written`` are the encoding and the delimiter of the file. Raises the store's errors.
    """
    names = source.get("columns")
    columns = [str(name) for name in names] if isinstance(names, (list, tuple)) else []
    header = source.get("header") is True or source.get("format") == "vcf"
    encoding, delimiter = written
    kept: dict[str, object] = {
        "encoding": encoding,
        "delimiter": delimiter,
        "header": header,
        "columns": columns if header else len(columns),
    }
    column = source.get("phone_column")
    if isinstance(column, int) and 0 <= column < len(columns):
        kept["phone_column"] = columns[column]
    for name in ("country", "bare", "refuse", "take_all"):
        if name in source:
            kept[name] = source[name]
    shapes.remember(profile, key_of_file(path), kept, at)
