"""What a person means by a path as they typed it, or as a terminal typed it for them when a file was dropped on it.

A name can have anything in it, also what is a notation elsewhere: whatever exists as it stands is meant as it stands.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

SEPARATORS: Final = os.sep + (os.altsep or "")
_VARIABLE: Final = re.compile(r"\$(?:\{(?P<braced>\w+)\}|(?P<plain>\w+))")
_URL: Final = re.compile(r"file://[^/]*(?=/)", re.IGNORECASE)
_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]")


@dataclass(frozen=True, slots=True)
class Meaning:
    """One way to read what was typed. ``written`` has no quotes any more; ``path`` has no ``~`` and no variables."""

    written: str
    path: str


def meanings(text: str, environ: Mapping[str, str] = os.environ) -> tuple[Meaning, ...]:
    """All ways to read ``text``: the first that exists is meant; where none does, the last. None for blanks alone.

    May ask the system for a user's home.
    """
    found: list[Meaning] = []
    for written in dict.fromkeys(_written(text)):
        expanded = _expanded(written, environ)
        both = [Meaning(written, written), Meaning(written, expanded)]
        # A folder that is called ~ is written ./~ by everybody.
        found += reversed(both) if written.startswith("~") else both
        if written.startswith("~"):
            found.append(both[1])
    return tuple(dict.fromkeys(found[:-1])) + tuple(found[-1:]) if found else ()


def _written(text: str) -> Iterator[str]:
    stripped = text.strip()
    if not stripped:
        return
    yield text
    yield stripped
    if (url := _URL.match(stripped)) is not None:
        path = unquote(stripped[url.end() :], errors="surrogateescape")
        yield path.lstrip("/") if _DRIVE.match(path.lstrip("/")) else path
    elif (word := _unquoted(stripped)) is not None:
        yield word


def _unquoted(text: str) -> str | None:
    """A word as a shell would read it, also where its last quote is still missing; None where it isn't one word."""
    quote = text[0] if text[0] in "'\"" else ""
    if os.sep == "\\":
        return text.strip(quote) if quote else None
    if not quote and not set("'\"\\") & set(text):
        return None
    for ending in ("", quote) if quote else ("",):
        try:
            words = shlex.split(text + ending)
        except ValueError:
            continue
        return words[0] if len(words) == 1 and words[0] else None
    return None


def _expanded(written: str, environ: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        return environ.get(found["braced"] or found["plain"], found[0])

    path = _VARIABLE.sub(value, written)
    if path[:1] != "~":
        return path
    if path[1:2] in ("", *SEPARATORS) and (home := environ.get("HOME")):
        return home.rstrip(SEPARATORS) + path[1:] if home.strip(SEPARATORS) else path[1:] or home
    return os.path.expanduser(path)  # keeps a ~ that is nobody's home, where Path raises


def working_folder() -> Path:
    """Where relative paths begin; home where that folder is gone."""
    try:
        return Path.cwd()
    except OSError:
        return Path.home()


def resolve(text: str, base: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path | None:
    """The path that ``text`` means, absolute, whether it exists or not; None for blanks. May block on the disk."""
    base = base or working_folder()
    path = None
    for meaning in meanings(text, environ):
        path = base / meaning.path
        if exists(path):
            return path
    return path


def exists(path: Path) -> bool:
    """Whether there is something, as far as we may know. May block on the disk."""
    try:
        path.stat()
    except PermissionError:
        return True  # opening it says more
    except (OSError, ValueError):  # ValueError: a NUL character
        return False
    return True


def is_folder(path: Path) -> bool:
    """Whether it is a folder, as far as we may know. May block on the disk."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_whole_path(text: str) -> bool:
    """Whether it begins as a path from the root does, in any notation: what a terminal types for a dropped file."""
    start = text.strip().lstrip("'\"")
    return start[:1] in ("/", "~") or bool(_URL.match(start) or _DRIVE.match(start))


def tilde(path: Path) -> str:
    """A path as people write it: with ~ for their home."""
    home = str(Path.home())
    text = str(path)
    if text == home or (text.startswith(home) and text[len(home) : len(home) + 1] in tuple(SEPARATORS)):
        return "~" + text[len(home) :]
    return text
