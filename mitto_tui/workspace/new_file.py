"""Writing a file for its owner alone, that is there when it is whole or not at all; and what speaks against it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.visible import one_line


class ExportProblem(MittoTuiError):
    """The rows can't be written there. What was there before is as it was."""


class TargetExists(ExportProblem):
    """There is a file of that name already. It may be replaced, by somebody who says so."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} exists already.", "Choose another name.")


class ExportStopped(MittoTuiError):
    """The export was stopped before its end, as somebody asked."""

    def __init__(self) -> None:
        super().__init__("The export was stopped before its end.", "No file was written.")


def is_there(target: Path) -> bool:
    """Whether there is a file of this name, which could be replaced. Raises ExportProblem for what can't be."""
    name = one_line(target.name or str(target), 80)
    with explained(target):
        try:
            target.lstat()
        except FileNotFoundError:
            return False
        except ValueError as error:  # a NUL character, or others that no path has
            raise ExportProblem(f"{name} can't be a file's name.", "Choose another name.") from error
        if target.is_dir():
            raise ExportProblem(f"{name} is a folder.", "Give the name of a file in it.")
        if target.exists() and not target.is_file():
            raise ExportProblem(f"{name} is not a regular file.", "Choose another name.")
    return True


@contextmanager
def new_file(target: Path, *, overwrite: bool) -> Iterator[IO[bytes]]:
    """A file beside ``target``, for its owner alone, that takes its name when all went well, and goes if not."""
    with explained(target):
        descriptor, name = tempfile.mkstemp(prefix=".mitto-tui-", suffix=".part", dir=target.parent)
        unfinished = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(descriptor)
            _rename(unfinished, target, overwrite=overwrite)
        finally:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)


def _rename(unfinished: Path, target: Path, *, overwrite: bool) -> None:
    if overwrite:
        unfinished.replace(target)
    elif os.name == "nt":
        unfinished.rename(target)  # fails there if the name is taken
    else:
        try:
            os.link(unfinished, target)
        except FileExistsError:
            raise
        except OSError:  # a disk without links: take the name first, so that nobody else can
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            unfinished.replace(target)


@contextmanager
def explained(target: Path) -> Iterator[None]:
    """Errors of the disk as ExportProblem, in words."""
    name = one_line(target.name, 80)
    try:
        yield
    except FileExistsError:
        raise TargetExists(name) from None
    except (FileNotFoundError, NotADirectoryError):
        folder = one_line(str(target.parent), 200)
        raise ExportProblem(f"{name} can't be written: there is no folder {folder}.", "Check the path.") from None
    except PermissionError:
        what = f"{name} can't be written: permission is denied."
        raise ExportProblem(what, "Choose another folder, or another name.") from None
    except OSError as error:
        reason = error.strerror or str(error)
        what = f"{name} can't be written: {one_line(reason, 200)}."
        raise ExportProblem(what, "Make room, or choose another place.") from None
