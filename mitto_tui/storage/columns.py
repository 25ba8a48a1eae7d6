"""How messages and answers are laid out in columns."""

from __future__ import annotations

from datetime import datetime

from mitto_tui.sms.message import NewMessage
from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import Outcome
from mitto_tui.storage.search import searchable
from mitto_tui.storage.types import storable


def of_message(profile: str, message: NewMessage, at: datetime) -> dict[str, object]:
    """The columns of a new message's row, queued."""
    content = message.content
    return {
        "profile": profile,
        "recipient": message.recipient,
        "sender": content.sender,
        "type": content.type.value,
        "encoding": None if message.encoding is None else message.encoding.value,
        "segments": message.segments,
        "reference": content.reference,
        "validity": content.validity,
        "pid": content.pid,
        "udh": content.udh,
        "flash": content.flash,
        "callback": content.callback,
        "test": content.test,
        "created_at": at,
        "status": Status.QUEUED.value,
        "attempts": 0,
        "conflicting": False,
        "updated_at": at,
        "text": content.text,
        "search": searchable(content.text, content.sender, content.reference),
    }


def of_answer(outcome: Outcome, at: datetime) -> dict[str, object]:
    """The columns of the attempt that ``outcome`` ends, but for Mitto's id."""
    return {
        "finished_at": at,
        "outcome": outcome.kind.value,
        "reason": outcome.reason,
        "detail": outcome.detail,
        "http_status": storable(outcome.http_status),
        "response_code": storable(outcome.response_code),
        "response_text": outcome.response_text,
        "message_parts": storable(outcome.message_parts),
        "text_length": storable(outcome.text_length),
        "provider_time": outcome.provider_time,
        "retry_after": outcome.retry_after,
        "test": outcome.test,
        "raw": outcome.raw,
    }


def event_data(outcome: Outcome) -> dict[str, object]:
    """What an outcome's event shows. The raw answer and the rest stay with the attempt."""
    shown = {
        "reason": outcome.reason,
        "detail": outcome.detail,
        "http_status": storable(outcome.http_status),
        "response_code": storable(outcome.response_code),
        "response_text": outcome.response_text,
        "mitto_id": outcome.mitto_id,
        "retry_after": outcome.retry_after,
    }
    return {key: value for key, value in shown.items() if value is not None}
