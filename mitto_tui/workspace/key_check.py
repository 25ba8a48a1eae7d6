"""What a test call says about the key it was made with."""

from __future__ import annotations

from mitto_tui.sms.submission import Outcome, OutcomeKind


def judge(outcome: Outcome) -> tuple[bool, str]:
    """Whether the key works, and a sentence. A refusal of the call's content proves the key as well."""
    match outcome.kind:
        case OutcomeKind.ACCEPTED:
            return True, "The key works: Mitto accepted a test call. Nothing was delivered or charged."
        case OutcomeKind.REJECTED:
            return True, f"Mitto knows the key, but refused the test call: {outcome.detail}"
        case OutcomeKind.UNAUTHORISED:
            return False, f"{outcome.detail} (HTTP {outcome.http_status})"
        case _:
            return False, outcome.detail
