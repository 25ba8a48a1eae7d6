"""Where everything in a TOML document stands: lines for messages, offsets for changes that leave the rest as it is.

The standard library's parser tells neither, so this walks the same text once more. It is only for documents which that
parser has accepted, and therefore checks nothing.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from mitto_tui.settings.problems import KeyPath

_BLANK: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_STRING: Final = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})'  # up to two more quotes belong to the string, not to its end
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR: Final = re.compile(r"[^,\]}#\n]+")


@dataclass(frozen=True, slots=True)
class Header:
    """``[table]`` or ``[[table]]``: offsets of its first bracket and past its last."""

    path: KeyPath
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pair:
    """``key = value``, written in the table ``base``, ``inline`` where it stands between braces.

    ``start`` is the key's offset; the value is from ``value`` to ``end``.
    """

    path: KeyPath
    base: KeyPath
    start: int
    value: int
    end: int
    inline: bool


Statement = Header | Pair


class Scan:
    """A walk over ``text``. ``statements`` are in its order: those between braces follow the pair they are in.

    ``lines`` has the line, from 1, where each key path first appears; ``braces`` the offsets of each inline table's
    braces. Raises ValueError or RecursionError for what the standard library would not have accepted either.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.statements: list[Statement] = []
        self.lines: dict[KeyPath, int] = {}
        self.braces: dict[KeyPath, tuple[int, int]] = {}
        self._at = 0
        self._newlines = [found.start() for found in re.finditer("\n", text)]
        self._tables: dict[KeyPath, int] = {}  # how many tables each array of tables has so far
        self._document()

    def _document(self) -> None:
        base: KeyPath = ()
        self._skip_blank()
        while self._at < len(self.text):
            if self.text[self._at] == "[":
                base = self._header()
            else:
                self._pair(base, inline=False)
            self._skip_blank()

    def _header(self) -> KeyPath:
        start, line = self._at, self._line()
        brackets = 2 if self.text.startswith("[[", self._at) else 1
        self._at += brackets
        keys = self._key()
        self._at += brackets
        path: KeyPath = ()
        for key in keys[:-1]:
            path = self._last_table((*path, key), line)
        path = (*path, keys[-1])
        if brackets == 2:
            self._tables[path] = self._tables.get(path, 0) + 1
        path = self._last_table(path, line)
        self.lines.setdefault(path, line)
        self.statements.append(Header(path, start, self._at))
        return path

    def _last_table(self, path: KeyPath, line: int) -> KeyPath:
        self.lines.setdefault(path, line)
        return (*path, self._tables[path] - 1) if path in self._tables else path

    def _pair(self, base: KeyPath, *, inline: bool) -> None:
        start, line = self._at, self._line()
        path = base
        for key in self._key():
            path = (*path, key)
            self.lines.setdefault(path, line)
        if not self.text.startswith("=", self._at):
            raise ValueError
        self._at += 1
        self._skip_blank()
        value, place = self._at, len(self.statements)
        self._value(path)
        self.statements.insert(place, Pair(path, base, start, value, self._at, inline))

    def _key(self) -> list[str]:
        keys = []
        while True:
            self._skip_blank()
            if found := _BARE_KEY.match(self.text, self._at):
                keys.append(found[0])
            elif found := _STRING.match(self.text, self._at):
                keys.append(tomllib.loads(f"key = {found[0]}")["key"])
            else:
                raise ValueError
            self._at = found.end()
            self._skip_blank()
            if not self.text.startswith(".", self._at):
                return keys
            self._at += 1

    def _value(self, path: KeyPath) -> None:
        if found := _STRING.match(self.text, self._at):
            self._at = found.end()
        elif self.text.startswith("[", self._at):
            self._at += 1
            index = 0
            while not self._closed("]"):
                self.lines.setdefault((*path, index), self._line())
                self._value((*path, index))
                index += 1
        elif self.text.startswith("{", self._at):
            start = self._at
            self._at += 1
            while not self._closed("}"):
                self._pair(path, inline=True)
            self.braces[path] = (start, self._at - 1)
        elif found := _SCALAR.match(self.text, self._at):
            self._at += len(found[0].rstrip())
        else:
            raise ValueError

    def _closed(self, bracket: str) -> bool:
        """Past a comma, if there is one, and past ``bracket``, if it is next."""
        self._skip_blank()
        if self.text.startswith(",", self._at):
            self._at += 1
            self._skip_blank()
        if self.text.startswith(bracket, self._at):
            self._at += 1
            return True
        return False

    def _skip_blank(self) -> None:
        found = _BLANK.match(self.text, self._at)
        assert found is not None  # it matches nothing at all, too
        self._at = found.end()

    def _line(self) -> int:
        return bisect_right(self._newlines, self._at - 1) + 1


def key_lines(document: str) -> dict[KeyPath, int]:
    """The line, from 1, where each key path of ``document`` first appears. Empty where it can't be told."""
    try:
        return Scan(document).lines
    except (ValueError, RecursionError):
        return {}
