from __future__ import annotations

import gzip
import json
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.mitto import answers
from mitto_tui.mitto.answers import LARGEST, Item, Unreadable
from tests.mitto.bodies import BULK, ID, NUMBER, OTHER, OTHER_ID, SINGLE, render, xml

forms = pytest.mark.parametrize("form", ["json", "xml"])


@forms
def test_the_single_answer_of_the_live_capture(form: str) -> None:
    answer = answers.read(render(SINGLE, form))
    assert (answer.code, answer.text, answer.test) == (0, "SMS sent", False)
    first = answer.first
    assert (first.mitto_id, first.to, first.message_parts, first.text_length) == (ID, NUMBER, 1, 50)
    assert first.time == datetime(2022, 4, 19, 7, 46, 45, 738113, tzinfo=UTC)


@forms
def test_the_test_call_of_the_live_capture(form: str) -> None:
    fields = {"id": ID, "responseCode": 0, "test": True, "textLength": 0, "messageParts": 0, "responseText": "ok"}
    answer = answers.read(render(fields, form))
    assert answer.test
    assert (answer.first.mitto_id, answer.first.to, answer.first.message_parts) == (ID, "", 0)


@forms
def test_the_bulk_answer(form: str) -> None:
    answer = answers.read(render(BULK, form))
    assert answer.code == 0
    assert [(item.mitto_id, item.to, item.text_length) for item in answer.items] == [
        (ID, NUMBER, 13),
        (OTHER_ID, OTHER, 13),
    ]
    assert answer.first.mitto_id == ID


@forms
def test_the_ids_of_the_getting_started_page(form: str) -> None:
    fields = {"ids": [ID.replace("-", ""), OTHER_ID], "responseCode": 0, "responseText": "SMS sent successfully."}
    answer = answers.read(render(fields, form))
    assert answer.first.mitto_id == ID.replace("-", "")
    assert [(item.mitto_id, item.to) for item in answer.items] == [(ID.replace("-", ""), ""), (OTHER_ID, "")]


@pytest.mark.parametrize(
    "document",
    [
        b"<r><messages><message><id>A</id><to>1555</to></message></messages><responseCode>0</responseCode></r>",
        b"<r><messages><id>A</id><to>1555</to></messages><responseCode>0</responseCode></r>",
        b"<R><Messages><SmsMessage><ID>A</ID><TO>1555</TO></SmsMessage></Messages><RESPONSECODE>0</RESPONSECODE></R>",
        b'{"messages":{"id":"A","to":"1555"},"responseCode":0}',
        b'{"Messages":[{"Id":"A","To":1555}],"ResponseCode":"0"}',
    ],
)
def test_a_bulk_answer_with_one_message_however_it_is_nested(document: bytes) -> None:
    answer = answers.read(document)
    assert [(item.mitto_id, item.to) for item in answer.items] == [("A", "1555")]
    assert answer.code == 0


@pytest.mark.parametrize(
    "document",
    [
        b"<r><ids><id>A</id><id>B</id></ids></r>",
        b"<r><ids><string>A</string><string>B</string></ids></r>",
        b"<r><ids>A</ids><ids>B</ids></r>",
        b'{"ids":["A","B"]}',
        b'{"ids":["A",null,"","B"]}',
    ],
)
def test_a_list_of_ids_however_it_is_nested(document: bytes) -> None:
    assert [item.mitto_id for item in answers.read(document).items] == ["A", "B"]


@pytest.mark.parametrize(
    ("field", "value", "attribute", "expected"),
    [
        ("textLength", " 13", "text_length", 13),
        ("textLength", 13.0, "text_length", 13),
        ("textLength", 13.5, "text_length", None),
        ("textLength", True, "text_length", None),
        ("textLength", "many", "text_length", None),
        ("textLength", 10**30, "text_length", None),
        ("messageParts", "2", "message_parts", 2),
        ("messageParts", None, "message_parts", None),
        ("messageParts", [2], "message_parts", None),
        ("id", 4711, "mitto_id", "4711"),
        ("id", "  x ", "mitto_id", "x"),
        ("id", "", "mitto_id", None),
        ("id", None, "mitto_id", None),
        ("id", {"a": 1}, "mitto_id", None),
        ("id", True, "mitto_id", None),
        ("id", "x" * 201, "mitto_id", None),
        ("to", "+1 555", "to", "1555"),
        ("to", None, "to", ""),
        ("timestamp", "2022-04-19T07:46:45", "time", datetime(2022, 4, 19, 7, 46, 45, tzinfo=UTC)),
        ("timestamp", "2022-04-19T09:46:45+02:00", "time", datetime(2022, 4, 19, 7, 46, 45, tzinfo=UTC)),
        ("timestamp", "0001-01-01T00:00:00+12:00", "time", None),
        ("timestamp", "yesterday", "time", None),
        ("timestamp", 1650354405, "time", None),
    ],
)
def test_fields_are_read_tolerantly(field: str, value: object, attribute: str, expected: object) -> None:
    answer = answers.read(json.dumps({**SINGLE, field: value}).encode())
    assert getattr(answer.first, attribute) == expected


@pytest.mark.parametrize(
    ("value", "code"), [("0", 0), (" 8 ", 8), (4.0, 4), ("-1", -1), (True, None), ("", None), (None, None), ("x", None)]
)
def test_the_code_may_be_a_string(value: object, code: int | None) -> None:
    assert answers.read(json.dumps({"responseCode": value}).encode()).code == code


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"<html><body>Bad gateway</body></html>", "html"),
        (b"\n<!DOCTYPE HTML><html></html>", "html"),
        (b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="x"/>', "html"),
        (b'<?xml version="1.0"?><html xmlns="x"><body/></html>', "html"),
        (b"<h1>nginx</h1>", "html"),
        (b"<r><id>half", "unreadable"),
        (b'{"responseCode":0,"id":"ha', "unreadable"),
        (b"[]", "unreadable"),
        (b"null", "unreadable"),
        (b'"OK"', "unreadable"),
        (b"OK", "unreadable"),
        (b"\x00\x01\x02", "unreadable"),
        pytest.param(b"[" * 100_000, "unreadable", id="arrays without end"),
        pytest.param(b'{"a":' * 100_000, "unreadable", id="objects without end"),
    ],
)
def test_what_is_no_answer_has_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        answers.read(body)
    assert caught.value.reason == reason


def test_a_byte_order_mark_and_foreign_bytes_do_not_hide_the_answer() -> None:
    assert answers.read(b"\xef\xbb\xbf" + json.dumps(SINGLE).encode()).first.mitto_id == ID
    answer = answers.read(b'{"responseCode":8,"responseText":"Ung\xfcltig"}')
    assert (answer.code, answer.text) == (8, "Ung\ufffdltig")


def test_texts_can_be_stored_and_are_not_endless() -> None:
    text = answers.read(b'{"responseText":"a\\u0000\\u001b[31m' + b"x" * 10_000 + b'"}').text
    assert text is not None
    assert text.startswith("a\0\x1b[31m")
    assert len(text) == 2_000


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "ids", "messages", "to", "responseCode", "test", "timestamp"]), inner)
    ),
    max_leaves=12,
)


@given(json_values.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=100))
def test_any_body_is_read_or_unreadable(body: bytes) -> None:
    try:
        answer = answers.read(body)
    except Unreadable:
        return
    for item in (answer.first, *answer.items):
        assert item.mitto_id is None or item.mitto_id.encode()
        assert not item.to or item.to.isdigit()
        assert item.time is None or item.time.tzinfo is UTC


names = st.text("abcdefgh", min_size=1, max_size=5)


@given(st.dictionaries(names, names | st.dictionaries(names, names, min_size=1), min_size=1))
def test_xml_says_the_same_as_json(fields: dict[str, object]) -> None:
    assert answers.value_of(xml(fields)) == answers.value_of(json.dumps(fields).encode())


def test_matching_goes_by_number_whatever_the_order() -> None:
    items = [Item("b", "2"), Item("a", "1")]
    assert answers.matched(["1", "2", "3"], items) == [items[1], items[0], None]


def test_a_number_that_was_listed_twice_takes_two_items() -> None:
    items = [Item("a", "1"), Item("b", "2"), Item("c", "1")]
    assert answers.matched(["1", "1", "2", "1"], items) == [items[0], items[2], items[1], None]


def test_order_counts_only_where_no_number_is_named_and_the_lengths_agree() -> None:
    nameless = [Item("a"), Item("b")]
    assert answers.matched(["1", "2"], nameless) == nameless
    assert answers.matched(["1", "2", "3"], nameless) == [None, None, None]
    assert answers.matched(["1"], nameless) == [None]
    assert answers.matched(["1", "2"], [Item("a"), Item("b", "2")]) == [None, Item("b", "2")]
    assert answers.matched(["1", "2"], [Item("a"), Item("b", "9")]) == [None, None]


@given(st.lists(st.sampled_from("1234"), max_size=8), st.lists(st.sampled_from(["1", "2", "3", ""]), max_size=8))
def test_no_item_is_given_away_twice_and_none_to_a_stranger(recipients: list[str], numbers: list[str]) -> None:
    items = [Item(str(index), number) for index, number in enumerate(numbers)]
    found = answers.matched(recipients, items)
    assert len(found) == len(recipients)
    given_away = [item.mitto_id for item in found if item is not None]
    assert len(given_away) == len(set(given_away))
    assert all(item is None or item.to in ("", number) for item, number in zip(found, recipients, strict=True))


def _deflate_raw(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("X-GZIP", gzip.compress), ("deflate", zlib.compress), ("deflate", _deflate_raw)],
)
def test_compression_we_did_not_ask_for_is_undone(encoding: str, pack: object) -> None:
    assert answers.decompressed(pack(b'{"a":1}'), encoding) == b'{"a":1}'  # type: ignore[operator]  # one of four


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
def test_no_compression_is_no_compression(encoding: str) -> None:
    assert answers.decompressed(b"{}", encoding) == b"{}"


@pytest.mark.parametrize(
    ("body", "encoding"), [(b"{}", "gzip"), (b"{}", "br"), (gzip.compress(b"{}", mtime=0)[:-9], "gzip")]
)
def test_broken_or_unknown_compression_is_unreadable(body: bytes, encoding: str) -> None:
    with pytest.raises(Unreadable):
        answers.decompressed(body, encoding)


def test_a_compression_bomb_is_not_unpacked() -> None:
    with pytest.raises(OverflowError):
        answers.decompressed(gzip.compress(b"0" * (LARGEST + 1)), "gzip")
    assert len(answers.decompressed(gzip.compress(b"0" * LARGEST), "gzip")) == LARGEST
