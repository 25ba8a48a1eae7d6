"""What answers mean for the rest of a campaign: how much may be under way, who is given up, whether it has to stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mitto_tui.sending.pacing import Pacer, Window
from mitto_tui.sending.requests import Ended
from mitto_tui.sending.watch import Stop, Tries, Watch, gave_up
from mitto_tui.sms.campaign import CampaignLimits, ClaimedRequest
from mitto_tui.sms.submission import OutcomeKind

_KEPT_BACK: Final = frozenset({"too_late", "stopped"})
"""Reasons of our own for which a request never left although it was its turn."""
_NOT_TAKEN: Final = frozenset({OutcomeKind.NEVER_LEFT, OutcomeKind.SLOW_DOWN})


class Lessons:
    """Of one run, with a pacer that others may share. ``clock`` is monotonic, in seconds."""

    def __init__(self, limits: CampaignLimits, pacer: Pacer, clock: Callable[[], float]) -> None:
        self._pacer = pacer
        self._window = Window(limits.in_flight, clock)
        self._watch = Watch(limits.max_rejected, clock)
        self._tries = Tries()

    @property
    def window(self) -> int:
        """Requests that may be under way at a time, as far as the other side's patience goes."""
        return self._window.size

    @property
    def allowed(self) -> int:
        """Requests that may be without a stored answer just now."""
        return 1 if self._watch.probing else self._window.size

    def learn(self, request: ClaimedRequest, ended: Ended) -> tuple[frozenset[int], Stop | None]:
        """From how a request ended: which of its messages are given up, and why the campaign has to stop, if it has."""
        outcomes, departed = ended.outcomes, ended.departed
        first = outcomes[0]
        if departed is None or (first.kind is OutcomeKind.NEVER_LEFT and first.reason in _KEPT_BACK):
            return frozenset(), None  # it ended because of ourselves, and says nothing about the other side
        self._watch.seen(outcomes, departed)
        if first.kind is OutcomeKind.SLOW_DOWN:
            self._window.slow_down(departed)
            self._pacer.slow_down(departed)
        elif first.kind is not OutcomeKind.NEVER_LEFT:
            self._window.went_well()
        self._pacer.took(sum(outcome.kind is OutcomeKind.ACCEPTED for outcome in outcomes))
        if (hold := self._watch.hold_for) > 0:
            self._pacer.hold(hold, first.detail if first.kind in _NOT_TAKEN else "")
        given_up = self._tries.seen(request.message_ids, outcomes)
        return given_up, self._watch.verdict() or (gave_up(given_up, first) if given_up else None)
