"""What is said beside the fields From and To, while somebody is typing there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.content import Content

from mitto_tui.sms.sender import check_sender
from mitto_tui.sms.visible import one_line
from mitto_tui.ui.literal import literal
from mitto_tui.ui.themes import BAD, DIM, WARN

if TYPE_CHECKING:
    from mitto_tui.recipients.numbers import NumberReading

_TYPED = 40


def sender_words(typed: str) -> Content:
    """What kind of sender ID it is and how long, or what is wrong with it; nothing of a blank one."""
    if not typed.strip():
        return Content("")
    check = check_sender(typed)
    kind = f"{check.kind} {check.length}/{check.limit}"
    if check.error and check.length > check.limit:
        return Content.styled(kind, BAD)
    if check.error:
        return Content.styled(check.error, BAD)
    return Content.styled(check.warning, WARN) if check.warning else Content.styled(kind, DIM)


def recipient_words(
    typed: str, reading: NumberReading, mask: Callable[[str], str], *, typing: bool, narrow: bool
) -> Content:
    """How the number is read: as it will be sent where that is not how it was typed, its country and kind of line.

    ``mask`` hides digits where they are to be hidden. While somebody is ``typing``, what may still become a number is
    not called wrong. Where it is ``narrow`` there is no room for the number.
    """
    typed = typed.strip()
    if reading.error:
        if typing and not reading.complete:
            return Content("")
        beside = one_line(typed, _TYPED)  # it stands beside the note; once is enough
        error = f"This{reading.error[len(beside) :]}" if reading.error.startswith(beside) else reading.error
        return Content.styled(mask(error), BAD)
    if reading.warning:
        return Content.styled(mask(reading.warning), WARN)
    display = "" if narrow or reading.display == typed else mask(reading.display)
    where = ", ".join(part for part in (reading.country, reading.line) if part)
    return literal("  ".join(part for part in (display, where) if part), style=DIM)
