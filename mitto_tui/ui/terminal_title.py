"""The terminal's title while campaigns are sent: how far they are can be seen from another window or tab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_PUSH: Final = "\x1b[22;2t"
_POP: Final = "\x1b[23;2t"
_SET: Final = "\x1b]2;{}\x07"
"""XTerm's control sequences (window operations 22 and 23, OSC 2). Terminals that don't know them show nothing."""


class TerminalTitle:
    """Writes a title through ``write`` where it changes, and gives the one from before back."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._shown = ""

    def show(self, title: str) -> None:
        """Have ``title`` there. It holds nothing that a person or a provider has written."""
        if title == self._shown:
            return
        if not self._shown:
            self._write(_PUSH)
        self._shown = title
        self._write(_SET.format(title))

    def restore(self) -> None:
        """Have there what was there before the first one."""
        if self._shown:
            self._shown = ""
            self._write(_SET.format(""))  # for terminals that keep no titles
            self._write(_POP)
