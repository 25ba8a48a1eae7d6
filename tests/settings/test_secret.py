from __future__ import annotations

import copy
import dataclasses
import json
import logging
import pickle
import traceback

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitto_tui.settings.redaction import MARK, redact
from mitto_tui.settings.secret import MAX_LENGTH, Secret, check_key
from mitto_tui.sms.errors import InvalidInput

KEY = "k3y-0f-a-person-9876"


def test_no_way_of_printing_shows_it() -> None:
    secret = Secret(KEY)
    shown = [
        repr(secret), str(secret), f"{secret}", f"{secret!r:>40}", f"{secret:>30}", "%s %r" % (secret, secret),  # noqa: UP031
        repr([secret]), repr({"key": secret}), "{}".format(secret), json.dumps({"key": secret}, default=str),  # noqa: UP032
        logging.makeLogRecord({"msg": "%s", "args": (secret,)}).getMessage(),
    ]  # fmt: skip
    assert all(KEY not in text and MARK in text for text in shown)
    assert secret.reveal() == KEY


def test_it_stays_hidden_in_a_dataclass() -> None:
    @dataclasses.dataclass
    class Holder:
        key: Secret

    holder = Holder(Secret(KEY))
    assert KEY not in repr(holder) + str(dataclasses.asdict(holder))
    assert copy.deepcopy(holder) == copy.copy(holder) == holder


def test_it_is_not_written_by_accident() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(KEY))
    with pytest.raises(TypeError):
        json.dumps(Secret(KEY))


def test_it_compares_as_its_text_does() -> None:
    assert Secret(KEY) == Secret(KEY)
    assert hash(Secret(KEY)) == hash(Secret(KEY))
    assert Secret(KEY) != Secret("other")
    assert Secret(KEY) != KEY
    assert Secret(KEY)
    assert not Secret("")


def test_making_one_makes_it_known_to_redaction() -> None:
    assert redact(f"key {KEY}") == f"key {KEY}"
    Secret(KEY)
    assert redact(f"key {KEY}") == f"key {MARK}"


@pytest.mark.parametrize(("length", "hint"), [(3, ""), (19, ""), (20, "…rstu"), (40, "…xyz9")])
def test_a_hint_is_the_end_of_a_long_key_only(length: int, hint: str) -> None:
    text = ("bcdefghijklmnopqrstuvwxyz"[:length] if length <= 20 else "a" * 36 + "xyz9")[:length]
    secret = Secret(text)
    assert secret.hint() == hint


@pytest.mark.parametrize("given", [KEY, f"  {KEY}\n", f"\t{KEY}\r\n", f"\u00a0{KEY} "])
def test_a_key_is_taken_without_what_was_pasted_around_it(given: str) -> None:
    assert check_key(given).reveal() == KEY
    assert check_key(Secret(given)).reveal() == KEY


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("", "The key is empty."),
        (" \r\n", "The key is empty."),
        ("abc def", "character 4 is a space"),
        ("abc\ndef", "character 4 is a line break"),
        ("abc\tdef", "character 4 is a control character"),
        ("abc\x00", "character 4 is a control character"),
        ("X-Mitto-API-Key: abc", "character 17 is a space"),
        ("schlüssel", "character 5 is not a plain ASCII character"),
        ("\u200babc", "character 1 is not a plain ASCII character"),
        ("“abc”", "character 1 is not a plain ASCII character"),
        ('"abc"', "in quotation marks"),
        ("'abc'", "in quotation marks"),
        ("a" * (MAX_LENGTH + 1), "has 1,025 characters"),
    ],
)
def test_what_cannot_be_a_key_is_refused_in_a_sentence(given: str, says: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_key(given)
    assert caught.value.field == "key"
    assert says in str(caught.value)
    assert caught.value.advice


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=8))
def test_a_refusal_never_repeats_the_key(text: str) -> None:
    error: InvalidInput | None = None
    try:
        check_key(text)
    except InvalidInput as caught:
        error = caught
    if error is not None:
        assert text not in str(error)
        ours = traceback.TracebackException.from_exception(error, capture_locals=True).stack[1:]
        assert len(ours) > 0  # without this test's own frame, which has the text in its hands
        assert all(text not in str(frame.locals) for frame in ours)
