"""Deciding on many messages at once, over the sandbox and over a server that misbehaves."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from mitto_tui.sms.message import Options
from mitto_tui.sms.status import EventKind, Status
from mitto_tui.storage.rows import HistoryFilter
from mitto_tui.workspace.many import Done, assume_sent, look, of_status, send_again
from mitto_tui.workspace.marking import mark_converted
from mitto_tui.workspace.workspace import Workspace, now
from tests.servers import raw
from tests.servers.raw import RawServer, answer
from tests.storage.builders import kinds

KEY = "sk-many-test-key"
DOUBT = frozenset({Status.IN_DOUBT})


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"MITTO_TUI_HOME": str(tmp_path / "home")}


async def put_in_doubt(workspace: Workspace, numbers: int) -> list[int]:
    """Messages whose answers never came."""
    checked = [workspace.check("MITTO SMS", f"+49172555{end:04}", "Hi", Options()) for end in range(numbers)]
    results = [await workspace.send(message) for message in checked]
    assert {result.status for result in results} == {Status.IN_DOUBT}
    return [result.message_id for result in results]


async def test_what_is_in_doubt_is_sent_again_once_each_and_nobody_elses_word_is_overruled(
    environ: dict[str, str],
) -> None:
    with RawServer(raw.close_after_reading) as broken:
        real = {**environ, "MITTO_API_KEY": KEY, "MITTO_BASE_URL": broken.url}
        async with await Workspace.open(environ=real) as workspace:
            ids = await put_in_doubt(workspace, 5)
    with RawServer(answer(b'{"id": "again", "responseCode": 0}')) as server:
        real = {**environ, "MITTO_API_KEY": KEY, "MITTO_BASE_URL": server.url}
        async with await Workspace.open(environ=real) as workspace:
            chosen = of_status(HistoryFilter(search="hi"), DOUBT, "default")
            seen = await asyncio.to_thread(look, workspace, chosen)
            assert [one.id for one in seen] == ids
            await workspace.assume_sent(ids[1])
            workspace.messages.send_again(ids[3], now(), seen=1)  # somebody else was quicker
            told: list[int] = []
            done = await send_again(workspace, seen, told.append)
            assert done == Done({Status.ACCEPTED: 3}, left=2)
            assert told[-1] == 5
            assert len(server.requests) == 3
            assert [workspace.messages.status(message_id) for message_id in ids] == [
                *(Status.ACCEPTED, Status.ASSUMED_SENT, Status.ACCEPTED, Status.QUEUED, Status.ACCEPTED)
            ]
            assert await send_again(workspace, seen) == Done({}, left=5)
            assert len(server.requests) == 3


async def test_it_ends_where_nobody_is_let_in_or_a_person_says_so(environ: dict[str, str]) -> None:
    with RawServer(raw.close_after_reading) as broken:
        real = {**environ, "MITTO_API_KEY": KEY, "MITTO_BASE_URL": broken.url}
        async with await Workspace.open(environ=real) as workspace:
            ids = await put_in_doubt(workspace, 40)
            seen = look(workspace, of_status(HistoryFilter(), DOUBT, "default"))
            assert await assume_sent(workspace, seen[:4], stop=lambda: True) == Done({}, left=4)
            assert await assume_sent(workspace, seen[:2]) == Done({Status.ASSUMED_SENT: 2})
    with RawServer(answer(b"{}", 401)) as closed:
        real = {**environ, "MITTO_API_KEY": KEY, "MITTO_BASE_URL": closed.url}
        async with await Workspace.open(environ=real) as workspace:
            done = await send_again(workspace, seen[2:])
            at_once = workspace.profile.limits.max_in_flight
            assert (done.left, len(closed.requests)) == (38 - at_once, at_once)
            assert "lets nobody in" in done.stopped
            statuses = [workspace.messages.status(message_id) for message_id in ids[2:]]
            assert statuses.count(Status.QUEUED) == at_once
            assert statuses.count(Status.IN_DOUBT) == 38 - at_once, "the rest was not touched"


async def test_a_message_is_marked_as_converted_and_that_stays(environ: dict[str, str]) -> None:
    async with await Workspace.open(sandbox=True, environ=environ) as workspace:
        result = await workspace.send(workspace.check("MITTO SMS", "+491725551234", "Hi", Options()))
        row = workspace.history.get(result.message_id)
        assert row is not None
        assert row.mitto_id is not None
        status = workspace.messages.status(row.id)
        assert await mark_converted(workspace, row.mitto_id.upper().replace("-", "")) in (row.id, None)
        assert await mark_converted(workspace, row.mitto_id) == row.id
        assert EventKind.CONVERTED in kinds(workspace.history, row.id)
        assert workspace.messages.status(row.id) in (status, Status.SENT, Status.DELIVERED)
