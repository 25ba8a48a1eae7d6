"""Who works on a claim, and whether that program still lives.

Each running program holds a locked file named after its random owner id. The operating system releases the lock when
the program ends, however it ends, so a claim whose lock can be taken is abandoned. Process ids could not tell: they are
reused.
"""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from filelock import FileLock, Timeout

from mitto_tui.settings.paths import PathProblem, path_problem

_TRIES: Final = 20


class Owner:
    """This program's claim to its claims. Hold it open for as long as anything may be claimed."""

    def __init__(self, directory: Path) -> None:
        """Take a fresh owner id in ``directory``, which must exist. Raises PathProblem where none can be had."""
        self._directory = directory
        for _ in range(_TRIES):
            self.id = secrets.token_hex(8)
            self._lock = FileLock(self._path(self.id), mode=0o600)
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                continue  # somebody who sweeps found the file before it was locked
            except OSError as error:
                raise path_problem(self._path(self.id), error, "make the file") from None
            if self._path(self.id).exists():
                return
            self._lock.release()  # swept away just before it was locked
        raise PathProblem(directory, f"No file in {directory} could be locked.")

    def is_alive(self, owner: str) -> bool:
        """Whether the program that took ``owner`` as its id still runs on this machine."""
        if owner == self.id:
            return True
        path = self._path(owner)
        if not owner.isalnum() or not path.exists():
            return False
        lock = FileLock(path, timeout=0)
        try:
            with lock:
                # While it is locked: whoever has just made the file and locks it next can see that it is gone.
                _remove(path)
        except Timeout:
            return True
        _remove(path)  # Windows removes no open file
        return False

    def sweep(self) -> None:
        """Remove the lock files of programs that have ended."""
        for path in self._directory.glob("*.lock"):
            self.is_alive(path.stem)

    def close(self) -> None:
        """Give the id up: what is still claimed in its name is abandoned from now on."""
        self._lock.release()
        _remove(self._path(self.id))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _path(self, owner: str) -> Path:
        return self._directory / f"{owner}.lock"


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
