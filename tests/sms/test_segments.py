"""Counting, compared with a plain second implementation and with sums done by hand."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.sms.segments import MAX_SEGMENTS, Count, CountError, Encoding, capacity, count, split
from tests.sms.counting import header, pieces, plain_count, room, texts, udhs

TYPES = ("auto", "gsm", "unicode", "binary")
types = st.sampled_from(TYPES)
hex_texts = st.binary(max_size=320).map(bytes.hex)


def assert_same(text: str, asked: str, udh: bytes) -> None:
    counted, plain = count(text, asked, udh), plain_count(text, asked, udh)
    assert counted.encoding == plain.encoding
    assert counted.characters == plain.characters
    assert counted.units == plain.units
    assert counted.segments == len(plain.segment_units)
    assert counted.segment_units == plain.segment_units
    assert counted.per_segment == plain.per_segment
    assert counted.remaining == plain.remaining
    assert counted.error == plain.error
    assert counted.offending == plain.offending
    assert counted.too_long == (len(plain.segment_units) > 255 or plain.error == "udh_too_long")
    parts = split(text, asked, udh)
    assert tuple(parts) == plain.parts
    assert [text[start : start + len(part)] for start, part in zip(counted.segment_starts, parts, strict=True)] == parts


@given(texts(), types, st.just(b"") | udhs)
def test_counts_as_the_contract_says(text: str, asked: str, udh: bytes) -> None:
    assert_same(text, asked, udh)


@given(hex_texts, udhs)
def test_counts_binary_as_the_contract_says(text: str, udh: bytes) -> None:
    assert_same(text, "binary", udh)


@given(st.text(st.characters(codec=None)), types, st.binary(max_size=8) | st.integers(0, 256).map(header))
def test_counts_any_text_with_any_header(text: str, asked: str, udh: bytes) -> None:
    assert_same(text, asked, udh)


@pytest.mark.parametrize("octets", range(141))
def test_every_length_of_header_leaves_what_the_contract_says(octets: int) -> None:
    udh = header(octets)
    for encoding in Encoding:
        for concatenated in (False, True):
            expected = room(encoding, octets, concatenated=concatenated)
            assert capacity(encoding, octets, concatenated=concatenated) == expected
    for fill in ("a", "€", "ж", "😀"):
        for length in (0, 1, 2, room("gsm", octets, concatenated=False), 161):
            assert_same(fill * length, "auto", udh)
    assert_same("ab" * (140 - octets), "binary", udh)
    assert_same("ab" * (141 - octets), "binary", udh)


@pytest.mark.parametrize("asked", ["gsm", "unicode", "binary"])
def test_every_edge_beside_a_header_of_every_length(asked: str) -> None:
    for octets in range(1, 140):
        alone, each = (room(asked, octets, concatenated=joined) for joined in (False, True))
        edges = {alone, each, 2 * each, 3 * each}
        for units in sorted({max(edge + by, 0) for edge in edges for by in (-1, 0, 1)}):
            if asked == "binary":
                assert_same("a5" * units, asked, header(octets))
                continue
            fill, pair = ("a", "€") if asked == "gsm" else ("ж", "😀")
            assert_same(fill * units, asked, header(octets))
            assert_same(fill * max(units - 1, 0) + pair + fill, asked, header(octets))


AT_THE_EDGE = ["€", "{", "😀", "ж", "\ud83d", "\ude00", "\ud83d\ude00", "a", "12", "e\u0301", "ж\u0301", "👍🏽"]


@pytest.mark.parametrize("asked", TYPES)
@pytest.mark.parametrize("edge", AT_THE_EDGE)
def test_hard_characters_at_every_edge(asked: str, edge: str) -> None:
    for before in (0, 1, 66, 67, 68, 69, 70, 71, 132, 133, 134, 135, *range(150, 163), 304, 305, 306, 307):
        for fill in ("a", "ж"):
            for after in ("", fill, fill * 153, fill * 400):
                assert_same(fill * before + edge + after, asked, b"")


@pytest.mark.parametrize(
    ("text", "encoding", "units"),
    [
        ("", "gsm", (0,)),
        ("a", "gsm", (1,)),
        ("a" * 160, "gsm", (160,)),
        ("a" * 161, "gsm", (153, 8)),
        ("a" * 306, "gsm", (153, 153)),
        ("a" * 307, "gsm", (153, 153, 1)),
        ("€" * 80, "gsm", (160,)),
        ("€" * 81, "gsm", (152, 10)),
        ("a" * 158 + "€", "gsm", (160,)),
        ("a" * 159 + "€", "gsm", (153, 8)),
        ("a" * 152 + "€" + "a" * 10, "gsm", (152, 12)),
        ("a" * 151 + "€" + "a" * 10, "gsm", (153, 10)),
        ("ж" * 70, "unicode", (70,)),
        ("ж" * 71, "unicode", (67, 4)),
        ("ж" * 134, "unicode", (67, 67)),
        ("ж" * 135, "unicode", (67, 67, 1)),
        ("😀" * 35, "unicode", (70,)),
        ("😀" * 36, "unicode", (66, 6)),
        ("ж" * 66 + "😀" + "ж" * 5, "unicode", (66, 7)),
        ("ж" * 65 + "😀" + "ж" * 5, "unicode", (67, 5)),
        ("ж" * 66 + "\ud83d" + "ж" * 5, "unicode", (67, 5)),
        ("ж" * 67 + "\ude00" + "ж" * 5, "unicode", (67, 6)),
        ("ж" * 66 + "\ud83d\ude00" + "ж" * 5, "unicode", (66, 7)),
        ("\ud83d\ude00" * 36, "unicode", (66, 6)),
        ("\ude00\ud83d" * 36, "unicode", (67, 5)),
    ],
    ids=lambda value: f"{len(value)} characters" if isinstance(value, str) and len(value) > 8 else None,
)
def test_sums_done_by_hand(text: str, encoding: str, units: tuple[int, ...]) -> None:
    counted = count(text)
    assert (counted.encoding, counted.segment_units) == (encoding, units)
    assert (counted.segments, counted.units) == (len(units), sum(units))
    assert "".join(split(text)) == text


@pytest.mark.parametrize(
    ("digits", "units"), [(0, (0,)), (140, (140,)), (141, (134, 7)), (268, (134, 134)), (269, (134, 134, 1))]
)
def test_octets_done_by_hand(digits: int, units: tuple[int, ...]) -> None:
    counted = count("0f" * digits, "binary")
    assert (counted.characters, counted.segment_units) == (digits, units)
    assert counted.per_segment == (140 if digits <= 140 else 134)


@given(texts(), types, udhs)
def test_parts_join_to_the_text_and_each_fits(text: str, asked: str, udh: bytes) -> None:
    counted = count(text, asked, udh)
    parts = split(text, asked, udh)
    if counted.error:
        assert parts == []
        return
    assert counted.encoding is not None
    assert "".join(parts) == text
    sizes = [sum(size for _, size in pieces(part, counted.encoding)) for part in parts]
    assert tuple(sizes) == counted.segment_units
    assert all(size <= counted.per_segment for size in sizes)
    assert counted.per_segment <= capacity(counted.encoding, len(udh))
    assert counted.remaining == counted.per_segment - sizes[-1] >= 0


@given(texts(), texts(), types, udhs)
def test_more_text_never_needs_fewer_units_or_segments(text: str, more: str, asked: str, udh: bytes) -> None:
    little, much = count(text, asked, udh), count(text + more, asked, udh)
    if little.encoding == much.encoding and not much.error:
        assert much.units - little.units == sum(size for _, size in pieces(more, much.encoding or ""))
        assert much.segments >= little.segments


@given(texts())
def test_auto_is_gsm_where_it_can_be_and_unicode_elsewhere(text: str) -> None:
    assert count(text) == (count(text, "unicode") if count(text, "gsm").error else count(text, "gsm"))


def test_what_is_wrong_is_named_with_its_place() -> None:
    assert count("añb“c”", "gsm").error is CountError.NOT_GSM
    assert count("añb“c”", "gsm").offending == (3, 5)
    assert count("añb“c”").offending == (3, 5)
    assert count("0g1 2", "binary").error is CountError.NOT_HEX
    assert count("0g1 2", "binary").offending == (1, 3)
    assert count("٣٣", "binary").error is CountError.NOT_HEX  # digits, but not hex digits
    assert count("123", "binary").error is CountError.ODD_HEX
    assert count("123", "binary").offending == (2,)
    assert count("a", udh=b"\x05\x00").error is CountError.UDH_LENGTH
    assert count("a", udh=header(140)).error is CountError.UDH_TOO_LONG
    assert count("", udh=header(140)).error is None
    assert count("", udh=header(141)).error is CountError.UDH_TOO_LONG
    for wrong in (count("“", "gsm"), count("x", "binary"), count("a", udh=b"\x09")):
        assert (wrong.encoding, wrong.units, wrong.segments, wrong.segment_units) == (None, 0, 0, ())
        assert (wrong.segment_starts, wrong.remaining, wrong.per_segment) == ((), 0, 0)


@pytest.mark.parametrize("octets", [133, 134])
def test_a_pair_that_finds_no_room_in_a_segment_is_an_error_and_no_endless_loop(octets: int) -> None:
    udh = header(octets)
    for text in ("€" * 9, "😀" * 9, "\ud83d\ude00" * 9):
        assert_same(text, "auto", udh)
    assert count("€" * 9, udh=header(134)).error is CountError.UDH_TOO_LONG
    assert count("a" * 9, udh=header(134)).segment_units == (1,) * 9
    assert count("\ud83d\ude00" * 9, udh=header(133)).error is CountError.UDH_TOO_LONG


@pytest.mark.parametrize(("fill", "each"), [("a", 153), ("€", 76), ("ж", 67), ("😀", 33)])
def test_255_segments_are_the_most(fill: str, each: int) -> None:
    most = count(fill * (each * MAX_SEGMENTS))
    assert (most.segments, most.too_long) == (255, False)
    more = count(fill * (each * MAX_SEGMENTS + 1))
    assert (more.segments, more.too_long, more.error) == (256, True, None)


@pytest.mark.parametrize("fill", ["a", "€", "a€b", "ж", "😀", "ж😀", "\ud83d", "\ud83d\ude00", "\x00"])
def test_a_million_characters_are_counted_and_split(fill: str) -> None:
    text = (fill * 1_000_000)[:1_000_000]
    counted = count(text)
    assert counted.too_long
    assert sum(counted.segment_units) == counted.units
    parts = split(text)
    assert len(parts) == counted.segments
    assert "".join(parts) == text


def test_an_unknown_type_is_the_programs_fault() -> None:
    with pytest.raises(ValueError, match="use auto, gsm, unicode or binary"):
        count("a", "GSM")


def test_a_count_is_a_value() -> None:
    counted = count("hello")
    assert counted == count("hello") != count("hallo")
    assert len({counted, count("hello"), count("hello", "unicode")}) == 2
    assert "hello" not in repr(counted)
    with pytest.raises(dataclasses.FrozenInstanceError):
        counted.units = 3  # type: ignore[misc]  # what must not work
    assert isinstance(counted, Count)
    assert count("hello", Encoding.GSM) == counted
