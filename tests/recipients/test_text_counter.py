"""Counting and rendering many texts at once says what doing it one by one says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.recipients.rendering import Rendering
from mitto_tui.recipients.text_counter import TextCounter
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.message import MessageType, NewMessage, Options, check_message
from mitto_tui.sms.template import EmptyValue, parse

CHARACTERS = st.sampled_from("aZ0 é€[Çç\n\x00“🎉\ud83c")
TEXTS = st.one_of(
    st.text(CHARACTERS, max_size=12),
    st.integers(0, 2_500).map("a".__mul__),
    st.integers(150, 165).map(lambda length: "€" + "a" * length),
    st.sampled_from(("a" * 39_015, "a" * 39_016, "é" * 17_085, "🎉" * 8_543, "“" * 17_086, "0a" * 70, "0a" * 71)),
)
OPTIONS = st.builds(
    Options,
    type=st.sampled_from(MessageType),
    udh=st.sampled_from((None, "050003010201", "03010203", "7F" + "00" * 127)),
)


def checked(text: str, options: Options) -> tuple[NewMessage | None, str]:
    try:
        return check_message("Demo", "491713920000", text, options), ""
    except InvalidInput as error:
        return None, str(error)


@given(OPTIONS, st.lists(TEXTS, max_size=6))
def test_many_texts_are_counted_as_each_alone_is(options: Options, texts: list[str]) -> None:
    counter = TextCounter(options)
    for text, counted in zip(texts, counter.count_many(texts), strict=True):
        message, problem = checked(text, options)
        assert counter.why(text) == problem
        if message is None:
            assert counted.error
            assert counted[:2] == (None, 0)
            assert counter.refused
        else:
            # Where Mitto decides the message has no encoding: ours is the estimate.
            assert message.encoding in (counted.encoding, None)
            assert counted[1:] == (message.segments, "")
        assert counter.count(text) is counted
        assert counter.by_id[id(counted)] is counted


@pytest.mark.parametrize(
    "options", [Options(udh="zz"), Options(udh="0500"), Options(validity=0), Options(callback="x")]
)
def test_what_no_text_can_be_sent_with_is_refused_at_once(options: Options) -> None:
    with pytest.raises(InvalidInput):
        TextCounter(options)


COLUMNS = ("name", "City", "code")
TEMPLATES = st.sampled_from(
    ("{name}", "Dear {name|friend}, {city}%s", "{code|}{{}}{name}", "{name}{NAME|x}", "fixed %", "{city|}", "")
)
CELLS = st.sampled_from(("", " ", "Ann", "{name}", "%s%", "Köln", "\u2003"))


@given(TEMPLATES, st.lists(st.lists(CELLS, min_size=3, max_size=4), max_size=5))
def test_many_rows_are_rendered_as_each_alone_is(text: str, rows: list[list[str]]) -> None:
    template = parse(text)
    rendering, one = Rendering(template, COLUMNS), template.bind(COLUMNS)
    try:
        expected = [one(row) for row in rows]
    except EmptyValue:
        assert rendering.many(rows) is None
    else:
        rendered = rendering.many(rows)
        assert rendered is not None
        assert rendered.texts == expected
        assert set(rendered.characters) >= set("".join(expected))
        counter = TextCounter(Options())
        assert counter.count_many(*rendered) == [counter.count(text) for text in expected]
