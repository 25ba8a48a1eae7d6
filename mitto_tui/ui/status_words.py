"""A status as a person sees it: a sign, a word, a colour and a sentence, the same on every screen.

The sign and the word say everything; the colour only helps. Colours are names of the theme's, so that they follow it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from textual.content import Content

from mitto_tui.sms.status import Status
from mitto_tui.ui.themes import ACCENT, BAD, DIM, GOOD, WARN


@dataclass(frozen=True, slots=True)
class StatusWords:
    """``meaning`` and ``advice`` are sentences; ``advice`` is empty where there is nothing to do."""

    sign: str
    word: str
    style: str
    meaning: str
    advice: str = ""


WORDS: Final[dict[Status, StatusWords]] = {
    Status.QUEUED: StatusWords(
        "◌",
        "queued",
        DIM,
        "It is stored and has not been sent.",
        "It waits in History: send it from there once that is put right.",
    ),
    Status.SENDING: StatusWords("○", "sending", ACCENT, "It is on its way to Mitto."),
    Status.ACCEPTED: StatusWords("◔", "accepted", ACCENT, "Mitto has it; no delivery report yet."),
    Status.BUFFERED: StatusWords("◑", "buffered", ACCENT, "The network holds it and tries again by itself."),
    Status.SENT: StatusWords("◕", "sent", ACCENT, "Handed to the network; the phone has not confirmed it yet."),
    Status.DELIVERED: StatusWords("●", "delivered", GOOD, "It is on the phone."),
    Status.UNDELIVERED: StatusWords(
        "✕",
        "undelivered",
        BAD,
        "The network could not deliver it.",
        "Check the number, or reach the person another way.",
    ),
    Status.EXPIRED: StatusWords(
        "✕",
        "expired",
        BAD,
        "The phone could not be reached before the message's validity ended.",
        "Send it again, perhaps with a longer validity.",
    ),
    Status.REJECTED: StatusWords(
        "✕",
        "rejected",
        BAD,
        "Mitto refused it; nothing was sent or charged.",
        "Mend what Mitto names, and send it again.",
    ),
    Status.FAILED: StatusWords(
        "✕", "failed", BAD, "It never left this machine.", "Check the network; sending it again is safe."
    ),
    Status.IN_DOUBT: StatusWords(
        "▲",
        "in doubt",
        WARN,
        "The connection broke before Mitto answered: the message may have been sent, or not.",
        "Wait for a delivery report, or decide in History: assume it was sent, or send it again.",
    ),
    Status.ASSUMED_SENT: StatusWords("△", "assumed sent", DIM, "Somebody decided that it was sent; no report says so."),
    Status.NO_REPORT: StatusWords(
        "?", "no report", DIM, "Mitto took it, and no delivery report came. Many networks send none."
    ),
    Status.SKIPPED: StatusWords("–", "skipped", DIM, "It was not sent: this number has opted out."),
    Status.CANCELLED: StatusWords("–", "cancelled", DIM, "It was cancelled before it was sent."),
}


def words(status: Status) -> StatusWords:
    """How ``status`` is shown."""
    return WORDS[status]


def status_content(status: Status) -> Content:
    """Sign and word, in the status's colour: ``● delivered``."""
    shown = WORDS[status]
    return Content.styled(f"{shown.sign} {shown.word}", shown.style)
