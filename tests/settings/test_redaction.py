from __future__ import annotations

import json
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from mitto_tui.settings.redaction import MARK, redact, register_secret

KEY = 'k3y/with"odd\\signs&more+'


def test_without_secrets_text_stays() -> None:
    assert redact("nothing to hide") == "nothing to hide"


def test_a_secret_goes_in_every_form_it_is_written_in() -> None:
    register_secret(KEY)
    for form in (
        KEY,
        json.dumps({"k": KEY}),
        repr(KEY),
        repr({"X-Key": KEY}),
        repr(KEY.encode()),
        f"?k={quote(KEY, safe='')}",
    ):
        shown = redact(f"a {form} b")
        assert MARK in shown
        assert "k3y" not in shown
        assert "signs" not in shown


def test_secrets_given_for_once_are_not_kept() -> None:
    assert redact("one two", ["one"]) == f"{MARK} two"
    assert redact("one two") == "one two"
    register_secret("two")
    assert redact("one two", ["one", ""]) == f"{MARK} {MARK}"


def test_a_secret_that_begins_like_another_leaves_no_end() -> None:
    register_secret("abc")
    register_secret("abcdef")
    assert redact("abcdef abc") == f"{MARK} {MARK}"


def test_a_secret_that_is_no_text_is_one_all_the_same() -> None:
    """What an environment variable with octets that are no UTF-8 becomes."""
    assert redact("k=\udcff\udcfe!", ["\udcff\udcfe"]) == f"k={MARK}!"


def test_an_empty_secret_changes_nothing() -> None:
    register_secret("")
    assert redact("text") == "text"


@settings(deadline=None)
@given(
    secrets=st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=4),
    parts=st.lists(st.text(max_size=10), max_size=5),
    data=st.data(),
)
def test_no_secret_is_left_in_any_text(secrets: list[str], parts: list[str], data: st.DataObject) -> None:
    text = "".join(part + data.draw(st.sampled_from(secrets)) for part in parts)
    assert all(secret not in piece for secret in secrets for piece in redact(text, secrets).split(MARK))
