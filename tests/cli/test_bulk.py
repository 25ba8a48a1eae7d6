"""``mitto-tui bulk --dry-run``: what would be sent and to whom, for programs and for people. Nothing is sent."""

from __future__ import annotations

import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, start
from tests.servers.raw import RawServer, answer

SUMMARY = {
    *("campaign", "format", "encoding", "delimiter", "rows", "recipients", "invalid", "duplicates", "opted_out"),
    *(
        "ambiguous",
        "segments",
        "unicode",
        "accepted",
        "rejected",
        "in_doubt",
        "queued",
        "skipped",
        "requests",
        "seconds",
    ),
}
ROW = {"row", "to", "status", "reason", "text", "encoding", "segments"}
LIST = (
    "Name;Handy;Ort\n"
    "Ann;0172 5551234;Köln\n"
    "Bob;+49 172 5551234;Bonn\n"
    ";0172 5551235;Bonn\n"
    "Zoë;491725551236;Bonn\n"
    "Cid;4.91725E+11;Bonn\n"
    "Dan;030 123456;Berlin\n"
    "Eve;0172 5551239;Ulm\n"
)
TEXT = "Dear {name} in {ort}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="cp1252")
    return path


def bulk(path: object, *more: object) -> tuple[object, ...]:
    return ("bulk", path, "--from", "Demo", "--country", "DE", "--dry-run", *more)


def test_a_line_a_row_and_the_summary_last(cli: Cli, path: Path, home: Path) -> None:
    found = cli(*bulk(path, "--text", TEXT, "--jsonl"))
    assert found.code == 0
    assert found.err == ""
    *rows, last = found.jsonl
    assert all(set(row) == ROW for row in rows)
    assert rows[0] == {
        **{"row": 2, "to": "491725551234", "status": "ok", "reason": None, "text": "Dear Ann in Köln"},
        **{"encoding": "gsm", "segments": 1},
    }
    assert [(row["row"], row["status"], row["to"]) for row in rows] == [
        (2, "ok", "491725551234"),
        (3, "duplicate", "491725551234"),
        (4, "invalid", "491725551235"),
        (5, "ok", "491725551236"),
        (6, "invalid", None),
        (7, "ok", "4930123456"),
        (8, "ok", "491725551239"),
    ]
    assert rows[1]["reason"] == "duplicate: Row 2 has this number already."
    assert rows[2]["reason"].startswith("empty_value: Name is empty")
    assert rows[4]["reason"].startswith("lost_digits: ")
    assert rows[5]["reason"].startswith("line_type: ")
    assert rows[3]["encoding"] == "unicode"
    assert (rows[1]["text"], rows[1]["segments"]) == (None, None)
    assert set(last) == {"summary"}
    summary = last["summary"]
    assert set(summary) == SUMMARY
    assert {key: summary[key] for key in SUMMARY - {"seconds"}} == {
        **{"campaign": None, "format": "csv", "encoding": "windows-1252", "delimiter": ";", "rows": 7, "recipients": 4},
        **{"invalid": 2, "duplicates": 1, "opted_out": 0, "ambiguous": 0, "segments": 4, "unicode": 1, "accepted": 0},
        **{"rejected": 0, "in_doubt": 0, "queued": 0, "skipped": 0, "requests": 0},
    }
    alone = cli(*bulk(path, "--text", TEXT, "--json"))
    assert alone.code == 0
    assert {**alone.json, "seconds": 0} == {**summary, "seconds": 0}
    assert not home.exists() or not list(home.rglob("*.db"))


def test_what_people_are_told(cli: Cli, path: Path) -> None:
    found = cli(*bulk(path, "--text", TEXT))
    assert (found.code, found.out) == (0, "")
    for said in (
        "list.csv: CSV, windows-1252",
        "semicolon between cells, with a header",
        "“Handy” by its name",
        "Germany (DE)",
        "1 number already carries 49",
        "7 rows: 4 recipients, 3 left out",
        "Parts: 4 in all (4 × 1 part)",
        "Unicode: 1 text, because of ë in 1 (first row 5)",
        "national number of Germany, such as 0172 5551234 → 491725551234 (row 2)",
        "This is a landline number: it may not receive SMS. 1 row (row 7)",
        "row 3: +49 172 5551234: Row 2 has this number already.",
        "Invalid (lost_digits): 1 row",
        "Nothing was sent",
    ):
        assert said in found.err


def test_cost_by_the_profiles_prices(cli: Cli, path: Path) -> None:
    cli("profile", "add", "work", "--country", "DE", "--from", "MITTO")
    cli("profile", "set", "work", "prices.currency", "EUR")
    dry_run = ("--profile", "work", "bulk", path, "--text", TEXT, "--dry-run")
    assert "Cost" not in cli(*dry_run).err
    cli("profile", "set", "work", "prices.DE", "0.075")
    assert "Cost: 0.30 EUR\n" in cli(*dry_run).err
    with path.open("a") as more:
        more.write("Fay;+44 7400 123456;London\n")
    assert "Cost: 0.30 EUR, and 1 recipient without a price (United Kingdom)" in cli(*dry_run).err


def test_every_way_to_say_what_the_list_is(cli: Cli, tmp_path: Path) -> None:
    plain = tmp_path / "numbers.txt"
    plain.write_text("+491725551234\n+491725551235\n")
    assert cli(*bulk(plain, "--text", "Hello", "--json")).json["recipients"] == 2
    assert cli(*bulk("-", "--text", "Hello", "--json"), stdin=plain.read_bytes()).json["recipients"] == 2
    told = tmp_path / "told.csv"
    told.write_bytes("a|b\r\nÄnn|0172 5551234\r\n".encode("utf-16-le"))
    how = ("--delimiter", "pipe", "--encoding", "utf-16-le", "--no-header", "--phone-column", 2, "--jsonl")
    rows = cli(*bulk(told, "--text", "{Column 1}", *how)).jsonl
    assert [row.get("text") for row in rows] == [None, "Änn", None]
    assert cli(*bulk(told, "--text", "{A}", "--encoding", "utf-16-le", "--phone-column", "B", "--json")).code == 0
    text = tmp_path / "text.txt"
    text.write_bytes("Dear {column 1|friend}\r\n".encode("utf-8-sig"))
    rows = cli(*bulk(plain, "--text-file", text, "--limit", 1, "--jsonl")).jsonl
    assert [row.get("text") for row in rows] == ["Dear +491725551234", None]


def test_a_persons_word_on_numbers(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("name,phone\nAnn,491725551234\nBob,030 123456\nCid,0172 5551235 ::: 0172 5551236\n")
    assert cli(*bulk(path, "--text", "Hi", "--json")).json["recipients"] == 3
    assert cli(*bulk(path, "--text", "Hi", "--bare", "national", "--json")).json["ambiguous"] == 1
    assert cli(*bulk(path, "--text", "Hi", "--refuse", "landline", "--json")).json["invalid"] == 1
    every = cli(*bulk(path, "--text", "Hi", "--all-numbers", "--json")).json
    assert (every["rows"], every["recipients"]) == (4, 4)
    # A profile may say both once and for all, and the command otherwise.
    for key, value in (("lists.refuse", "landline,premium"), ("lists.all_numbers", "true")):
        assert cli("profile", "set", "default", key, value).code == 0
    for more, sums in (
        ((), (4, 3, 1)),
        (("--refuse", "none"), (4, 4, 0)),
        (("--refuse", "pager", "--refuse", "company"), (4, 4, 0)),
        (("--first-number",), (3, 2, 1)),
    ):
        counted = cli(*bulk(path, "--text", "Hi", "--json", *more)).json
        assert (counted["rows"], counted["recipients"], counted["invalid"]) == sums
    assert cli(*bulk(path, "--text", "Hi", "--refuse", "fax")).code == 2


def test_who_has_opted_out_is_left_out(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("name,phone\nAnn,0172 5551234\nBob,0172 5551235\n")
    cli("optout", "add", "+491725551234")
    cli("--sandbox", "optout", "add", "+491725551235")
    first, second, _ = cli(*bulk(path, "--text", "Hi", "--jsonl")).jsonl
    assert (first["to"], first["status"]) == ("491725551234", "opted_out")
    assert second["status"] == "ok"


def test_let_mitto_decide(cli: Cli, path: Path) -> None:
    rows = cli(*bulk(path, "--text", "“Hi”", "--type", "mitto", "--jsonl")).jsonl
    assert (rows[0]["encoding"], rows[0]["segments"]) == (None, 1)


def test_those_who_opted_out_are_not_written_to(cli: Cli, path: Path) -> None:
    assert cli("optout", "add", "0172 5551234", "--country", "DE").code == 0
    *rows, last = cli(*bulk(path, "--text", "Hello", "--jsonl")).jsonl
    assert [row["status"] for row in rows[:2]] == ["opted_out", "opted_out"]
    assert rows[0]["reason"] == "opted_out: This number has opted out."
    assert last["summary"]["opted_out"] == 2
    assert cli("--sandbox", *bulk(path, "--text", "Hello", "--json")).json["opted_out"] == 0


WRONG = {
    "missing column": (("--text", "Dear {nmae}"), "Did you mean {Name}?"),
    "no template": (("--text", "Dear {name"), "not closed"),
    "no text": ((), "--text or with --text-file"),
    "two texts": (("--text", "a", "--text-file", "b"), "--text or with --text-file"),
    "no such text file": (("--text-file", "/nowhere/text"), "/nowhere/text can't be read"),
    "bad sender": (("--text", "a", "--from", "x"), "alphanumeric sender"),
    "no such column": (("--text", "a", "--phone-column", "Mobile"), "The columns are Name, Handy, Ort."),
    "column 4": (("--text", "a", "--phone-column", "4"), "There is no column “4”"),
    "no such country": (("--text", "a", "--country", "Atlantis"), "Atlantis"),
    "no such line": (("--text", "a", "--refuse", "pager station"), "There is no line"),
    "no such reading": (("--text", "a", "--bare", "maybe"), "with-code"),
    "a sheet of no workbook": (("--text", "a", "--sheet", "2024"), "list.csv has no sheets: it is no workbook."),
    "no such encoding": (("--text", "a", "--encoding", "klingon"), "klingon"),
    "bad header": (("--text", "a", "--udh", "0500"), "header"),
    "too long": (("--text", "x" * 40_000), "262 segments"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_and_the_exit_code_is_2(cli: Cli, path: Path, case: str) -> None:
    options, said = WRONG[case]
    found = cli(*bulk(path, *options))
    assert found.code == 2
    assert found.out == ""
    assert said in found.err


def test_a_sender_is_asked_for(cli: Cli, path: Path) -> None:
    found = cli("bulk", path, "--text", "Hello", "--dry-run")
    assert (found.code, found.out) == (2, "")
    assert found.err == "mitto-tui: There is no sender.\nGive one with --from, or set the profile's.\n"


def test_a_list_without_a_name(cli: Cli) -> None:
    """As a script has it whose variable is empty."""
    found = cli(*bulk("", "--text", "Hello", "--json"))
    assert (found.code, found.out) == (2, "")
    assert found.err == "mitto-tui: The list's name is empty.\nName a file, or - for standard input.\n"


def test_how_many_rows_the_vote_has_looked_at_is_said(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("phone\n" + "".join(f"49172555{number:05}\n" for number in range(20_001)))
    found = cli(*bulk(path, "--text", "a"))
    assert "Bare numbers in the first 20,000 rows: 20,000 numbers already carry 49.\n" in found.err
    assert "Longest: row 2 with 1 character, 1 part: a\n" in found.err
    assert "Bare numbers" not in cli(*bulk(path, "--text", "a", "--json")).err


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_interrupted_it_says_that_nothing_was_sent(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("phone\n" + "".join(f"+49172555{number:05}\n" for number in range(5_000)))
    process = start(bulk(path, "--text", "Hello", "--jsonl"))  # more than a pipe holds, so it waits for us
    assert process.stdout is not None
    assert process.stdout.readline().startswith(b'{"row": 2, ')
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, b"Interrupted. Nothing was sent or stored: this was a dry run.\n")
    assert b"summary" not in out
    assert not list(home.rglob("*.db"))


def test_what_is_no_list(cli: Cli, tmp_path: Path) -> None:
    picture, empty, words = tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "c.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    empty.touch()
    words.write_text("name,city\nAnn,Bonn\nBob,Ulm\n")
    for file, said in (
        (picture, "PNG"),
        (empty, "is empty"),
        (words, "--phone-column"),
        (tmp_path, "directory"),
        (tmp_path / "none.csv", "no file"),
    ):
        found = cli(*bulk(file, "--text", "Hello", "--json"))
        assert (found.code, found.out) == (2, "")
        assert said in found.err
    assert cli(*bulk("-", "--text", "-")).code == 2


def test_a_list_that_leaves_nobody_is_wrong_input(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("phone\nabc\n0172\n")
    found = cli(*bulk(path, "--text", "Hello", "--phone-column", 1, "--json"))
    assert found.code == 2
    assert (found.json["rows"], found.json["recipients"]) == (2, 0)


def test_a_dry_run_connects_to_nobody(cli: Cli, path: Path) -> None:
    with RawServer(answer(b"{}")) as server:
        assert cli(*bulk(path, "--text", "Hello", "--yes"), url=server.url).code == 0
        assert server.connections == 0


def test_a_broken_profile_never_goes_on_with_defaults(cli: Cli, path: Path, home: Path) -> None:
    cli("profile", "add", "work", "--country", "DE")
    configuration = next(home.rglob("config.toml"))
    configuration.write_text('profile = "work"\n[profiles.work]\ncountry = "Germany"\n')
    for command in (bulk(path, "--text", "Hello"), ("optout", "add", "+491725551234"), ("optout", "list")):
        found = cli(*command)
        assert found.code == 2
        assert "country" in found.err
    assert cli("--sandbox", *bulk(path, "--text", "Hello")).code == 0


def test_a_dry_run_stores_nothing(cli: Cli, path: Path, home: Path) -> None:
    cli("optout", "add", "+491725559999")
    cli(*bulk(path, "--text", TEXT))
    with closing(sqlite3.connect(next(home.rglob("*.db")))) as connection:
        for table in ("campaigns", "campaign_rows", "messages"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
