"""Keyring backends that misbehave, each in one way. None of them is ever chosen by itself: they have no priority."""

from __future__ import annotations

import threading
from collections.abc import Callable

from keyring.backend import KeyringBackend
from keyring.errors import InitError, KeyringLocked, PasswordDeleteError, PasswordSetError


class MemoryKeyring(KeyringBackend):
    """One that works."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring leaves its constructor untyped
        self.stored: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.stored.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.stored[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.stored.pop((service, username), None) is None:
            raise PasswordDeleteError("No such password!")


class PlaintextKeyring(MemoryKeyring):
    """As the one of keyrings.alt: it works, and keeps what it gets where others can read it."""


class RenamedPlaintextKeyring(PlaintextKeyring):
    """A subclass is no safer."""


class AltKeyring(MemoryKeyring):
    """Whatever else keyrings.alt has."""


AltKeyring.__module__ = "keyrings.alt.file"


class ReadOnlyKeyring(MemoryKeyring):
    """One that another program fills."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


class LyingKeyring(MemoryKeyring):
    """Gives back something else than it was given."""

    def get_password(self, service: str, username: str) -> str | None:
        return "something-else"


class ForgettingKeyring(MemoryKeyring):
    """Takes everything, keeps nothing, and isn't the null backend."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class ClingingKeyring(MemoryKeyring):
    """Never lets go."""

    def delete_password(self, service: str, username: str) -> None:
        pass


class HangingKeyring(MemoryKeyring):
    """Waits until ``released``."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()
        self.done = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.released.wait(60)
        self.done.set()
        return None


class FailingKeyring(MemoryKeyring):
    """Raises what it is told to, whatever it is asked; the exception may carry the secret, as real ones have."""

    def __init__(self, error: Callable[[str], BaseException]) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error(self.stored.get((service, username), ""))

    def set_password(self, service: str, username: str, password: str) -> None:
        error = self.error(password)
        raise error from error.__cause__ or RuntimeError(f"while storing {password}")

    def delete_password(self, service: str, username: str) -> None:
        raise self.error("")


class PromptDismissedException(Exception):
    """Named as SecretStorage's."""


def dismissed(secret: str) -> BaseException:
    """What keyring raises where a person closes the prompt for a new keyring."""
    error = InitError("Failed to create the collection: Prompt dismissed..")
    error.__cause__ = PromptDismissedException(secret)
    return error


class ServiceGone(Exception):
    """As jeepney's or SecretStorage's own."""


ServiceGone.__module__ = "jeepney.wrappers"

ERRORS: dict[str, Callable[[str], BaseException]] = {
    "locked": lambda secret: KeyringLocked("Failed to unlock the collection!"),
    "dismissed": dismissed,
    "init": lambda secret: InitError(f"Failed to open keyring: {secret}."),
    "service": lambda secret: ServiceGone(f"org.freedesktop.DBus.Error.NoReply {secret}"),
    "reset": lambda secret: ConnectionResetError(104, f"Connection reset by peer {secret}"),
    "refused": lambda secret: PasswordSetError(f"can't store {secret}"),
    "odd": lambda secret: ValueError(f"bad value {secret!r}\x1b[2J"),
    "silent": lambda secret: OSError(),
    "exit": lambda secret: SystemExit(secret),
}
