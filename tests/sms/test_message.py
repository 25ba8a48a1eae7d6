"""What a person asks for is checked before anything is stored, and told in sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.message import MessageType, NewMessage, Options, check_callback, check_message, count_as, udh_bytes
from mitto_tui.sms.segments import Encoding, count
from mitto_tui.sms.submission import Content, WireType
from mitto_tui.sms.visible import HIDDEN
from tests.sms.counting import texts

PLAIN = Options()


def check(text: str = "Hello", sender: str = "MITTO SMS", **options: Any) -> NewMessage:
    return check_message(sender, "491725551234", text, replace(PLAIN, **options))


def refusal(*arguments: str, **options: Any) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as caught:
        check(*arguments, **options)
    return caught.value.field, str(caught.value)


def test_a_checked_message_is_what_was_asked_for() -> None:
    message = check(
        "Hi ж",
        " +4917255500 ",
        type=MessageType.UNICODE,
        reference="Spring",
        validity=60,
        pid=64,
        udh="05 00 03 aa 02 01",
        flash=True,
        callback="https://example.org/dlr?a=1",
        test=True,
    )
    assert message == NewMessage(
        "491725551234",
        Content(
            sender="4917255500",
            text="Hi ж",
            type=WireType.UNICODE,
            reference="Spring",
            validity=60,
            pid=64,
            udh="050003AA0201",
            flash=True,
            callback="https://example.org/dlr?a=1",
            test=True,
        ),
        Encoding.UNICODE,
        1,
    )


def test_what_is_empty_is_left_out() -> None:
    content = check(reference="", callback="", udh="").content
    assert content == Content("MITTO SMS", "Hello", WireType.GSM)


@pytest.mark.parametrize(
    ("asked", "text", "wire", "encoding"),
    [
        (MessageType.AUTO, "Hello", WireType.GSM, Encoding.GSM),
        (MessageType.AUTO, "Hello ж", WireType.UNICODE, Encoding.UNICODE),
        (MessageType.GSM, "Grüße €", WireType.GSM, Encoding.GSM),
        (MessageType.UNICODE, "Hello", WireType.UNICODE, Encoding.UNICODE),
        (MessageType.BINARY, "00FFa0", WireType.BINARY, Encoding.BINARY),
        (MessageType.MITTO, "Hello", WireType.AUTO, None),
        (MessageType.MITTO, "Hello ж", WireType.AUTO, None),
    ],
)
def test_the_type_goes_out_as_mitto_spells_it(
    asked: MessageType, text: str, wire: WireType, encoding: Encoding | None
) -> None:
    message = check(text, type=asked)
    assert (message.content.type, message.encoding) == (wire, encoding)
    assert message.content.text == text


def test_segments_are_counted_with_the_header() -> None:
    assert check("a" * 160).segments == 1
    assert check("a" * 160, udh="050003AA0201").segments == 2
    assert check("ж" * 71).segments == 2
    assert check("ж" * 71, type=MessageType.MITTO).segments == 2
    assert check("00" * 141, type=MessageType.BINARY).segments == 2


@pytest.mark.parametrize(
    ("arguments", "options", "field", "words"),
    [
        (("", "Shop"), {}, "text", "There is no text. Type a message first."),
        (("Hello", ""), {}, "from", "There is no sender."),
        (
            ("naïve", "Shop"),
            {"type": MessageType.GSM},
            "text",
            "ï (U+00EF, character 3) is not in the GSM alphabet. Replace it, or choose auto or Unicode.",
        ),
        (
            ("“Hi”…\n", "Shop"),
            {"type": MessageType.GSM},
            "text",
            "“ (U+201C, character 1) and 2 more are not in the GSM alphabet. Replace them, or choose auto or Unicode.",
        ),
        (
            ("a\u202eb", "Shop"),
            {"type": MessageType.GSM},
            "text",
            "⟨U+202E⟩ (U+202E, character 2) is not in the GSM alphabet. Replace it, or choose auto or Unicode.",
        ),
        (
            ("0a 0b", "Shop"),
            {"type": MessageType.BINARY},
            "text",
            "Binary text is hex digits;   (U+0020, character 3) is none.",
        ),
        (
            ("0a0", "Shop"),
            {"type": MessageType.BINARY},
            "text",
            "Binary text is pairs of hex digits; digit 3 has no partner.",
        ),
        (
            ("a" * (153 * 255 + 1), "Shop"),
            {},
            "text",
            "This text needs 256 segments; a message can have at most 255.",
        ),
        (("a\ud83d", "Shop"), {}, "text", "The text has half of a surrogate pair in it, which no phone can show."),
        (
            ("Hello", "Shop"),
            {"reference": "a\udc00"},
            "reference",
            "The reference has half of a surrogate pair in it, which can't be sent.",
        ),
        (
            ("Hello", "Shop"),
            {"validity": 0},
            "validity",
            "Validity is in minutes: at least 1, at most 635,040 (63 weeks).",
        ),
        (
            ("Hello", "Shop"),
            {"validity": 635_041},
            "validity",
            "Validity is in minutes: at least 1, at most 635,040 (63 weeks).",
        ),
        (
            ("Hello", "Shop"),
            {"validity": -5},
            "validity",
            "Validity is in minutes: at least 1, at most 635,040 (63 weeks).",
        ),
        (("Hello", "Shop"), {"pid": 256}, "pid", "The protocol identifier is a number from 0 to 255."),
        (("Hello", "Shop"), {"pid": -1}, "pid", "The protocol identifier is a number from 0 to 255."),
        (("Hello", "Shop"), {"udh": "0g"}, "udh", "The user data header must be pairs of hex digits."),
        (("Hello", "Shop"), {"udh": "050"}, "udh", "The user data header must be pairs of hex digits."),
        (("Hello", "Shop"), {"udh": "\ud800"}, "udh", "The user data header must be pairs of hex digits."),
        (
            ("Hello", "Shop"),
            {"udh": "050003AA02"},
            "udh",
            "The user data header's first octet is 5, but the octets after it are 4.",
        ),
        (("Hello", "Shop"), {"udh": "8B" + "00" * 139}, "udh", "The user data header leaves no room for this text."),
        (("Hello", "Shop"), {"udh": "FF" + "00" * 255}, "udh", "The user data header leaves no room for this text."),
        (
            ("Hello", "Shop"),
            {"callback": "ftp://example.org"},
            "callback",
            "The callback must be a URL with http:// or https:// and a host.",
        ),
    ],
)
def test_what_is_wrong_is_named_and_told(
    arguments: tuple[str, str], options: dict[str, Any], field: str, words: str
) -> None:
    assert refusal(*arguments, **options) == (field, words)


def test_the_bounds_themselves_are_fine() -> None:
    assert check(validity=1, pid=0).content.pid == 0
    assert check(pid=255).content.pid == 255
    assert check("a" * (153 * 255)).segments == 255


@pytest.mark.parametrize("udh", [None, "", " ", "\t\n"])
def test_a_blank_header_is_no_header(udh: str | None) -> None:
    assert udh_bytes(udh) == b""
    assert check(udh=udh).content.udh is None


def test_a_header_is_read_with_or_without_blanks_in_either_case() -> None:
    assert udh_bytes("050003aa0201") == udh_bytes(" 05 00 03 AA 02 01 ") == b"\x05\x00\x03\xaa\x02\x01"
    assert udh_bytes("00") == b"\x00"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8080/r/token", "https://example.org", "HTTPS://EXAMPLE.ORG/a?b=c&d=%20#e", "http://[::1]:80/"],
)
def test_callbacks_that_can_be_called(url: str) -> None:
    check_callback(url)
    assert check(callback=url).content.callback == url


@pytest.mark.parametrize(
    "url",
    [
        "example.org/dlr",
        "//example.org",
        "https://",
        "https:///dlr",
        "https://:80",
        "https://@/",
        "mailto:a@example.org",
        "javascript:alert(1)",
        "http://[::1",
        "http://example.org:port/",
        "http://example.org:99999/",
        "http://exa mple.org/",
        "https://example.org/a b",
        " https://example.org",
        "https://example.org/\n",
        "https://example.org/\x00",
        "https://example.org/\x7f",
        "https://example.org/\u202e",
        "https://example.org/\u00a0",
        "https://example.org/\ud800",
    ],
    ids=ascii,
)
def test_callbacks_that_cannot(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_callback(url)
    assert caught.value.field == "callback"
    assert not HIDDEN.search(str(caught.value))


@given(texts(), st.sampled_from(MessageType))
def test_counting_as_a_person_chose(text: str, asked: MessageType) -> None:
    assert count_as(text, asked) == count(text, "auto" if asked is MessageType.MITTO else asked.value)


def message_or_error(sender: str, text: str, options: Options) -> NewMessage | InvalidInput:
    try:
        return check_message(sender, "491725551234", text, options)
    except InvalidInput as error:
        return error


_any_text = st.text(st.characters(codec=None), max_size=20)


@given(
    _any_text | st.just("Shop"),
    texts() | _any_text,
    st.builds(
        Options,
        type=st.sampled_from(MessageType),
        reference=st.none() | _any_text,
        validity=st.none() | st.integers(),
        pid=st.none() | st.integers(-1, 300),
        udh=st.none() | _any_text | st.binary(max_size=6).map(bytes.hex),
        flash=st.booleans(),
        callback=st.none() | _any_text | _any_text.map("https://example.org/{}".format),
        test=st.booleans(),
    ),
)
def test_anything_is_either_a_message_that_can_be_sent_or_a_sentence(sender: str, text: str, options: Options) -> None:
    message = message_or_error(sender, text, options)
    if isinstance(message, InvalidInput):
        assert message.field in {"from", "text", "udh", "validity", "pid", "reference", "callback"}
        assert not HIDDEN.search(str(message))
        assert message.message.endswith(".")
        return
    content = message.content
    for value in (content.sender, content.text, content.reference or "", content.callback or "", content.udh or ""):
        value.encode("utf-8")
    assert 1 <= message.segments <= 255
    assert content.text == text
