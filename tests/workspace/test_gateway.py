"""Mitto's client as the engine asks for it, over real connections."""

from __future__ import annotations

import asyncio
import json

import pytest

from mitto_tui.mitto.client import MittoClient
from mitto_tui.sending.ports import Gateway
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.workspace.gateway import ClientGateway
from tests.mitto.bodies import CONTENT, KEY, NUMBER, OTHER, SINGLE
from tests.servers import raw
from tests.servers.raw import RawServer, answer

YES = answer(json.dumps(SINGLE).encode())


def yes() -> bool:
    return True


async def test_what_may_not_leave_any_more_does_not_though_a_connection_stands() -> None:
    with RawServer(YES) as server:
        async with MittoClient(server.url, KEY) as client:
            gateway: Gateway = ClientGateway(client)
            outcome = await gateway.submit(NUMBER, CONTENT, lambda: False)
            assert (outcome.kind, outcome.reason) == (OutcomeKind.NEVER_LEFT, "too_late")
            assert "kept back" in outcome.detail
            many = await gateway.submit_many([NUMBER, OTHER], CONTENT, lambda: False)
            assert [one.reason for one in many] == ["too_late"] * 2
            await server.until(connections=1)
            assert server.requests == []
            assert (await gateway.submit(NUMBER, CONTENT, yes)).kind is OutcomeKind.ACCEPTED
        assert len(server.requests) == 1


async def test_cancelled_it_says_whether_anything_left() -> None:
    with RawServer(raw.hang_before_reading) as silent, RawServer(raw.hang_after_reading) as server:
        async with (
            MittoClient(silent.url.replace("http:", "https:"), KEY) as secure,
            MittoClient(server.url, KEY) as plain,
        ):
            connecting = asyncio.create_task(ClientGateway(secure).submit_many([NUMBER, OTHER], CONTENT, yes))
            waiting = asyncio.create_task(ClientGateway(plain).submit(NUMBER, CONTENT, yes))
            await silent.until(connections=1)
            await server.until(requests=1)
            connecting.cancel()
            waiting.cancel()
            assert [(one.kind, one.reason) for one in await connecting] == [(OutcomeKind.NEVER_LEFT, "stopped")] * 2
            with pytest.raises(asyncio.CancelledError):
                await waiting
        assert silent.requests == []
