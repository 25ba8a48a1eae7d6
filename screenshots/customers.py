"""A list as people have them, for the pictures of Bulk: from a spreadsheet, with all that goes wrong there."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

ROWS: Final = 1_204
_FIRST: Final = ("Anna", "Ben", "Chloë", "David", "Emil", "Frieda", "Jürgen", "Käthe", "Lena", "Mats", "Zoë", "Øyvind")
_LAST: Final = ("Albrecht", "Brandt", "Çelik", "Fischer", "Groß", "Klein", "Müller", "Ochs", "Schäfer", "Weiß")
_CITIES: Final = ("Köln", "Bonn", "Düsseldorf", "Essen", "Münster", "Aachen")
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def write(folder: Path) -> Path:
    """The list, as Excel saves it: semicolons, Windows-1252. The same each time."""
    rows = ["First name;Last name;Mobile;City;Day"]
    chance = random.Random(4711)  # the same pictures each time
    for number in range(ROWS):
        first = "" if number % 90 == 7 else chance.choice(_FIRST)
        cells = (first, chance.choice(_LAST), _phone(number, chance), chance.choice(_CITIES), chance.choice(_DAYS))
        rows.append(";".join(cells))
    file = folder / "customers.csv"
    file.write_bytes("\r\n".join([*rows, ""]).encode("cp1252"))
    return file


def _phone(number: int, chance: random.Random) -> str:
    match number % 100:
        case 4:
            return "4,91725E+11"
        case 11 | 57:
            return f"030 90{number:04d}"
        case 23:
            return "+49 172 5550000"
        case 38:
            return chance.choice(("n/a", "", "tba"))
        case rest if rest % 10 < 5:
            return f"+49 172 555{number:04d}"
        case rest if rest % 10 < 9:
            return f"0172 666{number:04d}"
        case _:
            return f"49173777{number:04d}"
