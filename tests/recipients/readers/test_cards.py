"""vCards of all versions, as phones and mail programs write them."""

from __future__ import annotations

import pytest

from mitto_tui.recipients.readers.model import ListProblem
from mitto_tui.recipients.readers.vcard import COLUMNS
from tests.recipients.readers.lists import opened, rows


def card(*properties: str, version: str = "3.0") -> str:
    return "\r\n".join(("BEGIN:VCARD", f"VERSION:{version}", *properties, "END:VCARD", ""))


def read(content: str | bytes) -> list[dict[str, str]]:
    """The filled cells of each card."""
    with opened(content) as list_file:
        found = [dict(zip(COLUMNS, row, strict=True)) for _, row in rows(list_file)]
    return [{name: value for name, value in values.items() if value} for values in found]


def phones(*properties: str) -> str:
    return read(card("FN:Ann", *properties))[0]["phone"]


def test_a_card_has_what_a_message_needs() -> None:
    content = card(
        "N:Müller;Jürgen;;Dr.;",
        "FN:Dr. Jürgen Müller",
        "ORG:Acme\\, Inc.;Sales",
        "TITLE:Buyer",
        "TEL;TYPE=CELL,VOICE:+49 172 5551234",
        "EMAIL;TYPE=INTERNET:j@example.org",
        "EMAIL:jm@example.org",
        "ADR;TYPE=HOME:;;Main St 5;Köln;;50667;Germany",
        "BDAY:1980-05-17",
        "CATEGORIES:friends,vip",
        "NOTE:one\\ntwo\\; three",
        "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRg",
        " ABAQAAAQABAAD",
    )
    with opened(content.encode()) as list_file:
        assert (list_file.detected.format, list_file.detected.header) == ("vcf", False)
        assert list_file.phone_column().index == 1
        assert list_file.notes == ()
    assert read(content) == [
        {
            "name": "Dr. Jürgen Müller",
            "phone": "+49 172 5551234",
            "email": "j@example.org ::: jm@example.org",
            "org": "Acme, Inc., Sales",
            "title": "Buyer",
            "first name": "Jürgen",
            "last name": "Müller",
            "city": "Köln",
            "country": "Germany",
            "birthday": "1980-05-17",
            "categories": "friends,vip",
            "note": "one\ntwo; three",
        }
    ]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (("TEL;TYPE=HOME:030 1", "TEL;TYPE=CELL:0172 2"), "0172 2 ::: 030 1"),
        (("TEL;HOME:030 1", "TEL;PREF;WORK:030 2", "TEL;CELL:0172 3"), "0172 3 ::: 030 2 ::: 030 1"),
        (("TEL;TYPE=FAX:030 1", "TEL:030 2"), "030 2 ::: 030 1"),
        (("TEL:0172 1", "TEL;TYPE=HOME:0172 1"), "0172 1"),
        (('TEL;VALUE=uri;TYPE="voice,home":tel:+49-30-1', 'TEL;TYPE="cell":TEL:+49-2;ext=5'), "+49-2 ::: +49-30-1"),
        (("item1.TEL:030 1", "item2.TEL:0172 2", "item2.X-ABLabel:_$!<Mobile>!$_"), "0172 2 ::: 030 1"),
        (("tel;type=IPHONE;type=CELL;type=VOICE;type=pref:0172 1",), "0172 1"),
        (("TEL;VALUE=text;TYPE=fax:030 1", "TEL;TYPE=work;PREF=1:030 2"), "030 2 ::: 030 1"),
        (("TEL;TYPE=CELL:",  "TEL:0172 1"), "0172 1"),
        (("TEL;TYPE=CELL:+49 172", " 5551234"), "+49 1725551234"),
    ],
)  # fmt: skip
def test_several_numbers_share_a_cell_mobile_first(properties: tuple[str, ...], expected: str) -> None:
    assert phones(*properties) == expected


@pytest.mark.parametrize(("charset", "codec"), [("UTF-8", "utf-8"), ("ISO-8859-1", "latin-1"), ("x-none", "utf-8")])
def test_quoted_printable_of_version_2(charset: str, codec: str) -> None:
    quoted = "".join(f"={byte:02X}" for byte in "Müller;Jürgen".encode(codec)).replace("=3B", ";")
    half = len(quoted) // 6 * 3
    content = card(
        f"N;CHARSET={charset};ENCODING=QUOTED-PRINTABLE:{quoted[:half]}=\r\n{quoted[half:]};;;",
        "TEL;CELL:0172 5551234",
        "NOTE;ENCODING=QUOTED-PRINTABLE:a=0D=0A=",
        "TEL:not a number",
        version="2.1",
    )
    found = read(content)[0]
    assert (found["name"], found["last name"], found["phone"]) == ("Jürgen Müller", "Müller", "0172 5551234")
    assert found["note"] == "a\r\nTEL:not a number"


def test_a_card_without_a_name_is_called_by_what_it_has() -> None:
    assert [found["name"] for found in read(card("ORG:Acme", "TEL:1") + card("N:;Ann;;;", "TEL:2"))] == ["Acme", "Ann"]


def test_broken_cards_are_named_and_the_rest_is_read() -> None:
    content = (
        "BEGIN:VCARD\nFN:No End\nTEL:0172 1\n"
        "BEGIN:VCARD\nVERSION:3.0\nFN:Garbage\nthis belongs nowhere\nTEL:0172 2\nEND:VCARD\n"
        "between cards\n"
        "begin:vcard\nFN:Fine\nTEL:0172 3\nend:vcard\n"
        "BEGIN:VCARD\nFN:Cut off\nTEL:0172 4"
    )
    with opened(content.encode()) as list_file:
        assert [(number, row[0], row[1]) for number, row in rows(list_file)] == [
            (1, "No End", "0172 1"),
            (4, "Garbage", "0172 2"),
            (11, "Fine", "0172 3"),
            (15, "Cut off", "0172 4"),
        ]
        assert list_file.notes == (
            "The card of “No End” in line 1 has no END:VCARD; the rest of it was read.",
            "The card of “Garbage” in line 4 has something in line 7 that belongs to no card; the rest of it was read.",
            "The card of “Cut off” in line 15 has no END:VCARD; the rest of it was read.",
        )


def test_many_broken_cards_are_counted() -> None:
    with opened("BEGIN:VCARD\nFN:x\nTEL:0172 1\n" * 10) as list_file:
        assert len(rows(list_file)) == 10
        assert list_file.notes[-1] == "7 more cards are broken in such ways."


def test_a_picture_in_one_long_line() -> None:
    content = card("PHOTO;ENCODING=b:" + "A" * 2_000_000, "TEL:0172 1") + card("TEL:0172 2")
    with opened(content.encode("utf-16")) as list_file:
        assert [row[1] for _, row in rows(list_file)] == ["0172 1", "0172 2"]


def test_pasted_cards() -> None:
    with opened("\n" + card("FN:Ann", "TEL:0172 1")) as list_file:
        assert rows(list_file)[0][0] == 2


def test_no_card_at_all() -> None:
    with pytest.raises(ListProblem, match="has no vCard in it"):
        opened("name,phone\nAnn,1\n", format="vcf")
