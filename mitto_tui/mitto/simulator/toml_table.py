"""Reads a TOML table key by key, with errors that say where the wrong one is and what would be right."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NoReturn, TypeGuard, TypeVar

from mitto_tui.sms.errors import SetupProblem
from mitto_tui.sms.visible import one_line

_Word = TypeVar("_Word", bound=StrEnum)
_HEADER: Final = re.compile(r"\s*\[(\[?)\s*([^\[\]]+?)\s*\]")
MAX_SECONDS: Final = 86_400.0


class ScenarioError(SetupProblem):
    """A scenario file that can't be used. ``path``, ``key`` (dotted, or empty) and ``line`` (or None) say where."""

    def __init__(self, path: Path, message: str, advice: str = "", *, key: str = "", line: int | None = None) -> None:
        place = f"{path}, line {line}" if line else str(path)
        super().__init__(f"{place}: {message}", advice)
        self.path = path
        self.key = key
        self.line = line


class TomlFile:
    """A file's text, and where its keys are."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        except OSError as error:
            raise ScenarioError(path, f"The scenario can't be read: {error.strerror or error}.") from error
        except UnicodeDecodeError as error:
            raise ScenarioError(path, "The scenario is not UTF-8 text.", "Save it as UTF-8.") from error

    def root(self) -> Table:
        """The whole file as a table. Raises ScenarioError where it is not TOML."""
        try:
            return Table(self, tomllib.loads(self._text), "")
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            found = re.search(r"at line (\d+)", str(error))
            line = int(found[1]) if found else self._text.rstrip("\n").count("\n") + 1  # "at end of document"
            raise ScenarioError(
                self.path, f"The scenario is not TOML: {one_line(str(error), 200)}.", line=line
            ) from None

    def line(self, table: str, index: int, key: str) -> int | None:
        """The line (from 1) of ``key`` in the ``index``-th table of that name, as far as a look at the lines tells.

        Without such a line, that of the table's header.
        """
        wanted = re.compile(rf"\s*(?:\"{re.escape(key)}\"|'{re.escape(key)}'|{re.escape(key)})\s*[=.]")
        here, seen, header = table == "", -1, None
        for number, line in enumerate(self._text.split("\n"), 1):
            found = _HEADER.match(line)
            if found:
                name = re.sub(r"\s*\.\s*|[\"']", lambda match: "." if "." in match[0] else "", found[2])
                seen += name == table
                here = name == table and seen == index
                header = number if here else header
            elif here and wanted.match(line):
                return number
        return header


class Table:
    """One table. Each getter takes a key out of it; ``end`` complains of what nobody has asked for."""

    def __init__(self, file: TomlFile, data: Mapping[str, Any], name: str, index: int = 0) -> None:
        self._file = file
        self._data = data
        self._name = name
        self._index = index
        self._known: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def fail(self, key: str, allowed: str) -> NoReturn:
        """Raises ScenarioError: ``key`` must be what ``allowed`` says."""
        dotted = self._dotted(key)
        value = one_line(repr(self._data[key]), 60) if key in self._data and "api_key" not in key else ""
        raise ScenarioError(
            self._file.path,
            f'"{one_line(dotted, 80)}" must be {allowed}{f", not {value}" if value else ""}.',
            key=dotted,
            line=self._file.line(self._name, self._index, key),
        )

    def flag(self, key: str, default: bool) -> bool:
        value = self._get(key, default)
        return value if isinstance(value, bool) else self.fail(key, "true or false")

    def text(self, key: str, allowed: str, check: Callable[[str], object] = bool) -> str | None:
        """A string that ``check`` finds true, or None where there is none."""
        value = self._get(key, None)
        if value is None or (isinstance(value, str) and check(value)):
            return value
        self.fail(key, allowed)

    def integer(self, key: str, default: int | None, least: int, most: int) -> int | None:
        value = self._get(key, default)
        if value is None or (_is_integer(value) and least <= value <= most):
            return value
        self.fail(key, f"an integer from {least} to {most}")

    def number(self, key: str, default: float | None, least: float, most: float) -> float | None:
        value = self._get(key, default)
        if value is None:
            return None
        if _is_number(value) and least <= value <= most:
            return float(value)
        self.fail(key, f"a number from {least:g} to {most:g}")

    def seconds(self, key: str, default: float) -> float:
        value = self.number(key, default, 0, MAX_SECONDS)
        assert value is not None
        return value

    def share(self, key: str) -> float:
        value = self.number(key, 0.0, 0, 1)
        assert value is not None
        return value

    def delay(self, key: str, default: float | tuple[float, float]) -> float | tuple[float, float]:
        """Seconds, or [least, most]."""
        value = self._get(key, default)
        if _is_number(value) and 0 <= value <= MAX_SECONDS:
            return float(value)
        if isinstance(value, list | tuple) and len(value) == 2 and all(map(_is_number, value)):
            least, most = map(float, value)
            if 0 <= least <= most <= MAX_SECONDS:
                return (least, most)
        self.fail(key, f"seconds from 0 to {MAX_SECONDS:g}, or a pair of them such as [0.1, 0.5]")

    def choice(self, key: str, words: type[_Word], default: _Word | None) -> _Word | None:
        value = self._get(key, default)
        if value is None or (isinstance(value, str) and value in list(words)):
            return None if value is None else words(value)
        self.fail(key, f"one of {_listed(words)}")

    def integers(self, key: str) -> frozenset[int]:
        """Integers from 1 on: one, or a list."""
        value = self._get(key, [])
        values = value if isinstance(value, list) else [value]
        if all(_is_integer(each) and each >= 1 for each in values) and (values or key not in self._data):
            return frozenset(values)
        self.fail(key, "an integer from 1 on, or a list of them")

    def choices(self, key: str, words: type[_Word], default: frozenset[_Word]) -> frozenset[_Word]:
        value = self._get(key, None)
        if value is None:
            return default
        if isinstance(value, list) and value and all(isinstance(each, str) and each in list(words) for each in value):
            return frozenset(map(words, value))
        self.fail(key, f"a list of {_listed(words)}")

    def table(self, key: str) -> Table | None:
        value = self._get(key, None)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.fail(key, f"a table: write it as [{self._dotted(key)}]")
        return Table(self._file, value, self._dotted(key))

    def tables(self, key: str) -> list[Table]:
        value = self._get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.fail(key, f"tables: write each as [[{self._dotted(key)}]]")
        return [Table(self._file, each, self._dotted(key), index) for index, each in enumerate(value)]

    def end(self) -> None:
        """Raises ScenarioError for a key that is not known here."""
        for key in self._data:
            if key not in self._known:
                raise ScenarioError(
                    self._file.path,
                    f'"{one_line(self._dotted(key), 80)}" is not a setting{self._here()}.',
                    f"There are: {', '.join(self._known)}.",
                    key=self._dotted(key),
                    line=self._file.line(self._name, self._index, key),
                )

    def _here(self) -> str:
        return f" of [{self._name}]" if self._name else ""

    def _get(self, key: str, default: Any) -> Any:
        self._known.append(key)
        return self._data.get(key, default)

    def _dotted(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key


def _is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
