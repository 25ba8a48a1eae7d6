"""Files and folders used before, by profile. All of it blocks on the store and the disk: call it in threads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from mitto_tui.ui.typed_path import exists

if TYPE_CHECKING:
    from mitto_tui.storage.meta import Meta
    from mitto_tui.workspace.workspace import Workspace

MOST: Final = 12
_FILES: Final = "list.recent"
_FOLDER: Final = "list.folder"


@dataclass(frozen=True, slots=True)
class Recent:
    """A file that was used. ``there`` tells whether it still is where it was."""

    path: Path
    there: bool


class RecentPaths:
    """What was opened last, newest first. The methods raise the errors of ``storage.errors``."""

    def __init__(self, meta: Meta, profile: str) -> None:
        self._meta = meta
        self._profile = profile

    @classmethod
    def of(cls, workspace: Workspace) -> Self:
        """Those of the profile that is open."""
        from mitto_tui.storage.meta import Meta

        return cls(Meta(workspace.database), workspace.profile.name)

    def files(self) -> list[Recent]:
        """At most ``MOST`` files."""
        return [Recent(path, exists(path)) for path in self._paths(_FILES)]

    def add(self, path: Path) -> None:
        """It was opened just now."""
        self._set(_FILES, [path, *(known for known in self._paths(_FILES) if known != path)])
        self.keep_folder(path.parent)

    def forget(self, path: Path) -> None:
        """Not to be listed any more."""
        self._set(_FILES, [known for known in self._paths(_FILES) if known != path])

    def keep_folder(self, folder: Path) -> None:
        """Something was chosen in it."""
        self._set(_FOLDER, [folder])

    def folders(self) -> list[Path]:
        """Folders that are there, the one used last first."""
        known = [*self._paths(_FOLDER), *(path.parent for path in self._paths(_FILES))]
        return [folder for folder in dict.fromkeys(known) if exists(folder)]

    def _paths(self, key: str) -> list[Path]:
        try:
            kept = json.loads(self._meta.get(self._profile, key) or "[]")
        except ValueError:
            return []
        # An absolute path only: a relative one was never kept by us, and would mean another file each time.
        paths = [Path(name) for name in kept if isinstance(name, str)] if isinstance(kept, list) else []
        return [path for path in dict.fromkeys(paths) if path.is_absolute()][:MOST]

    def _set(self, key: str, paths: list[Path]) -> None:
        # ASCII, so that a name that is no UTF-8 comes back as it was.
        self._meta.set(self._profile, key, json.dumps([str(path) for path in paths[:MOST]]))
