"""Tokens ride at the end of the reference and are found there again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.sms.reference import TOKEN_LENGTH, new_token, token_of, with_token

TOKEN = "k3v7q2m9xp4t8w5y6z2b"


def test_a_token_is_long_random_and_easy_to_read() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(re.fullmatch(r"[2-9a-km-np-z]{20}", token) for token in tokens), "no 0, 1, l or o"
    assert len(set("".join(tokens))) == 32, "five bits a character, a hundred a token"
    assert all(len(token) == TOKEN_LENGTH for token in tokens)


def test_a_persons_own_reference_is_kept_in_front() -> None:
    assert with_token("Spring campaign", TOKEN) == f"Spring campaign #{TOKEN}"
    assert with_token(None, TOKEN) == f"#{TOKEN}"
    assert with_token("", TOKEN) == f"#{TOKEN}"


@given(st.none() | st.text(st.characters(codec=None)))
def test_the_token_comes_back_whatever_the_reference_was(reference: str | None) -> None:
    token = new_token()
    assert token_of(with_token(reference, token)) == token
    assert token_of(with_token(reference, token) + " \r\n") == token


@given(st.none() | st.text(st.characters(codec=None)) | st.from_regex(r"#[2-9a-z]{0,30}"))
def test_whatever_comes_back_is_read_without_raising(reference: str | None) -> None:
    token = token_of(reference)
    assert token is None or (reference is not None and reference.rstrip().endswith("#" + token))


@pytest.mark.parametrize(
    "reference",
    [
        None,
        "",
        "Spring campaign",
        TOKEN,
        f"#{TOKEN[:-1]}",
        f"#{TOKEN}x",
        f"#{TOKEN} and more",
        f"#{TOKEN.upper()}",
        "#" * 99,
    ],
)
def test_what_is_no_token_at_the_end_is_none(reference: str | None) -> None:
    assert token_of(reference) is None


def test_the_last_of_two_tokens_counts() -> None:
    assert token_of(with_token(with_token("again", "b" * 20), TOKEN)) == TOKEN


def test_a_hostile_reference_is_read_quickly() -> None:
    for hostile in ("#" * 2_000_000, f"#{TOKEN} " * 100_000 + "x", f"#{TOKEN}" + " " * 2_000_000 + "x"):
        assert token_of(hostile) is None
