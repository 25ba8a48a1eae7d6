"""Times and numbers as columns hold them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite import dialect

from mitto_tui.storage.types import LARGEST, AnyText, JsonObject, Moment, storable, to_microseconds, within

_DIALECT = dialect()


@given(st.datetimes(timezones=st.timezones()))
def test_a_time_comes_back_to_the_microsecond_in_utc(moment: datetime) -> None:
    stored = Moment().process_bind_param(moment, _DIALECT)
    back = Moment().process_result_value(stored, _DIALECT)
    assert isinstance(stored, int)
    assert back is not None
    assert back.tzinfo is UTC
    assert back - moment == timedelta(0)


def test_times_are_whole_microseconds_since_the_epoch() -> None:
    moment = datetime(2026, 3, 1, 13, 0, 0, 123456, tzinfo=timezone(timedelta(hours=1)))
    assert to_microseconds(moment) == 1_772_366_400_123_456
    assert to_microseconds(datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)) == -1


@pytest.mark.parametrize("stored", [2**62, -(2**62), "soon", b"\xff"])
def test_what_is_no_time_is_said_to_be_none(stored: object) -> None:
    with pytest.raises(ValueError, match=r"soon|is no time|invalid literal"):
        Moment().process_result_value(stored, _DIALECT)


@given(st.text(st.characters()))
def test_any_text_is_stored_as_something_sqlite_takes(text: str) -> None:
    stored = AnyText().process_bind_param(text, _DIALECT)
    assert isinstance(stored, bytes) == any("\ud800" <= char <= "\udfff" for char in text)
    assert AnyText().process_result_value(stored, _DIALECT) == text


@given(st.dictionaries(st.text(st.characters()), st.text(st.characters()) | st.integers() | st.none() | st.booleans()))
def test_any_mapping_comes_back_exactly(data: dict[str, object]) -> None:
    assert JsonObject().process_result_value(JsonObject().process_bind_param(data, _DIALECT), _DIALECT) == data


@pytest.mark.parametrize("stored", ["[]", "{", "1", "null", "", b"\xff"])
def test_what_is_no_mapping_is_said_to_be_none(stored: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        JsonObject().process_result_value(stored, _DIALECT)


@pytest.mark.parametrize(
    ("number", "kept", "nearest"),
    [(0, 0, 0), (LARGEST, LARGEST, LARGEST), (LARGEST + 1, None, LARGEST), (-(10**50), None, -LARGEST)],
)
def test_numbers_beyond_64_bits(number: int, kept: int | None, nearest: int) -> None:
    assert storable(number) == kept
    assert within(number) == nearest
    assert storable(None) is None
