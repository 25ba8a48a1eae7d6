"""What a campaign's run is asked to do."""

from __future__ import annotations

from dataclasses import dataclass

from mitto_tui.sms.campaign import CampaignLimits


@dataclass(frozen=True, slots=True)
class CampaignTask:
    """What a run has to do. ``bulk`` is whether all texts are one, so that many recipients may go in a request."""

    id: int
    bulk: bool
    test: bool
    limits: CampaignLimits


@dataclass(frozen=True, slots=True)
class CampaignPolicy:
    """What an account asks for around each request. Times are in seconds.

    ``timeout`` is the longest a request may take. ``tracked`` puts the token into the reference. ``callback`` is used
    where a message names none. ``patience`` is how long an answer that can't be stored is kept and tried again; None
    is for as long as the run isn't stopped.
    """

    timeout: float = 30.0
    tracked: bool = True
    callback: str | None = None
    patience: float | None = None
