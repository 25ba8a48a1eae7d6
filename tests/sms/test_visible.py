"""Hostile text becomes harmless and readable; ordinary text stays what it is."""

from __future__ import annotations

import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.sms.visible import HIDDEN, one_line, visible
from tests.sms.counting import TELLING

C0 = [chr(code) for code in range(0x20)]
C1 = [chr(code) for code in range(0x80, 0xA0)]
BIDI = list("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
ZERO_WIDTH = list("\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\u034f\u180e")
BLANKS_THAT_LOOK_LIKE_NOTHING = list("\u115f\u1160\u3164\uffa0\u17b4\u17b5")
SEPARATORS = list("\u2028\u2029\u0085")
TAGS = [chr(code) for code in (0xE0001, 0xE0020, 0xE0041, 0xE007E, 0xE007F)]
SURROGATES = list("\ud800\udbff\udc00\udfff")

# Format characters with a shape of their own, or that join hieroglyphs into a group.
SHOWS_ITSELF = {chr(code) for code in (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD)}
JOINS_HIEROGLYPHS = {chr(code) for code in range(0x13430, 0x13440)}


@pytest.mark.parametrize("char", C0)
def test_controls_become_their_pictures(char: str) -> None:
    assert visible(f"a{char}b") == f"a{chr(0x2400 + ord(char))}b"


def test_delete_has_a_picture_and_the_others_their_code_point() -> None:
    assert visible("\x7f") == "␡"
    assert visible("\x1b[31mred\x07") == "␛[31mred␇"
    assert visible("\x9b31m") == "⟨U+009B⟩31m"
    assert visible("gpj.\u202eexe") == "gpj.⟨U+202E⟩exe"
    assert visible("\U000e0041") == "⟨U+E0041⟩"
    assert visible("\ud83d") == "⟨U+D83D⟩"


@pytest.mark.parametrize(
    "char", [*C1, *BIDI, *ZERO_WIDTH, *BLANKS_THAT_LOOK_LIKE_NOTHING, *SEPARATORS, *TAGS, *SURROGATES], ids=ascii
)
def test_what_steers_reorders_or_hides_becomes_its_code_point(char: str) -> None:
    assert visible(f"a{char}b") == f"a⟨U+{ord(char):04X}⟩b"
    assert visible(char) == f"⟨U+{ord(char):04X}⟩"


def test_no_control_or_format_character_of_unicode_gets_through() -> None:
    through = {
        char
        for char in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") and visible(char) == char
    }
    assert through <= SHOWS_ITSELF | JOINS_HIEROGLYPHS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Grüße aus Köln, señor! Ça va? 10 € {a} [b] ~ | \\ ^",
        "“quotes” – dashes — … • ™ © \u00a0no-break",
        "Привет 你好 こんにちは 안녕 ไทย עברית العربية हिन्दी",
        "e\u0301 n\u0303 (combining)",
        "👍🏽 🇩🇪 1️⃣ ❤️ ☎️ ☎︎",
        "👨‍👩‍👧‍👦 🧑🏽‍⚕️ 🏳️‍🌈 🏴‍☠️ ❤️‍🔥 👩🏾‍❤️‍💋‍👨🏻 🐈‍⬛ 🙂‍↔️ 🧑‍🦰 👁️‍🗨️",
        "葛\U000e0100城 and ᠠ\u180b",
        "[red]markup[/red] \\[ [/foo] ⟨U+202E⟩",
        "\ue000 private \U0010fffd",
    ],
)
def test_ordinary_text_stays_what_it_is(text: str) -> None:
    assert visible(text) == text
    assert one_line(text) == text


def test_a_variation_selector_is_kept() -> None:
    for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)):
        assert visible("a" + chr(code)) == "a" + chr(code)


def test_a_row_of_variation_selectors_could_carry_anything_and_is_shown() -> None:
    hidden = "".join(chr(0xE0100 + code) for code in b"secret")
    assert visible("😀" + hidden) == "😀" + hidden[0] + "".join(f"⟨U+{ord(char):04X}⟩" for char in hidden[1:])
    assert visible("a\ufe0f\ufe0f\ufe0e") == "a\ufe0f⟨U+FE0F⟩⟨U+FE0E⟩"


JOINS_NOTHING = [
    "\u200d",
    "a\u200db",
    "\u200d😀",
    "😀\u200d",
    "😀\u200da",
    "a\u200d😀",
    "😀\u200d\u200d😀",
    "日\u200d本",
    "\u0d9a\u0dca\u200d\u0dbb",
]


@pytest.mark.parametrize("text", JOINS_NOTHING, ids=ascii)
def test_a_joiner_that_joins_no_emoji_is_shown(text: str) -> None:
    assert visible(text) == text.replace("\u200d", "⟨U+200D⟩")


def test_keep_lets_through_what_it_lists_and_nothing_else() -> None:
    assert visible("a\nb\tc\rd", keep="\n") == "a\nb␉c␍d"
    assert visible("a\nb\tc\rd", keep="\n\t") == "a\nb\tc␍d"


_hostile = st.text(st.sampled_from([*C0, *C1, *BIDI, *ZERO_WIDTH, *TAGS, *SURROGATES, "\ufe0f", "😀", "a", "⏎", "🏽"]))


@given(_hostile | st.text(st.characters(codec=None)) | st.text(st.sampled_from("".join(TELLING))))
def test_nothing_hidden_is_left_and_once_is_enough(text: str) -> None:
    shown = visible(text)
    assert visible(shown) == shown
    assert all(found[0] == "\u200d" for found in HIDDEN.finditer(shown))
    shown.encode("utf-8")
    plain = "".join(char for char in text if not HIDDEN.match(char) and char not in "\ufe0e\ufe0f")
    remaining = iter(shown)
    assert all(char in remaining for char in plain), "ordinary characters keep their order"


@given(_hostile | st.text(st.characters(codec=None)), st.none() | st.integers(0, 60))
def test_one_line_is_one_line_of_at_most_its_limit(text: str, limit: int | None) -> None:
    line = one_line(text, limit)
    assert len(line.splitlines()) <= 1
    assert all(found[0] == "\u200d" for found in HIDDEN.finditer(line))
    whole = one_line(text)
    if limit is None or len(whole) <= limit:
        assert line == whole
    elif limit:
        assert len(line) <= limit
        assert line.endswith("…")
        assert whole.startswith(line[:-1])
        assert not line[:-1].endswith("\u200d")
    else:
        assert line == ""


def test_line_breaks_show_as_one_sign_each() -> None:
    assert one_line("a\nb\r\nc\rd\n\re") == "a⏎b⏎c⏎d⏎⏎e"
    assert one_line("a\u2028b\x85c\x0bd\x0ce") == "a⟨U+2028⟩b⟨U+0085⟩c␋d␌e"


def test_the_cut_is_told_even_where_two_characters_become_one() -> None:
    assert one_line("\r\n" * 10, 10) == "⏎" * 10
    assert one_line("\r\n" * 11, 10) == "⏎" * 9 + "…"
    assert one_line("abcdef", 6) == "abcdef"
    assert one_line("abcdefg", 6) == "abcde…"
    assert one_line("👨‍👩‍👧 family", 3) == "👨…"


FILLS = ["a", "ж", "\r\n", "\x1b", "\u202e", "\U000e0041", "😀\u200d", "\ufe0f", "\ud800"]


@pytest.mark.parametrize("fill", FILLS, ids=ascii)
def test_ten_megabytes_cost_what_is_shown_of_them(fill: str) -> None:
    text = (fill * 10_000_000)[:10_000_000]
    started = time.process_time()
    line = one_line(text, 80)
    assert time.process_time() - started < 0.05
    assert len(line) <= 80
    assert line.endswith("…")


@pytest.mark.parametrize("fill", ["hello, world ", "Привет 你好 ", "1️⃣ "])
def test_ten_megabytes_of_ordinary_text_are_looked_through_quickly(fill: str) -> None:
    text = (fill * 1_000_000)[:10_000_000]
    started = time.process_time()
    assert one_line(text) == text
    assert time.process_time() - started < 2
