"""Mitto's ``responseCode`` in words. Codes 0 to 8 are documented; 9 is known from one of Mitto's own clients."""

from __future__ import annotations

from typing import Final

ACCEPTED: Final = 0
INTERNAL_ERROR: Final = 1
INVALID_TYPE: Final = 2
EMPTY_MESSAGE: Final = 3
NOT_IN_ENCODING: Final = 4
EMPTY_SENDER: Final = 5
INVALID_SENDER: Final = 6
EMPTY_RECEIVER: Final = 7
INVALID_RECEIVER: Final = 8
CHARACTER_SET: Final = 9

MEANING: Final = {
    ACCEPTED: "accepted",
    INTERNAL_ERROR: "internal error",
    INVALID_TYPE: "invalid type",
    EMPTY_MESSAGE: "empty message",
    NOT_IN_ENCODING: "text not in the chosen encoding",
    EMPTY_SENDER: "empty sender",
    INVALID_SENDER: "invalid sender",
    EMPTY_RECEIVER: "empty receiver",
    INVALID_RECEIVER: "invalid receiver",
    CHARACTER_SET: "character set error",
}
"""What a code means, in Mitto's terms."""

ADVICE: Final = {
    INVALID_TYPE: "Choose GSM, Unicode or Binary.",
    EMPTY_MESSAGE: "Write a text.",
    NOT_IN_ENCODING: "Choose auto or Unicode, or replace the characters that the chosen encoding does not have.",
    EMPTY_SENDER: "Fill in the sender.",
    INVALID_SENDER: "Use 3 to 11 letters, digits and spaces, or 3 to 14 digits, as agreed with Mitto for your account.",
    EMPTY_RECEIVER: "Fill in the recipient.",
    INVALID_RECEIVER: "Check the number: country code first, 7 to 15 digits.",
    CHARACTER_SET: "Choose Unicode, or replace unusual characters.",
}
"""What a person can do about a refusal."""
