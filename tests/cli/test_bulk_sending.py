"""``mitto-tui bulk`` sends: against a server that counts every number, in a real database."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli, command, start
from tests.cli.sending import NUMBERS, PEOPLE, bulk, sums
from tests.servers.counting import CountingServer, Reply, Submission

SUMMARY = {
    *("campaign", "format", "encoding", "delimiter", "rows", "recipients", "invalid", "duplicates", "opted_out"),
    *("ambiguous", "segments", "unicode", "accepted", "rejected", "failed", "in_doubt", "queued", "skipped"),
    *("cancelled", "requests", "seconds", "state", "reason"),
}


def rows_in(home: Path, table: str) -> int:
    found = list(home.rglob("messages.db"))
    if not found:
        return 0
    with closing(sqlite3.connect(found[0])) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def answering(**by_number: Reply) -> Any:
    """Take everything, but what a number's last digits are answered."""

    def decide(submission: Submission) -> Reply:
        return next((reply for end, reply in by_number.items() if submission.to[0].endswith(end[1:])), Reply())

    return decide


def test_one_text_goes_in_chunks_and_the_summary_has_it_all(cli: Cli, people: Path) -> None:
    with CountingServer() as server:
        found = cli(*bulk(people, "--chunk", 5, "--json"), url=server.url)
        assert (found.code, found.err) == (0, "")
        assert server.taken == dict.fromkeys(NUMBERS, 1)
        assert [len(one.to) for one in server.submissions] == [5, 5, 2]
    summary = found.json
    assert set(summary) == SUMMARY
    assert sums(summary) == {"accepted": PEOPLE}
    assert {key: summary[key] for key in ("campaign", "rows", "invalid", "requests", "state", "reason", "format")} == {
        **{"campaign": 1, "rows": 13, "invalid": 1, "requests": 3, "state": "finished", "reason": None},
        "format": "csv",
    }
    assert summary["seconds"] > 0
    listed = cli("history", "--campaign", 1, "--json").json
    assert {row["to"]: row["status"] for row in listed} == dict.fromkeys(NUMBERS, "accepted")


def test_lines_first_and_the_summary_last(cli: Cli, people: Path) -> None:
    with CountingServer() as server:
        found = cli(*bulk(people, "--jsonl", "--limit", 3, "--test", text="Dear {name}"), url=server.url)
        assert {post.to: post.text for post in server.posts} == {
            number: f"Dear N{number[-2:]}" for number in NUMBERS[:3]
        }
        assert all(one.test for one in server.submissions)
    *rows, last = found.jsonl
    assert [(row["to"], row["status"]) for row in rows] == [(number, "ok") for number in NUMBERS[:3]]
    assert sums(last["summary"]) == {"accepted": 3}
    assert found.code == 0


def test_what_people_are_told(cli: Cli, people: Path) -> None:
    def decide(submission: Submission) -> Reply:
        if submission.to[0] == NUMBERS[3]:
            return Reply(code=11)
        return Reply(body=b"<html>") if submission.to[0] == NUMBERS[4] else Reply()

    with CountingServer(decide) as server:
        found = cli("--profile", "default", *bulk(people, "--chunk", 1), url=server.url)
    assert (found.code, found.out) == (3, "")
    for said in (
        "list.csv: CSV",
        "13 rows: 12 recipients, 1 left out",
        "Sending campaign 1. Ctrl+C pauses it.",
        "Campaign 1 is finished: 10 of 12 accepted (12 requests in ",
        "The others: 1 rejected, 1 in doubt.",
        "1 message may have been sent or not",
        "  mitto-tui --profile default history --campaign 1 --status in_doubt\n",
        "  mitto-tui --profile default history --campaign 1 --status rejected",
    ):
        assert said in found.err
    assert "dry run" not in found.err
    assert "resume" not in found.err


REFUSED = {
    "rejected": (Reply(code=11), 1, "rejected"),
    "in doubt": (Reply(status=500, body=b"oops"), 3, "in_doubt"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_exit_codes_by_what_became_of_one(cli: Cli, people: Path, case: str) -> None:
    reply, code, name = REFUSED[case]
    with CountingServer(answering(_0003=reply)) as server:
        found = cli(*bulk(people, "--chunk", 1, "--json"), url=server.url)
    assert found.code == code
    assert sums(found.json) == {"accepted": PEOPLE - 1, name: 1}


def test_a_key_that_is_refused_pauses_it_and_it_can_go_on(cli: Cli, people: Path) -> None:
    with CountingServer(lambda _: Reply(status=401, code=None)) as server:
        found = cli(*bulk(people, "--json"), url=server.url)
        assert found.code == 4
        assert (found.json["state"], found.json["reason"]) == ("paused", "unauthorised")
        assert sums(found.json) == {"queued": PEOPLE}
        server.decide = lambda _: Reply()
        again = cli("campaign", "resume", 1, "--json", url=server.url)
        assert again.code == 0
        assert {**sums(again.json), "requests": again.json["requests"]} == {"accepted": PEOPLE, "requests": 1}
        assert server.taken == dict.fromkeys(NUMBERS, 1)


def test_without_a_terminal_yes_is_needed_before_anything_is_read(cli: Cli, home: Path) -> None:
    for file in ("/nowhere/list.csv", "-"):
        found = cli("bulk", file, "--from", "Demo", "--text", "-", "--json")
        assert (found.code, found.out) == (2, "")
        assert "needs --yes" in found.err
    assert not home.exists()


def test_without_a_key_nothing_is_stored(cli: Cli, people: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MITTO_API_KEY")
    found = cli(*bulk(people, "--jsonl"))
    assert (found.code, found.out) == (4, "")
    assert rows_in(home, "campaigns") == 0


WRONG: dict[str, tuple[tuple[object, ...], str]] = {
    "no rate": (("--rate", 0), "--rate must be above 0"),
    "a rate that is none": (("--rate", "nan"), "--rate must be above 0"),
    "too fast": (("--rate", 10_001), "at most 10,000 messages"),
    "no chunk": (("--chunk", 0), "--chunk must be from 1"),
    "too many": (("--in-flight", 1_001), "--in-flight must be from 1"),
    "no time": (("--timeout", 0), "--timeout must be above 0"),
    "no canary": (("--canary", 0), "at least 1"),
    "no share": (("--canary", 2, "--canary-share", 80), "such as 0.8"),
    "no wait": (("--canary", 2, "--canary-wait", "nan"), "--canary-wait must be above 0"),
    "half a canary": (("--canary-wait", 5), "go with --canary"),
    "a test's canary": (("--canary", 2, "--test"), "never delivered"),
}


@pytest.mark.parametrize("case", WRONG)
def test_limits_that_are_none(cli: Cli, people: Path, home: Path, case: str) -> None:
    options, said = WRONG[case]
    found = cli(*bulk(people, *options))
    assert (found.code, found.out) == (2, "")
    assert said in found.err
    assert rows_in(home, "campaigns") == 0


def test_a_list_that_leaves_nobody_is_wrong_input_and_not_kept(cli: Cli, people: Path, home: Path) -> None:
    people.write_text("phone\n12\n13\n")
    with CountingServer() as server:
        found = cli(*bulk(people, "--phone-column", 1, "--json"), url=server.url)
        assert found.code == 2
        assert (found.json["recipients"], found.json["campaign"]) == (0, None)
        assert "Nobody is left to send to" in cli(*bulk(people, "--phone-column", 1), url=server.url).err
        assert server.connections == 0
    assert rows_in(home, "campaigns") == 0


def test_a_list_from_standard_input(cli: Cli, people: Path) -> None:
    with CountingServer() as server:
        found = cli(*bulk("-", "--json"), url=server.url, stdin=people.read_bytes())
        assert (found.code, found.json["accepted"]) == (0, PEOPLE)
        assert server.taken == dict.fromkeys(NUMBERS, 1)


def test_the_same_content_again(cli: Cli, people: Path, home: Path) -> None:
    with CountingServer(lambda _: Reply(status=403, code=None)) as server:
        paused = cli(*bulk(people), url=server.url)
        assert paused.code == 4
        assert "Campaign 1 is paused: 0 of 12 accepted" in paused.err
        assert "The others: 12 still queued." in paused.err
        assert "Check the key" in paused.err
        assert "To go on with what is queued:\n  mitto-tui campaign resume 1\n" in paused.err
        found = cli(*bulk(people, "--json"), url=server.url)
        assert (found.code, found.out) == (2, "")
        assert "mitto-tui campaign resume 1" in found.err
        assert rows_in(home, "campaigns") == 1, "a list that is refused is not kept"
        server.decide = lambda _: Reply()
        assert cli(*bulk(people, "--again", "--json"), url=server.url).json["accepted"] == PEOPLE
        assert cli("campaign", "cancel", 1, "--json", url=server.url).json["counts"]["cancelled"] == PEOPLE
        finished = cli(*bulk(people, "--json"), url=server.url)
        assert finished.code == 0
        assert re.findall(r"Warning: campaign (\d+)", finished.err) == ["3"], "one that reached nobody is none"
        assert "a second time" in finished.err
        assert cli(*bulk(people, text="Another"), url=server.url).err.count("Warning: campaign") == 0


def test_a_canary_that_is_not_delivered_holds_the_rest(cli: Cli, people: Path) -> None:
    with CountingServer() as server:
        found = cli(*bulk(people, "--canary", 4, "--canary-wait", 0.1, "--json"), url=server.url)
        assert found.code == 1
        assert (found.json["state"], found.json["reason"]) == ("paused", "canary")
        assert sums(found.json) == {"accepted": 4, "queued": PEOPLE - 4}
        assert sorted(server.taken) == NUMBERS[:4]
        assert cli("campaign", "resume", 1, "--json", url=server.url).json["accepted"] == PEOPLE
        assert server.taken == dict.fromkeys(NUMBERS, 1)


def test_one_message_in_doubt_is_sent_again_by_a_persons_word(cli: Cli, people: Path) -> None:
    """Of a campaign that is paused, that one message and no other."""

    def decide(submission: Submission) -> Reply:
        return Reply(*((200, 0), (500, None), (401, None))[min(submission.number, 2)])

    with CountingServer(decide) as server:
        assert cli(*bulk(people, "--chunk", 1, "--in-flight", 1), url=server.url).code == 4
        assert cli("campaign", "show", 1, "--json").json["counts"]["queued"] == PEOPLE - 2
        [doubtful] = cli("history", "--campaign", 1, "--status", "in_doubt", "--json").json
        queued = cli("history", "--campaign", 1, "--status", "queued", "--json").json
        assert len(queued) == PEOPLE - 2
        server.decide = lambda _: Reply()
        before = server.taken
        again = cli("history", "resolve", doubtful["id"], "--send-again", "--yes", "--json", url=server.url)
        assert (again.code, again.json["status"]) == (0, "accepted")
        assert server.taken - before == {doubtful["to"]: 1}
        assert cli("campaign", "show", 1, "--json").json["state"] == "paused"


# -- processes ---------------------------------------------------------------------------------------------------------

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")


def said_until(process: subprocess.Popen[bytes], words: str) -> str:
    """What it says to people, up to a line with ``words``."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line.decode()
        if words in said:
            return said
    raise AssertionError(said)


@posix
def test_interrupted_once_it_waits_for_answers_and_pauses(cli: Cli, home: Path, people: Path) -> None:
    with CountingServer(lambda _: Reply(delay=None)) as server:
        process = start(bulk(people, "--chunk", 1, "--in-flight", 3, "--json"), {"MITTO_BASE_URL": server.url})
        server.until(lambda: len(server.posts) == 3)
        process.send_signal(signal.SIGINT)
        said_until(process, "Waiting for the answers for 3 messages; press Ctrl+C again to stop at once.")
        server.release()
        out, err = process.communicate(timeout=20)
        assert process.returncode == 130
        assert "mitto-tui campaign resume 1\n" in err.decode()
        assert sums(json.loads(out)) == {"accepted": 3, "queued": PEOPLE - 3}
        assert len(server.posts) == 3
        shown = cli("campaign", "show", 1, "--json").json
        assert (shown["state"], shown["reason"]) == ("paused", "person")


@posix
def test_interrupted_twice_it_stops_and_what_was_under_way_is_in_doubt(cli: Cli, home: Path, people: Path) -> None:
    with CountingServer(lambda _: Reply(delay=None)) as server:
        process = start(bulk(people, "--chunk", 4, "--in-flight", 2), {"MITTO_BASE_URL": server.url})
        server.until(lambda: len(server.posts) == 8)
        process.send_signal(signal.SIGTERM)
        said_until(process, "to stop at once.")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out) == (130, b"")
        assert "Interrupted. Campaign 1 is paused: 0 of 12 accepted" in err.decode()
        assert "  mitto-tui campaign resume 1\n" in err.decode()
        assert "Traceback" not in err.decode()
        counts = cli("campaign", "show", 1, "--json").json["counts"]
        assert (counts["in_doubt"], counts["queued"]) == (8, PEOPLE - 8)
        server.decide = lambda _: Reply()
        resumed = cli("campaign", "resume", 1, "--json", url=server.url)
        assert resumed.code == 3
        assert sums(resumed.json) == {"in_doubt": 8, "accepted": PEOPLE - 8}
        assert server.posted == dict.fromkeys(NUMBERS, 1)


@posix
def test_interrupted_while_the_list_is_checked_nothing_is_kept(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("phone\n" + "".join(f"+49172555{number:05}\n" for number in range(5_000)))
    with CountingServer() as server:
        process = start(bulk(path, "--jsonl"), {"MITTO_BASE_URL": server.url})  # more than a pipe holds
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b'{"row": 2, ')
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, err) == (130, b"Interrupted. Nothing was sent, and nothing is kept.\n")
        assert b"summary" not in out
        assert server.connections == 0
    assert (rows_in(home, "campaigns"), rows_in(home, "campaign_rows")) == (0, 0)


@posix
def test_whoever_reads_the_lines_goes_away_and_nothing_is_sent(home: Path, tmp_path: Path) -> None:
    """As with ``| head``, which is no leave to send."""
    path = tmp_path / "list.csv"
    path.write_text("phone\n" + "".join(f"+49172555{number:05}\n" for number in range(5_000)))
    with CountingServer() as server:
        process = start(bulk(path, "--jsonl"), {"MITTO_BASE_URL": server.url})
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=20) == 2
        assert process.stderr is not None
        assert b"nothing is kept" in process.stderr.read()
        process.stderr.close()
        assert server.connections == 0
    assert rows_in(home, "campaigns") == 0


# -- at a terminal -----------------------------------------------------------------------------------------------------


def at_a_terminal(arguments: tuple[object, ...], url: str, answer: Callable[[], str]) -> tuple[int, str]:
    """Run it at a terminal of its own, and type the answer when it asks; exit code and all that was seen."""
    import pty
    import select

    child, terminal = pty.fork()
    if not child:
        os.execve(sys.executable, command(*arguments), {**os.environ, "MITTO_BASE_URL": url, "COLUMNS": "100"})
    seen, asked, typed, patience = "", False, "", 10
    while True:
        ready, _, _ = select.select([terminal], [], [], 3)
        if not ready:
            # Python can miss a Ctrl+C between its look at signals and its read; a person presses it again.
            patience -= 1
            assert patience, seen
            os.write(terminal, typed.encode() if typed == "\x03" else b"")
            continue
        try:
            data = os.read(terminal, 4096)
        except OSError:  # as Linux says that the other side is closed
            break
        if not data:
            break
        seen += data.decode(errors="replace")
        if not asked and re.search(r"Type [^\n]+: $", seen):
            asked, typed = True, answer()
            os.write(terminal, typed.encode())
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), seen


@posix
def test_a_person_types_how_many_and_sees_it_go(cli: Cli, home: Path, people: Path) -> None:
    asked = tuple(part for part in bulk(people) if part != "--yes")
    with CountingServer() as server:
        code, seen = at_a_terminal(asked, server.url, lambda: "11\n")
        assert code == 2
        assert "This sends 12 messages from Demo with the profile default: 12 parts." in seen
        assert "That is not 12. Nothing was sent, and nothing is kept." in seen
        assert server.connections == 0
        assert rows_in(home, "campaigns") == 0
        code, seen = at_a_terminal((*asked, "--rate", 60), server.url, lambda: " 12\n")
        assert code == 0
        assert "12 of 12 accepted" in seen
        assert re.search(r"\r[━─ ]*\d+ of 12", seen)
        assert server.taken == dict.fromkeys(NUMBERS, 1)
        code, seen = at_a_terminal(asked, server.url, lambda: "\x03")
        assert code == 130
        assert re.search(
            r"Warning: campaign \d+ of [^\n]+\n\(12 messages accepted, 0 in doubt\)", seen.replace("\r", "")
        )
        assert "Type again" in seen
        assert "\nInterrupted. Nothing was sent, and nothing is kept." in seen
        assert rows_in(home, "campaigns") == 1
        assert server.taken == dict.fromkeys(NUMBERS, 1)


@posix
def test_what_another_program_sent_while_it_asked_is_not_sent_twice(cli: Cli, home: Path, people: Path) -> None:
    with CountingServer() as server:

        def send_elsewhere() -> str:
            assert cli(*bulk(people), url=server.url).code == 0
            return "12\n"

        asked = tuple(part for part in bulk(people) if part != "--yes")
        code, seen = at_a_terminal(asked, server.url, send_elsewhere)
        assert code == 2
        assert "Another program began campaign 2 meanwhile" in seen
        assert server.taken == dict.fromkeys(NUMBERS, 1)
    assert [one["state"] for one in cli("campaign", "list", "--json").json] == ["finished", "cancelled"]
