"""Bringing a file's schema up to date, step by step, each step whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Connection

from mitto_tui.storage import sqlite
from mitto_tui.storage.errors import DatabaseTooNew
from mitto_tui.storage.steps import Step


def migrate(
    path: Path,
    steps: Sequence[Step],
    read: Callable[[], AbstractContextManager[Connection]],
    write: Callable[[], AbstractContextManager[Connection]],
) -> None:
    """Apply the ``steps`` that the file ``path`` has not seen, each in a transaction of its own.

    Safe when several processes do it at once: who comes second finds the step done. An error rolls its step back and
    leaves the file at the version before. Raises DatabaseTooNew, and whatever a step raises.
    """
    with read() as connection:
        version = _known_version(path, steps, connection)
    while version < len(steps):
        with write() as connection:
            version = _known_version(path, steps, connection)
            if version < len(steps):
                steps[version](connection)
                version += 1
                sqlite.set_version(connection, version)


def _known_version(path: Path, steps: Sequence[Step], connection: Connection) -> int:
    version = sqlite.version_of(connection)
    if version > len(steps):
        raise DatabaseTooNew(path, version, len(steps))
    return version
