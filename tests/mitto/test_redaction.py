from __future__ import annotations

import html
import json
import re
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.mitto.redaction import Redactor

printable = st.characters(min_codepoint=0x21, max_codepoint=0x7E)


def net_json(key: str) -> str:
    """As .NET's serialiser writes it: signs that mean something to HTML are escaped by number."""
    return "".join(char if char.isalnum() else f"\\u{ord(char):04X}" for char in key)


@given(st.text(printable, min_size=4, max_size=40))
def test_no_spelling_of_the_key_survives(key: str) -> None:
    redact = Redactor(key)
    in_json = json.dumps(key)[1:-1]
    web = html.escape(key)
    spellings = (
        key,
        key.upper(),
        in_json,
        in_json.replace("/", "\\/"),
        net_json(key),
        escape(key),
        web,
        quote(key, safe=""),
    )
    for spelling in spellings:
        assert redact(f"bad key\n{spelling}\n") == "bad key\n[key]\n"


def test_what_is_not_the_key_stays() -> None:
    assert Redactor("secret-key")("no such thing") == "no such thing"


@given(st.text(st.characters(max_codepoint=0x2FFF), max_size=20), st.sampled_from(["key-1", "sk/it", "++!!", "K1s_"]))
def test_no_short_cut_lets_anything_through(text: str, key: str) -> None:
    """Signs that are the same as a letter without regard to case: the Kelvin sign, the long s, the dotted I."""
    redact = Redactor(key)
    for spelling in (key, key.upper(), key.replace("k", "\u212a").replace("s", "\u017f"), key.replace("i", "\u0130")):
        found = re.search(re.escape(key), spelling, re.IGNORECASE)
        assert (redact(f"{text}{spelling}{text}") != f"{text}{spelling}{text}") == (found is not None)


@pytest.mark.parametrize("key", ["", "a", "ab1"])
def test_what_is_too_short_to_be_a_secret_tears_nothing_apart(key: str) -> None:
    assert Redactor(key)("d88ae721-ab1a") == "d88ae721-ab1a"


def test_its_repr_is_silent() -> None:
    assert "secret" not in repr(Redactor("secret-key"))
