"""XLS and XLSB workbooks, through calamine in a process of its own (``calamine_child`` says why)."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import mitto_tui
from mitto_tui.recipients.readers import calamine_child
from mitto_tui.recipients.readers.books import BookRemarks, Sheet
from mitto_tui.recipients.readers.model import Blocks, ListProblem, Progress
from mitto_tui.recipients.readers.sources import Source, blocks

_LARGEST: Final = 64 * 1024**2
_OTHERS: Final = {
    "WordDocument": "a Word document",
    "PowerPoint Document": "a PowerPoint presentation",
    "__substg1.0_": "an Outlook message",
}


class BinaryBook:
    """A workbook in one of Microsoft's binary formats. Which of its rows are hidden can't be told."""

    def __init__(self, source: Source) -> None:
        self._source = source
        with self._child(-1) as lines:
            self.sheets = self._sheets(next(lines, None))

    def _sheets(self, found: Any) -> tuple[Sheet, ...]:
        if not isinstance(found, list):
            raise self._damaged()
        return tuple(Sheet(name, visible, str(index)) for index, (name, visible) in enumerate(found))

    def rows(self, sheet: Sheet, remarks: BookRemarks, progress: Progress | None = None) -> Blocks:
        """The rows of ``sheet`` in blocks; see ``Book.rows``."""
        if not remarks.others:
            remarks.others.append("An XLS or XLSB file doesn't tell which rows are hidden: they are read too.")
        with self._child(int(sheet.part)) as lines:
            next(lines, None)
            for rows in lines:
                yield [(number, cells) for number, cells in rows]
        if progress is not None:
            progress(self._source.size, self._source.size)

    @contextmanager
    def _child(self, sheet: int) -> Iterator[Iterator[Any]]:
        """What the child says, value by value. It ends with the block."""
        modules = str(Path(mitto_tui.__file__).parents[1])
        process = subprocess.Popen(
            [sys.executable, "-P", str(Path(calamine_child.__file__)), modules, str(sheet)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a panic's backtrace
        )
        assert process.stdin is not None
        assert process.stdout is not None
        feeder = threading.Thread(target=_feed, args=(self._source, process.stdin), daemon=True)
        feeder.start()
        try:
            yield self._said(process.stdout)
            process.wait()
            if process.returncode:
                raise self._damaged()
        finally:
            process.kill()
            process.wait()
            feeder.join()
            process.stdout.close()

    def _said(self, stream: IO[bytes]) -> Iterator[Any]:
        for line in stream:
            value = json.loads(line)
            if isinstance(value, dict):
                raise self._protected() if value["error"] == "password" else self._missing()
            yield value

    def _damaged(self) -> ListProblem:
        """Why calamine couldn't: the container, which Microsoft's programs share, names what is in it."""
        content = b"".join(blocks(self._source)) if self._source.size < _LARGEST else b""
        if "EncryptedPackage".encode("utf-16-le") in content:
            return self._protected()
        for mark, kind in _OTHERS.items():
            if mark.encode("utf-16-le") in content:
                return ListProblem(f"{self._source.name} is {kind}, not a list.", "Copy its table into a spreadsheet.")
        return ListProblem(
            f"{self._source.name} is damaged, or no workbook.", "Open it in a spreadsheet program and save it as XLSX."
        )

    def _protected(self) -> ListProblem:
        return ListProblem(f"{self._source.name} is protected by a password.", "Save it without a password.")

    @staticmethod
    def _missing() -> ListProblem:
        return ListProblem("XLS files need the package python-calamine.", "Install it, or save the workbook as XLSX.")


def _feed(source: Source, stream: IO[bytes]) -> None:
    # The child may be gone before it has read everything: it says why, or its end does.
    with contextlib.suppress(OSError, ListProblem), stream:
        for block in blocks(source):
            stream.write(block)
