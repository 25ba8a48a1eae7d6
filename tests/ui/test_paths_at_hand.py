"""Paths as people and terminals write them, what completes them, and which were used before."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mitto_tui.storage.database import Database
from mitto_tui.storage.meta import Meta
from mitto_tui.ui.pasted import looks_like_numbers, only_line, only_path
from mitto_tui.ui.paths_at_hand import (
    MOST_OFFERED,
    Completer,
    Entry,
    Kind,
    PathProblem,
    in_order,
    no_such_file,
    read_folder,
)
from mitto_tui.ui.picking import Picked, look_at, tail
from mitto_tui.ui.recent_paths import MOST, Recent, RecentPaths
from mitto_tui.ui.typed_path import meanings, resolve
from mitto_tui.ui.widgets.file_table import read_line, size_words

HOSTILE = (
    "a b.csv",
    "it's.csv",
    'quo"te.csv',
    "back\\slash.csv",
    "~odd.csv",
    "$HOME.csv",
    "\x1b[31m.csv",
    "\u202ecsv.txt",
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in ("customers.csv", "Customers 2.XLSX", "curry.png", ".hidden.csv", "2024 customers.csv.gz"):
        (tmp_path / name).write_text("x")
    (tmp_path / "cubes").mkdir()
    (tmp_path / "cubes" / "list.vcf").write_text("x")
    return tmp_path


def env(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "LISTS": str(home / "cubes"), "EMPTY": ""}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("customers.csv", "customers.csv"),
        ("  customers.csv ", "customers.csv"),
        ("./cubes/../customers.csv", "customers.csv"),
        ("~/customers.csv", "customers.csv"),
        ("$HOME/customers.csv", "customers.csv"),
        ("${LISTS}/list.vcf", "cubes/list.vcf"),
        ("'~/Customers 2.XLSX' ", "Customers 2.XLSX"),
        ('"$HOME/Customers 2.XLSX"', "Customers 2.XLSX"),
        ("Customers\\ 2.XLSX", "Customers 2.XLSX"),
        ("Customers 2.XLSX", "Customers 2.XLSX"),
        ("file://{home}/Customers%202.XLSX", "Customers 2.XLSX"),
        ("FILE://localhost{home}/customers.csv\n", "customers.csv"),
    ],
)
def test_every_way_to_write_a_path_is_understood(home: Path, typed: str, found: str) -> None:
    path = resolve(typed.format(home=home) if "{home}" in typed else typed, home, env(home))
    assert path is not None
    assert path.samefile(home / found)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_exists_as_it_stands_is_meant_as_it_stands_and_as_a_terminal_quotes_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    assert resolve(str(tmp_path / name)) == tmp_path / name
    assert resolve(shlex.quote(str(tmp_path / name)) + " ") == tmp_path / name
    assert resolve((tmp_path / name).as_uri()) == tmp_path / name
    completer = Completer()
    offer = completer.offer(name[:2], tmp_path, {"HOME": "/nowhere"}) if name[0] != "~" else None
    if offer is not None:
        assert resolve(offer.taken(offer.entries[0]), tmp_path, {"HOME": "/nowhere"}) == tmp_path / name


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_no_text_are_found_and_kept_exactly(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9.csv"
    with open(raw, "wb"):
        pass
    offer = Completer().offer(f"{tmp_path}/caf")
    assert offer is not None
    path = resolve(offer.taken(offer.entries[0]))
    assert path is not None
    assert os.fsencode(path) == raw
    assert read_line(tmp_path, offer.entries[0]).size == 0


def test_what_does_not_exist_is_read_as_it_was_most_likely_meant(tmp_path: Path) -> None:
    assert resolve("", tmp_path) is None
    assert resolve(" \t", tmp_path) is None
    assert resolve("~/gone.csv", tmp_path, {"HOME": "/home/me"}) == Path("/home/me/gone.csv")
    assert resolve("$NOBODY/x", tmp_path, {}) == tmp_path / "$NOBODY/x"
    assert resolve("nul\x00.csv", tmp_path) == tmp_path / "nul\x00.csv"
    assert resolve("'/a/b c.csv", tmp_path) == Path("/a/b c.csv")  # still being typed
    assert resolve("~", tmp_path, {"HOME": "/"}) == Path("/")


@given(st.text(max_size=40))
def test_any_text_has_a_meaning_unless_it_is_blank(text: str) -> None:
    found = meanings(text, {"HOME": "/home/me"})
    assert bool(found) is bool(text.strip())
    assert not found or text in {meaning.written for meaning in found}


@given(st.lists(st.from_regex(r"[a-z ._\\'\"$~-]{1,8}", fullmatch=True), min_size=1, max_size=3))
def test_whatever_a_shell_would_quote_is_among_the_meanings(parts: list[str]) -> None:
    path = "/" + "/".join(parts)
    assert path in {meaning.written for meaning in meanings(shlex.quote(path), {})}


def names(text: str, home: Path) -> list[str]:
    offer = Completer().offer(text, home, env(home))
    return [offer.taken(entry) for entry in offer.entries] if offer is not None else []


def test_what_completes_a_path_keeps_the_way_it_is_written(home: Path) -> None:
    lists = ["customers.csv", "2024 customers.csv.gz"]
    assert names("cust", home) == ["Customers 2.XLSX", *lists]
    assert names("CU", home) == ["cubes/", "Customers 2.XLSX", "customers.csv", "curry.png", "2024 customers.csv.gz"]
    assert names("~/cub", home) == ["~/cubes/"]
    assert names("$HOME/cub", home) == ["$HOME/cubes/"]
    assert names("'~/Customers 2", home) == ["~/Customers 2.XLSX"]
    assert names("cubes", home) == ["cubes/"]
    assert names("cubes/", home) == ["cubes/list.vcf"]
    assert names(".h", home) == [".hidden.csv"]
    assert names("~", home) == ["~/"]
    assert names("cubes/..", home) == ["cubes/../"]
    for nothing in ("curry.png", "nothing", "nowhere/x", "customers.csv/", " ", "hidden"):
        assert names(nothing, home) == []


def test_a_huge_folder_is_cut_and_counted_and_read_once(tmp_path: Path) -> None:
    for number in range(MOST_OFFERED + 4):
        (tmp_path / f"list{number}.csv").touch()
    completer = Completer()
    offer = completer.offer("list", tmp_path)
    assert offer is not None
    assert (len(offer.entries), offer.more) == (MOST_OFFERED, 4)
    again = completer.offer("list30", tmp_path)
    assert again is not None
    assert again.entries[0].name == "list30.csv"
    (tmp_path / "list30a.csv").touch()
    os.utime(tmp_path, (1, 1))
    again = completer.offer("list30", tmp_path)
    assert again is not None
    assert "list30a.csv" in {entry.name for entry in again.entries}


def test_reading_ends_where_nobody_wants_to_know_any_more(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    folder = read_folder(tmp_path, lambda: False)
    assert folder.cut
    assert not folder.entries


@given(st.lists(st.builds(Entry.of, st.text(min_size=1, max_size=3), folder=st.booleans()), max_size=60))
def test_the_order_is_the_same_however_it_is_made(entries: list[Entry]) -> None:
    many = entries * 200
    assert in_order(many) == sorted(many)


def test_folders_that_cannot_be_read_are_explained(home: Path) -> None:
    with pytest.raises(PathProblem, match="no folder “gone” any more"):
        read_folder(home / "gone")
    with pytest.raises(PathProblem, match="is not a folder"):
        read_folder(home / "customers.csv")
    with pytest.raises(PathProblem, match="can’t be read"):
        read_folder(Path("nul\x00"))
    assert "no file “x\u241b.csv”" in str(no_such_file(home / "x\x1b.csv"))
    assert "There is no folder" in str(no_such_file(home / "gone" / "x.csv"))


def test_places_to_save_are_looked_at_before_anything_is_written(home: Path) -> None:
    assert look_at(home / "new.csv", for_saving=True) == Picked(home / "new.csv")
    assert look_at(home / "customers.csv", for_saving=True) == Picked(home / "customers.csv", overwrite=True)
    assert look_at(home / "cubes", for_saving=True) == home / "cubes"
    for path in (home / "gone" / "new.csv", None):
        with pytest.raises(PathProblem):
            look_at(path, for_saving=True)
    with pytest.raises(PathProblem, match=r"no file “gone\.csv”"):
        look_at(home / "gone.csv", for_saving=False)


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 KB"), (999_949, "1.0 MB"), (12_345_678, "12 MB")]
)
def test_sizes_are_said_as_people_say_them(size: int, words: str) -> None:
    assert size_words(size) == words


def test_kinds_go_by_the_name() -> None:
    kinds = {name: Entry.of(name).kind for name in ("a.CSV", "a.csv.gz", "a.gz", "a", "csv", "a.vcf")}
    assert [name for name, kind in kinds.items() if kind is Kind.LIST] == ["a.CSV", "a.csv.gz", "a.vcf"]


def test_the_end_of_a_path_says_more_than_its_beginning() -> None:
    assert tail("/home/me/lists", 8) == "…e/lists"
    assert tail("/a", 8) == "/a"
    assert tail("日本日本", 5) == "…日本"


@pytest.mark.parametrize(
    ("text", "is_number"),
    [
        ("+49 172 5551234", True),
        ("491725551234;491725551235", True),
        ("12345", False),
        ("2024-list", False),
        ("", False),
    ],
)
def test_numbers_in_the_wrong_field_are_known(text: str, is_number: bool) -> None:
    assert looks_like_numbers(text) is is_number


def test_a_path_among_the_rows_is_known_if_it_is_there(home: Path) -> None:
    assert only_path(f"\n '{home / 'customers.csv'}' \n") == home / "customers.csv"
    assert only_path(f"{home / 'customers.csv'}\n{home / 'customers.csv'}") is None
    assert only_path(str(home)) is None
    assert only_path("+491725551234") is None
    assert only_line("x" * 100_000) == ""


@pytest.fixture
def meta(tmp_path: Path) -> Iterator[Meta]:
    with Database.open(tmp_path / "mitto.db") as database:
        yield Meta(database)


def test_files_used_last_are_kept_by_profile_newest_first(meta: Meta, home: Path) -> None:
    recents = RecentPaths(meta, "work")
    odd = home / "caf\udce9 \x1b.csv"
    for path in (*(home / f"{number}.csv" for number in range(20)), odd, home / "customers.csv", odd):
        recents.add(path)
    assert recents.files()[:2] == [Recent(odd, there=False), Recent(home / "customers.csv", there=True)]
    assert len(recents.files()) == MOST
    assert recents.folders() == [home]
    recents.forget(odd)
    assert recents.files()[0].path == home / "customers.csv"
    recents.keep_folder(home / "cubes")
    assert recents.folders() == [home / "cubes", home]
    assert RecentPaths(meta, "other").files() == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(kept=st.one_of(st.text(max_size=9), st.recursive(st.none() | st.text(max_size=5), st.lists).map(json.dumps)))
def test_what_is_no_list_of_paths_is_no_list(meta: Meta, kept: str) -> None:
    meta.set("work", "list.recent", kept.replace("\x00", ""))
    assert all(recent.path.is_absolute() for recent in RecentPaths(meta, "work").files())
