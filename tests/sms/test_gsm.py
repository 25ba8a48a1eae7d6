"""The alphabet against an implementation of its own, over all of Unicode.

``gsmcodecs`` is generated from 3GPP TS 23.038 V18 and agrees everywhere; position 0x09 is Ç (capital), as clause 6.2.1
has it, while the older mapping file at unicode.org has ç.
"""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.sms import gsm
from tests.sms.counting import septets, texts

EVERYTHING = "".join(map(chr, range(sys.maxunicode + 1)))


def test_the_alphabet_is_the_standards() -> None:
    assert {septets(char) for char in gsm.ONE_SEPTET} == {1}
    assert {septets(char) for char in gsm.TWO_SEPTETS} == {2}
    everything_else = "".join(set(EVERYTHING) - gsm.ALPHABET)
    assert everything_else.encode("gsm23.038", "ignore") == b""
    assert len(gsm.ONE_SEPTET) == 127
    assert set("\f^{}\\[~]|€") == gsm.TWO_SEPTETS
    assert gsm.ONE_SEPTET | gsm.TWO_SEPTETS == gsm.ALPHABET


def test_the_places_where_tables_go_wrong() -> None:
    assert "Ç" in gsm.ONE_SEPTET
    assert "ç" not in gsm.ALPHABET
    assert not gsm.ALPHABET & set("\t\x00\x1b`´’“”…–—•\u00a0µÂâêîôûõãáíóúÁÍÓÚΑΒΕΖΗ")
    assert set("äöñüàÄÖÑÜ§¿¡ÆæßÉØøÅå¤£¥ΔΦΓΛΩΠΨΣΘΞ\n\r@_$") <= gsm.ONE_SEPTET


def test_every_character_alone_is_classified_alike_by_all_functions() -> None:
    for char in EVERYTHING[:0x3000] + EVERYTHING[0xD7F0:0xE010] + EVERYTHING[0xFFF0:0x10010]:
        cost = septets(char)
        assert gsm.escapes(char) == (None if cost == 0 else cost - 1)
        assert gsm.escapes("ä" + char) == gsm.escapes(char)
        assert gsm.not_gsm(char) == ([0] if cost == 0 else [])
        assert gsm.two_septets(char) == ([0] if cost == 2 else [])


@given(texts() | st.text(st.sampled_from(sorted(gsm.ALPHABET))))
def test_costs_add_up(text: str) -> None:
    costs = [septets(char) for char in text]
    assert gsm.not_gsm(text) == [index for index, cost in enumerate(costs) if cost == 0]
    assert gsm.two_septets(text) == [index for index, cost in enumerate(costs) if cost == 2]
    stream = gsm.marked_stream(text)
    if 0 in costs:
        assert stream is None
        assert gsm.escapes(text) is None
        return
    assert stream is not None
    assert gsm.escapes(text) == costs.count(2)
    position = 0
    for cost in costs:
        assert (stream[position] == gsm.ESCAPE) == (cost == 2)
        assert cost == 1 or 0x80 <= stream[position + 1] <= 0x89
        assert cost == 2 or stream[position] < 0x80
        position += cost
    assert position == len(stream)
