"""The short cut against the tolerant reader: whatever a server writes, both must understand the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mitto_tui.mitto import answers, usual
from mitto_tui.mitto.answers import Answer, Item, Unreadable
from tests.mitto.bodies import BULK, ID, NUMBER, OTHER, OTHER_ID, SINGLE, xml

TEST_CALL = {"id": ID, "responseCode": 0, "responseText": "SMS sent", "test": True, "textLength": 0, "messageParts": 0}
REFUSED = {"responseCode": 8, "responseText": "Invalid receiver"}
USUAL: list[dict[str, Any]] = [SINGLE, BULK, TEST_CALL, REFUSED]


def plain(item: Item) -> tuple[object, ...]:
    """An item without regard to how its part of the answer is kept."""
    source = item.source
    kept = msgspec.json.decode(source) if isinstance(source, bytes) else source
    return (item.mitto_id, item.to, item.code, item.message_parts, item.text_length, item.time, kept)


def understood(answer: Answer) -> tuple[object, ...]:
    listed = [plain(item) for item in answer.items]
    return (answer.code, answer.text, answer.test, plain(answer.first), listed)


def read_by(reader: Callable[[bytes], Answer], body: bytes) -> object:
    try:
        return understood(reader(body))
    except Unreadable as wrong:
        return wrong.reason


def both(body: bytes) -> None:
    assert read_by(usual.read, body) == read_by(answers.read, body)


texts = st.sampled_from(
    ["", " ", "+", " +1555 ", "\n1555\u00a0", "++1", "x" * 200, " " + "x" * 200, "x" * 201, "é\u2028"]
)
times = st.sampled_from(
    ["2022-04-19T07:46:45.7381135Z", "2022-04-19", "2022-04-19T07:46:45+02:00", "0001-01-01T00:00:00+12:00"]
)
numbers = st.sampled_from([0, 1, -1, 8, 13.0, 13.5, -0.0, 2**31 - 1, 2**31, -(2**31), 2**63, 2**64, 1e300, True, "7"])
scalars = st.none() | st.booleans() | texts | times | numbers | st.text(max_size=5)
names = st.sampled_from(
    [
        "id",
        "to",
        "timestamp",
        "responseCode",
        "textLength",
        "messageParts",
        "responseText",
        "test",
        "Id",
        "ids",
        "other",
    ]
)


@st.composite
def changed(draw: st.DrawFn) -> dict[str, object]:
    """One of Mitto's own answers, or an entry of its list, with a field or two as it never writes them."""
    fields: dict[str, Any] = dict(draw(st.sampled_from(USUAL)))
    if "messages" in fields:
        entries = [{**entry, **draw(st.dictionaries(names, scalars, max_size=1))} for entry in fields["messages"]]
        fields["messages"] = draw(st.permutations([*entries, *draw(st.lists(scalars, max_size=1))]))
    fields.update(draw(st.dictionaries(names, scalars | st.lists(scalars, max_size=2), max_size=2)))
    for name in draw(st.sets(names, max_size=2)):
        fields.pop(name, None)
    return fields


@given(changed(), st.sampled_from(["", " ", "\n", "\x0c", "\ufeff"]), st.booleans())
@example({**SINGLE, "to": None, "id": None}, "", False)
@example({"responseCode": 0, "messages": [{"textLength": 3}]}, "", False)
@example({"responseCode": 0, "messages": [{"timestamp": "x"}]}, "", False)
@example({"responseCode": 0, "messages": [{"responseCode": 8, "to": NUMBER}]}, "", False)
@example({"responseCode": 0, "messages": []}, "", True)
@example({"responseCode": 0, "messages": None}, "", False)
def test_both_readers_understand_the_same(fields: dict[str, object], around: str, ascii_only: bool) -> None:
    both((around + json.dumps(fields, ensure_ascii=ascii_only, indent=1) + around).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "body",
    [
        b'{"id":"a","id":"b","responseCode":1,"responseCode":0}',
        b'{"id":5,"id":"b","responseCode":0}',
        b'{"id":"a","ID":"b","responseCode":0}',
        b'{"id":"\xff","responseCode":0}',
        b'{"id":"\\ud800","responseCode":0}',
        b'{"id":"a","responseCode":0}}',
        b'{"id":"a","responseCode":00}',
        b'{"messages":[{"id":"\xff","to":"1"}],"responseCode":0}',
        b'{"messages":[{"id":"a","to":"1",}],"responseCode":0}',
        b'{"messages":[{"id":"a","to":"1"},{"id":"b","to":"2","n":01}],"responseCode":0}',
        b'{"messages":[{"id":"a","to":"1"}],"ids":["b"],"responseCode":0}',
        b'{"messages":{"id":"a","to":"1"},"responseCode":0}',
        b'{"messages":[[{"id":"a","to":"1"}]],"responseCode":0}',
        b'{"messages":' + b"[" * 100_000,
        b'{"messages":[' + b"[" * 100_000 + b"]" * 100_000 + b"]}",
        xml(SINGLE),
        xml(BULK),
        b"",
        b"[]",
        b"{}",
    ],
    ids=lambda body: body[:40],
)
def test_odd_bodies(body: bytes) -> None:
    both(body)


@pytest.mark.parametrize("fields", USUAL, ids=["single", "bulk", "test", "refused"])
def test_what_mitto_usually_writes_needs_no_second_reader(
    fields: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def tolerant(_body: bytes) -> Answer:
        raise AssertionError("the short cut was not taken")

    body = json.dumps(fields).encode()
    expected = understood(answers.read(body))
    monkeypatch.setattr(answers, "read", tolerant)
    assert understood(usual.read(body)) == expected


def test_a_part_of_an_answer_is_kept_as_it_came() -> None:
    part = f'{{ "id" : "{ID}",\n"to":"\\u002b{NUMBER}" }}'
    body = f'{{"responseCode":0,"messages":[{part}, {{"id":"{OTHER_ID}","to":"{OTHER}"}}]}}'.encode()
    first, _ = usual.read(body).items
    assert (first.to, first.source) == (NUMBER, part.encode())
