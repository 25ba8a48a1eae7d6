"""The operating system's keyring through the ``keyring`` library: only where secrets are safe, never waiting for ever.

Whatever a backend raises is turned into one of the errors here, in the thread that called it: its own exception, which
may carry the secret in its text or its frames, goes no further.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from mitto_tui.settings.redaction import redact
from mitto_tui.sms.errors import KeyProblem, MittoTuiError
from mitto_tui.sms.visible import one_line

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE: Final = "mitto-tui"
PATIENCE: Final = 60.0
"""Seconds to wait for a keyring, which may be asking a person for a password meanwhile."""

_Result = TypeVar("_Result")
_WAY_OUT: Final = "Or set the environment variable MITTO_API_KEY to the key."


class KeyringProblem(KeyProblem):
    """The keyring can't be used. ``MITTO_API_KEY`` works all the same."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message, f"{advice} {_WAY_OUT}")


class NoKeyring(KeyringProblem):
    """There is no backend at all."""


class NullKeyring(KeyringProblem):
    """The backend is the one that forgets everything."""


class UnsafeKeyring(KeyringProblem):
    """The backend stores secrets where others can read them."""


class LockedKeyring(KeyringProblem):
    """The keyring is locked, and was not unlocked when it asked."""


class UnreachableKeyring(KeyringProblem):
    """The service behind the keyring went away, or doesn't answer as it should."""


class KeyringTimeout(KeyringProblem):
    """The keyring didn't answer in time."""


class KeyringFailure(KeyringProblem):
    """The backend failed in a way of its own."""


class KeyNotKept(KeyringProblem):
    """The keyring didn't do with the key what it was asked to, whatever it says."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """Backends that can be trusted with a key, best first; ``name`` is for people."""

    backends: tuple[KeyringBackend, ...]

    @property
    def name(self) -> str:
        """The first backend, in its own words."""
        return backend_name(self.backends[0])

    def get(self, user: str) -> str | None:
        """The secret of ``user``, or None."""
        for backend in self.backends:
            if (value := backend.get_password(SERVICE, user)) is not None:
                return value
        return None

    def set(self, user: str, value: str) -> None:
        """Store in the first backend that stores."""
        for backend in self.backends:
            try:
                backend.set_password(SERVICE, user, value)
            except NotImplementedError:  # some backends only read
                continue
            return
        raise KeyNotKept(
            f"{self.name} can be read, but not written.",
            f"Store the key with its own tool, for the service {SERVICE} and the user {user}.",
        )

    def delete(self, user: str) -> bool:
        """Remove the secret of ``user`` wherever that can be done; whether any was removed."""
        found = False
        for backend in self.backends:
            # A Secret Service deletes one item at a time, and another program may have stored a second.
            for _ in range(_MOST_COPIES):
                if backend.get_password(SERVICE, user) is None:
                    break
                try:
                    backend.delete_password(SERVICE, user)
                except NotImplementedError:
                    break
                found = True
        return found


_MOST_COPIES: Final = 8


def with_keyring(work: Callable[[Keyring], _Result], patience: float = PATIENCE) -> _Result:
    """What ``work`` returns for the trusted keyring, within ``patience`` seconds. Raises one of the errors above."""
    results: list[_Result] = []
    problems: list[MittoTuiError] = []

    def run() -> None:
        try:
            import keyring

            results.append(work(_trusted(keyring.get_keyring())))
        except MittoTuiError as error:
            problems.append(error)
        except BaseException as error:
            problems.append(_explained(error))

    # A daemon, since a backend that hangs can't be stopped, and must not keep the program from ending.
    thread = threading.Thread(target=run, name="keyring", daemon=True)
    thread.start()
    thread.join(patience)
    if problems:
        raise problems[0]
    if results:
        return results[0]
    raise KeyringTimeout(
        f"The keyring did not answer within {patience:g} seconds.",
        "If it asked for a password, answer it and try again.",
    )


def backend_name(backend: KeyringBackend) -> str:
    """A backend in words: "SecretService Keyring"."""
    return one_line(str(getattr(backend, "name", type(backend).__name__)), 60)


def _trusted(chosen: KeyringBackend) -> Keyring:
    from keyring.backends import chainer, fail, null

    backends = list(chosen.backends) if isinstance(chosen, chainer.ChainerBackend) else [chosen]
    kept = tuple(b for b in backends if not isinstance(b, fail.Keyring | null.Keyring) and not _is_unsafe(b))
    if kept:
        return Keyring(kept)
    if unsafe := next((b for b in backends if _is_unsafe(b)), None):
        raise UnsafeKeyring(
            f"The only keyring here is {backend_name(unsafe)}, which does not keep secrets safe: others can read them.",
            f"The key was not given to it. {_install()}",
        )
    if any(isinstance(backend, null.Keyring) for backend in backends):
        raise NullKeyring(
            "Python's keyring is switched off: its null backend forgets whatever it is given.",
            "Take it out of keyringrc.cfg or PYTHON_KEYRING_BACKEND.",
        )
    raise NoKeyring("This system has no keyring that the key could be kept in.", _install())


def _is_unsafe(backend: KeyringBackend) -> bool:
    """All of keyrings.alt, which its authors don't recommend, and whatever has plain text in its name."""
    kinds = type(backend).__mro__
    return type(backend).__module__.startswith("keyrings.alt") or any(
        "plaintext" in kind.__name__.lower() for kind in kinds
    )


def _install() -> str:
    if sys.platform == "linux":
        return "Install gnome-keyring, KWallet or KeePassXC, and start this program from a desktop session."
    return "Use the system's own keyring."


def _explained(error: BaseException) -> KeyringProblem:
    # By name: where the library itself can't be imported, its classes can't be either.
    names = {kind.__name__ for kind in type(error).__mro__}
    module = type(error).__module__.partition(".")[0]
    if "KeyringLocked" in names or _was_dismissed(error):
        return LockedKeyring("The keyring is locked.", "Unlock it, and try again.")
    if "NoKeyringError" in names:
        return NoKeyring("This system has no keyring that the key could be kept in.", _install())
    if names & {"InitError", "ConnectionError", "EOFError"} or module in ("secretstorage", "jeepney", "dbus"):
        return UnreachableKeyring(
            f"The keyring's service can't be reached ({_told(error)}).", "Start it again, or log in again."
        )
    if isinstance(error, ImportError | AttributeError):
        return KeyringFailure(
            f"The keyring that Python is told to use can't be loaded ({_told(error)}).",
            "Look at PYTHON_KEYRING_BACKEND and keyringrc.cfg.",
        )
    return KeyringFailure(f"The keyring failed ({_told(error)}).", "Try again.")


def _was_dismissed(error: BaseException | None) -> bool:
    """Whether a person said no: a prompt that was closed is told of in the chain of causes, by name only."""
    for _ in range(5):
        if error is None:
            break
        if type(error).__name__ in ("PromptDismissedException", "LockedException"):
            return True
        error = error.__cause__
    return False


def _told(error: BaseException) -> str:
    said = one_line(redact(str(error)), 120).rstrip(".")
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
