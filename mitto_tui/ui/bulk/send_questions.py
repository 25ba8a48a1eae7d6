"""The questions of the step "Send", and the summary that it and they begin with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from textual.content import Content

from mitto_tui.sms.status import Status
from mitto_tui.ui.bulk import send_words as words
from mitto_tui.ui.bulk.board_words import Board
from mitto_tui.ui.bulk.check_words import counted, recipients_of
from mitto_tui.ui.bulk.send_limits import limits_words
from mitto_tui.ui.excerpts import first_words
from mitto_tui.ui.literal import literal
from mitto_tui.ui.themes import DIM, WARN
from mitto_tui.ui.widgets.dialog import Answer, Dialog
from mitto_tui.ui.widgets.send_confirm import CountConfirm

if TYPE_CHECKING:
    from mitto_tui.sms.campaign import CampaignLimits
    from mitto_tui.storage.campaigns import Campaign
    from mitto_tui.ui.app import MittoApp

_TEXT: Final = 160
Rows = list[tuple[str, Content]]


def summary_rows(app: MittoApp, campaign: Campaign, same: Sequence[Campaign], worst: Mapping[str, int] | None) -> Rows:
    """What goes out: to how many, from whom, what, how much it costs at most, from which account."""
    rows = _rows(app, campaign, worst)
    if said := words.same_words(same):
        rows.append(("Again", literal(said, 300, WARN)))
    return rows


def _rows(app: MittoApp, campaign: Campaign, worst: Mapping[str, int] | None) -> Rows:
    to = literal(words.to_words(campaign), style="bold")
    if without := words.left_out(campaign):
        to += literal(f"   {without}", 200, DIM)
    text = first_words(campaign.template if campaign.text is None else campaign.text)
    size = literal(words.size_words(campaign), style="bold")
    if campaign.text is None:
        size += Content.styled("   each recipient gets a text of their own", DIM)
    rows = [
        ("List", literal(app.number(campaign.name), 60)),
        ("To", to),
        ("From", literal(campaign.sender, style="bold")),
        ("Text", literal(app.number(text), _TEXT)),
        ("Size", size),
    ]
    workspace = app.workspace
    assert workspace is not None
    cost = words.send_cost(campaign, workspace.profile, worst)
    if cost.words or cost.detail:
        said = literal(cost.words, 60, "bold")
        rows.append(("Cost", said + literal(f"   {cost.detail}" if cost.words else cost.detail, 120, DIM)))
    rows.append(("Account", _account(app, words.is_test(campaign))))
    return rows


def _account(app: MittoApp, test: bool) -> Content:
    workspace = app.workspace
    assert workspace is not None
    if workspace.sandbox:
        pieces: list[Any] = [("◆ sandbox", f"bold {WARN}"), "   nothing leaves this machine"]
        return Content.assemble(*pieces)
    name = literal(workspace.profile.name, 32, "bold")
    if test:
        return name + Content("   a test: nothing is delivered or charged")
    return name + Content.styled("   for real: it is delivered and charged", WARN)


def ask_send(
    app: MittoApp,
    campaign: Campaign,
    limits: CampaignLimits,
    same: Sequence[Campaign],
    worst: Mapping[str, int] | None,
) -> CountConfirm:
    """Whether to send to the whole list. Dismissed with ``yes`` or ``back``."""
    number = recipients_of(campaign.totals)
    test = words.is_test(campaign)
    rows = [row for row in _rows(app, campaign, worst) if row[0] != "List"]
    rows.append(("Pace", literal(limits_words(limits, alike=campaign.text is not None), 120)))
    notes = [said for said in (words.same_words(same),) if said]
    if notes:
        notes.append("So their number has to be typed, however few they are.")
    return CountConfirm(
        f"Send {'this test ' if test else ''}to {counted(number, 'recipient')}?",
        rows,
        notes,
        "Send test" if test else "Send",
        count=number if words.to_be_typed(number, same) else 0,
        risky=bool(same),
    )


def ask_cancel(board: Board) -> Dialog:
    """Whether to cancel what is queued. Dismissed with ``cancel`` or ``keep``."""
    queued = board.counts.get(Status.QUEUED, 0)
    one = queued == 1
    under_way = board.counts.get(Status.SENDING, 0) or (board.progress.in_flight if board.progress else 0)
    said = f"{counted(queued, 'message')} {'is' if one else 'are'} still queued and will be cancelled for good."
    back = "What has left is not called back"
    if under_way:
        back += f", nor {'is the one' if under_way == 1 else f'are the {under_way:,}'} on the way just now"
    return Dialog(
        f"Cancel campaign {board.campaign.id}?",
        f"{said}\n{back}.",
        (Answer("keep", "Keep it", "esc"), Answer("cancel", "Cancel it", "c")),
        kind="-warning",
    )


def ask_assume(seen: int) -> Dialog:
    """Whether what is in doubt is to count as sent. Dismissed with ``yes`` or ``back``."""
    subject = "The message counts" if seen == 1 else f"The {seen:,} messages count"
    return Dialog(
        "Take it as sent?" if seen == 1 else f"Take all {seen:,} as sent?",
        f"{subject} as sent. Nothing leaves, and if a delivery report comes it is what counts.\n"
        "Whoever did not get it will not get it from here.",
        (Answer("back", "Back", "esc"), Answer("yes", "Take as sent", "a")),
    )


def ask_again(app: MittoApp, campaign: Campaign, seen: int, worst: Mapping[str, int] | None) -> CountConfirm:
    """Whether what is in doubt is to be sent again. Dismissed with ``yes`` or ``back``."""
    workspace = app.workspace
    assert workspace is not None
    people = "1 person may get it twice" if seen == 1 else f"up to {seen:,} people may get it twice"
    cost = words.share_cost(campaign, workspace.profile, seen, worst)
    rows = [("Again", literal(counted(seen, "message"), style="bold")), ("Risk", literal(people, style=WARN))]
    if cost:
        rows.append(("Cost", literal(cost, 60, "bold")))
    rows.append(("Account", _account(app, words.is_test(campaign))))
    notes = ["Nothing leaves yet: they are queued, and Resume sends them."]
    return CountConfirm("Send what is in doubt again?", rows, notes, "Queue again", count=seen, risky=True)
