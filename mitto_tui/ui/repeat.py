"""A stored message as a form to be filled in again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mitto_tui.sms.message import MessageType, count_as
from mitto_tui.sms.submission import WireType
from mitto_tui.ui.autosave import Form

if TYPE_CHECKING:
    from mitto_tui.storage.rows import MessageRow


def form_of(row: MessageRow, to: str) -> Form:
    """What a person would type to get ``row`` once more. ``to`` is its number as people write it.

    Auto is what was most likely chosen where auto would choose the same.
    """
    options = {
        "type": _type_of(row).value,
        "reference": row.reference or "",
        "validity": "" if row.validity is None else str(row.validity),
        "pid": "" if row.pid is None else str(row.pid),
        "udh": row.udh or "",
        "callback": row.callback or "",
        "flash": "yes" if row.flash else "no",
        "test": "yes" if row.test else "no",
    }
    return Form(row.sender, to, row.text, options)


def _type_of(row: MessageRow) -> MessageType:
    if row.type is WireType.AUTO:
        return MessageType.MITTO
    if row.type is WireType.BINARY:
        return MessageType.BINARY
    if count_as(row.text, MessageType.AUTO).encoding is row.encoding:
        return MessageType.AUTO
    return MessageType.GSM if row.type is WireType.GSM else MessageType.UNICODE
