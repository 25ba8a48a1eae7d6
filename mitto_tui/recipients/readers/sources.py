"""Where the bytes of a list come from, opened afresh for each pass over them.

A path is opened when it is read and closed right after, and it must not change between the passes. A pipe or a stream
is copied to a temporary file first: what it holds is needed more than once, and its encoding shows at its end.
"""

from __future__ import annotations

import contextlib
import io
import os
import stat
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, Protocol, runtime_checkable

from mitto_tui.recipients.readers.model import ListProblem, Progress
from mitto_tui.sms.visible import one_line

LARGEST_STREAM: Final = 2 * 1024**3
"""Bytes taken from a pipe or unpacked from gzip before we give up: a stream can go on for ever."""
_BLOCK: Final = 64 * 1024  # larger ones leave the cache between their reading and their use


@runtime_checkable
class Readable(Protocol):
    """Anything with ``read`` that gives bytes: standard input's buffer, a BytesIO, an open file."""

    def read(self, size: int = -1, /) -> bytes: ...


class Source:
    """Bytes that can be read several times. ``name`` is for sentences; ``size`` is in bytes.

    ``path`` is the file that they came from, where there is one.
    """

    name: str = "The list"
    path: Path | None = None
    size: int = 0
    pasted: bool = False

    def open(self) -> IO[bytes]:
        """A handle of its own, at the beginning. The caller closes it."""
        raise NotImplementedError

    def check(self, handle: IO[bytes]) -> None:
        """Called after a whole pass: raise ListProblem if the bytes were not the same throughout."""

    def close(self) -> None:
        """Drop what was copied."""


class FileSource(Source):
    """A regular file."""

    path: Path

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = one_line(path.name, 80) or str(path)
        with self._opened() as handle:
            self._seen = self._fingerprint(handle)
        self.size = self._seen[2]

    def open(self) -> IO[bytes]:
        handle = self._opened()
        try:
            self.check(handle)
        except BaseException:
            handle.close()
            raise
        return handle

    def check(self, handle: IO[bytes]) -> None:
        if self._fingerprint(handle) != self._seen:
            raise ListProblem(
                f"{self.name} was changed while it was being read.",
                "Wait until whatever writes it is done, then open it again.",
            )

    def _opened(self) -> IO[bytes]:
        with self._explained():
            # Without a buffer of its own: we read in large blocks. O_NONBLOCK: a named pipe must not hold us up.
            flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
            descriptor = os.open(self.path, flags)
            try:
                self._refuse_what_is_no_file(os.fstat(descriptor).st_mode)
                return os.fdopen(descriptor, "rb")
            except BaseException:
                with contextlib.suppress(OSError):  # fdopen may have closed it already
                    os.close(descriptor)
                raise

    def _refuse_what_is_no_file(self, mode: int) -> None:
        if stat.S_ISREG(mode):
            return
        if stat.S_ISDIR(mode):
            raise ListProblem(f"{self.name} is a directory, not a list.", "Choose a file in it.")
        if stat.S_ISFIFO(mode):
            raise ListProblem(
                f"{self.name} is a named pipe, not a file.", "Give - as the file and pipe the list to standard input."
            )
        raise ListProblem(f"{self.name} is a device, not a list.", "Choose a file.")

    @staticmethod
    def _fingerprint(handle: IO[bytes]) -> tuple[int, int, int, int]:
        status = os.fstat(handle.fileno())
        return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns

    @contextmanager
    def _explained(self) -> Iterator[None]:
        with explained(self.name):
            try:
                yield
            except PermissionError:
                if self.path.is_dir():  # Windows refuses to open a directory
                    self._refuse_what_is_no_file(stat.S_IFDIR)
                raise


class MemorySource(Source):
    """Pasted text, as UTF-8."""

    def __init__(self, text: str) -> None:
        self.name = "What was pasted"
        self.pasted = True
        self._content = text.encode("utf-8", "replace")  # a lone surrogate can't be told from damage
        self.size = len(self._content)

    def open(self) -> IO[bytes]:
        return io.BytesIO(self._content)


class CopiedSource(Source):
    """A stream, copied to a temporary file that nobody else can open and that goes with the program."""

    def __init__(self, stream: Readable, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._copy = tempfile.TemporaryFile()  # noqa: SIM115  # closed in close()
        try:
            with explained(name):
                self._take(stream)
        except BaseException:
            self._copy.close()
            raise

    def _take(self, stream: Readable) -> None:
        while block := stream.read(_BLOCK):
            self.size += len(block)
            if self.size > LARGEST_STREAM:
                raise ListProblem(
                    f"{self.name} is longer than {LARGEST_STREAM / 1024**3:.3g} GB.",
                    "Save it as a file, unpacked, or take it in parts.",
                )
            self._copy.write(block)
        self._copy.flush()

    def open(self) -> IO[bytes]:
        return io.BufferedReader(_Window(self), buffer_size=_BLOCK)

    def read_at(self, position: int, size: int) -> bytes:
        with self._lock:
            self._copy.seek(position)
            return self._copy.read(size)

    def close(self) -> None:
        self._copy.close()


class _Window(io.RawIOBase):
    """A position of its own in a copy that others read too."""

    def __init__(self, source: CopiedSource) -> None:
        self._source = source
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._source.size}[whence]
        self._position = max(base + offset, 0)
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed has WriteableBuffer
        data = self._source.read_at(self._position, len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


def source_of(source: Path | Readable | str) -> Source:
    """The bytes behind a path, an open binary stream, or pasted text. Raises ListProblem."""
    if isinstance(source, str):
        return MemorySource(source)
    if not isinstance(source, Path):
        return CopiedSource(source, "Standard input" if source is getattr(sys.stdin, "buffer", None) else "The list")
    if str(source) == "/dev/stdin" or source.parent == Path("/dev/fd"):
        # What a shell puts in place of <(command): a pipe that somebody writes to already.
        with explained(source.name), source.open("rb", buffering=0) as stream:
            return CopiedSource(stream, "Standard input" if source.name == "stdin" else "The list")
    return FileSource(source)


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn what the operating system says into a sentence."""
    try:
        yield
    except FileNotFoundError:
        raise ListProblem(f"There is no file {name}.", "Check the path.") from None
    except PermissionError:
        raise ListProblem(
            f"{name} can't be read: permission is denied.", "Change its permissions, or copy it."
        ) from None
    except IsADirectoryError:
        raise ListProblem(f"{name} is a directory, not a list.", "Choose a file in it.") from None
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL character
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ListProblem(f"{name} can't be read: {one_line(reason, 200)}.", "Check the file, or copy it.") from None


def blocks(source: Source, progress: Progress | None = None, size: int = _BLOCK) -> Iterator[bytes]:
    """The bytes of ``source`` in order; closes the file when it ends or is given up. Raises ListProblem."""
    done = 0
    with source.open() as handle:
        while True:
            with explained(source.name):
                block = handle.read(size)
            if not block:
                break
            done += len(block)
            yield block
            if progress is not None:
                progress(min(done, source.size), source.size)
        source.check(handle)
