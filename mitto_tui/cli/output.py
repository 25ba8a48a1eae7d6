"""Where output goes: JSON to standard output and nothing else; words for people to standard error.

Nothing that came from outside can steer the terminal: words are made visible, and JSON has what steers or reorders text
escaped.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Final, TextIO

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.visible import HIDDEN, visible

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": "))


def to_json(value: object) -> str:
    """``value`` as one line of JSON, readable as it is, and harmless on a terminal."""
    return HIDDEN.sub(_escape, _ENCODER.encode(value))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"


def emit(value: object) -> None:
    """Write ``value`` as a line of JSON to standard output, at once."""
    write_line(to_json(value))


def write_line(line: str) -> None:
    """Write a line for programs to standard output; see ``write_text``."""
    write_text(f"{line}\n")


def write_text(text: str) -> None:
    """Write to standard output for programs, in UTF-8 whatever the locale, at once.

    Raises OutputLost where it can't be written.
    """
    if sys.stdout is None:
        raise OutputLost("it is closed")
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    except OSError as error:
        raise lost(error) from None


class OutputLost(MittoTuiError):
    """Standard output takes nothing more. ``by_choice``: whoever read it went away (``| head``), which is no error."""

    def __init__(self, reason: str, *, by_choice: bool = False) -> None:
        super().__init__(f"Standard output can't be written: {reason}.")
        self.by_choice = by_choice


def lost(error: OSError) -> OutputLost:
    """What ``error``, met while writing to standard output, means."""
    _silence(sys.stdout)
    return OutputLost(error.strerror or str(error), by_choice=isinstance(error, BrokenPipeError))


def emit_outcome(value: object) -> None:
    """``emit`` for what has happened already: the exit code must tell it even where the output can't be written."""
    try:
        emit(value)
    except OutputLost as error:
        if not error.by_choice:
            say_error(error)
            say("What was sent, and what became of it, is in the history: mitto-tui history")


def say(text: str = "") -> None:
    """Write words for a person to standard error, with anything untrusted in them made visible.

    Where nobody can be told, that changes nothing of what happened, nor of the exit code.
    """
    if sys.stderr is None:
        return
    line = visible(text, keep="\n") + "\n"
    encoding = sys.stderr.encoding or "utf-8"
    try:
        sys.stderr.write(line.encode(encoding, "replace").decode(encoding))
        sys.stderr.flush()
    except OSError:
        _silence(sys.stderr)


def _silence(stream: TextIO) -> None:
    """Let what is left in a stream that can't be written go nowhere: Python would fail on it again at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def say_error(error: MittoTuiError) -> None:
    """Say what happened and what to do next."""
    say(f"mitto-tui: {error.message}")
    if error.advice:
        say(error.advice)


def plural(number: int, thing: str) -> str:
    """How many of a thing there are: ``1 segment``, ``1,024 segments``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def table(rows: Sequence[Sequence[str]], *, header: Sequence[str]) -> None:
    """Say rows in columns; the last one is cut to what the terminal has room for."""
    from mitto_tui.sms.visible import one_line

    shown = [[one_line(cell, 200) for cell in row] for row in (header, *rows)]
    widths = [max(cell_width(row[column]) for row in shown) for column in range(len(header))]
    room = _columns()
    for row in shown:
        cells = [cell + " " * (width - cell_width(cell)) for cell, width in zip(row, widths, strict=True)]
        say(cut("  ".join(cells).rstrip(), room))


def pairs(values: Mapping[str, str]) -> None:
    """Say names and values, one a line."""
    width = max((len(name) for name in values), default=0)
    for name, value in values.items():
        say(f"{name:<{width}}  {value}")


def cell_width(text: str) -> int:
    """Columns that ``text`` takes on a terminal (Unicode's East Asian Width, combining marks none)."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def cut(line: str, room: int) -> str:
    """``line`` in no more than ``room`` columns, with an ellipsis where something had to go."""
    if cell_width(line) <= room:
        return line
    while cell_width(line) > room - 1:
        line = line[:-1]
    return line + "…"


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return 10_000  # not a terminal: nothing to cut for
