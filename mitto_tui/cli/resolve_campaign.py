"""``mitto-tui history resolve --campaign``: a person's word on all of a campaign's messages that are in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from mitto_tui.cli.campaign import find
from mitto_tui.cli.campaign_words import as_dict
from mitto_tui.cli.context import interruptible, is_terminal
from mitto_tui.cli.exits import Exit
from mitto_tui.cli.output import emit_outcome, plural, say
from mitto_tui.cli.progress import ProgressLine
from mitto_tui.sms.campaign import CampaignState
from mitto_tui.sms.errors import InvalidInput, MittoTuiError
from mitto_tui.sms.status import Status

if TYPE_CHECKING:
    from mitto_tui.storage.campaigns import Campaign
    from mitto_tui.workspace.workspace import Workspace


async def resolve_campaign(
    workspace: Workspace, campaign: int, call: str, *, send_again: bool, yes: bool, as_json: bool
) -> Exit:
    """Take all that is in doubt as sent, or queue it again: nothing is sent here. Raises InvalidInput."""
    found = find(workspace, campaign, call)
    runs = workspace.runs
    seen = 0 if found.state is CampaignState.DRAFT else (await runs.counts(campaign)).get(Status.IN_DOUBT, 0)
    if send_again and found.state is CampaignState.CANCELLED:
        raise InvalidInput(
            "resolve",
            f"Campaign {campaign} was cancelled, which is for good. Nothing was queued.",
            f"Its messages can be sent again one by one: {call} history resolve ID --send-again",
        )
    done = 0
    if seen:
        if not yes:
            _ask(found, seen, send_again=send_again)
        with ProgressLine("Resolving:", quiet=as_json) as line:
            if send_again:
                done = await runs.send_again(campaign, seen, line)
            else:
                done = await runs.assume_sent(campaign, line)
    if as_json:
        emit_outcome(as_dict(find(workspace, campaign, call), await runs.counts(campaign)))
    elif not seen:
        say(f"No message of campaign {campaign} is in doubt.")
    elif not send_again:
        say(f"{plural(done, 'message')} of campaign {campaign} taken as sent.")
    elif find(workspace, campaign, call).state is CampaignState.RUNNING:
        say(f"{plural(done, 'message')} of campaign {campaign} queued again. It is being sent.")
    else:
        say(f"{plural(done, 'message')} of campaign {campaign} queued again. To send them:")
        say(f"  {call} campaign resume {campaign}")
    return Exit.DONE


def _ask(found: Campaign, seen: int, *, send_again: bool) -> None:
    """Have a person type how many there are; without a terminal only sending again needs that."""
    if not is_terminal():
        if send_again:
            raise InvalidInput("resolve", "Without a terminal, sending again needs --yes. Nothing was queued.")
        return
    say(f"{plural(seen, 'message')} of campaign {found.id} may have been sent or not.")
    if send_again:
        say("Sending them again: those that have arrived arrive twice.")
    else:
        say("Taking them as sent: those that never left are not sent any more.")
    with interruptible():
        answer = typer.prompt(f"Type {seen} to go on", default="", show_default=False, err=True)
    if answer.strip() != str(seen):
        raise MittoTuiError("Nothing was changed.")
