from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.mitto import xml


def test_names_are_local_and_in_lower_case() -> None:
    document = b'<m:SmsResponse xmlns:m="urn:x"><m:ID> a </m:ID><responseCode>0</responseCode></m:SmsResponse>'
    assert xml.parse(document) == ("smsresponse", {"id": "a", "responsecode": "0"})


def test_repeated_elements_are_a_list_and_empty_ones_nothing() -> None:
    assert xml.parse(b"<r><a>1</a><a>2</a><b/><c><d>3</d></c></r>") == (
        "r",
        {"a": ["1", "2"], "b": None, "c": {"d": "3"}},
    )


def test_declared_encodings_and_cdata_are_read() -> None:
    document = '<?xml version="1.0" encoding="iso-8859-1"?><r><t>Gr\xfc\xdfe</t><u><![CDATA[<b>&]]></u></r>'.encode(
        "latin-1"
    )
    assert xml.parse(document) == ("r", {"t": "Grüße", "u": "<b>&"})


BOMB = (
    b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%b">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
    + b"]><r><id>&j;</id></r>"
)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(BOMB, id="entity bomb"),
        b'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd"><r/>',
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
        b"<!DOCTYPE r><r/>",
        b"<r>&undefined;</r>",
        b"<r><id>half",
        b"<r/><r/>",
        b"",
        b"no xml",
        pytest.param(b"<" * 1000, id="brackets"),
        pytest.param(b"<a>" * 1000 + b"</a>" * 1000, id="too deep"),
        b'<?xml version="1.0" encoding="klingon"?><r/>',
        b"<r>\x00</r>",
        b"<r>\xff\xfe</r>",
    ],
)
def test_what_is_hostile_or_broken_is_refused(document: bytes) -> None:
    with pytest.raises(xml.NotXml):
        xml.parse(document)


def test_an_entity_bomb_is_not_expanded() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(xml.NotXml):
            xml.parse(BOMB)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=200) | st.text("<>/abi d='&;![]").map(str.encode))
def test_any_bytes_are_xml_or_notxml(document: bytes) -> None:
    try:
        name, _ = xml.parse(document)
    except xml.NotXml:
        return
    assert name == name.lower()
