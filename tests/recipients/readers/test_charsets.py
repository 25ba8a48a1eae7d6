"""Encodings: what is certain, what is guessed, and what the person says instead."""

from __future__ import annotations

import codecs

import pytest

from mitto_tui.recipients.readers.charsets import CHOICES as ENCODINGS
from mitto_tui.recipients.readers.model import ListProblem
from tests.recipients.readers.lists import opened, rows

LISTS = {
    "German": "Vorname;Nachname;Handy;Ort\nJürgen;Müller;0172 5551234;Köln\nKäthe;Weiß;0171 3920000;Düsseldorf\n",
    "German names and Polish ones": "Vorname;Handy\nŁukasz;+48601234567\nJürgen;0171 3920000\nKöln;+49301234567\n",
    "Western names": "Vorname;Handy\nChloë;+4917200\nØyvind Groß;+47400\nÇelik;+4917201\nIñigo Weiß;+34600\nKöln;1\n",
    "one letter": "name,phone\nAnn,+491725551234\nJürgen,+491725551235\n",
    "French": "Prénom;Téléphone\nFrançois Lefèvre;06 12 34 56 78\nZoé Bâtard;06 13 34 56 78\nCéline Nuñez;0614000000\n",
    "Spanish": "Nombre;Teléfono;Ciudad\nJosé Muñoz;+34 612345678;Málaga\nMaría Peña;+34 612345679;A Coruña\n",
    "Danish": "Navn;Mobil\nSøren Kjær;+45 20123456\nÅse Bøgh;+45 20123457\n",
    "punctuation": "name;amount;phone\nAnn;5 €;+491725551234\nO’Neill – “Jim”;6 €;+491725551235\n",
    "Polish": "Imię;Telefon;Miasto\nŁukasz Wiśniewski;+48 601234567;Łódź\nMałgorzata Dąbrowska;+48 602345678;Gdańsk\n",
    "Czech": "Jméno;Mobil\nJiří Novák;+420 601234567\nTomáš Dvořák;+420 602345678\nLukáš Černý;+420 603456789\n",
    "Hungarian": "Név;Telefon\nGyörgy Szűcs;+36 201234567\nErzsébet Kővári;+36 301234567\nLászló;+36 701234567\n",
    "Russian": "Имя;Телефон;Город\nИван Петров;+7 916 1234567;Москва\nОльга Смирнова;+7 903 1234567;Тверь\n",
    "Ukrainian": "Ім'я;Телефон\nЮлія Ґудзь;+380 501234567\nЄвген Їжакевич;+380 671234567\n",
    "Greek": "Όνομα;Τηλέφωνο\nΓιώργος Παπαδόπουλος;+30 6912345678\nΜαρία;+30 6912345679\n",
    "Turkish": "Ad;Telefon;Şehir\nMehmet Yılmaz;+90 5321234567;İstanbul\nAyşe Çağlar;+90 5331234567;Eskişehir\n",
    "Hebrew": "שם;טלפון\nדוד כהן;+972 501234567\nשרה לוי;+972 521234567\n",
    "Arabic": "الاسم;الهاتف\nمحمد علي;+971 501234567\nفاطمة حسن;+971 551234567\n",
    "Lithuanian": "Vardas;Telefonas\nŽydrūnas Kazlauskas;+370 61234567\nRūta Šimkutė;+370 61234568\nĄžuolas;+370 6\n",
    "Japanese": "名前,電話\n山田太郎,+819012345678\n佐藤花子,+818012345678\n",
    "Chinese": "姓名,电话\n张伟,+8613812345678\n王芳,+8613912345678\n",
}
CODECS = [
    *(
        (name, "windows-1252")
        for name in ("German", "Western names", "one letter", "French", "Spanish", "Danish", "punctuation")
    ),
    *((name, "windows-1250") for name in ("Polish", "Czech", "Hungarian", "German names and Polish ones")),
    ("Russian", "windows-1251"),
    ("Ukrainian", "windows-1251"),
    ("Greek", "windows-1253"),
    ("Turkish", "windows-1254"),
    ("Hebrew", "windows-1255"),
    ("Arabic", "windows-1256"),
    ("Lithuanian", "windows-1257"),
    ("Russian", "koi8-r"),
    ("German", "mac-roman"),
    ("German", "cp850"),
    ("Japanese", "cp932"),
    ("Chinese", "gb18030"),
]


def lines_of(text: str) -> list[list[str]]:
    delimiter = ";" if ";" in text else ","
    return [line.split(delimiter) for line in text.splitlines()]


@pytest.mark.parametrize(("name", "codec"), CODECS, ids=str)
def test_an_old_encoding_is_guessed_and_said_to_be_a_guess(name: str, codec: str) -> None:
    with opened(LISTS[name].encode(codec)) as list_file:
        assert (list_file.detected.encoding, list_file.detected.encoding_sure) == (codec, False)
        assert [list(list_file.detected.columns), *(row for _, row in rows(list_file))] == lines_of(LISTS[name])
        assert codec in ENCODINGS


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("codec", "mark", "encoding", "sure"),
    [
        ("utf-8", b"", "utf-8", True),
        ("utf-8", codecs.BOM_UTF8, "utf-8-sig", True),
        ("utf-16-le", codecs.BOM_UTF16_LE, "utf-16-le", True),
        ("utf-16-be", codecs.BOM_UTF16_BE, "utf-16-be", True),
        ("utf-16-le", b"", "utf-16-le", False),
        ("utf-16-be", b"", "utf-16-be", False),
        ("utf-32-le", codecs.BOM_UTF32_LE, "utf-32-le", True),
        ("utf-32-be", codecs.BOM_UTF32_BE, "utf-32-be", True),
    ],
)
def test_unicode_is_read_with_and_without_marks(name: str, codec: str, mark: bytes, encoding: str, sure: bool) -> None:
    with opened(mark + LISTS[name].encode(codec)) as list_file:
        assert (list_file.detected.encoding, list_file.detected.encoding_sure) == (encoding, sure)
        assert [list(list_file.detected.columns), *(row for _, row in rows(list_file))] == lines_of(LISTS[name])
        assert list_file.notes == ()


@pytest.mark.parametrize("codec", ["utf-8", "windows-1252", "windows-1251"])
def test_what_comes_late_is_seen_as_well(codec: str) -> None:
    """ASCII for a while says nothing about the name in the last line."""
    name = "Юлия" if codec == "windows-1251" else "Jürgen"
    content = b"name,phone\n" + b"Ann Example,+491725551234\n" * 10_000 + f"{name},+491725551235\n".encode(codec)
    with opened(content) as list_file:
        assert list_file.detected.encoding == codec
        assert rows(list_file)[-1] == (10_002, [name, "+491725551235"])


def test_a_character_cut_by_a_block_is_whole() -> None:
    with opened(b"name,phone\n" + ("ü" * 63 + ",+491725551234\n").encode() * 30_000) as list_file:
        assert {row[0] for _, row in rows(list_file)} == {"ü" * 63}


def test_damaged_utf8_stays_utf8_and_says_where() -> None:
    content = (
        "name,phone\nJürgen Großmann,+491725551234\nKäthe Weiß,+491725551235\n".encode() + b"Bj\xf6rn,+491725551236\n"
    )
    with opened(content) as list_file:
        assert (list_file.detected.encoding, list_file.detected.encoding_sure) == ("utf-8", False)
        assert rows(list_file)[2] == (4, ["Bj\ufffdrn", "+491725551236"])
        assert list_file.notes == (
            "It is UTF-8 but for some damaged characters, shown as \ufffd.",
            "1 character can't be read in this encoding, the first in line 4: shown as \ufffd.",
        )


def test_the_person_knows_better() -> None:
    content = LISTS["Polish"].encode("windows-1250")
    with opened(content, encoding="Windows-1250") as list_file:
        assert (list_file.detected.encoding, list_file.detected.encoding_sure) == ("windows-1250", True)
        assert list_file.preview(1)[0][1][0] == "Łukasz Wiśniewski"
    with opened(content, encoding="utf-8") as list_file:
        assert "\ufffd" in rows(list_file)[0][1][0]
        assert "can't be read in this encoding, the first in line 1" in list_file.notes[-1]
    with opened(codecs.BOM_UTF16_BE + LISTS["Polish"].encode("utf-16-be"), encoding="utf-16") as list_file:
        assert list_file.detected.columns[0] == "Imię"
    for name in ("utf-9", "base64", "punycode", "undefined", "unicode_escape", "\0", "x" * 99):
        with pytest.raises(ListProblem, match="no text encoding"):
            opened(content, encoding=name)


@pytest.mark.parametrize("codec", ENCODINGS)
def test_every_encoding_on_offer_reads(codec: str) -> None:
    with opened("name,phone\nAnn,+491725551234\n".encode(codec), encoding=codec) as list_file:
        assert rows(list_file) == [(2, ["Ann", "+491725551234"])]
