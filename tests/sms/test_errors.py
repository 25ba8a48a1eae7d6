"""Errors read as one or two sentences."""

from __future__ import annotations

from mitto_tui.sms.errors import InvalidInput, MittoTuiError


def test_an_error_says_what_happened_and_what_to_do() -> None:
    error = MittoTuiError("The disk is full.", "Make room and try again.")
    assert str(error) == "The disk is full. Make room and try again."
    assert (error.message, error.advice) == ("The disk is full.", "Make room and try again.")
    assert str(MittoTuiError("The disk is full.")) == "The disk is full."


def test_invalid_input_names_its_field() -> None:
    error = InvalidInput("to", "That is no number.", "Begin with the country code.")
    assert isinstance(error, MittoTuiError)
    assert (error.field, str(error)) == ("to", "That is no number. Begin with the country code.")
