"""Errors that a person reads: what happened, and what to do next."""

from __future__ import annotations


class MittoTuiError(Exception):
    """Base of every error this program raises on purpose.

    ``message`` is a full sentence for a person; ``advice`` says what to do next, or is empty.
    Neither ever contains a secret. Neither is markup: show both literally.
    """

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class KeyProblem(MittoTuiError):
    """There is no API key to be had: none is stored, or the keyring can't be used."""


class SetupProblem(MittoTuiError):
    """What was chosen or configured can't be used as it is. Nothing was sent."""


class InvalidInput(MittoTuiError):
    """What a person or a script gave us can't be sent as it is. ``field`` names the wrong part."""

    def __init__(self, field: str, message: str, advice: str = "") -> None:
        super().__init__(message, advice)
        self.field = field
