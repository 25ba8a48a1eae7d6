"""Replacing a file as a whole: under a lock between processes, on disk before it counts, and never half."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from mitto_tui.settings.paths import PathProblem, path_problem, private_dir
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.visible import one_line

_PATIENCE: Final = 10.0


class FileBusy(MittoTuiError):
    """Another process holds the file's lock."""


@contextmanager
def locked(path: Path, patience: float = _PATIENCE) -> Iterator[None]:
    """Hold the lock for changing ``path``: a hidden file beside it. Raises FileBusy after ``patience`` seconds."""
    import filelock

    lock = private_dir(path.parent) / f".{path.name}.lock"
    try:
        held = filelock.FileLock(lock, timeout=patience, mode=0o600).acquire()
    except filelock.Timeout:
        raise FileBusy(
            f"Another process has been changing {one_line(str(path))} for {patience:g} seconds.", "Try again."
        ) from None
    except OSError as error:
        raise path_problem(lock, error, "write the file") from None
    with held:
        yield


def replace_file(path: Path, content: bytes) -> None:
    """Make ``content`` the file at ``path``, mode 0600; a symbolic link stays, and what it points to is replaced.

    Whatever happens, the file is the old one or the new one. Raises PathProblem.
    """
    try:
        target = path.resolve()
    except (OSError, RuntimeError):
        raise PathProblem(path, f"{one_line(str(path))} is a symbolic link that leads nowhere.", "Mend it.") from None
    private_dir(target.parent)
    temporary = None
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _keep_owner(target, temporary)
        os.replace(temporary, target)
    except OSError as error:
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)
        raise path_problem(path, error, "write the file") from None
    _sync_directory(target.parent)


def _keep_owner(target: Path, temporary: str) -> None:
    """A file that root changes for a user stays the user's."""
    if os.name != "posix":
        return
    with suppress(OSError):
        found = target.stat()
        if (found.st_uid, found.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(temporary, found.st_uid, found.st_gid)


def _sync_directory(directory: Path) -> None:
    """The new name, too, on disk. Some file systems can't, and the content is safe without it."""
    if os.name != "posix":
        return
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
