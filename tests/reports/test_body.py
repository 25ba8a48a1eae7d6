"""Whatever the network brings as a body is read, or refused in HTTP's words, and never breaks the receiver."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.reports.body import Unpackable, as_text, form_of, without_codings

TYPE = "multipart/form-data; boundary=b"

_PIECES = st.sampled_from(
    [
        b"--b\r\n", b"\r\n--b--\r\n", b"\n--b\n", b"\r\n\r\n", b"Content-Disposition: form-data; name=\"status\"\r\n",
        b"Content-Disposition: form-data; name*=utf-8''%ff\r\n", b"Content-Disposition: ;;;name\r\n",
        b"Content-Type: text/plain; charset=no-such\r\n",
        b"Content-Type: message/rfc822\r\n", b"Content-Type: \xff/\x00\r\n",
        b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Transfer-Encoding: base64\r\n", b"=?utf-8?b?////?=",
        b"Content-Transfer-Encoding: uuencode\r\n", b"DELIVERED", b"\x00", b"\xff\xfe", b"name=\xf0",
    ]
)  # fmt: skip
_TYPES = st.one_of(
    st.sampled_from(
        [TYPE, "multipart/form-data", "multipart/mixed; boundary=", "multipart/form-data; boundary*=x'y'b"]
    ),
    st.text(max_size=40),
)


def part(name: str, value: bytes, headers: bytes = b"") -> bytes:
    return b'--b\r\nContent-Disposition: form-data; name="%s"\r\n%s\r\n%s\r\n' % (name.encode(), headers, value)


def test_a_form_in_parts_is_read_with_each_parts_own_charset() -> None:
    latin = b"Content-Type: text/plain; charset=iso-8859-1\r\n"
    body = part("status", b"DELIVERED") + part("error", "Größe".encode("latin-1"), latin) + b"--b--\r\n"
    assert form_of(body, TYPE) == {"status": "DELIVERED", "error": "Größe"}


def test_a_form_with_more_parts_than_any_report_has_is_left_alone() -> None:
    few, many = (b"".join(part(f"f{index}", b"x") for index in range(count)) + b"--b--\r\n" for count in (200, 300))
    assert len(form_of(few, TYPE)) == 200
    assert form_of(many, TYPE) == {}


@given(st.lists(_PIECES, max_size=30).map(b"".join), _TYPES)
def test_reading_a_form_never_raises(body: bytes, content_type: str) -> None:
    assert all(isinstance(value, str) for value in form_of(body, content_type).values())


@given(st.binary(max_size=200), st.one_of(st.none(), st.text(max_size=20)))
def test_any_octets_in_any_charset_are_text(body: bytes, charset: str | None) -> None:
    assert isinstance(as_text(body, charset), str)


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (b"plain", ""),
        (b"plain", "identity"),
        (gzip.compress(b"plain", mtime=0), "GZip"),
        (zlib.compress(b"plain"), "deflate"),
        (zlib.compress(b"plain", wbits=-15), "deflate"),
        (gzip.compress(zlib.compress(b"plain"), mtime=0), "deflate, gzip"),
    ],
)
def test_codings_are_undone(body: bytes, coding: str) -> None:
    assert without_codings(body, coding, 100) == b"plain"


@pytest.mark.parametrize(
    ("body", "coding", "status"),
    [
        (gzip.compress(b"x" * 101, mtime=0), "gzip", 413),
        (gzip.compress(b"x", mtime=0)[:-4], "gzip", 415),
        (b"plain", "gzip", 415),
        (b"plain", "br", 415),
    ],
)
def test_what_cannot_be_undone_is_refused(body: bytes, coding: str, status: int) -> None:
    with pytest.raises(Unpackable) as refused:
        without_codings(body, coding, 100)
    assert refused.value.status == status
