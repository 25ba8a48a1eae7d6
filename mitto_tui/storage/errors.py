"""What can go wrong with the store, in words for a person. Nothing here knows SQL."""

from __future__ import annotations

from pathlib import Path

from mitto_tui.sms.campaign import CampaignState
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.status import Status


class StoreError(MittoTuiError):
    """Base of everything that the store raises on purpose. ``path`` is the database file, where one is concerned."""

    def __init__(self, message: str, advice: str = "", path: Path | None = None) -> None:
        super().__init__(message, advice)
        self.path = path


class DatabaseTooNew(StoreError):
    """The file was written by a newer version. It has not been touched."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(
            f"{path} was written by a newer mitto-tui (its format is {found}; this program knows up to {known}).",
            "Update mitto-tui. The file was left exactly as it is.",
            path,
        )
        self.found = found
        self.known = known


class DatabaseCorrupt(StoreError):
    """The file is damaged, or is no database. It is left as it is, never replaced."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(
            f"The database {path} is damaged ({detail}).",
            "Nothing in it was changed. Make a copy of it with its -wal and -shm files, then restore a backup, "
            "or recover the copy with sqlite3's .recover command.",
            path,
        )


class DatabaseReadOnly(StoreError):
    """The file, its folder or its file system can't be written."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The database {path} can't be written: the file, its folder or its disk is read-only.",
            "What was stored before is safe. Make the file and its folder writable for you, then try again.",
            path,
        )


class DatabaseFull(StoreError):
    """There is no room for what was to be stored."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"There is no room left to store anything in {path}: the disk is full, or over a quota or size limit.",
            "What was stored before is safe. Make room, then try again.",
            path,
        )


class DatabaseLocked(StoreError):
    """Another process or thread kept the file locked for longer than we wait."""

    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__(
            f"Another program has kept the database {path} locked for more than {seconds:g} seconds.",
            "Nothing was stored. Close the other program, or wait for it to finish, then try again.",
            path,
        )


class DatabaseUnavailable(StoreError):
    """The file can't be opened or reached at all."""

    def __init__(self, path: Path, detail: str, advice: str = "Check the path, its permissions and its disk.") -> None:
        super().__init__(f"The database {path} can't be used: {detail}.", advice, path)


class UnknownMessage(StoreError):
    """No such message (or no such attempt at it) is stored for this profile."""

    def __init__(self, message_id: int) -> None:
        super().__init__(f"There is no message {message_id} in this profile's history.", "Look it up in the history.")
        self.message_id = message_id


class UnknownCampaign(StoreError):
    """No such campaign is stored, or not for this profile: its messages are never sent with another account's key."""

    def __init__(self, campaign: int, of_profile: str | None = None) -> None:
        super().__init__(
            f"There is no campaign {campaign}{' in this profile' if of_profile is not None else ''}.",
            f"It belongs to the profile {of_profile}." if of_profile is not None else "Look it up among the campaigns.",
        )
        self.campaign = campaign


class CampaignNotAllowed(StoreError):
    """A campaign's state does not allow what was asked for. ``state`` is what it is now."""

    def __init__(self, campaign: int, state: CampaignState, problem: str, advice: str = "") -> None:
        super().__init__(f"Campaign {campaign} {problem}.", advice)
        self.campaign = campaign
        self.state = state


class NotAllowed(StoreError):
    """A message's status does not allow what a person asked for. ``status`` is what it is now."""

    def __init__(self, message_id: int, status: Status, wanted: str) -> None:
        super().__init__(
            f"Message {message_id} is {status.value.replace('_', ' ')}, so it can't be {wanted}.",
            "Look at it again: it may have changed in the meantime.",
        )
        self.message_id = message_id
        self.status = status


class Outdated(StoreError):
    """What a person decided on has changed since they looked: nothing was changed."""

    def __init__(self, message_id: int) -> None:
        super().__init__(
            f"Message {message_id} has been sent again in the meantime, so it was left alone.",
            "Look at it again before you decide.",
        )


class OutdatedCampaign(Outdated):
    """As ``Outdated``, of a campaign's messages in doubt: the person saw ``seen`` of them, and there are ``found``."""

    def __init__(self, campaign: int, seen: int, found: int) -> None:
        StoreError.__init__(
            self,
            f"{found:,} messages of campaign {campaign} are in doubt now, no longer {seen:,}, so all were left alone.",
            "Look at them again before you decide.",
        )
