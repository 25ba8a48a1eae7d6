"""Sender IDs: what Mitto's ``from`` takes.

Alphanumeric with 3 to 11 characters, spaces allowed, or numeric with 3 to 14 digits (Mitto's reference, ``/sms``).
Longer numbers, up to 16 digits, are only warned about: they exist, and Mitto has the last word.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mitto_tui.sms import gsm
from mitto_tui.sms.visible import one_line

ALPHANUMERIC_MIN: Final = 3
ALPHANUMERIC_MAX: Final = 11
NUMERIC_MIN: Final = 3
NUMERIC_MAX: Final = 14
NUMERIC_TOLERATED: Final = 16


class SenderKind(StrEnum):
    """The two kinds of sender IDs."""

    ALPHANUMERIC = "alphanumeric"
    NUMERIC = "numeric"


@dataclass(frozen=True, slots=True)
class SenderCheck:
    """What a sender ID is. ``value`` is what goes over the wire; with ``error`` set it must not.

    ``length`` and ``limit`` are characters (or digits) used and allowed. ``warning`` and ``error`` are sentences.
    """

    value: str
    kind: SenderKind
    length: int
    limit: int
    warning: str = ""
    error: str = ""


def check_sender(text: str) -> SenderCheck:
    """Classify and check a sender ID as typed. A ``+`` in front of a number is dropped. Never raises."""
    value = text.strip()
    digits = value.removeprefix("+")
    if digits.isascii() and digits.isdigit():
        return _numeric(digits)
    return _alphanumeric(value)


def _numeric(digits: str) -> SenderCheck:
    warning = error = ""
    if len(digits) < NUMERIC_MIN:
        error = f"A numeric sender has at least {NUMERIC_MIN} digits."
    elif len(digits) > NUMERIC_TOLERATED:
        error = f"A numeric sender has at most {NUMERIC_MAX} digits; this one has {len(digits)}."
    elif len(digits) > NUMERIC_MAX:
        warning = f"Mitto documents at most {NUMERIC_MAX} digits; this sender has {len(digits)} and may be refused."
    return SenderCheck(digits, SenderKind.NUMERIC, len(digits), NUMERIC_MAX, warning, error)


def _alphanumeric(value: str) -> SenderCheck:
    warning = error = ""
    outside = [char for char in value if char not in gsm.ALPHABET or char in "\n\r\f"]
    if not value:
        error = "There is no sender."
    elif outside:
        error = f"{one_line(outside[0])} can't be part of a sender: use letters, digits and spaces."
    elif not ALPHANUMERIC_MIN <= len(value) <= ALPHANUMERIC_MAX:
        allowed = f"{ALPHANUMERIC_MIN} to {ALPHANUMERIC_MAX} characters"
        error = f"An alphanumeric sender has {allowed}; this one has {len(value)}."
    elif not all(char == " " or (char.isascii() and char.isalnum()) for char in value):
        warning = "Networks may refuse or change a sender with anything but letters, digits and spaces."
    return SenderCheck(value, SenderKind.ALPHANUMERIC, len(value), ALPHANUMERIC_MAX, warning, error)
