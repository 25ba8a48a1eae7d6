"""Campaigns of a workspace: started, paused, resumed and ended while others go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from mitto_tui.sms.campaign import CampaignLimits, CampaignState, Canary, PauseReason
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.status import Status
from mitto_tui.workspace.workspace import Workspace
from tests.campaigns import lists
from tests.servers.counting import CountingServer, Reply, Submission

LIMITS = CampaignLimits(chunk=1, in_flight=2)


@pytest.fixture
def slow() -> set[str]:
    """Texts whose answers are held back until the server is told to release them."""
    return set()


@pytest.fixture
def server(slow: set[str]) -> Iterator[CountingServer]:
    def decide(submission: Submission) -> Reply:
        return Reply(delay=None if submission.to[0] in slow else 0.0)

    with CountingServer(decide) as server:
        yield server


@pytest.fixture
async def workspace(tmp_path: Path, server: CountingServer) -> AsyncIterator[Workspace]:
    environ = {"MITTO_TUI_HOME": str(tmp_path), "MITTO_API_KEY": "a-key", "MITTO_BASE_URL": server.url}
    async with await Workspace.open(environ=environ) as workspace:
        yield workspace


async def approved(workspace: Workspace, count: int, *, first: int = 0, limits: CampaignLimits = LIMITS) -> int:
    saved = lists.save(workspace.campaigns, lists.numbers(count, first), personalised=True)
    return (await workspace.runs.approve(saved.id, limits)).id


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the server lives in a thread of its own
            await asyncio.sleep(0.005)


async def test_one_campaign_s_end_holds_up_no_other(
    workspace: Workspace, server: CountingServer, slow: set[str]
) -> None:
    slow.update(lists.numbers(20))
    waiting, other = await approved(workspace, 20), await approved(workspace, 5, first=100)
    run = await workspace.runs.start(waiting)
    await until(lambda: server.pending == 2)
    run.pause()
    resumed = asyncio.create_task(workspace.runs.start(waiting))
    assert (await (await workspace.runs.start(other)).wait()).state is CampaignState.FINISHED
    assert not resumed.done()
    slow.clear()
    server.release()
    assert (await (await resumed).wait()).state is CampaignState.FINISHED
    assert set(server.posted.values()) == {1}
    assert len(server.posted) == 25


async def test_pausing_comes_back_when_the_store_knows(
    workspace: Workspace, server: CountingServer, slow: set[str]
) -> None:
    slow.update(lists.numbers(20))
    campaign = await approved(workspace, 20)
    run = await workspace.runs.start(campaign)
    await until(lambda: server.pending == 2)
    paused = await workspace.runs.pause(campaign)
    assert (paused.state, paused.reason) == (CampaignState.PAUSED, PauseReason.PERSON)
    assert not run.over
    server.release()
    await run.wait()
    assert await workspace.runs.counts(campaign) == {Status.ACCEPTED: 2, Status.QUEUED: 18}


async def test_nothing_begins_while_the_workspace_closes(workspace: Workspace) -> None:
    campaign = await approved(workspace, 5)
    await workspace.runs.aclose()
    with pytest.raises(MittoTuiError, match="being closed"):
        await workspace.runs.start(campaign)
    assert await workspace.runs.counts(campaign) == {Status.QUEUED: 5}


async def test_another_profile_s_campaign_is_left_alone(workspace: Workspace) -> None:
    theirs = lists.save(workspace.campaigns, lists.numbers(5), personalised=True, profile="other").id
    for ask in (workspace.runs.cancel, workspace.runs.assume_sent, workspace.runs.pause, workspace.runs.start):
        with pytest.raises(MittoTuiError, match="belongs to the profile other"):
            await ask(theirs)
    with pytest.raises(MittoTuiError, match="belongs to the profile other"):
        await workspace.runs.send_again(theirs, 0)
    found = workspace.campaigns.get(theirs)
    assert found is not None
    assert found.state is CampaignState.DRAFT


async def test_a_canary_is_not_lost_when_something_else_of_the_list_moves(
    workspace: Workspace, server: CountingServer
) -> None:
    limits = CampaignLimits(chunk=1, in_flight=2, canary=Canary(3, 1.0, 600))
    campaign = await approved(workspace, 10, limits=limits)
    run = await workspace.runs.start(campaign)
    await until(lambda: run.progress.phase.word == "canary")
    run.pause()
    await run.wait()
    beyond = lists.ids(workspace.paths.database_file, campaign)[-1]
    workspace.messages.cancel(beyond, workspace.now())
    run = await workspace.runs.start(campaign)
    await until(lambda: run.progress.phase.word == "canary")
    assert len(server.posts) == 3
    run.pause(PauseReason.CANARY, "Not one delivery report has come.")
    await run.wait()
    # Who goes on after that doesn't want to wait for them any more, nor at the next resume.
    await (await workspace.runs.start(campaign)).wait()
    assert len(server.posts) == 9
    found = workspace.campaigns.get(campaign)
    assert found is not None
    assert found.limits == CampaignLimits(chunk=1, in_flight=2)
