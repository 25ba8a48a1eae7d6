"""What a delivery report says, whatever form it came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mitto_tui.sms.status import ReportStatus

FIELDS: Final = ("id", "status", "error", "receiver", "reference", "mccmnc", "mcc", "mnc", "time")
"""What a report's template may hold, by our own names."""


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """One report, parsed tolerantly: every field but ``status`` may be missing.

    ``status_text`` is the provider's own word. ``mitto_id`` is as it came; compare it with ``normal_id``. ``token`` is
    the attempt's token found at the end of ``reference``. ``receiver`` is digits only. ``provider_time`` is aware, UTC.
    """

    status: ReportStatus
    status_text: str = ""
    mitto_id: str | None = None
    token: str | None = None
    reference: str | None = None
    receiver: str | None = None
    error_code: str | None = None
    mccmnc: str | None = None
    provider_time: datetime | None = None


def normal_id(mitto_id: str) -> str:
    """``mitto_id`` as ids compare: without dashes and without regard to case."""
    return mitto_id.replace("-", "").strip().lower()
