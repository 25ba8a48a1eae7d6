"""What is said of campaigns elsewhere than on their board: a line in Bulk, a notification, the terminal's title."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.content import Content

from mitto_tui.sms.campaign import CampaignState
from mitto_tui.ui.bulk.board_words import Board, percent, summary, why_paused
from mitto_tui.ui.themes import ACCENT


def running_line(boards: Sequence[Board]) -> Content:
    """``Campaign 7 is being sent: 40 %``, or of several; empty for none."""
    if not boards:
        return Content("")
    said = [f"Campaign {board.campaign.id} is being {_doing(board)}: {percent(board.share)}" for board in boards[:2]]
    more = f", and {len(boards) - 2} more" if len(boards) > 2 else ""
    return Content.styled(f"▶ {' · '.join(said)}{more}", ACCENT)


def _doing(board: Board) -> str:
    return "sent" if board.making is None else "prepared"


def ended_words(board: Board) -> tuple[str, str]:
    """For a notification when a run ends: its title, and what came of it or why it stopped."""
    campaign = board.campaign
    title = f"Campaign {campaign.id} is {_ENDED.get(campaign.state, campaign.state.value)}"
    return title, why_paused(campaign) if campaign.state is CampaignState.PAUSED else summary(board)


def title_words(boards: Sequence[Board]) -> str:
    """For the terminal's title: ``mitto: campaign 7, 40 %``, or of several; empty for none. Nobody's own words."""
    said = [f"campaign {board.campaign.id}, {percent(board.share)}" for board in boards[:2]]
    more = f", and {len(boards) - 2} more" if len(boards) > 2 else ""
    return f"mitto: {' · '.join(said)}{more}" if said else ""


def ended_title(board: Board) -> str:
    """The title once a run has ended: ``mitto: campaign 7 is finished, 3 in doubt``."""
    state = board.campaign.state
    doubt = f", {board.in_doubt:,} in doubt" if board.in_doubt else ""
    return f"mitto: campaign {board.campaign.id} is {_ENDED.get(state, state.value)}{doubt}"


_ENDED: Final = {
    CampaignState.FINISHED: "finished",
    CampaignState.PAUSED: "paused",
    CampaignState.CANCELLED: "cancelled",
    CampaignState.RUNNING: "being sent elsewhere",
}
