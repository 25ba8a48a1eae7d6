"""What a table's lines are made of: columns, cells, and text in exactly so many terminal cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size

GAP: Final = 2
"""Cells between two columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """``width`` is in cells; exactly one column of a table has width 0 and takes what is left."""

    title: str
    width: int
    right: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """``text`` must be safe to draw (see ``ui.literal``). ``style`` ends the name of a component class, or is empty."""

    text: str
    style: str = ""


def widths(columns: Sequence[Column], width: int) -> list[int]:
    """How wide each column is in a line of ``width`` cells, which has one blank at each end."""
    fixed = sum(column.width for column in columns) + GAP * (len(columns) - 1) + 2
    return [column.width or max(width - fixed, 1) for column in columns]


def fit(text: str, width: int, *, right: bool = False) -> str:
    """``text`` in exactly ``width`` cells, with an ellipsis where it was cut."""
    length = cell_len(text)
    if length > width:
        text = set_cell_size(text, max(width - 1, 0)).rstrip() + "…"
        length = cell_len(text)
    pad = " " * max(width - length, 0)
    return pad + text if right else text + pad
