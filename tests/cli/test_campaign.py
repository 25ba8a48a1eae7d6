"""``mitto-tui campaign``: what there is, how it stands, and pausing, going on and ending from another process."""

from __future__ import annotations

import json
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mitto_tui.cli.context import ending_signals
from mitto_tui.storage.campaigns import Campaigns, NewCampaign
from mitto_tui.storage.database import Database
from tests.cli.conftest import Answer, Cli, start
from tests.cli.sending import NUMBERS, PEOPLE, bulk, sums
from tests.servers.counting import CountingServer, Reply, Submission

SHOWN = {
    *("id", "name", "profile", "state", "reason", "detail", "from", "text", "created_at", "started_at", "finished_at"),
    *("recipients", "counts"),
}
REFUSED = Reply(status=401, code=None)


def test_what_there_is_newest_first(cli: Cli, people: Path) -> None:
    assert "No campaigns" in cli("campaign", "list").err
    assert cli("campaign", "list", "--json").json == []
    with CountingServer() as server:
        assert cli(*bulk(people, text="First {name}"), url=server.url).code == 0
        server.decide = lambda _: REFUSED
        assert cli(*bulk(people, text="Second"), url=server.url).code == 4
    newest, oldest = cli("campaign", "list", "--json").json
    assert set(newest) == SHOWN
    assert (newest["id"], newest["state"], newest["reason"]) == (2, "paused", "unauthorised")
    assert "Check the key" in newest["detail"]
    assert newest["started_at"]
    assert newest["finished_at"] is None
    assert (oldest["id"], oldest["state"], oldest["reason"], oldest["detail"]) == (1, "finished", None, "")
    assert (oldest["name"], oldest["from"], oldest["text"]) == ("list.csv", "Demo", "First {name}")
    assert {status: number for status, number in oldest["counts"].items() if number} == {"accepted": PEOPLE}
    assert oldest["finished_at"] >= oldest["started_at"] >= oldest["created_at"]
    assert cli("campaign", "show", 1, "--json").json == oldest
    assert [one["id"] for one in cli("campaign", "list", "--limit", 1, "--json").json] == [2]
    header, second, first = cli("campaign", "list").err.splitlines()
    assert header.split() == ["id", "created", "state", "all", "accepted", "refused", "doubt", "queued", "list"]
    assert "paused (unauthorised)" in second
    assert first.split()[-6:] == ["12", "12", "0", "0", "0", "list.csv"]
    shown = cli("--profile", "default", "campaign", "show", 2).err
    for said in ("State       paused (unauthorised)", "Check the key", "Text        Second", "Queued  12"):
        assert said in shown
    assert shown.endswith("To go on with what is queued:\n  mitto-tui --profile default campaign resume 2\n")


def test_what_is_no_campaign_of_this_profile(cli: Cli, people: Path) -> None:
    assert cli("--sandbox", *bulk(people)).code == 0
    for number, said in (
        (7, "There is no campaign 7."),
        (0, "There is no campaign 0."),
        (2**70, "no campaign"),
        (1, ""),
    ):
        for what in ("show", "pause", "resume", "cancel"):
            found = cli("campaign", what, number, "--json")
            assert (found.code, found.out) == (2, "")
            assert (said or "belongs to the profile sandbox, and not to default") in found.err
    assert "mitto-tui --sandbox campaign show 1\n" in found.err
    assert "mitto-tui --sandbox campaign list" in cli("--sandbox", "campaign", "show", 7).err
    assert cli("campaign", "list", "--json").json == []


def test_a_finished_one(cli: Cli, people: Path) -> None:
    with CountingServer(lambda one: Reply(status=500 if one.to[0] == NUMBERS[0] else 200)) as server:
        assert cli(*bulk(people, "--chunk", 1), url=server.url).code == 3
        requests = len(server.submissions)
        resumed = cli("campaign", "resume", 1, url=server.url)
        assert resumed.code == 3
        assert "Campaign 1 is finished: nothing is queued, so nothing was sent." in resumed.err
        assert "history --campaign 1 --status in_doubt" in resumed.err
        [doubtful] = cli("history", "--status", "in_doubt", "--json").json
        assert cli("history", "resolve", doubtful["id"], "--assume-sent").code == 0
        resumed = cli("campaign", "resume", 1, "--json", url=server.url)
        assert (resumed.code, resumed.json["requests"]) == (0, 0)
        assert sums(resumed.json) == {"accepted": PEOPLE}
        assert len(server.submissions) == requests
    for what in ("pause", "cancel"):
        found = cli("campaign", what, 1)
        assert found.code == 2
        assert "Campaign 1 is finished" in found.err


def test_going_on_with_a_finished_one_answers_as_its_sending_did(cli: Cli, people: Path) -> None:
    with CountingServer(lambda _: Reply(code=42)) as server:
        sent = cli(*bulk(people, "--json"), url=server.url)
        resumed = cli("campaign", "resume", 1, "--json", url=server.url)
    assert (sent.code, resumed.code) == (1, 1)
    assert sums(sent.json) == sums(resumed.json) == {"rejected": PEOPLE}


def test_a_persons_word_on_all_that_is_in_doubt(cli: Cli, people: Path) -> None:
    def word(*more: object) -> Answer:
        return cli("history", "resolve", "--campaign", 1, *more)

    with CountingServer(lambda _: Reply(status=500)) as server:
        assert cli(*bulk(people, "--json"), url=server.url).code == 3
        shown = cli("campaign", "show", 1)
        for decided in ("--assume-sent", "--send-again"):
            assert f"\n  mitto-tui history resolve --campaign 1 {decided}\n" in shown.err
        assert "needs --yes" in word("--send-again").err
        assert cli("campaign", "show", 1, "--json").json["counts"]["in_doubt"] == PEOPLE
        queued = word("--send-again", "--yes")
        assert (queued.code, queued.err) == (
            0,
            "12 messages of campaign 1 queued again. To send them:\n  mitto-tui campaign resume 1\n",
        )
        assert server.posted == dict.fromkeys(NUMBERS, 1), "queueing sends nothing"
        assert cli("campaign", "resume", 1, "--json", url=server.url).code == 3
        assert server.posted == dict.fromkeys(NUMBERS, 2)
        taken = word("--assume-sent", "--json")
        assert (taken.code, taken.json["counts"]["assumed_sent"]) == (0, PEOPLE)
        assert "No message of campaign 1 is in doubt." in word("--send-again", "--yes").err
        resumed = cli("campaign", "resume", 1, "--json", url=server.url)
        assert (resumed.code, sums(resumed.json)) == (0, {"accepted": PEOPLE})
        assert server.posted == dict.fromkeys(NUMBERS, 2)
    assert cli("history", "resolve", 1, "--campaign", 1, "--assume-sent").code == 2


def test_a_persons_word_where_it_can_do_nothing(cli: Cli, people: Path) -> None:
    with CountingServer(lambda one: Reply(status=500) if NUMBERS[0] in one.to else REFUSED) as server:
        assert cli(*bulk(people, "--chunk", 6, "--in-flight", 1), url=server.url).code == 4
        assert cli("campaign", "cancel", 1).code == 0
        again = cli("history", "resolve", "--campaign", 1, "--send-again", "--yes")
        assert again.code == 2
        assert "was cancelled, which is for good" in again.err
        assert "resolve --campaign 1 --send-again" not in cli("campaign", "show", 1).err
        assert cli("history", "resolve", "--campaign", 1, "--assume-sent").code == 0
        assert cli("campaign", "show", 1, "--json").json["counts"]["assumed_sent"] == 6
    assert cli("history", "resolve", "--campaign", 9, "--assume-sent").code == 2


def test_cancelled_is_for_good(cli: Cli, people: Path) -> None:
    with CountingServer(lambda _: REFUSED) as server:
        assert cli(*bulk(people), url=server.url).code == 4
        paused = cli("campaign", "pause", 1)
        assert paused.code == 0
        assert "Campaign 1 is paused already, with 12 messages queued." in paused.err
        found = cli("campaign", "cancel", 1)
        assert found.code == 0
        assert "Cancelled  12" in found.err
        assert cli("campaign", "cancel", 1, "--json").json["state"] == "cancelled"
        resumed = cli("campaign", "resume", 1, url=server.url)
        assert resumed.code == 2
        assert "cancelled, which is for good" in resumed.err
        assert len(server.submissions) == 1


def test_a_draft_can_only_be_looked_at(cli: Cli, home: Path) -> None:
    assert cli("campaign", "list").code == 0
    new = NewCampaign("default", "list.csv", "Demo", "Hi", "Hi", {"type": "auto"}, {})
    with Database.open(next(home.rglob("messages.db"))) as database:
        Campaigns(database).save(new, [], lambda: {"ok": 5}, lambda: datetime.now(UTC))
    assert cli("campaign", "list", "--json").json[0]["recipients"] == 5
    assert "nobody has approved it" in cli("campaign", "show", 1).err
    assert cli("campaign", "show", 1, "--json").json["counts"]["queued"] == 0
    for what in ("pause", "resume", "cancel"):
        found = cli("campaign", what, 1)
        assert found.code == 2
        assert "is a draft that nobody has approved" in found.err


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_paused_from_another_process_within_a_second(cli: Cli, home: Path, people: Path) -> None:
    held = Reply(delay=None)
    with CountingServer(lambda _: held) as server:
        process = start(bulk(people, "--chunk", 1, "--in-flight", 2), {"MITTO_BASE_URL": server.url})
        try:
            server.until(lambda: len(server.posts) == 2)
            paused = cli("campaign", "pause", 1, "--json", url=server.url)
            assert (paused.code, paused.json["state"], paused.json["reason"]) == (0, "paused", "person")
            server.release()
            _, err = process.communicate(timeout=20)
        finally:
            process.send_signal(signal.SIGKILL)
        assert process.returncode == 1
        assert "Campaign 1 is paused: 2 of 12 accepted" in err.decode()
        assert len(server.posts) == 2
        server.decide = lambda _: Reply()
        resumed = cli("campaign", "resume", 1, "--json", url=server.url)
        assert (resumed.code, resumed.json["requests"]) == (0, PEOPLE - 2)
        assert sums(resumed.json) == {"accepted": PEOPLE}
        assert server.posted == dict.fromkeys(NUMBERS, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_when_the_terminal_goes_away_it_waits_for_answers_and_pauses(cli: Cli, home: Path, people: Path) -> None:
    with CountingServer(lambda _: Reply(delay=None)) as server:
        process = start(bulk(people, "--chunk", 1, "--in-flight", 3, "--json"), {"MITTO_BASE_URL": server.url})
        server.until(lambda: len(server.posts) == 3)
        again = cli(*bulk(people), url=server.url)
        assert again.code == 2
        assert "See how far it is: mitto-tui campaign show 1\n" in again.err
        process.send_signal(signal.SIGHUP)
        assert process.stderr is not None
        assert b"Waiting for the answers for 3 messages" in process.stderr.readline()
        process.send_signal(signal.SIGHUP)  # the system and the shell both say so
        server.release()
        out, err = process.communicate(timeout=20)
        assert process.returncode == 130
        assert sums(json.loads(out)) == {"accepted": 3, "queued": PEOPLE - 3}
        assert err.decode() == "Interrupted. To go on: mitto-tui campaign resume 1\n"


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_under_nohup_a_terminal_may_go_away() -> None:
    before = signal.getsignal(signal.SIGHUP)
    try:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        assert ending_signals() == [signal.SIGTERM, signal.SIGHUP]
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        assert ending_signals() == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGHUP, before)


def test_only_what_never_left_is_resent(cli: Cli, people: Path, home: Path) -> None:
    """And what Mitto refused, where that is asked for; never what is in doubt."""

    def decide(submission: Submission) -> Reply:
        place = NUMBERS.index(submission.to[0])
        return Reply(status=500) if place == 0 else Reply(code=11) if place in (1, 2) else Reply()

    with CountingServer(decide) as server:
        assert cli(*bulk(people, "--chunk", 1), url=server.url).code == 3
        before = server.posted
        none = cli("history", "resend-failed", "--campaign", 1, url=server.url)
        assert (none.code, none.err) == (0, "No message of campaign 1 has failed.\n")
        unasked = cli("history", "resend-failed", "--campaign", 1, "--rejected", url=server.url)
        assert unasked.code == 2
        assert "needs --yes" in unasked.err
        assert server.posted == before
        server.decide = lambda _: Reply()
        resent = cli("history", "resend-failed", "--campaign", 1, "--rejected", "--yes", "--json", url=server.url)
        assert resent.code == 0
        assert {row["to"]: row["status"] for row in resent.jsonl} == dict.fromkeys(NUMBERS[1:3], "accepted")
        assert server.posted - before == dict.fromkeys(NUMBERS[1:3], 1)
    assert cli("history", "resend-failed", "--campaign", 2, "--yes").code == 2
    assert cli("campaign", "show", 1, "--json").json["counts"]["in_doubt"] == 1
