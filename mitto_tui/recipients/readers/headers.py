"""Whether the first row names the columns."""

from __future__ import annotations

from collections.abc import Sequence

from mitto_tui.recipients.readers import words
from mitto_tui.recipients.readers.columns import looks_like_number

_PREAMBLE = 10
_LOOKED_BELOW = 30


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether ``rows[0]`` is a header, judged by the rows after it. False for no rows at all."""
    if not rows:
        return False
    first, rest = rows[0], rows[1:]
    if any(looks_like_number(cell) for cell in first):
        return False
    named = any(words.rank(cell) >= words.PERHAPS for cell in first)
    holding = _columns_of_numbers(rest)
    if holding:
        above = [first[index].strip() if index < len(first) else "" for index in holding]
        if not any(above):
            return named
        return all(_is_name(cell) for cell in above if cell)
    if named:
        return True
    # No telephone numbers anywhere, and nothing is known of these words: most tables have a header, lists have none.
    cells = [cell.strip().casefold() for cell in first]
    return len(cells) > 1 and bool(rest) and len(set(cells)) == len(cells) and all(map(_is_name, cells))


def _columns_of_numbers(rows: Sequence[Sequence[str]]) -> list[int]:
    width = max(map(len, rows), default=0)
    found = []
    for index in range(width):
        cells = [cell for row in rows if index < len(row) and (cell := row[index].strip())]
        if cells and sum(map(looks_like_number, cells)) * 2 >= len(cells):
            found.append(index)
    return found


def _is_name(cell: str) -> bool:
    """Not a broken number such as 12345 or n/a-0172: letters, and hardly a digit."""
    return any(map(str.isalpha, cell)) and sum(map(str.isdigit, cell)) < 5


def rows_above(rows: Sequence[Sequence[str]]) -> int:
    """How many rows stand above the header, such as a title, the day of the report, or a header of several columns.

    The header is the row that names the column of numbers below it; where none does, the first with several cells.
    """
    found, best = None, words.UNKNOWN
    for index, row in enumerate(rows[:_PREAMBLE]):
        ranks = [words.rank(cell) for cell in row]
        if max(ranks, default=best) > best and not any(map(looks_like_number, row)):
            holding = _columns_of_numbers(rows[index + 1 : index + 1 + _LOOKED_BELOW])
            named = max((ranks[column] for column in holding if column < len(row)), default=best)
            if any(_has_number(above, holding) for above in rows[:index]):
                break  # a list already, and this one of its rows
            if named > best:
                found, best = index, min(named, words.PHONE)
                if best == words.PHONE:
                    break
    return _titles(rows) if found is None else found


def _has_number(row: Sequence[str], columns: Sequence[int]) -> bool:
    return any(looks_like_number(row[column]) for column in columns if column < len(row))


def _titles(rows: Sequence[Sequence[str]]) -> int:
    """How many rows have a single filled cell, where the header below has more."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    for index, count in enumerate(filled[:_PREAMBLE]):
        if count > 1:
            is_header = (
                index and has_header(rows[index:]) and any(words.rank(cell) >= words.PERHAPS for cell in rows[index])
            )
            return index if is_header else 0
    return 0
