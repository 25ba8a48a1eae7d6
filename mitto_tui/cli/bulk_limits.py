"""How hard a list may be sent, as the options of ``mitto-tui bulk`` say, within what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mitto_tui.sms.campaign import CampaignLimits, Canary
from mitto_tui.sms.errors import InvalidInput

if TYPE_CHECKING:
    from mitto_tui.settings.profiles import Profile

# As for a profile's own limits (settings/schema.py).
_FASTEST: Final = 10_000
_MOST_IN_A_REQUEST: Final = 10_000
_MOST_REQUESTS: Final = 1_000
_LONGEST_TIMEOUT: Final = 600
_LONGEST_WAIT: Final = 30 * 24 * 3600
_USUAL: Final = Canary(1)


def read_limits(
    profile: Profile,
    rate: float | None,
    chunk: int | None,
    in_flight: int | None,
    canary: int | None,
    share: float | None,
    wait: float | None,
    timeout: float | None,
    *,
    test: bool,
) -> CampaignLimits:
    """The limits of a campaign: the profile's where an option is left out. Raises InvalidInput with a sentence."""
    # What is no number (nan) is in no range, so each is asked whether it lies within.
    if rate is not None and not 0 < rate <= _FASTEST:
        raise InvalidInput("rate", f"--rate must be above 0 and at most {_FASTEST:,} messages a second.")
    if chunk is not None and not 1 <= chunk <= _MOST_IN_A_REQUEST:
        raise InvalidInput("chunk", f"--chunk must be from 1 to {_MOST_IN_A_REQUEST:,} recipients.")
    if in_flight is not None and not 1 <= in_flight <= _MOST_REQUESTS:
        raise InvalidInput("in_flight", f"--in-flight must be from 1 to {_MOST_REQUESTS:,} requests.")
    if timeout is not None and not 0 < timeout <= _LONGEST_TIMEOUT:
        raise InvalidInput("timeout", f"--timeout must be above 0 and at most {_LONGEST_TIMEOUT} seconds.")
    kept = profile.limits
    return CampaignLimits(
        chunk=kept.chunk if chunk is None else chunk,
        in_flight=kept.max_in_flight if in_flight is None else in_flight,
        rate=kept.rate if rate is None else rate,
        max_rejected=kept.max_rejected,
        canary=_canary(canary, share, wait, test=test),
    )


def _canary(first: int | None, share: float | None, wait: float | None, *, test: bool) -> Canary | None:
    if first is None:
        if share is not None or wait is not None:
            raise InvalidInput("canary", "--canary-share and --canary-wait go with --canary N.")
        return None
    if first < 1:
        raise InvalidInput("canary", "--canary must be at least 1 recipient.")
    if share is not None and not 0 < share <= 1:
        raise InvalidInput("canary_share", "--canary-share must be above 0 and at most 1, such as 0.8.")
    if wait is not None and not 0 < wait <= _LONGEST_WAIT:
        raise InvalidInput("canary_wait", "--canary-wait must be above 0 seconds and at most 30 days.")
    if test:
        raise InvalidInput("canary", "Test calls are never delivered, so --canary would wait for nothing.")
    return Canary(first, _USUAL.share if share is None else share, _USUAL.wait if wait is None else wait)
