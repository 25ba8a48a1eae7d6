"""A person's word on a message that goes beyond sending it: whose a report is, and that it led where it was to lead."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mitto_tui.sms.status import Status
    from mitto_tui.workspace.workspace import Workspace


async def take_report(workspace: Workspace, report_id: int, message_id: int) -> Status | None:
    """A report that names the number of a message in doubt is about it; its status after that. Raises NotAllowed."""
    applied = await asyncio.to_thread(workspace.reports.take, report_id, message_id, workspace.now())
    workspace.touch()
    return applied.status


async def mark_converted(workspace: Workspace, mitto_id: str) -> int | None:
    """Tell Mitto that a message led where it was meant to lead; its own id, if it is one of ours. Raises ApiError."""
    client = await workspace.client()
    await client.converted(mitto_id)
    message_id = await asyncio.to_thread(workspace.history.by_mitto_id, workspace.profile.name, mitto_id)
    if message_id is not None:
        await asyncio.to_thread(workspace.messages.converted, message_id, workspace.now())
        workspace.touch()
    return message_id
