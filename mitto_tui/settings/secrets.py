"""Each profile's API key: ``MITTO_API_KEY``, or else the operating system's keyring. It is nowhere else.

In the keyring the service is ``mitto-tui`` and the user is the profile's name. The sandbox has no key, and gets none:
not even the one in the environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mitto_tui.settings.keyring_access import PATIENCE, KeyNotKept, Keyring, KeyringProblem, with_keyring
from mitto_tui.settings.profiles import SANDBOX
from mitto_tui.settings.secret import Secret, check_key
from mitto_tui.sms.errors import InvalidInput, MittoTuiError

KEY_VARIABLE: Final = "MITTO_API_KEY"


class KeySource(StrEnum):
    """Where a key came from."""

    ENVIRONMENT = "environment"
    KEYRING = "keyring"


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key that is ready to be sent."""

    source: KeySource
    value: Secret


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """What can be said of a profile's key without showing it.

    ``source`` is None where no key was found. ``keyring`` is the backend's name, None where it wasn't asked or there is
    none to be trusted. ``usable`` is whether a message could be sent. ``hint`` is the end of a long key, or empty.
    """

    profile: str
    source: KeySource | None
    keyring: str | None
    usable: bool
    message: str
    advice: str = ""
    hint: str = ""


def find_key(profile: str, environ: Mapping[str, str] = os.environ, *, patience: float = PATIENCE) -> FoundKey | None:
    """The key of ``profile``, or None where none has been stored. May wait for a person to unlock the keyring.

    Raises KeyringProblem where the keyring can't be asked, and InvalidInput for a key that can't be one.
    """
    if profile == SANDBOX:
        return None
    if given := environ.get(KEY_VARIABLE, "").strip():
        return FoundKey(KeySource.ENVIRONMENT, check_key(given, KEY_VARIABLE))
    stored = with_keyring(lambda keyring: _read(keyring, profile), patience)
    if stored is None or not stored:
        return None
    return FoundKey(KeySource.KEYRING, check_key(stored, "The key in the keyring"))


def set_key(profile: str, value: str | Secret, *, patience: float = PATIENCE) -> str:
    """Keep ``value`` for ``profile``, read it back, and return the keyring's name.

    Raises InvalidInput where it can't be a key, and KeyringProblem where it can't be kept.
    """
    _refuse_sandbox(profile)
    secret = check_key(value)
    del value  # a traceback with local variables would show it

    def store(keyring: Keyring) -> str:
        keyring.set(profile, secret.reveal())
        if _read(keyring, profile) != secret:
            raise KeyNotKept(
                f"{keyring.name} did not keep the key: it gives back something else.", "Look into it with its own tool."
            )
        return keyring.name

    return with_keyring(store, patience)


def delete_key(profile: str, *, patience: float = PATIENCE) -> bool:
    """Remove the key of ``profile`` from the keyring; whether there was one. Raises KeyringProblem."""
    _refuse_sandbox(profile)

    def remove(keyring: Keyring) -> bool:
        found = keyring.delete(profile)
        if keyring.get(profile) is not None:
            raise KeyNotKept(f"{keyring.name} still has the key.", "Remove it with the keyring's own tool.")
        return found

    return with_keyring(remove, patience)


def key_status(profile: str, environ: Mapping[str, str] = os.environ, *, patience: float = PATIENCE) -> KeyStatus:
    """What is known of the key of ``profile``. Never raises for a key or keyring that is missing or broken."""
    if profile == SANDBOX:
        return KeyStatus(profile, None, None, True, "The sandbox needs no key.")
    in_environment = bool(environ.get(KEY_VARIABLE, "").strip())
    source = KeySource.ENVIRONMENT if in_environment else None
    name: str | None = None
    try:
        if not in_environment:
            name = with_keyring(lambda keyring: keyring.name, patience)
        found = find_key(profile, environ, patience=patience)
    except MittoTuiError as error:
        if not isinstance(error, KeyringProblem):
            source = source or KeySource.KEYRING
        return KeyStatus(profile, source, name, False, error.message, error.advice)
    if found is None:
        message = f"There is no key for the profile {profile}."
        return KeyStatus(profile, None, name, False, message, f"Store one with mitto-tui --profile {profile} key set.")
    place = KEY_VARIABLE if found.source is KeySource.ENVIRONMENT else f"the keyring ({name})"
    hint = found.value.hint()
    return KeyStatus(
        profile, found.source, name, True, f"The key is in {place}{f' and ends in {hint}' if hint else ''}.", hint=hint
    )


def _read(keyring: Keyring, profile: str) -> Secret | None:
    value = keyring.get(profile)
    return None if value is None else Secret(value)


def _refuse_sandbox(profile: str) -> None:
    if profile == SANDBOX:
        raise InvalidInput("profile", "The sandbox needs no key and keeps none.", "Choose another profile.")
