"""Sender IDs by Mitto's reference: 3 to 11 characters, or 3 to 14 digits with a warning up to 16."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.sms.sender import SenderKind, check_sender
from mitto_tui.sms.visible import HIDDEN


@pytest.mark.parametrize("sender", ["MITTO SMS", "abc", "Shop24", "12 monkeys", "A1B", "Eleven char", "007 Bond"])
def test_letters_digits_and_spaces_make_an_alphanumeric_sender(sender: str) -> None:
    checked = check_sender(sender)
    assert (checked.kind, checked.value) == (SenderKind.ALPHANUMERIC, sender)
    assert (checked.error, checked.warning) == ("", "")
    assert (checked.length, checked.limit) == (len(sender), 11)


@pytest.mark.parametrize("digits", ["123", "0049", "49172555123", "12345678901234"])
def test_digits_make_a_numeric_sender(digits: str) -> None:
    for typed in (digits, "+" + digits, f"  {digits}\n"):
        checked = check_sender(typed)
        assert (checked.kind, checked.value) == (SenderKind.NUMERIC, digits)
        assert (checked.error, checked.warning) == ("", "")
        assert (checked.length, checked.limit) == (len(digits), 14)


@pytest.mark.parametrize("length", [15, 16])
def test_15_and_16_digits_are_warned_about_and_not_blocked(length: int) -> None:
    checked = check_sender("1" * length)
    assert checked.error == ""
    assert checked.warning == (f"Mitto documents at most 14 digits; this sender has {length} and may be refused.")


@pytest.mark.parametrize(
    ("sender", "error"),
    [
        ("", "There is no sender."),
        ("  \t ", "There is no sender."),
        ("ab", "An alphanumeric sender has 3 to 11 characters; this one has 2."),
        ("+", "An alphanumeric sender has 3 to 11 characters; this one has 1."),
        ("Twelve chars", "An alphanumeric sender has 3 to 11 characters; this one has 12."),
        ("12", "A numeric sender has at least 3 digits."),
        ("+12", "A numeric sender has at least 3 digits."),
        ("1" * 17, "A numeric sender has at most 14 digits; this one has 17."),
        ("Ma\tgic", "␉ can't be part of a sender: use letters, digits and spaces."),
        ("Two\nLines", "⏎ can't be part of a sender: use letters, digits and spaces."),
        ("ＭＩＴＴＯ", "Ｍ can't be part of a sender: use letters, digits and spaces."),
        ("Łódź", "Ł can't be part of a sender: use letters, digits and spaces."),
        ("pay\u202epal", "⟨U+202E⟩ can't be part of a sender: use letters, digits and spaces."),
        ("٣٣٣", "٣ can't be part of a sender: use letters, digits and spaces."),
        ("hi\ud800", "⟨U+D800⟩ can't be part of a sender: use letters, digits and spaces."),
        ("a\x1b[31m", "␛ can't be part of a sender: use letters, digits and spaces."),
    ],
)
def test_what_cannot_be_a_sender_is_told_in_a_sentence(sender: str, error: str) -> None:
    assert check_sender(sender).error == error


@pytest.mark.parametrize("sender", ["Müller", "A&B Shop", "mitto.ch", "+49 172", "€uro"])
def test_what_networks_may_change_is_warned_about(sender: str) -> None:
    checked = check_sender(sender)
    assert checked.error == ""
    assert "letters, digits and spaces" in checked.warning


@given(st.text(st.characters(codec=None)) | st.from_regex(r"\+?[0-9]{0,20}"))
def test_any_text_gets_an_answer_fit_to_show(sender: str) -> None:
    checked = check_sender(sender)
    assert not HIDDEN.search(checked.error + checked.warning)
    assert not (checked.error and checked.warning)
    if not checked.error:
        assert 3 <= len(checked.value) <= 16
        assert checked.value == checked.value.strip()
        assert check_sender(checked.value) == checked, "what goes over the wire is a sender itself"
