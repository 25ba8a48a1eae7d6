"""Cells of text that are formulas: programs write ``="0172…"`` so that Excel keeps the zero, and links to call by.

The person sees what such a formula shows, so that is the cell.
"""

from __future__ import annotations

import re
from typing import Final

from mitto_tui.recipients.readers.model import Row

_TEXT: Final = r'"((?:[^"]|"")*)"'
_SHOWN: Final = re.compile(rf"\s*=\s*(?:{_TEXT}|HYPERLINK\(\s*{_TEXT}\s*(?:[,;]\s*{_TEXT}\s*)?\))\s*", re.IGNORECASE)
_NUMBER_KEPT: Final = re.compile(r'="{1,2}[+0]?\d{5,}"')
_SPOILT: Final = re.compile(r"0\d+|\+\d+|\d{12,}")


def may_have_formulas(text: str) -> bool:
    """Whether ``text`` can have such a cell; a look that costs next to nothing."""
    return '="' in text or "=HYPERLINK(" in text


def shown(cell: str) -> str:
    """What a spreadsheet program shows in place of a formula that holds its own result."""
    found = _SHOWN.fullmatch(cell) if "=" in cell else None
    if found is None:
        return cell
    text = next(filter(None, (found[1], found[3], found[2])), "")
    return text.replace('""', '"')


def without_formulas(rows: list[Row]) -> list[Row]:
    """Rows with what is shown in each cell."""
    return [(number, [shown(cell) for cell in cells]) for number, cells in rows]


def keeps_numbers(text: str) -> bool:
    """Whether numbers are written as formulas in ``text``."""
    return _NUMBER_KEPT.search(text) is not None


def kept(cell: str) -> str:
    """``cell`` as a formula, where Excel would take its zeros, its plus or its last digits away."""
    return f'="{cell}"' if _SPOILT.fullmatch(cell) else cell
