"""``mitto-tui campaign``: the lists that were sent, how they stand, and pausing, going on with and ending them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final

import typer

from mitto_tui.cli.campaign_words import (
    UNFINISHED,
    Sums,
    as_dict,
    program,
    say_campaign,
    say_list,
    say_what_to_do,
    state_words,
    summary,
)
from mitto_tui.cli.context import JsonFlag, globals_of, interruptible, is_terminal, with_workspace
from mitto_tui.cli.exits import Exit, exit_for_campaign
from mitto_tui.cli.output import emit, emit_outcome, plural, say
from mitto_tui.cli.progress import ProgressLine
from mitto_tui.sms.campaign import CampaignState
from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.sms.status import Status

if TYPE_CHECKING:
    from mitto_tui.storage.campaigns import Campaign
    from mitto_tui.workspace.workspace import Workspace

app = typer.Typer(help="Campaigns: lists on their way out.", rich_markup_mode=None, no_args_is_help=True)

_MOST: Final = 1_000_000
_SHOWN: Final = 50
"""Campaigns shown to a person who gave no limit."""
_NO_COUNTS: Final[Mapping[Status, int]] = {}

IdArgument = Annotated[int, typer.Argument(metavar="ID")]


@app.command("list")
def list_(
    context: typer.Context,
    limit: Annotated[int | None, typer.Option("--limit", help="At most so many.", metavar="N", min=0)] = None,
    as_json: JsonFlag = False,
) -> int:
    """List campaigns, newest first."""

    async def work(workspace: Workspace) -> Exit:
        usual = _MOST if as_json else _SHOWN
        most = usual if limit is None else limit
        campaigns = workspace.campaigns.list(workspace.profile.name, most)
        found = [(campaign, await _counts(workspace, campaign)) for campaign in campaigns]
        if as_json:
            emit([as_dict(campaign, counts) for campaign, counts in found])
        elif not found:
            say("No campaigns. mitto-tui bulk sends to a list, and mitto-tui --sandbox bulk rehearses it.")
        else:
            say_list(found)
            if limit is None and len(found) == _SHOWN:
                say(f"These are the newest {_SHOWN}; --limit shows more.")
        return Exit.DONE

    return with_workspace(context, work)


@app.command("show")
def show(context: typer.Context, campaign_id: IdArgument, as_json: JsonFlag = False) -> int:
    """Show one campaign: how it stands, and what needs attention."""

    async def work(workspace: Workspace) -> Exit:
        call = program(globals_of(context))
        await _tell(workspace, find(workspace, campaign_id, call), call, as_json=as_json)
        return Exit.DONE

    return with_workspace(context, work)


@app.command("pause")
def pause(context: typer.Context, campaign_id: IdArgument, as_json: JsonFlag = False) -> int:
    """Pause a campaign, whichever program sends it. What is under way is still waited for there."""
    call = program(globals_of(context))

    async def work(workspace: Workspace) -> Exit:
        found = find(workspace, campaign_id, call)
        if found.state not in UNFINISHED:
            raise InvalidInput("id", f"Campaign {campaign_id} {_NOT_GOING[found.state]}, so there is nothing to pause.")
        before = found.state
        found = await workspace.runs.pause(campaign_id)
        if as_json:
            emit_outcome(as_dict(found, await _counts(workspace, found)))
        elif found.state is not CampaignState.PAUSED:
            say(f"Campaign {campaign_id} is {found.state.value}: nobody is sending it.")
        else:
            counts = await _counts(workspace, found)
            already = " already" if before is CampaignState.PAUSED else ""
            say(f"Campaign {campaign_id} is paused{already}, with {plural(Sums.of(counts).queued, 'message')} queued.")
            say(f"To go on: {call} campaign resume {campaign_id}")
        return Exit.DONE

    return with_workspace(context, work)


@app.command("resume")
def resume(context: typer.Context, campaign_id: IdArgument, as_json: JsonFlag = False) -> int:
    """Send what is still queued of a campaign, with the limits it was begun with. What is in doubt is left alone."""
    from mitto_tui.cli.campaign_run import ended, send_campaign

    chosen = globals_of(context)

    async def work(workspace: Workspace) -> Exit:
        found = find(workspace, campaign_id, program(chosen))
        counts = await _counts(workspace, found)
        _check_resumable(found)
        if found.state is CampaignState.FINISHED and not Sums.of(counts).queued:
            if as_json:
                emit_outcome(summary(found, counts, None))
            else:
                say(f"Campaign {campaign_id} is finished: nothing is queued, so nothing was sent.")
                say_what_to_do(found, counts, program(chosen))
            return exit_for_campaign(found.state, found.reason, counts)
        return await send_campaign(workspace, chosen, campaign_id, emit_outcome if as_json else None)

    return ended(with_workspace(context, work))


@app.command("cancel")
def cancel(
    context: typer.Context,
    campaign_id: IdArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    as_json: JsonFlag = False,
) -> int:
    """End a campaign: what is still queued is never sent."""
    call = program(globals_of(context))

    async def work(workspace: Workspace) -> Exit:
        found = find(workspace, campaign_id, call)
        queued = Sums.of(await _counts(workspace, found)).queued
        if found.state is CampaignState.DRAFT or (found.state is CampaignState.FINISHED and not queued):
            raise InvalidInput(
                "id", f"Campaign {campaign_id} {_NOT_GOING[found.state]}, so there is nothing to cancel."
            )
        if found.state is not CampaignState.CANCELLED:
            if is_terminal() and not yes:
                _confirm_cancel(found, queued)
            with ProgressLine("Cancelling:", quiet=as_json) as line:
                found = await workspace.runs.cancel(campaign_id, line)
        await _tell(workspace, found, call, as_json=as_json)
        return Exit.DONE

    return with_workspace(context, work)


_NOT_GOING: Final = {
    CampaignState.DRAFT: "is a draft that nobody has approved",
    CampaignState.FINISHED: "is finished",
    CampaignState.CANCELLED: "was cancelled",
}


def _confirm_cancel(found: Campaign, queued: int) -> None:
    say(f"Campaign {found.id} ({found.name}) is {state_words(found)}. Cancelling it drops what is still queued:")
    say(f"{plural(queued, 'message')}, for good. What was sent already can't be called back.")
    with interruptible():
        sure = typer.confirm("Cancel it?", default=False, err=True)
    if not sure:
        raise MittoTuiError("Nothing was cancelled.")


def find(workspace: Workspace, campaign_id: int, call: str) -> Campaign:
    """A campaign of the profile. Raises InvalidInput where there is none, or where it is another profile's.

    ``call`` is how this program was called, as ``program`` says.
    """
    found = workspace.campaigns.get(campaign_id) if 0 < campaign_id < 2**63 else None
    if found is None:
        raise InvalidInput("id", f"There is no campaign {campaign_id}.", f"{call} campaign list shows those there are.")
    if found.profile != workspace.profile.name:
        options = "--sandbox" if found.profile == "sandbox" else f"--profile {found.profile}"
        raise InvalidInput(
            "id",
            f"Campaign {campaign_id} belongs to the profile {found.profile}, and not to {workspace.profile.name}.",
            f"See it with: mitto-tui {options} campaign show {campaign_id}",
        )
    return found


def _check_resumable(found: Campaign) -> None:
    if found.state is CampaignState.DRAFT:
        raise InvalidInput(
            "id",
            f"Campaign {found.id} is a draft that nobody has approved. Nothing was sent.",
            "Approve it in the app's Bulk screen, or send its list with mitto-tui bulk.",
        )
    if found.state is CampaignState.CANCELLED:
        raise InvalidInput(
            "id",
            f"Campaign {found.id} was cancelled, which is for good. Nothing was sent.",
            "Send the list anew with mitto-tui bulk.",
        )


async def _tell(workspace: Workspace, found: Campaign, call: str, *, as_json: bool) -> None:
    counts = await _counts(workspace, found)
    if as_json:
        emit_outcome(as_dict(found, counts))
    else:
        say_campaign(found, counts, call)


async def _counts(workspace: Workspace, found: Campaign) -> Mapping[Status, int]:
    """Its messages by status: none before they are made."""
    if found.state is CampaignState.DRAFT:
        return _NO_COUNTS
    return await workspace.runs.counts(found.id)
