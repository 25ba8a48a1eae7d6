"""``mitto-tui history purge``, with the sandbox's own messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.sending import NUMBERS
from tests.servers.raw import RawServer, answer


@pytest.fixture
def sent(cli: Cli) -> Cli:
    """Two refused messages and one in doubt."""
    refused = answer(b'{"responseCode": 4, "responseText": "Invalid receiver"}')
    with RawServer(refused, refused, answer(b"", status=502)) as server:
        for text in ("secret-one", "secret-two", "secret-doubt"):
            cli("send", "--from", "Demo", "--to", f"+{NUMBERS[0]}", "--text", text, url=server.url)
    return cli


def tomorrow() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).date().isoformat()


def soon() -> str:
    return datetime.now(UTC).isoformat()


def test_a_dry_run_says_what_would_go_and_keeps_it(sent: Cli) -> None:
    found = sent("history", "purge", "--before", soon(), "--dry-run")
    assert (found.code, found.err) == (
        0,
        "2 messages would be deleted.\nKept, because it or its campaign has not ended: 1 in doubt.\n",
    )
    assert len(sent("history", "--json").json) == 3


def test_what_has_ended_goes_and_leaves_nothing_in_any_file(sent: Cli, home: Path) -> None:
    found = sent("history", "purge", "--before", soon(), "--json")
    assert (found.code, found.json) == (
        0,
        {"deleted": True, "messages": 2, "reports": 0, "lists": 0, "kept": {"in_doubt": 1}},
    )
    assert [row["text"] for row in sent("history", "--json").json] == ["secret-doubt"]
    everything = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    assert b"secret-doubt" in everything
    assert b"secret-one" not in everything
    assert b"secret-two" not in everything
    assert b"Invalid receiver" not in everything
    assert sent("history", "purge", "--before", soon()).err.startswith("Nothing that old has ended.\n")
    assert sent("history", "purge", "--before", "2001-01-01").err == "Nothing is that old.\n"


def test_a_day_to_come_means_all_that_has_ended(sent: Cli) -> None:
    assert sent("history", "purge", "--before", tomorrow(), "--yes").err == (
        "2 messages deleted.\nKept, because it or its campaign has not ended: 1 in doubt.\n"
    )
    assert [row["text"] for row in sent("history", "--json").json] == ["secret-doubt"]


def test_what_is_no_day_deletes_nothing(sent: Cli) -> None:
    refused = sent("history", "purge", "--before", "yesterday")
    assert refused.code == 2
    assert "is not a time" in refused.err
    assert len(sent("history", "--json").json) == 3
