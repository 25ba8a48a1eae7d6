"""Which column holds the telephone numbers."""

from __future__ import annotations

import pytest

from mitto_tui.recipients.readers.columns import guess_columns, looks_like_number

NUMBERS = [["Ann", "4711", "+491725551234"], ["Bob", "4712", "0172 5551235"]]


HEADERS = (
    "Phone|phone_number|PhoneNumber|MOBILE|Mobile No.|Handy|Handynummer|Mobiltelefon|Telefon|"
    "Tel.|Rufnummer|Telefono|Teléfono|Téléphone|Portable|Cellulare|Móvil|Celular|MSISDN|Number|"
    "Nummer|Numéro|Komórka|Telefon komórkowy|Telefoon|Puhelin|Matkapuhelin|Natel|GSM|"
    "Cep telefonu|Mobilní telefon|Telefonszám|Τηλέφωνο|Κινητό|Телефон|Мобильный|טלפון נייד|"
    "رقم الجوال|携帯電話|手机|휴대폰|โทรศัพท์มือถือ|Số điện thoại|Tālrunis|WhatsApp|To|Recipient"
)


@pytest.mark.parametrize("header", HEADERS.split("|"))
def test_it_is_found_by_its_name_in_many_languages(header: str) -> None:
    found = guess_columns(["x", "y", header], [["Ann", "49172555", "49172555"], ["Bob", "49172556", "49172556"]])
    assert found.index == 2
    assert found.why.startswith(f"“{header}” by its name; 2 of 2 cells")


@pytest.mark.parametrize(
    "columns",
    [
        ["Phone", "Mobile"],
        ["Telefax", "Mobil"],
        ["Telefon", "Handy"],
        ["Customer number", "Contact"],
        ["Kundennummer", "Telefonnummer"],
        ["IBAN", "x"],
        ["Column 1", "Mobile"],
        ["Order date", "Tel"],
        ["Mitgliedsnummer", "Nummer"],
        ["Reference Number", "x"],
        ["Numéro client", "Contact"],
        ["Номер заказа", "Номер"],
        ["Immobilien-Nr", "Telefon"],
        ["Phone Type", "Customer phone"],
        ["Mobile opt-in", "Billing Phone"],
        ["Pager", "Account Phone"],
    ],
)
def test_mobile_comes_before_phone_and_phone_before_other_numbers(columns: list[str]) -> None:
    found = guess_columns(columns, [["030 1234567", "030 1234568"], ["030 1234569", "030 1234560"]])
    assert found.index == 1


def test_it_is_found_by_what_is_in_it() -> None:
    found = guess_columns(["Column 1", "Column 2", "Column 3"], NUMBERS)
    assert found.index == 2
    assert found.why == "“Column 3” by what is in it: 2 of 2 cells looked at are like telephone numbers."


def test_a_mobile_column_that_is_all_but_empty_does_not_win() -> None:
    rows = [[f"030 12345{number:02}", "0172 5551234" if not number else ""] for number in range(40)]
    found = guess_columns(["Telefon", "Mobil"], rows)
    assert (found.index, found.others) == (0, (1,))


@pytest.mark.parametrize("name", ["Column 1", "Code", "Number"])
def test_running_numbers_are_no_telephone_numbers(name: str) -> None:
    phones = ("491725551234", "491715550007", "491765559120", "491515554711")
    table = [[str(1234567890 + index * 3), phone] for index, phone in enumerate(phones)]
    found = guess_columns([name, "Column 2"], table)
    assert (found.index, found.others) == (1, ())
    assert guess_columns([name], [row[:1] for row in table]).index == 0  # a sorted list of numbers alone
    assert guess_columns(["Phone", "Column 2"], table).index == 0


def test_a_fax_alone_is_no_column_for_messages() -> None:
    assert guess_columns(["Name", "Fax"], [["Ann", "+49301234567"]]).index is None


def test_no_numbers_anywhere() -> None:
    assert guess_columns(["name", "city"], [["Ann", "Rome"], ["Bob", "2026-01-05"]]).index is None
    assert guess_columns([], []).why == "No column looks like telephone numbers."
    found = guess_columns(["name", "Handy"], [["Ann", "n/a"], ["Bob", "-"]])
    assert (found.index, found.why) == (1, "“Handy” by its name, but none of its cells looks like a telephone number.")


def test_google_contacts() -> None:
    columns = ["First Name", "Phone 1 - Label", "Phone 1 - Value", "Phone 2 - Label", "Phone 2 - Value"]
    rows = [
        ["Ann", "Home", "030 1234567", "Mobile", "0172 5551234 ::: 0171 5551234"],
        ["Bob", "Mobile", "0172 5551235", "", ""],
    ]
    rows += [["Eve", "Work", "030 1234568", "Mobile", "0172 5551236"]]
    found = guess_columns(columns, rows)
    assert (found.index, found.others) == (4, (2,))
    assert found.why == (
        "This is a list from Google Contacts; its numbers are in “Phone 2 - Value”, where most mobile numbers are."
    )


def test_outlook() -> None:
    columns = ["First Name", "Business Fax", "Business Phone", "Home Phone", "Mobile Phone", "Primary Phone"]
    found = guess_columns(
        columns, [["Ann", "030 1234560", "030 1234567", "030 1234568", "0172 5551234", "030 1234567"]]
    )
    assert (found.index, found.others) == (4, (2, 3, 5))
    assert found.why == "This is a list from Outlook; its mobile numbers are in “Mobile Phone”."


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("+49 172 555-1234", True),
        ("(0172) 5551234", True),
        ("00491725551234", True),
        ("tel:+49-172-5551234", True),
        ("491725551234.0", True),
        ("4.91725E+11", True),
        ("0172/5551234 ext. 12", True),
        ("0172 5551234 / 0171 5551234", True),
        ("n/a; 0172 5551234", True),
        ("＋４９１７２５５５１２３４", True),
        ("٠١٧٢٥٥٥١٢٣٤", True),
        ("12345", False),
        ("2026-01-05", False),
        ("05.01.2026", False),
        ("05.01.2026 14:30", False),
        ("1,234,567.89", False),
        ("1234567.89", False),
        ("192.168.100.200", False),
        ("Main St 1234567", False),
        ("", False),
        ("DE89370400440532013000", False),
        ("370400440532013000", False),
        ("9" * 100_000, False),
        ("4111111111111111", False),
        ("'01725551234", True),
        ("\u202a+49\u00a0172\u00a05551234\u202c", True),
    ],
)
def test_what_looks_like_a_number(cell: str, expected: bool) -> None:
    assert looks_like_number(cell) is expected
