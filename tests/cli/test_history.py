"""``mitto-tui history``: filters, one message, export, and a person's word."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mitto_tui.workspace.history_export import harmless
from tests.cli.conftest import Cli
from tests.servers import raw
from tests.servers.raw import RawServer, answer

ACCEPTED = {"id": "d88ae721-2938-45af-b8a0-b8de4231f702", "responseCode": 0, "responseText": "SMS sent"}
OK = answer(json.dumps(ACCEPTED).encode())
REFUSED = answer(b'{"responseCode": 8, "responseText": "Invalid receiver"}')


@pytest.fixture
def sent(cli: Cli) -> list[dict[str, Any]]:
    """An accepted, a refused and a doubtful message, oldest first."""
    rows = []
    for text, number, behaviour in (
        ("First ÄPFEL", "+491725551234", OK),
        ("=1+1 second", "+447700900123", REFUSED),
        ("Third", "+491725551235", raw.close_after_reading),
    ):
        with RawServer(behaviour) as server:
            rows.append(cli("send", "--from", "Shop", "--to", number, "--text", text, "--json", url=server.url).json)
    return rows


def ids(cli: Cli, *arguments: object) -> list[int]:
    result = cli("history", *arguments, "--json")
    assert result.code == 0, result.err
    return [row["id"] for row in result.json]


def test_filters(cli: Cli, sent: list[dict[str, Any]]) -> None:
    first, second, third = (row["id"] for row in sent)
    today = datetime.now(UTC).date()
    assert ids(cli) == [third, second, first]
    assert ids(cli, "--limit", 2) == [third, second]
    assert ids(cli, "--limit", 0) == []
    assert ids(cli, "--status", "accepted") == [first]
    assert ids(cli, "--status", "accepted", "--status", "in_doubt") == [third, first]
    assert ids(cli, "--search", "äpfel") == [first]
    assert ids(cli, "--search", "7009001") == [second]
    assert ids(cli, "--search", "d88ae721") == [first]
    assert ids(cli, "--search", "%") == []
    assert ids(cli, "--to", "0049 172 5551234") == [first]
    assert ids(cli, "--campaign", 1) == []
    assert ids(cli, "--since", today.isoformat()) == [third, second, first]
    assert ids(cli, "--until", today.isoformat()) == [third, second, first]
    assert ids(cli, "--until", (today - timedelta(days=1)).isoformat()) == []
    assert ids(cli, "--since", (today + timedelta(days=1)).isoformat()) == []


def test_a_row_is_what_the_contract_says(cli: Cli, sent: list[dict[str, Any]]) -> None:
    row = cli("history", "--status", "rejected", "--jsonl").json
    assert datetime.fromisoformat(row.pop("created_at")).tzinfo is not None
    assert datetime.fromisoformat(row.pop("updated_at")).tzinfo is not None
    assert row.pop("error").startswith("Mitto refused it: invalid receiver (code 8).")
    assert row == {
        "id": sent[1]["id"],
        "campaign": None,
        "to": "447700900123",
        "from": "Shop",
        "text": "=1+1 second",
        "status": "rejected",
        "mitto_id": None,
        "reference": None,
        "encoding": "gsm",
        "segments": 1,
        "attempts": 1,
        "test": False,
    }


@pytest.mark.parametrize("wrong", [("--status", "lost"), ("--since", "yesterday"), ("--limit", "-1"), ("--limit", "x")])
def test_wrong_filters_are_named(cli: Cli, wrong: tuple[str, str]) -> None:
    result = cli("history", *wrong)
    assert result.code == 2
    assert wrong[0].lstrip("-") in result.err
    assert result.out == ""


def test_show_has_every_event_and_the_raw_answer(cli: Cli, sent: list[dict[str, Any]]) -> None:
    shown = cli("history", "show", sent[1]["id"])
    assert shown.code == 0
    assert '{"responseCode": 8, "responseText": "Invalid receiver"}' in shown.err
    told = [line[21:] for line in shown.err.splitlines() if line[:4].isdigit()]
    assert told == ["Stored", "Attempt 1", "Refused by Mitto (attempt 1)"]
    kinds = [entry["kind"] for entry in cli("history", "show", sent[1]["id"], "--json").json["timeline"]]
    assert kinds == ["queued", "claimed", "rejected"]


@pytest.mark.parametrize("number", ["999", "0", "-1", str(2**70)])
def test_an_unknown_message_is_said_to_be_unknown(cli: Cli, number: str) -> None:
    result = cli("history", "show", "--", number)
    assert result.code == 2
    assert f"no message {number}" in result.err


def test_export_and_read_back(cli: Cli, sent: list[dict[str, Any]], tmp_path: Path) -> None:
    table, lines = tmp_path / "out.csv", tmp_path / "out.jsonl"
    assert cli("history", "export", table).code == 0
    assert cli("history", "export", lines, "--status", "accepted").code == 0
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == ["Third", "'=1+1 second", "First ÄPFEL"]
    assert [json.loads(line)["id"] for line in lines.read_text(encoding="utf-8").splitlines()] == [sent[0]["id"]]
    assert table.stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "out.csv", "out.jsonl"]


def test_export_writes_through_nothing_that_lies_in_its_way(
    cli: Cli, sent: list[dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / "precious").write_text("mine")
    (tmp_path / ".out.csv.part").symlink_to("precious")
    written = cli("history", "export", tmp_path / "out.csv", "--status", "accepted")
    assert (written.code, written.err) == (0, f"1 message written to {tmp_path / 'out.csv'}.\n")
    assert (tmp_path / "precious").read_text() == "mine"
    assert (tmp_path / ".out.csv.part").is_symlink()


def test_export_that_cannot_be_written_leaves_nothing(cli: Cli, sent: list[dict[str, Any]], tmp_path: Path) -> None:
    result = cli("history", "export", tmp_path / "missing" / "out.csv")
    assert result.code == 1
    assert "there is no folder" in result.err
    (tmp_path / "folder.csv").mkdir()
    assert cli("history", "export", tmp_path / "folder.csv").code == 1
    assert cli("history", "export", tmp_path / "out.txt").code == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.csv", "home"]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_cell_runs_as_a_formula(cell: str) -> None:
    assert harmless(cell) == "'" + cell
    assert harmless("plain") == "plain"
    assert harmless(None) == ""


def test_an_answer_is_shown_once_whatever_is_decided_afterwards(cli: Cli) -> None:
    with RawServer(answer(b"an answer nobody can read")) as server:
        cli("send", "--from", "Shop", "--to", "+491725551234", "--text", "Hello", url=server.url)
    cli("history", "resolve", 1, "--assume-sent")
    shown = cli("history", "show", 1).err
    assert "Somebody took it as sent" in shown
    assert shown.count("an answer nobody can read") == 1


def test_nothing_is_assumed_where_one_of_several_is_certain(cli: Cli, sent: list[dict[str, Any]]) -> None:
    result = cli("history", "resolve", sent[2]["id"], sent[0]["id"], "--assume-sent")
    assert result.code == 1
    assert "accepted" in result.err
    assert cli("history", "--json").json[0]["status"] == "in_doubt"


def test_assume_sent(cli: Cli, sent: list[dict[str, Any]]) -> None:
    result = cli("history", "resolve", sent[2]["id"], "--assume-sent", "--json")
    assert (result.code, result.json["status"]) == (0, "assumed_sent")
    again = cli("history", "resolve", sent[2]["id"], "--assume-sent")
    assert again.code == 1
    assert "assumed" in again.err


def test_send_again_needs_a_word_and_sends_once(cli: Cli, sent: list[dict[str, Any]]) -> None:
    with RawServer(OK) as server:
        asked = cli("history", "resolve", sent[2]["id"], "--send-again", url=server.url)
        assert asked.code == 2
        assert "--yes" in asked.err
        assert server.connections == 0
        done = cli("history", "resolve", sent[2]["id"], sent[2]["id"], "--send-again", "--yes", "--json")
        assert (done.code, done.json["status"], done.json["attempts"]) == (0, "accepted", 2)
        assert len(server.requests) == 1
        refused = cli("history", "resolve", sent[0]["id"], "--send-again", "--yes")
        assert refused.code == 2
        assert "nothing to send again" in refused.err
        assert len(server.requests) == 1


def test_resolving_needs_one_decision(cli: Cli, sent: list[dict[str, Any]]) -> None:
    assert cli("history", "resolve", sent[2]["id"]).code == 2
    assert cli("history", "resolve", sent[2]["id"], "--assume-sent", "--send-again").code == 2
    assert cli("history", "resolve", "--assume-sent").code == 2


def test_an_empty_history_says_what_to_do(cli: Cli) -> None:
    result = cli("history")
    assert (result.code, result.out) == (0, "")
    assert "mitto-tui send" in result.err
    assert cli("history", "--json").json == []
    assert cli("history", "--jsonl").out == ""
