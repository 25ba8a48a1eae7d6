from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.mitto import wire
from mitto_tui.sms.submission import Content, WireType
from tests.mitto.bodies import NUMBER, OTHER

BARE = Content("MITTO", "Hello", WireType.GSM)
FULL = Content(
    sender="MITTO SMS",
    text="Grüße {€}",
    type=WireType.UNICODE,
    reference="Spring #1",
    validity=60,
    pid=0,
    udh="050003010201",
    flash=True,
    callback="https://example.org/report?t=1",
    test=True,
)


def test_unset_fields_are_left_out() -> None:
    assert json.loads(wire.single(NUMBER, BARE)) == {"from": "MITTO", "to": NUMBER, "text": "Hello", "type": "GSM"}


def test_every_field_goes_by_mittos_name_and_type() -> None:
    assert json.loads(wire.single(NUMBER, FULL)) == {
        "from": "MITTO SMS",
        "to": NUMBER,
        "text": "Grüße {€}",
        "type": "Unicode",
        "reference": "Spring #1",
        "udh": "050003010201",
        "validity": 60,
        "pid": 0,
        "flash": True,
        "callback": "https://example.org/report?t=1",
        "test": True,
    }


def test_bulk_sends_an_array_of_strings_in_order_with_repetitions() -> None:
    body = json.loads(wire.bulk([OTHER, NUMBER, OTHER], BARE))
    assert body == {"from": "MITTO", "to": [OTHER, NUMBER, OTHER], "text": "Hello", "type": "GSM"}


@pytest.mark.parametrize("kind", list(WireType))
def test_types_are_spelled_as_mitto_spells_them(kind: WireType) -> None:
    assert json.loads(wire.single(NUMBER, replace(BARE, type=kind)))["type"] in {"GSM", "Unicode", "Binary", "auto"}


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_arrives_as_it_is(text: str) -> None:
    assert json.loads(wire.single(NUMBER, replace(BARE, text=text)))["text"] == text


@pytest.mark.parametrize(
    ("number", "bare"),
    [
        ("15555550101", "15555550101"),
        ("+1 (555) 555-0101", "15555550101"),
        ("", ""),
        ("+", ""),
        ("1555555x101", ""),
        ("١٥٥٥٥٥٥٠١٠١", ""),
        ("MITTO", ""),
    ],
)
def test_digits(number: str, bare: str) -> None:
    assert wire.digits(number) == bare
