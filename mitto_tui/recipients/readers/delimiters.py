"""What separates the cells of a text: found by how consistently each candidate cuts the first records.

``csv.Sniffer`` takes a letter for the delimiter of a single column, and a comma in addresses for that of a list with
semicolons. Here a candidate must give most records the same number of cells, two or more.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Final

from mitto_tui.recipients.readers import words
from mitto_tui.recipients.readers.columns import looks_like_number
from mitto_tui.recipients.readers.formulas import may_have_formulas, shown
from mitto_tui.recipients.readers.model import ListProblem

CANDIDATES: Final = ("\t", ";", "|", ",")
"""In the order of preference: a comma is in numbers and addresses too, a tabulator in nothing."""

NO_DELIMITER: Final = "\x1f"
"""What csv is told where a text has a single column; cells are never cut by it since it is taken out before."""

_WORDS: Final = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "none": "", "space": " "}
_RECORDS: Final = 100
_MOST: Final = 0.6
_EXCEL_LINE: Final = re.compile(r'"?sep=([^\r\n"])"?(?:\r\n|\n|\r|$)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Delimiting:
    """The delimiter, whether blanks may stand before an opening quote, and whether Excel's ``sep=`` line says so."""

    delimiter: str
    skip_space: bool = False
    said_by_file: bool = False


def delimiting_of(text: str, chosen: str | None = None) -> Delimiting:
    """How the records at the beginning of ``text`` are cut. Raises ListProblem for a choice that can't be."""
    line = _EXCEL_LINE.match(text)
    if chosen is not None:
        delimiter = _chosen(chosen)
    elif line is not None:
        delimiter = line[1]
    else:
        delimiter = _most_consistent(text)
    return Delimiting(delimiter, _space_before_quotes(text, delimiter), line is not None)


def _chosen(given: str) -> str:
    delimiter = _WORDS.get(given.strip().casefold(), given)
    if len(delimiter) > 1 or delimiter in ('"', "\r", "\n"):
        raise ListProblem(
            f"{given[:20]!r} can't separate columns.", "Give one character, or tab, comma, semicolon, pipe or none."
        )
    return delimiter


def first_records(text: str, delimiter: str, count: int = _RECORDS) -> list[list[str]]:
    """The first records that have anything in them, cut at ``delimiter``."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or NO_DELIMITER)
    records: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # a field without end: what came before it must do
        records.extend(islice(filter(any, reader), count))
    return [list(map(shown, record)) for record in records] if may_have_formulas(text) else records


def _most_consistent(text: str) -> str:
    scores = {delimiter: _score(text, delimiter) for delimiter in CANDIDATES if delimiter in text}
    best = max(scores, key=lambda delimiter: scores[delimiter], default="")
    return best if best and scores[best] > _NONE else ""


_Score = tuple[bool, bool, float, int]
_NONE: Final[_Score] = (False, False, 0.0, 0)


def _score(text: str, delimiter: str) -> _Score:
    """Whether it lays bare numbers, whether it names columns, how consistent it is, how many columns it makes."""
    records = first_records(text, delimiter)
    if not records:
        return _NONE
    widths = Counter(map(len, records))
    width, often = max(widths.items(), key=lambda item: (item[1], item[0]))
    names = len(records[0]) > 1 and any(words.rank(cell) >= words.PHONE for cell in records[0])
    if names and width == 1:  # most rows stop after the first column
        width = len(records[0])
        often = sum(count for length, count in widths.items() if length <= width)
    if width < 2 or (often < _MOST * len(records) and not names):
        return _NONE
    numbers = sum(any(map(looks_like_number, record)) for record in records)
    return numbers * 2 >= len(records), names, round(often / len(records), 2), width


def _space_before_quotes(text: str, delimiter: str) -> bool:
    if not delimiter or delimiter.isspace():
        return False
    start = text[:65536]
    cut = re.escape(delimiter)
    spaced = len(re.findall(f'{cut} +"[^"]', start))
    return spaced > len(re.findall(f'{cut}"[^"]', start))
