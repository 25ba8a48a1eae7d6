"""What is wrong in the configuration, said so that a person can mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from mitto_tui.sms.visible import one_line

KeyPath = tuple[str | int, ...]
"""A place in a TOML document: keys, and indexes in arrays. Empty: the document itself."""

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in ``file``. ``line`` and ``column`` count from 1, None where they can't be told exactly.

    ``message`` is a sentence; ``allowed`` is a sentence that says what would be right, or is empty.
    """

    file: Path
    line: int | None
    column: int | None
    key: KeyPath
    message: str
    allowed: str = ""

    def __str__(self) -> str:
        place = one_line(str(self.file))
        if self.line is not None:
            place += f":{self.line}"
            if self.column is not None:
                place += f":{self.column}"
        return f"{place}: {self.message} {self.allowed}".strip()


def dotted(key: KeyPath) -> str:
    """``key`` as TOML would write it, control characters made visible: ``profiles.work."odd key"``."""
    parts: list[str] = []
    for part in key:
        if isinstance(part, int):
            parts[-1:] = [f"{parts[-1] if parts else ''}[{part}]"]
        elif _BARE.fullmatch(part):
            parts.append(part)
        else:
            parts.append('"' + one_line(part, 60) + '"')
    return ".".join(parts)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that ``word`` was probably meant to be, or None."""
    close = get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return close[0] if close else None
