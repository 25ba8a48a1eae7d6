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
from typing import Self

from filelock import FileLock, Timeout


class Owner:
    """This program's claim to its claims. Hold it open for as long as anything may be claimed."""

    def __init__(self, directory: Path) -> None:
        """Take a fresh owner id in ``directory``, which must exist."""
        self.id = secrets.token_hex(8)
        self._directory = directory
        self._lock = FileLock(self._path(self.id), mode=0o600)
        self._lock.acquire(timeout=0)

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
                pass
        except Timeout:
            return True
        # Ids are never taken twice, so nobody can be waiting for this file.
        with contextlib.suppress(OSError):
            path.unlink()
        return False

    def sweep(self) -> None:
        """Remove the lock files of programs that have ended."""
        for path in self._directory.glob("*.lock"):
            self.is_alive(path.stem)

    def close(self) -> None:
        """Give the id up: what is still claimed in its name is abandoned from now on."""
        self._lock.release()
        with contextlib.suppress(OSError):
            self._path(self.id).unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _path(self, owner: str) -> Path:
        return self._directory / f"{owner}.lock"
