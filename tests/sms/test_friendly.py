"""Friendly replacements: what people paste, and what must hold for any text."""

from __future__ import annotations

import random
import re
import time
import unicodedata
from functools import reduce
from itertools import islice, permutations

import pytest
from anyascii import anyascii
from hypothesis import example, given
from hypothesis import strategies as st

from mitto_tui.sms import gsm
from mitto_tui.sms.friendly import PUNCTUATION, Replacement, Rule, apply, plan, suggest
from mitto_tui.sms.segments import count
from mitto_tui.sms.sign_table import FITTING, INVISIBLE
from mitto_tui.sms.stand_ins import JOINED
from tests.sms.counting import header

NBSP, NARROW, THIN, ZWSP, ZWNJ, ZWJ, SHY, BOM, WJ = "\u00a0\u202f\u2009\u200b\u200c\u200d\u00ad\ufeff\u2060"
TEXT_LOOK, EMOJI_LOOK = "\ufe0e\ufe0f"

CASES = {
    # Word, Outlook, Pages
    "Dear “you”, it’s ‘here’…": "Dear \"you\", it's 'here'...",
    "10–12 Uhr — „sofort‟, ‚ja‛": "10-12 Uhr - \"sofort\", 'ja'",
    "8‐bit non\u2011breaking −5 ⁃ x": "8-bit non-breaking -5 - x",
    "One\u000btwo\u2028three\u2029four": "One\ntwo\nthree\nfour",
    "\uf0b7\tfirst\n\uf0a7 second \uf0d8 third \uf0e0 end": "* first\n* second > third -> end",
    "5′ 7″, ´a` and `b´": "5' 7\", 'a' and 'b'",
    "soft\u00adhyphen": "softhyphen",
    # web pages
    "• one ● two ◦ three ▪ four ★★★": "* one * two * three * four ***",
    "Home › Shop ‣ Sale → now ⇒ go ← back ► ❯": "Home > Shop > Sale -> now => go <- back > >",
    "« Oui », «si»": '" Oui ", "si"',
    "Mon • Tue · Wed": "Mon * Tue * Wed",  # a list, not the range "Mon - Tue"
    f"Auf{ZWNJ}lage{ZWSP}n{WJ}eu{BOM}": "Auflageneu",
    "a\u200eb\u202ac\u202c": "abc",
    "Hello\ufffcthere": "Hellothere",
    "™ © ® № 5, 2 × 4 ± 1, ≤ 3 ≥ 2 ≈": "TM (c) (r) No 5, 2 x 4 +/- 1, <= 3 >= 2 ~",
    # Excel and exports of customer records
    f"{BOM}10{NBSP}000,5{NARROW}€ 1{THIN}000": "10 000,5 € 1 000",
    "a\tb": "a b",
    "\x93Hi\x94 it\x92s \x96 \x80 5\x85 \x8aime": '"Hi" it\'s - € 5... Sime',
    # full-width forms, and fancy letters
    "Ｈｅｌｌｏ！　（１２３）": "Hello! (123)",
    "𝐁𝐨𝐥𝐝 𝟓𝟎% 𝓗𝓮𝓵𝓵𝓸 ℋℓ ᴄᴀᴘs ﬁn": "Bold 50% Hello Hl caps fin",
    # languages
    "¿Cómo estás? Mañana está aquí": "¿Como estas? Mañana esta aqui",
    "Não há opções à mão": "Nao ha opcoes à mao",
    "Où êtes-vous ? n° 5, l’œuvre, CŒUR, Noël, 1ᵉʳ": "Où etes-vous ? no 5, l'oeuvre, COEUR, Noel, 1er",
    "Città è già più N° 2": "Città è già più No 2",
    "Grüße aus STRAẞE, Fuß": "Grüße aus STRASSE, Fuß",
    "Zażółć gęślą jaźń": "Zazolc gesla jazn",
    "Příliš žluťoučký kůň": "Prilis zlutoucky kun",
    "İstanbul’da ışık, şöför, ağaç": "Istanbul'da isik, söför, agac",
    "Tiếng Việt: đường phố, ừ, ặ": "Tieng Viet: duong pho, u, a",
    "și ţară, ş ț ă â î": "si tara, s t a a i",
    "col·lecció, PARAL·LEL, ceŀla": "col.leccio, PARAL.LEL, cel.la",
    "előfizető ŰRLAP árvíztűrő": "elöfizetö ÜRLAP arviztürö",
    "Þór, ð, Đuro, ħ, ə, ı": "Thor, d, Duro, h, e, i",
    "2ª planta, 1.º, nº 3": "2a planta, 1.o, no 3",
    # composed first, and only as much taken off as must be
    "u\u0308 A\u030a e\u0301 n\u0303 N\u0303": "ü Å é ñ Ñ",
    "a\u0301 o\u0302 I\u0307 i\u0307 e\u0302\u0301": "a o I i e",
    "ǖ u\u0304\u0308 ü\u0323 ǻ ǿ ǽ Ḉ": "ü ü ü å ø æ Ç",
    "\u212b \u2126 \u212a \u037e": "Å Ω K ;",
    # where it says nothing else
    "80 m² CO₂ ½ price": "80 m2 CO2 1/2 price",
    "3·4": "3*4",
}  # fmt: skip
"""Texts, and what they are with everything replaced."""

UNTOUCHED = {
    "the alphabet": "äöñüàÄÖÑÜ§¿¡ÆæßÉØøÅåÇ¤£¥€^{}[]~|\\ΔΦΓΛΩΠΨΣΘΞ\n\r\f@_",
    "money": "₹ ₽ ₺ ₿ ¢ ₫ 5",
    "units": "µm °C 20° ‰",
    "powers of numbers": "10² 5³ x¹",
    "mixed numbers": "1½ 2¼",
    "digits below digits": "C₁₂",
    "Cyrillic": "Привет, № 5",
    "Greek": "Καλημέρα ά ώ",
    "Chinese": "你好，世界！（ＡＢＣ）　１２３",
    "Japanese": "こんにちは、Ａ社です。",
    "Korean": "안녕하세요！",
    "Arabic": "مرحبا\u200f بك\u200e",
    "Arabic digits": "\u200f٣٤",
    "Persian": "می‌خواهم",
    "Hebrew": "שלום\u200f 5",
    "Thai": "สวัสดี\u200bครับ",
    "Hindi": "क्‍ष नमस्ते",
    "emoji": "🎉 ❤ ☀ ✔ ✈ ℹ ‼ ↔",
    "joined": "👨‍👩‍👧 🏳️‍⚧️ ❤️‍🔥 🙂‍↔️ 🧑🏽‍💻",
    "keycaps": "1️⃣ #️⃣ *️⃣ 1⃣ ＃⃣",
    "flags": "🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "flags kept apart": f"🇩{ZWSP}🇪 🇩{BOM}🇪 🇩\u200e🇪",
    "signs as emoji": "©️ ®️ ™️ ▪️",
    "struck out": "s̶o̶l̶d̶",
    "marks on what is no letter": "1\u0301 “\u0301 ’\u0308",
    "controls": "\x00\x1b[31m\x07",
    "what can't be read": "\ufffd \ue000",
    "half characters": "\ud83d \ude00",
}
"""Texts in which nothing is replaced."""


@pytest.mark.parametrize(("text", "expected"), CASES.items())
def test_what_people_paste(text: str, expected: str) -> None:
    made = plan(text)
    assert made.replaced == expected
    assert made.left == tuple(dict.fromkeys(char for char in expected if char not in gsm.ALPHABET))


@pytest.mark.parametrize("kind", UNTOUCHED)
def test_what_is_left_alone(kind: str) -> None:
    text = UNTOUCHED[kind]
    made = plan(text)
    assert (made.replacements, made.replaced) == ((), text)
    assert made.left == tuple(dict.fromkeys(char for char in text if char not in gsm.ALPHABET))


FOREIGN = (
    *("Привет", "и\u0306", "Ё", "άλφα", "Ω\u0301", "你，好", "こ", "か\u3099", "한국", "\u1112\u1161\u11ab"),
    *("สวัสดี", "नमस्ते", "مرحبا", "שלום", "٣", "😀", "❤️", "❤", "☀", "1️⃣", "👍🏽", "👨‍👩‍👧", "🏳️‍🌈", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🙂‍↔️", "©️"),
    *("₹", "µ", "\ufffd", "\ud83d", "\ude00", "\x00", "\x1b"),
)  # fmt: skip
"""What never changes but by composing: other scripts, emoji, what means nothing."""
_latin = [chr(code) for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)) if chr(code).isalpha()]
_letters = st.sampled_from(_latin) | st.sampled_from("aeiouAEIOUnNcCsz")
_signs = st.sampled_from(sorted(PUNCTUATION.keys() | {"·"}))
_alphabet = st.sampled_from(sorted(gsm.ALPHABET))
_marks = st.sampled_from("\u0300\u0301\u0303\u0308\u030a\u030b\u0323\u0327\u0328\u0336\u0345\u3099\u11ab\u20e3")
_anything = (
    st.sampled_from(FOREIGN)
    | _letters
    | _letters.map(lambda char: unicodedata.normalize("NFD", char))
    | _signs
    | _alphabet
    | _marks
    | st.sampled_from(sorted(FITTING) + sorted(INVISIBLE) * 2)
    | st.sampled_from("012 €₹©®™▪nm\x85\x92Ｈ，№")
    | st.characters(codec=None)
)
texts = st.lists(_anything, max_size=14).map("".join)


def spliced(text: str, replacements: tuple[Replacement, ...]) -> str:
    """``text`` with what stands at the places replaced, and nothing looked for."""
    at = sorted((place, one) for one in replacements for place in one.places)
    pieces, end = [], 0
    for place, one in at:
        assert end <= place
        assert text[place : place + len(one.found)] == one.found
        pieces += [text[end:place], one.by]
        end = place + len(one.found)
    return "".join((*pieces, text[end:]))


@given(texts, st.randoms(use_true_random=False))
@example("Ṅ°² n°·²", None)
@example("a\u200b\u0301 ©\u200b\ufe0f m² ™² ٣²", None)
@example("\u03a9\u0301\u200b \u200b\u03a9\u0301 и\u0306\u200b", None)
def test_what_holds_for_any_text(text: str, shuffled: object) -> None:
    made = plan(text)
    everything = list(made.replacements)
    assert made.replaced == apply(text, everything) == spliced(text, made.replacements)
    if isinstance(shuffled, random.Random):
        shuffled.shuffle(everything)
    assert reduce(lambda done, one: apply(done, [one]), everything, text) == made.replaced
    assert apply(made.replaced, everything) == made.replaced
    assert suggest(made.replaced) == ()
    assert len({one.found for one in everything}) == len(everything)
    assert [one.places[0] for one in made.replacements] == sorted(one.places[0] for one in everything)
    for one in everything:
        assert_fair(one)
        assert one.places == tuple(sorted(set(one.places)))
    assert made.left == tuple(dict.fromkeys(char for char in made.replaced if char not in gsm.ALPHABET))
    assert made.before == count(text)
    assert made.after == count(made.replaced)
    for one in everything:
        assert made.alone(one) == count(apply(text, [one]))
        assert made.segments_alone(one) == made.alone(one).segments


def assert_fair(one: Replacement) -> None:
    """What a replacement may do: compose; or make what is in the alphabet of a sign, or of a Latin letter and marks."""
    assert one.found != one.by
    if one.rule is Rule.COMPOSED:
        assert unicodedata.normalize("NFC", one.found) == one.by
        assert len(one.by) < len(one.found) or gsm.ALPHABET.issuperset(one.by)
        return
    assert gsm.ALPHABET.issuperset(one.by)
    if one.rule is Rule.PUNCTUATION:
        assert len(one.found) == 1
        assert one.found not in gsm.ALPHABET
        return
    base = unicodedata.normalize("NFD", one.found)[0]
    if base in gsm.ALPHABET:
        assert unicodedata.normalize("NFD", one.by)[0] == base  # ü may lose a mark too many, but never becomes u
    else:
        assert "LATIN" in unicodedata.name(base) or unicodedata.normalize("NFKC", base).isascii()


@given(
    st.lists(st.sampled_from(FOREIGN) | _signs | _alphabet | _letters | st.sampled_from(sorted(INVISIBLE)), max_size=20)
)
@example(["🇩🇪", ZWJ, "😀", "‘", "1️⃣"])
def test_other_scripts_and_emoji_stay_whole(pieces: list[str]) -> None:
    text = "".join(pieces)
    wholes = {unicodedata.normalize("NFC", piece) for piece in FOREIGN}
    either = "|".join(map(re.escape, sorted(wholes, key=len, reverse=True)))

    def foreign(of: str) -> list[str]:
        return re.findall(either, unicodedata.normalize("NFC", of))

    assert foreign(plan(text).replaced) == foreign(text)


@given(st.text(st.sampled_from(sorted(gsm.ALPHABET)) | st.characters(codec=None)))
def test_what_is_in_the_alphabet_stays(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    assert not any(char in gsm.ALPHABET for one in suggest(text) if len(one.found) == 1 for char in one.found)
    inside = "".join(char for char in text if char in gsm.ALPHABET)
    assert suggest(inside) == ()
    assert apply(text, suggest(inside)) == text


@given(st.lists(_letters | _letters.map(lambda char: unicodedata.normalize("NFD", char)) | _signs | _alphabet))
def test_latin_letters_and_signs_end_in_the_alphabet(pieces: list[str]) -> None:
    made = plan("".join(pieces))
    outside = {char for char in made.left if unicodedata.normalize("NFD", char)[0] not in WITHOUT_PLAIN_FORM}
    assert outside == set()


WITHOUT_PLAIN_FORM = frozenset("ƄƅƧƨƸƹƼƽẜẝ")
"""Letters of tones and old books, which no language of today writes with: only digits and dots would stand for them."""
OTHER_THAN_ANYASCII = {
    "ŀ": "l.",
    "Ŀ": "L.",
    "Œ": "OE",
    "ẞ": "SS",
    "Ĳ": "IJ",
    "Ǆ": "DZ",
    "Ǉ": "LJ",
    "Ǌ": "NJ",
    "Ǳ": "DZ",
}


def test_letters_are_those_of_anyascii_unless_more_can_be_kept() -> None:
    for char in _latin:
        by = apply(char, suggest(char))
        if by == char:
            assert char in gsm.ALPHABET or char in WITHOUT_PLAIN_FORM
        elif by in tuple("üöäåñæøÜÖÄÅÑÆØÇ"):
            kept_of = unicodedata.normalize("NFKD", by)[0]
            assert anyascii(char)[0] == anyascii(kept_of)[0]
        else:
            assert by == OTHER_THAN_ANYASCII.get(char, anyascii(char))
    assert {char: apply(char, suggest(char)) for char in "őŰǖ"} == {"ő": "ö", "Ű": "Ü", "ǖ": "ü"}


def test_the_table_is_sound() -> None:
    assert not PUNCTUATION.keys() & gsm.ALPHABET
    assert not (PUNCTUATION.keys() | FITTING.keys()) & INVISIBLE
    assert all(by and gsm.ALPHABET.issuperset(by) for by in PUNCTUATION.values())
    assert all(gsm.ALPHABET.issuperset(by) for by, _ in FITTING.values())
    assert len(PUNCTUATION) - len([char for char in PUNCTUATION if "\ufe50" <= char <= "\uffe6"]) > 60
    assert not any(unicodedata.category(char) == "Sc" and char not in "＄￡￥﹩" for char in PUNCTUATION)


def test_everything_that_composes_with_what_is_before_it_is_known() -> None:
    joined = re.compile(f"[{JOINED}]")
    for code in range(0x10000):
        decomposed = unicodedata.decomposition(chr(code)).split()
        if len(decomposed) == 2 and not decomposed[0].startswith("<"):
            first, second = (chr(int(part, 16)) for part in decomposed)
            if unicodedata.normalize("NFC", first + second) == chr(code):
                assert joined.match(second), hex(ord(second))
    korean = "안녕하세요 각"
    assert plan(unicodedata.normalize("NFD", korean)).replaced == korean


@pytest.mark.parametrize(
    ("text", "type", "before", "after"),
    [
        ("x" * 140 + "“", "auto", 3, 1),
        ("“" + "x" * 69, "auto", 1, 1),
        ("…" * 60, "auto", 1, 2),  # three septets each
        ("…" * 70 + "🎉", "auto", 2, 4),  # Unicode anyhow, and longer
        ("a\u0301" * 35 + "ж", "auto", 2, 1),
        ("“" * 160, "gsm", 0, 1),
        ("“🎉", "gsm", 0, 0),
        ("“" * 70, "unicode", 1, 1),
        ("00ff", "binary", 1, 1),
    ],
)
def test_what_a_plan_wins_or_costs(text: str, type: str, before: int, after: int) -> None:  # noqa: A002 - the field's name
    made = plan(text, type)
    assert (made.before.segments, made.after.segments) == (before, after)


def test_the_header_counts_in_a_plan() -> None:
    made = plan("x" * 150 + "“", "auto", bytes.fromhex("050003CC0201"))
    assert (made.before.segments, made.after.segments, made.after.remaining) == (3, 1, 2)
    assert plan("“", udh=b"\x09").after.error == "udh_length"


def test_each_alone_and_all_together() -> None:
    made = plan("é" * 130 + "“…“" + "ç")
    assert [(one.found, one.by, one.rule, one.places) for one in made.replacements] == [
        ("“", '"', Rule.PUNCTUATION, (130, 132)),
        ("…", "...", Rule.PUNCTUATION, (131,)),
        ("ç", "c", Rule.LETTER, (133,)),
    ]
    assert [made.alone(one).segments for one in made.replacements] == [2, 3, 2]
    assert (made.before.segments, made.after.segments, made.after.remaining) == (2, 1, 24)
    only = plan("é" * 133 + "“" * 2)
    assert only.segments_alone(only.replacements[0]) == only.after.segments == 1


@given(
    st.lists(
        st.sampled_from(["“", "…", "a\u0301", "ж", "😀", "𝓗", "\ud83d", "\ude00", "e" * 30, "ж" * 30]), max_size=30
    ),
    st.sampled_from(["auto", "gsm", "unicode"]),
    st.sampled_from([b"", bytes.fromhex("050003CC0201"), header(131), header(133), header(134)]),
)
def test_segments_alone_are_what_counting_finds(pieces: list[str], type: str, udh: bytes) -> None:  # noqa: A002
    made = plan("".join(pieces), type, udh)
    for one in made.replacements:
        weighed = made.segments_alone(one)
        assert weighed == made.alone(one).segments or (weighed is None and made.before.too_long)


def test_thousands_of_replacements_are_weighed_at_once() -> None:
    marks = [chr(code) for code in (*range(0x300, 0x334), *range(0x339, 0x345))]
    clusters = ["a" + "".join(three) for three in islice(permutations(marks, 3), 8_000)]
    for end in ("ж", "😀", "😀" * 5000):
        made = plan("".join(clusters) + end)
        start = time.process_time()
        alone = [made.segments_alone(one) for one in made.replacements]
        assert time.process_time() - start < 0.5
        assert len(alone) > 6_000
        assert all(segments is None or 0 <= made.before.segments - segments <= 1 for segments in alone)


def test_replacements_of_another_text_break_no_emoji() -> None:
    joiner, selector, wide = suggest("a\u200db"), suggest("a\ufe0fb"), suggest("Ｈ")
    for emoji in ("👨‍👩‍👧", "🏳️‍🌈", "1️⃣", "©️", "❤️"):
        assert apply(emoji, [*joiner, *selector, *suggest("©")]) == emoji
    assert apply("你Ｈ", wide) == "你Ｈ"


LONG = {
    "quotes": "“”" * 500_000,
    "decomposed letters": "a\u0301" * 500_000,
    "marks that Unicode would sort": "“a" + "\u0301\u0323" * 500_000,
    "Cyrillic": "ж" * 200_000,
    "hidden": "a\u200b" * 100_000,
    "signs that may be emoji": "©\u200b" * 100_000,
    "a sign that may be an emoji": "©" + "\u200b" * 200_000,
    "half characters": "\ud83d" * 200_000,
}
"""Texts of a million characters, and others of a fifth, that would take minutes if time grew with their square."""


@pytest.mark.parametrize("kind", LONG)
def test_long_texts_take_no_longer_than_their_length(kind: str) -> None:
    text = LONG[kind]
    start = time.process_time()
    replacements = suggest(text)
    replaced = apply(text, replacements)
    assert time.process_time() - start < 4
    assert bool(replacements) == (replaced != text)
