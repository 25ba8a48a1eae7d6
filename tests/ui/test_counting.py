"""What the meter and the list of foreign characters say."""

from __future__ import annotations

from mitto_tui.sms.message import MessageType
from mitto_tui.ui.counting import Foreign, tally, why_not
from mitto_tui.ui.widgets.segment_meter import _line


def test_every_encoding_is_counted_at_once() -> None:
    shown = tally("Jürgen “4711”")
    assert shown.chosen.encoding == "unicode"
    assert shown.by_type[MessageType.UNICODE].units == 13
    assert why_not(shown.by_type[MessageType.GSM]) == "2 characters don't fit"
    assert why_not(shown.by_type[MessageType.BINARY]).startswith("not hex digits")


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
