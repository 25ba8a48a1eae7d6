"""What the meter and the list of foreign characters say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.sms.message import MessageType
from mitto_tui.ui.counting import MOST_FOREIGN, Foreign, misfits, tally, why_not
from mitto_tui.ui.widgets.segment_meter import _line


def test_every_encoding_is_counted_at_once() -> None:
    shown = tally("Jürgen “4711”")
    assert shown.chosen.encoding == "unicode"
    assert shown.by_type[MessageType.UNICODE].units == 13
    assert why_not(shown.by_type[MessageType.GSM]) == "2 characters don't fit"
    assert why_not(shown.by_type[MessageType.BINARY]).startswith("not hex digits")


@pytest.mark.parametrize(("text", "kind"), [("Jürgen", MessageType.GSM), ("“4711”", MessageType.UNICODE)])
def test_what_auto_chooses_is_not_counted_a_second_time(text: str, kind: MessageType) -> None:
    by_type = tally(text).by_type
    assert by_type[kind] is by_type[MessageType.AUTO]


def test_foreign_characters_are_listed_once_with_all_their_places() -> None:
    shown = tally("“a” “b” \x00")
    assert [found.char for found in shown.foreign] == ["“", "”", "\x00"]
    assert shown.foreign[0] == Foreign("“", (0, 4))
    assert (shown.foreign[0].code, shown.foreign[0].name) == ("U+201C", "left double quotation mark")
    assert shown.foreign[2].name == "control character"


def test_nothing_is_foreign_to_unicode_and_binary_wants_hex_digits() -> None:
    assert tally("“a”", MessageType.UNICODE).foreign == ()
    assert [found.char for found in tally("0g", MessageType.BINARY).foreign] == ["g"]


def test_on_one_line_the_least_important_goes_first() -> None:
    shown = tally("x" * 200)
    wide, narrow = _line(shown, 90, "bold").plain, _line(shown, 44, "bold").plain
    assert wide.startswith("Auto→GSM  47/153  2 parts  106 left  200 chars")
    assert wide.endswith("Unicode 3 · Binary ✕")
    assert narrow.startswith("Auto→GSM  47/153  2 parts  106 left")
    assert "Binary" not in narrow
    assert len(wide) == 90


def test_too_much_is_said() -> None:
    assert "255 at most" in _line(tally("x" * 60_000), 90, "bold").plain
    assert why_not(tally("x" * 60_000).chosen) == "393 parts, 255 at most"


# -- long texts --------------------------------------------------------------------------------------------------------

_PIECES = {MessageType.AUTO: "a€“😀\ud800", MessageType.GSM: "a€", MessageType.BINARY: "0F"}


@pytest.mark.parametrize("kind", _PIECES)
@given(data=st.data())
def test_the_first_parts_begin_where_they_begin_among_all(kind: MessageType, data: st.DataObject) -> None:
    piece = data.draw(st.text(st.sampled_from(_PIECES[kind]), min_size=1, max_size=40))
    udh = data.draw(st.sampled_from([b"", b"\x05\x00\x03\x01\x02\x01", bytes([100, *range(100)])]))
    shown = tally(piece * data.draw(st.sampled_from([1, 10, 1200, 1202])), kind, udh)
    assert shown.part_starts == shown.chosen.segment_starts[:256]


@given(st.text(st.sampled_from("a€“😀"), max_size=12), st.integers(0, 11))
def test_the_next_foreign_character_is_found_round_the_end(text: str, index: int) -> None:
    shown = tally(text)
    places = [place for place, char in enumerate(text) if char in "“😀"]
    behind = [place for place in places if place > index]
    assert shown.next_foreign(index) == next(iter(behind + places), None)
    found = shown.foreign_at(index)
    assert (found is not None and index in found.places and found.char == text[index]) == (index in places)


def test_of_very_many_foreign_characters_the_first_are_listed_and_none_is_passed_over() -> None:
    text = "а" * 2 * MOST_FOREIGN + "б"
    shown = tally(text)
    assert [(found.char, len(found.places)) for found in shown.foreign] == [("а", MOST_FOREIGN)]
    assert why_not(shown.by_type[MessageType.GSM]) == "over 10,000 characters don't fit"
    assert misfits(tally(text[:5]).by_type[MessageType.GSM]) == 5
    assert shown.next_foreign(2 * MOST_FOREIGN - 1) == 2 * MOST_FOREIGN
    assert shown.next_foreign(2 * MOST_FOREIGN) == 0
    assert shown.foreign_at(2 * MOST_FOREIGN) == Foreign("б", (2 * MOST_FOREIGN,))


def test_a_wrong_digit_is_named_wherever_it_is() -> None:
    assert why_not(tally("0" * 100_000 + "g", MessageType.BINARY).chosen) == "not hex digits: g at 100001"
