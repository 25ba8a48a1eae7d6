"""What is said before a list is sent to: the summary, the worst cost, warnings, and what has to be typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from mitto_tui.recipients.totals import Spent, Totals
from mitto_tui.sms.campaign import CampaignState
from mitto_tui.sms.message import MessageType
from mitto_tui.ui.bulk.check_words import counted, left_out_words, recipients_of
from mitto_tui.ui.cost import money
from mitto_tui.ui.counting import parts
from mitto_tui.ui.list_cost import ListCost, list_cost

if TYPE_CHECKING:
    from mitto_tui.settings.profiles import Profile
    from mitto_tui.storage.campaigns import Campaign

TYPED_FROM: Final = 20
"""Recipients from which their number has to be typed."""
ABOUT: Final = (
    "Before it is sent: what goes to whom and what it costs at most, how fast, and a test to yourself. While it is "
    "sent: how it goes. Leaving this screen changes nothing, it goes on. Paused, it waits for as long as you like."
)
HELP: Final = {
    "#send-rate": "How many messages leave a second at the most. Empty: as fast as the other limits allow.",
    "#send-chunk": "How many recipients of the same text go in one request. 1 sends each by itself. Texts with fields "
    "go one by one whatever stands here.",
    "#send-in_flight": "How many requests may wait for their answers at the same time.",
    "#send-first": "Sends to so many first, waits for their delivery reports, and goes on by itself if enough of them "
    "are delivered; else it pauses. Empty: all at once.",
    "#send-share": "The share of the first that must be delivered, in per cent.",
    "#send-wait": "How many minutes the reports of the first are waited for.",
    "#send-test-to": "Your own number. The text of a row is sent there as a message of its own; nothing of the list.",
    "#send-test-row": "Which of the list's recipients the text for the test is taken from, counted from 1.",
    "#send-now": "Asks once more, and begins.",
    "CampaignBoard": "How the sending goes. Left: on the way and delivered. Right: what did not arrive or is in doubt.",
}


@dataclass(frozen=True, slots=True)
class SendCost:
    """What sending costs at most, in words; empty where nothing is known. ``detail`` is said beside it, dim."""

    words: str = ""
    detail: str = ""


def send_cost(campaign: Campaign, profile: Profile, worst: Mapping[str, int] | None = None) -> SendCost:
    """``up to 904.20 EUR``; for a test, that nothing is charged. ``worst`` as in ``list_cost``."""
    if is_test(campaign):
        return SendCost("nothing: a test", "Mitto checks and answers; nothing is delivered")
    found = _list_cost(campaign, profile, worst)
    if found is None:
        has_prices = bool(profile.prices.per_segment)
        return SendCost("", "no price for these countries in this profile" if has_prices else "")
    said = [f"{counted(found.rows_without, 'recipient')} without a price"] if found.without else []
    if not worst and campaign.options.get("type") == MessageType.MITTO.value:
        said.append("more where Mitto sends it as Unicode")
    if found.worst_words:
        return SendCost(found.worst_words, " · ".join([f"{found.words} by our count", *said]))
    return SendCost(found.words, " · ".join(said))


def share_cost(campaign: Campaign, profile: Profile, messages: int, worst: Mapping[str, int] | None = None) -> str:
    """What ``messages`` of the list's can cost at most, as if they were its dearest: ``up to 1.44 EUR``, or empty."""
    if is_test(campaign) or messages <= 0:
        return ""
    found = _list_cost(campaign, profile, worst)
    if found is None or not found.priced:
        return ""
    decided = campaign.options.get("type") != MessageType.MITTO.value
    price = max(one.cost.price.per_segment for one in found.priced if one.cost)
    # 160 characters are one part in the GSM alphabet, and three as Unicode: no text grows by more.
    most = price * _longest(campaign) * (1 if decided else _GROWS) * messages
    return f"up to {money(min(most, found.worst) if decided or worst else most, found.currency)}"


_GROWS: Final = 3


def _longest(campaign: Campaign) -> int:
    """The parts of the longest text."""
    kept = campaign.totals.get("parts")
    sizes = [_whole(pair[0]) for pair in kept if isinstance(pair, Sequence) and pair] if isinstance(kept, list) else []
    return max(sizes, default=1)


def is_test(campaign: Campaign) -> bool:
    """Whether Mitto is asked to deliver and charge nothing."""
    return campaign.options.get("test") is True


def size_words(campaign: Campaign) -> str:
    """``1,204 parts``."""
    segments = campaign.totals.get("segments")
    return parts(segments) if isinstance(segments, int) else ""


def to_words(campaign: Campaign) -> str:
    """``1,204 recipients``."""
    return counted(recipients_of(campaign.totals), "recipient")


def left_out(campaign: Campaign) -> str:
    """``96 left out: 60 duplicate, …``, or empty."""
    rows = campaign.totals.get("rows")
    without = rows - recipients_of(campaign.totals) if isinstance(rows, int) else 0
    if without <= 0:
        return ""
    why = left_out_words(campaign, 0)
    return f"{without:,} left out" + (f": {why}" if why else "")


def same_words(before: Sequence[Campaign]) -> str:
    """That the very same was approved before: ``The same messages went to the same numbers before: campaign 12, …``."""
    if not before:
        return ""
    first = before[0]
    more = f", and {len(before) - 1:,} more" if len(before) > 1 else ""
    at = f", {day(first.approved_at)}" if first.approved_at is not None else ""
    return f"The same messages to the same numbers: campaign {first.id}{at}, {state_word(first.state)}{more}."


def day(at: datetime) -> str:
    """``12 Nov 2026 14:03``, by this machine's clock."""
    here = at.astimezone()
    return f"{here.day} {here:%b %Y %H:%M}"


_STATES: Final = {
    CampaignState.DRAFT: "not sent",
    CampaignState.APPROVING: "being prepared",
    CampaignState.READY: "ready",
    CampaignState.RUNNING: "being sent",
    CampaignState.PAUSED: "paused",
    CampaignState.FINISHED: "finished",
    CampaignState.CANCELLED: "cancelled",
}


def state_word(state: CampaignState) -> str:
    """The state as people say it."""
    return _STATES.get(state, state.value)


def typed_count(text: str) -> int | None:
    """The number that somebody typed to confirm: ``1234``, ``1,234``, ``1 234`` and ``1.234`` are the same."""
    digits = "".join(char for char in text.strip() if char not in " ,.'’\u00a0\u202f")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 12 else None


def to_be_typed(recipients: int, before: Sequence[Campaign]) -> bool:
    """Whether the number of recipients has to be typed before anything leaves."""
    return recipients >= TYPED_FROM or bool(before)


def _list_cost(campaign: Campaign, profile: Profile, worst: Mapping[str, int] | None) -> ListCost | None:
    return list_cost(Totals(countries=_countries(campaign.totals)), profile, worst)


def _countries(totals: Mapping[str, Any]) -> dict[str, Spent]:
    kept = totals.get("countries")
    if not isinstance(kept, Mapping):
        return {}
    return {
        str(region): Spent(_whole(spent.get("rows")), _whole(spent.get("segments")))
        for region, spent in kept.items()
        if isinstance(spent, Mapping)
    }


def _whole(kept: object) -> int:
    return kept if isinstance(kept, int) else 0
