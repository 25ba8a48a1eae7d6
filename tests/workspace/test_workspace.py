"""A profile, opened: real files, a real database, real HTTP to the simulator or to a server that misbehaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.sms.message import Options
from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.storage.errors import Outdated
from mitto_tui.storage.rows import HistoryFilter
from mitto_tui.workspace.workspace import KeyMissing, Workspace, now
from tests.servers import raw
from tests.servers.raw import RawServer, answer

OK = answer(b'{"id": "d88ae721", "responseCode": 0, "responseText": "SMS sent"}')
KEY = "sk-workspace-test-key"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"MITTO_TUI_HOME": str(tmp_path / "home")}


def real(environ: dict[str, str], url: str) -> dict[str, str]:
    return {**environ, "MITTO_API_KEY": KEY, "MITTO_BASE_URL": url}


async def until(workspace: Workspace, condition: Callable[[], bool]) -> None:
    """Wait for ``condition``, asked again whenever the workspace says that something changed."""
    changed = asyncio.Event()
    leave = workspace.subscribe(changed.set)
    try:
        async with asyncio.timeout(10):
            while not condition():
                changed.clear()
                await changed.wait()
    finally:
        leave()


async def test_a_rehearsed_message_turns_delivered(environ: dict[str, str]) -> None:
    async with await Workspace.open(sandbox=True, environ=environ) as workspace:
        message = workspace.check("MITTO SMS", "+49 171 3920000", "Grüße 🎉", Options(reference="Spring"))
        result = await workspace.send(message)
        assert result.outcome is not None
        assert result.outcome.kind is OutcomeKind.ACCEPTED
        await until(workspace, lambda: workspace.messages.status(result.message_id) is Status.DELIVERED)
        row = workspace.history.get(result.message_id)
        assert row is not None
        assert (row.to, row.reference, row.attempts) == ("491713920000", "Spring", 1)


async def test_closing_delivers_the_rehearsals_last_reports(environ: dict[str, str]) -> None:
    async with await Workspace.open(sandbox=True, environ=environ) as workspace:
        ids = [
            (await workspace.send(workspace.check("MITTO SMS", f"+4917139200{end:02}", "Hi", Options()))).message_id
            for end in (0, 1, 2)
        ]
    async with await Workspace.open(sandbox=True, environ=environ) as workspace:
        statuses = [workspace.messages.status(message_id) for message_id in ids]
    assert statuses == [Status.DELIVERED, Status.UNDELIVERED, Status.EXPIRED]


async def test_without_a_key_nothing_is_stored(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mitto_tui.workspace.workspace.find_key", lambda *_: None)
    async with await Workspace.open(environ=environ) as workspace:
        message = workspace.check("MITTO SMS", "+491725551234", "Hi", Options())
        with pytest.raises(KeyMissing, match="no API key for the profile default"):
            await workspace.send(message)
        assert workspace.history.count(HistoryFilter()) == 0
        assert not await workspace.use_key()


async def test_two_people_who_see_the_same_doubt_send_again_once(environ: dict[str, str]) -> None:
    with RawServer(raw.close_after_reading) as server:
        environ = real(environ, server.url)
        async with await Workspace.open(environ=environ) as one, await Workspace.open(environ=environ) as other:
            message = one.check("MITTO SMS", "+491725551234", "Hi", Options())
            sent = await one.send(message)
            seen = other.history.get(sent.message_id)
            assert seen is not None
            again = await one.send_again(sent.message_id, seen=seen.attempts)
            assert again.status is Status.IN_DOUBT
            with pytest.raises(Outdated):
                await other.send_again(sent.message_id, seen=seen.attempts)
        assert len(server.requests) == 2


async def test_a_send_outlives_whoever_asked_for_it(environ: dict[str, str]) -> None:
    gate = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(peer: raw.Peer) -> None:
        loop.call_soon_threadsafe(gate.set)
        peer.wait(0.3)
        OK(peer)

    with RawServer(slow) as server:
        workspace = await Workspace.open(environ=real(environ, server.url))
        message = workspace.check("MITTO SMS", "+491725551234", "Hi", Options())
        asked = asyncio.create_task(workspace.send(message))
        async with asyncio.timeout(10):
            await gate.wait()
        assert workspace.sending == 1
        asked.cancel()
        await workspace.aclose()
        assert len(server.requests) == 1
    async with await Workspace.open(environ=real(environ, server.url)) as workspace:
        [row] = workspace.history.page(HistoryFilter())
    assert row.status is Status.ACCEPTED


async def test_stopping_writes_the_doubt_down_at_once(environ: dict[str, str]) -> None:
    with RawServer(raw.hang_after_reading) as server:
        workspace = await Workspace.open(environ=real(environ, server.url))
        asked = asyncio.create_task(workspace.send(workspace.check("MITTO SMS", "+491725551234", "Hi", Options())))
        async with asyncio.timeout(10):
            while not server.requests:  # noqa: ASYNC110 - the server lives in threads of its own
                await asyncio.sleep(0.005)
        async with asyncio.timeout(5):
            await workspace.aclose(stop=True)
        with pytest.raises(asyncio.CancelledError):
            await asked
    async with await Workspace.open(environ=real(environ, server.url)) as workspace:
        [row] = workspace.history.page(HistoryFilter())
    assert row.status is Status.IN_DOUBT


async def test_a_new_key_ends_no_send_under_way(environ: dict[str, str]) -> None:
    begun, loop = asyncio.Event(), asyncio.get_running_loop()

    def slow(peer: raw.Peer) -> None:
        loop.call_soon_threadsafe(begun.set)
        peer.wait(0.3)
        OK(peer)

    with RawServer(slow, OK) as server:
        async with await Workspace.open(environ=real(environ, server.url)) as workspace:
            message = workspace.check("MITTO SMS", "+491725551234", "Hi", Options())
            first = asyncio.create_task(workspace.send(message))
            async with asyncio.timeout(10):
                await begun.wait()
            assert await workspace.use_key()
            assert (await workspace.send(message)).status is Status.ACCEPTED
            assert (await first).status is Status.ACCEPTED


async def test_a_test_call_without_a_sender_is_one_that_mitto_takes(environ: dict[str, str]) -> None:
    async with await Workspace.open(sandbox=True, environ=environ) as workspace:
        outcome = await workspace.test_key()
        assert (outcome.kind, outcome.test) == (OutcomeKind.ACCEPTED, True)
        assert workspace.history.count(HistoryFilter()) == 0


async def test_a_queued_message_can_be_sent_later(environ: dict[str, str]) -> None:
    with RawServer(answer(b"", status=401), OK) as server:
        async with await Workspace.open(environ=real(environ, server.url)) as workspace:
            first = await workspace.send(workspace.check("MITTO SMS", "+491725551234", "Hi", Options()))
            assert first.status is Status.QUEUED
            row = workspace.history.get(first.message_id)
            assert row is not None
            assert "allow list" in (row.error or "")
            second = await workspace.send_queued(first.message_id)
            assert second.status is Status.ACCEPTED
            third = await workspace.send_queued(first.message_id)
            assert (third.status, third.outcome) == (Status.ACCEPTED, None)
            assert len(server.requests) == 2


async def test_another_programs_reports_are_noticed(environ: dict[str, str]) -> None:
    async with (
        await Workspace.open(sandbox=True, environ=environ) as here,
        await Workspace.open(sandbox=True, environ=environ) as there,
    ):
        result = await there.send(there.check("MITTO SMS", "+491713920005", "Hi", Options()))
        await until(here, lambda: here.history.count(HistoryFilter()) == 1)
        await asyncio.to_thread(here.messages.overdue, now() + timedelta(days=9))
        await until(there, lambda: there.messages.status(result.message_id) is Status.NO_REPORT)


async def test_what_another_program_left_is_settled_while_this_one_is_open(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mitto_tui.workspace.tending._SETTLING", 0.05)
    async with await Workspace.open(sandbox=True, environ=environ) as here:
        message = here.check("MITTO SMS", "+491713920005", "Hi", Options())
        message_id = here.messages.add(message, now())
        lease = now() + timedelta(hours=1)
        here.messages.claim(message_id, token="a" * 8, owner="0123456789abcdef", lease_until=lease, at=now())
        await until(here, lambda: here.messages.status(message_id) is Status.IN_DOUBT)


async def test_what_is_older_than_the_profile_keeps_is_forgotten(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mitto_tui.workspace.tending._SETTLING", 0.05)
    async with await Workspace.open(environ=environ) as workspace:
        config = workspace.paths.config_file
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("[profiles.default]\nretention_days = 30\n")
    async with await Workspace.open(environ=environ) as workspace:
        message = workspace.check("MITTO SMS", "+491713920005", "Hi", Options())
        old, young, queued = (workspace.messages.add(message, now() - timedelta(days=days)) for days in (31, 29, 31))
        for message_id, days in ((old, 31), (young, 29)):
            workspace.messages.cancel(message_id, now() - timedelta(days=days))
        await until(workspace, lambda: workspace.history.get(old) is None)
        assert sorted(row.id for row in workspace.history.page(HistoryFilter())) == [young, queued]


async def test_overrides_are_checked(environ: dict[str, str]) -> None:
    async with await Workspace.open(environ=environ) as workspace:
        workspace.override(format="xml", timeout=5)
        assert (workspace.profile.format, workspace.profile.timeout) == ("xml", 5)
        for wrong in ({"format": "yaml"}, {"timeout": 0.0}, {"timeout": 601.0}, {"timeout": float("nan")}):
            with pytest.raises(InvalidInput):
                workspace.override(**wrong)


async def test_a_national_number_needs_the_profiles_country(environ: dict[str, str], tmp_path: Path) -> None:
    async with await Workspace.open(environ=environ) as workspace:
        with pytest.raises(InvalidInput) as refused:
            workspace.check("MITTO SMS", "0172 5551234", "Hi", Options())
        assert refused.value.field == "to"
    (tmp_path / "home" / "config.toml").write_text('[profiles.default]\ncountry = "DE"\n')
    async with await Workspace.open(environ=environ) as workspace:
        assert workspace.check("MITTO SMS", "0172 5551234", "Hi", Options()).recipient == "491725551234"


async def test_a_database_that_cannot_be_opened_is_said_in_words(environ: dict[str, str], tmp_path: Path) -> None:
    data = tmp_path / "home" / "data"
    data.mkdir(parents=True)
    (data / "messages.db").mkdir()
    with pytest.raises(MittoTuiError, match=r"messages\.db"):
        await Workspace.open(environ=environ)
    assert list((tmp_path / "home" / "state").rglob("*.lock")) == []
