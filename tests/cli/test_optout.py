"""``mitto-tui optout``: in any notation, one by one or as a list."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli


def listed(cli: Cli) -> list[tuple[str, str]]:
    return [(one["to"], one["source"]) for one in cli("optout", "list", "--json").json]


def test_add_list_and_remove(cli: Cli) -> None:
    added = cli("optout", "add", "+49 172 5551234", "0172/5551235", "491725551234", "--country", "DE", "--json")
    assert added.code == 0
    assert added.json == [{"to": "491725551234", "added": True}, {"to": "491725551235", "added": True}]
    again = cli("optout", "add", "+491725551235", "--source", "a reply", "--json")
    assert again.json == [{"to": "491725551235", "added": False}]
    assert listed(cli) == [("491725551234", ""), ("491725551235", "")]
    shown = cli("optout", "list")
    assert shown.out == ""
    assert "+491725551234" in shown.err
    removed = cli("optout", "remove", "+491725551234", "+491725551239", "--json")
    assert removed.json == [{"to": "491725551234", "removed": True}, {"to": "491725551239", "removed": False}]
    assert listed(cli) == [("491725551235", "")]
    assert "may be written to again" in cli("optout", "remove", "+491725551235").err
    assert "Nobody" in cli("optout", "list").err


@pytest.mark.parametrize("command", ["add", "remove"])
def test_one_that_is_no_number_keeps_all_from_being_changed(cli: Cli, command: str) -> None:
    cli("optout", "add", "+491725551235")
    found = cli("optout", command, "+491725551234", "+491725551235", "0172")
    assert found.code == 2
    assert found.out == ""
    assert "0172" in found.err
    assert listed(cli) == [("491725551235", "")]


def test_each_profile_has_its_own(cli: Cli) -> None:
    cli("--sandbox", "optout", "add", "+491725551234")
    assert listed(cli) == []


def test_who_opted_out_is_not_sent_to(cli: Cli) -> None:
    cli("--sandbox", "optout", "add", "+491725551234")
    found = cli("--sandbox", "send", "--from", "Demo", "--to", "+491725551234", "--text", "Hello", "--json")
    assert found.json["status"] == "skipped"


def test_a_list_of_them(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "stop.csv"
    path.write_text(
        "phone,why\n0172 5551234,STOP\n+49 172 5551234,again\n,empty\nabc,x\n0172 5551235 ::: 0172 5551236,both\n"
    )
    cli("optout", "add", "+491725551235")
    found = cli("optout", "import", path, "--country", "DE", "--json")
    assert found.code == 1  # somebody who opted out could not be read
    assert found.json == {
        **{"format": "csv", "encoding": "utf-8", "delimiter": ",", "rows": 5, "numbers": 4, "added": 2, "known": 1},
        **{"duplicates": 1, "empty": 1, "invalid": 1, "ambiguous": 0},
    }
    assert listed(cli) == [
        ("491725551234", "import stop.csv"),
        ("491725551235", ""),
        ("491725551236", "import stop.csv"),
    ]
    told = cli("optout", "import", path, "--country", "DE")
    assert told.out == ""
    assert "1 number could not be read and may still be written to:" in told.err
    assert "row 5: abc: " in told.err


def test_lists_that_are_all_right_and_all_wrong(cli: Cli, tmp_path: Path) -> None:
    assert cli("optout", "import", "-", stdin=b"+491725551234\n+491725551235\n").code == 0
    assert len(listed(cli)) == 2
    path = tmp_path / "wrong.csv"
    path.write_text("phone\n0172 5551234\n0172 5551235\n")
    found = cli("optout", "import", path)
    assert found.code == 2  # no country: not one of them can be read
    assert "may still be written to" in found.err
    assert cli("optout", "import", tmp_path).code == 2
    assert cli("optout", "import", path, "--phone-column", "mobile").code == 2
