"""What was pasted in the wrong place: a path where rows belong, or rows where a path belongs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from mitto_tui.ui.typed_path import exists, is_folder, resolve

_LONGEST: Final = 4_096
"""Characters beyond which no system has paths."""
_NUMBERS: Final = re.compile(r"\s*\+?[\d ()/.-]*\d[\d ()/.;,+-]*\s*")
_DIGITS: Final = 6


def only_line(text: str) -> str:
    """The one line that is not blank, or nothing where there are none or several."""
    if len(text) > 2 * _LONGEST:
        return ""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[0].strip() if len(lines) == 1 and len(lines[0]) <= _LONGEST else ""


def only_path(text: str) -> Path | None:
    """The file that the only line of ``text`` names, if it is there. Blocks on the disk: for threads."""
    line = only_line(text)
    path = resolve(line) if line else None
    return path if path is not None and exists(path) and not is_folder(path) else None


def looks_like_numbers(text: str) -> bool:
    """Whether it may be telephone numbers, and can hardly be a file."""
    return sum(map(str.isdigit, text)) >= _DIGITS and _NUMBERS.fullmatch(text) is not None


def looked_up(text: str) -> tuple[Path | None, bool, bool]:
    """What ``text`` means as a path, whether there is something, and whether it is a folder. Blocks on the disk."""
    path = resolve(text)
    there = path is not None and exists(path)
    return path, there, path is not None and is_folder(path)
