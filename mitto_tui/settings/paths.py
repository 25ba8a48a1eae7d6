"""Where everything lives, and private directories and files made on demand.

``MITTO_TUI_HOME=DIR`` puts all of it under DIR; otherwise the platform decides (XDG base directories on Linux,
``~/Library`` on macOS, ``%LOCALAPPDATA%`` on Windows).
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.visible import one_line

HOME_VARIABLE: Final = "MITTO_TUI_HOME"
_APP: Final = "mitto-tui"
_ADVICE: Final = f"Set {HOME_VARIABLE} to a directory that you can write to."
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class PathProblem(MittoTuiError):
    """A directory or file of ours can't be made or used. ``path`` is the one."""

    def __init__(self, path: Path, message: str, advice: str = _ADVICE) -> None:
        super().__init__(message, advice)
        self.path = path


@dataclass(frozen=True, slots=True)
class Paths:
    """Every place that is read or written, absolute. Nothing here has been created yet."""

    config_file: Path
    data_dir: Path
    state_dir: Path
    log_file: Path

    @property
    def database_file(self) -> Path:
        """Messages, events, reports, drafts."""
        return self.data_dir / "messages.db"

    @property
    def owners_dir(self) -> Path:
        """One lock file for each running process that has claimed messages."""
        return self.state_dir / "owners"


def find_paths(environ: Mapping[str, str] = os.environ) -> Paths:
    """Where things are. Creates nothing.

    Only ``MITTO_TUI_HOME`` is looked up in ``environ``; the platform's own variables come from the process. Raises
    PathProblem where no absolute place can be told.
    """
    home = environ.get(HOME_VARIABLE, "")
    if home:
        root = _home(home)
        return Paths(root / "config.toml", root / "data", root / "state", root / "state" / f"{_APP}.log")
    import platformdirs

    dirs = platformdirs.PlatformDirs(_APP, appauthor=False)
    try:
        paths = Paths(
            dirs.user_config_path / "config.toml",
            dirs.user_data_path,
            dirs.user_state_path,
            dirs.user_log_path / f"{_APP}.log",
        )
    except RuntimeError:
        paths = None
    # Without a home directory, older versions leave "~" as it is: a directory of that name wherever we stand.
    if paths is None or not all(path.is_absolute() for path in (paths.config_file, paths.data_dir, paths.state_dir)):
        raise PathProblem(Path("~"), "This account has no home directory to keep settings and messages in.")
    return paths


def _home(value: str) -> Path:
    path = Path(value)
    try:
        path = path.expanduser()
    except RuntimeError:
        raise PathProblem(path, f"{HOME_VARIABLE} names a home directory that isn't known: {_shown(path)}.") from None
    try:
        return Path(os.path.abspath(path))
    except FileNotFoundError:  # relative, and the directory that we stand in is gone
        raise PathProblem(path, f"{HOME_VARIABLE} is relative to a directory that is gone: {_shown(path)}.") from None


def private_dir(path: Path) -> Path:
    """``path`` as a directory; what is missing of it is made with mode 0700. Raises PathProblem."""
    try:
        missing = [path]
        while not missing[-1].exists() and missing[-1].parent != missing[-1]:
            missing.append(missing[-1].parent)
        for folder in reversed(missing):
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise path_problem(path, error, "make the directory") from None
    return path


def private_opener(path: str, flags: int) -> int:
    """An ``opener`` for ``open()``: what it makes is 0600, and what is there already is closed to others."""
    descriptor = os.open(path, flags, 0o600)
    _close_to_others(descriptor)
    return descriptor


def readable_by_others(path: Path) -> bool:
    """Whether group or others have any right to ``path``. False where it is missing, or where modes mean nothing."""
    try:
        return os.name == "posix" and bool(path.stat().st_mode & _OTHERS)
    except OSError:
        return False


def _close_to_others(descriptor: int) -> None:
    if os.name != "posix":
        return
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and found.st_mode & _OTHERS and found.st_uid == os.geteuid():
        os.fchmod(descriptor, 0o600)


def path_problem(path: Path, error: OSError, doing: str) -> PathProblem:
    """``error``, met while ``doing`` something to ``path``, as a sentence."""
    blocking = next((folder for folder in (path, *path.parents) if os.path.isfile(folder)), None)
    if isinstance(error, FileExistsError | NotADirectoryError) and blocking is not None:
        return PathProblem(path, f"{_shown(blocking)} is a file where a directory belongs.")
    if isinstance(error, IsADirectoryError):
        return PathProblem(path, f"{_shown(path)} is a directory where a file belongs.", "Move it away.")
    reason = error.strerror or type(error).__name__
    advice = "Make room on that disk." if error.errno in (errno.ENOSPC, errno.EDQUOT) else _ADVICE
    return PathProblem(path, f"Can't {doing} {_shown(path)}: {reason}.", advice)


def _shown(path: Path) -> str:
    return one_line(str(path))
