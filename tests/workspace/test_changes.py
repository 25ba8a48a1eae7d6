"""Listeners hear of changes, soon and not too often."""

from __future__ import annotations

import asyncio

from mitto_tui.workspace.changes import Changes


class Ear:
    """Counts calls and lets a test wait for one."""

    def __init__(self) -> None:
        self.calls = 0
        self._heard = asyncio.Event()

    def __call__(self) -> None:
        self.calls += 1
        self._heard.set()

    async def heard(self) -> None:
        async with asyncio.timeout(5):
            await self._heard.wait()
        self._heard.clear()


async def test_many_changes_are_few_calls() -> None:
    changes, ear = Changes(lambda: 1), Ear()
    changes.subscribe(ear)
    for _ in range(100):
        changes.touch()
        await asyncio.sleep(0)
    await ear.heard()
    assert ear.calls == 1
    changes.touch()
    await ear.heard()
    assert ear.calls == 2
    await changes.aclose()


async def test_what_another_process_wrote_is_noticed() -> None:
    looks = iter([1, 2])
    changes, ear = Changes(lambda: next(looks, 2)), Ear()
    changes.subscribe(ear)
    await ear.heard()
    assert ear.calls == 1
    await changes.aclose()


async def test_a_listener_that_fails_or_leaves_does_not_stop_the_others() -> None:
    changes, ear, gone = Changes(lambda: 1), Ear(), Ear()

    def broken() -> None:
        raise RuntimeError("oops")

    changes.subscribe(broken)
    leave = changes.subscribe(gone)
    changes.subscribe(ear)
    leave()
    leave()
    changes.touch()
    await ear.heard()
    assert gone.calls == 0
    await changes.aclose()


async def test_a_database_that_cannot_be_looked_at_is_looked_at_again() -> None:
    looks = iter([1, None, 2])

    def version() -> int:
        number = next(looks, 2)
        if number is None:
            raise RuntimeError("locked")
        return number

    changes, ear = Changes(version), Ear()
    changes.subscribe(ear)
    await ear.heard()
    await changes.aclose()
