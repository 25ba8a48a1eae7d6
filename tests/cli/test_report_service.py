"""``mitto-tui reports listen``, killed while reports come in: what was answered with 200 is there."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import aiohttp

from mitto_tui.sms.status import Status
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.storage.database import Database
from mitto_tui.storage.messages import Messages
from tests.cli.test_processes import listening
from tests.storage.builders import accepted, outcome, sent

KILLS = 6
AT_ONCE = 8


async def _until_it_dies(url: str, waiting: list[str], taken: set[str], kill: Callable[[], None], after: int) -> None:
    """Report on ids, several at a time and by several forms; ``kill`` the receiver ``after`` so many were taken."""
    enough = len(taken) + after

    async def reporter(session: aiohttp.ClientSession) -> None:
        while waiting:
            mitto_id = waiting.pop()
            fields = {"msgid": mitto_id, "status": "DELIVERED", "to": "491725551234"}
            try:
                if len(waiting) % 3 == 0:
                    answer = await session.get(url, params=fields)
                elif len(waiting) % 3 == 1:
                    answer = await session.post(url, data=fields)
                else:
                    answer = await session.post(url, json=[fields])
            except aiohttp.ClientError:
                return
            if answer.status == 200:
                taken.add(mitto_id)
            await answer.release()
            if len(taken) >= enough:
                kill()

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(reporter(session) for _ in range(AT_ONCE)))


def test_killed_under_load_every_report_that_was_taken_is_there(home: Path) -> None:
    ids = [f"{number:032x}" for number in range(1, 401)]
    with Database.open(home / "data" / "messages.db") as database:
        messages = Messages(database, "default")
        of_id = {mitto_id: sent(messages, accepted(mitto_id)).message_id for mitto_id in ids}
        doubt = sent(messages, outcome(OutcomeKind.IN_DOUBT)).message_id
    waiting, taken, chance = list(ids), set[str](), random.Random()
    for _ in range(KILLS):
        with listening("reports", "listen", "--port", "0") as (url, process):
            asyncio.run(_until_it_dies(url, waiting, taken, process.kill, chance.randrange(3, 50)))
    print(f"\n{KILLS} kills, {len(taken)} reports taken, {len(ids) - len(waiting) - len(taken)} cut off")
    with Database.open(home / "data" / "messages.db") as database:
        messages = Messages(database, "default")
        with database.read() as connection:
            kept = set(connection.exec_driver_sql("SELECT mitto_key FROM raw_reports").scalars())
        assert taken <= kept
        assert len(taken) >= KILLS * 3
        for mitto_id, message_id in of_id.items():
            assert (messages.status(message_id) is Status.DELIVERED) == (mitto_id in kept)
        assert messages.status(doubt) is Status.IN_DOUBT
