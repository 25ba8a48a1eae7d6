"""What a key costs in the running app: from its arrival until what it changed, text and count, has been drawn.

The app draws with a timer, sixty times a second; waiting for that is no work, and is not measured. ``busy`` is how long
the event loop was taken, by the wall's clock. ``cpu`` is its thread's processor time, which is the same on a machine
that does nothing else; this is what is asserted. A full collection of garbage reads every object there is, most of
which came with the imports: it is no key's work, so its time is shown beside.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot
from textual.widgets import TextArea

from mitto_tui.ui.app import MittoApp
from mitto_tui.ui.widgets.segment_meter import SegmentMeter
from mitto_tui.ui.widgets.sms_editor import SmsEditor
from tests.ui.rooms import move_in, until, workspace_of
from tests.ui.writing import compose_of, write

FRAME = 0.016
"""Seconds: a key in less is on the screen in the next of sixty frames a second."""
HICCUP = 0.050
"""Seconds for the worst of many keys, which may hold a save's beginning and the list beside the text as well."""
APPEARS = 1.0
"""Seconds until a megabyte stands there."""
BLOCKED = 0.100
"""Seconds from which on a person feels that a program hesitates."""
SIZE = (120, 36)
MEGABYTE = 1 << 20
KEYS = "dear reader, so it goes "

TEXTS = {
    "GSM with €": "The order 4711 of today costs 12 € [at the counter], and 3 € more if we bring it. ",
    "quotes, emoji": "Dear “reader”, your order is ready… 🎉 Come by, it’s not far – or call 👍 us. ",
    "Cyrillic": "Ваш заказ готов, его можно забрать сегодня до шести вечера в нашем магазине. ",
}
HUGE = {
    **TEXTS,
    "one word": "x",
    "emoji alone": "😀👍🏽🎉",
    "families": "👨‍👩‍👧‍👦",
    "wide and narrow": "漢a字bb",
    "accents": "e\u0301a\u0308",
    "tabs": "\t",
    "20,000 lines": "x" * 51 + "\n",
    "line feeds": "\n",
    "not UTF-8": "caf\udce9 cr\udce8me, \udcff\udcff ",
}


class Terminal(HeadlessDriver):
    """A terminal that takes everything and shows nothing, so that what is drawn is also put into words for one."""

    drawn: Callable[[], object] | None = None

    @property
    def is_headless(self) -> bool:
        return False

    def flush(self) -> None:
        if self.drawn is not None:
            self.drawn()


@dataclass
class Spent:
    """Seconds, key by key."""

    busy: list[float]
    cpu: list[float]
    collecting: float

    def __str__(self) -> str:
        figures = median(self.busy), median(self.cpu), max(self.busy), max(self.cpu), self.collecting
        busy, cpu, worst, worst_cpu, collecting = (f"{1000 * seconds:8.1f}" for seconds in figures)
        return f"busy{busy}  cpu{cpu}  worst{worst}, cpu{worst_cpu}  collecting{collecting}"


class Clock:
    """Measures how long the event loop works, between one moment of waiting and the next."""

    def __init__(self) -> None:
        self._idle = 0.0
        self._collecting = (0.0, 0.0)
        self._collection_began = (0.0, 0.0)
        self.longest_collection = 0.0
        gc.callbacks.append(self._collect)
        selector: Any = asyncio.get_running_loop()._selector  # type: ignore[attr-defined]  # no other way to see it wait
        self._selector, self._select = selector, selector.select
        selector.select = self._wait

    def _wait(self, timeout: float | None = None) -> Any:
        start = time.perf_counter()
        try:
            return self._select(timeout)
        finally:
            self._idle += time.perf_counter() - start

    def _collect(self, phase: str, info: dict[str, int]) -> None:
        now = time.perf_counter(), time.thread_time()
        if info["generation"] == 2 and phase == "start":
            self._collection_began = now
        elif info["generation"] == 2:
            took = now[0] - self._collection_began[0], now[1] - self._collection_began[1]
            self._collecting = self._collecting[0] + took[0], self._collecting[1] + took[1]
            self.longest_collection = max(self.longest_collection, took[0])

    def stop(self) -> None:
        self._selector.select = self._select
        gc.callbacks.remove(self._collect)

    def now(self) -> tuple[float, float]:
        """Busy and processor time until now."""
        return time.perf_counter() - self._idle - self._collecting[0], time.thread_time() - self._collecting[1]


async def measure(app: App[Any], does: Iterable[Callable[[], object]], done: Callable[[], bool]) -> Spent:
    """Do one thing after the other, each when the one before has been drawn."""
    screen, driver = app.screen, app._driver
    assert isinstance(driver, Terminal)
    finished = asyncio.Event()

    loop, widgets = asyncio.get_running_loop(), (screen, *screen.query("*"))

    def look() -> None:
        waiting = screen._dirty_widgets or screen._layout_required
        if done() and not waiting and not any(one._repaint_required or one.message_queue_size for one in widgets):
            finished.set()

    spent = Spent([], [], 0.0)
    clock = Clock()
    driver.drawn = lambda: loop.call_soon(look)
    try:
        for do in does:
            finished.clear()
            busy, cpu = clock.now()
            do()
            await asyncio.wait_for(finished.wait(), 20)
            now = clock.now()
            spent.busy.append(now[0] - busy)
            spent.cpu.append(now[1] - cpu)
            await asyncio.sleep(0)
    finally:
        driver.drawn = None
        clock.stop()
        spent.collecting = clock.longest_collection
    return spent


def typed(app: App[Any], keys: str) -> Iterable[Callable[[], object]]:
    for char in keys:
        name = {" ": "space", ",": "comma"}.get(char, char)
        yield lambda name=name, char=char: app.post_message(events.Key(name, char))  # type: ignore[misc]


def pressed(app: App[Any], *keys: str) -> Iterable[Callable[[], object]]:
    for key in keys:
        yield lambda key=key: app.post_message(events.Key(key, None))  # type: ignore[misc]


@asynccontextmanager
async def composing() -> AsyncIterator[tuple[MittoApp, SmsEditor, Pilot[int], Callable[[], bool]]]:
    """The app, its editor, and whether the meter shows the count of the text."""
    app = MittoApp(sandbox=True)
    app.driver_class = Terminal
    async with app.run_test(headless=False, size=SIZE) as pilot:
        await until(pilot, lambda: app.workspace is not None)
        screen = await compose_of(pilot)
        editor, meter = screen.message_form.editor, screen.query_one("#meter", SegmentMeter)
        write(screen, "")
        editor.focus()
        await pilot.pause(0.2)
        try:
            yield app, editor, pilot, lambda: meter._tally.chosen.text == editor.text
        finally:
            await workspace_of(pilot).aclose()


class BareApp(App[None]):
    """Textual's own text area, as large as the editor."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self.driver_class = Terminal
        self._shape = width, height

    def compose(self) -> ComposeResult:
        area = TextArea(id="text")
        area.styles.width, area.styles.height = self._shape
        yield area


async def in_bare_area(shape: tuple[int, int], text: str, place: int) -> Spent:
    app = BareApp(*shape)
    async with app.run_test(headless=False, size=SIZE) as pilot:
        area = app.query_one(TextArea)
        area.load_text(text)
        area.focus()
        area.move_cursor((0, place))
        await pilot.pause(0.1)
        await measure(app, typed(app, KEYS[:4]), lambda: True)
        return await measure(app, typed(app, KEYS), lambda: True)


def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    move_in(tmp_path, monkeypatch)


home = pytest.fixture(autouse=True)(_home)


@pytest.mark.benchmark
async def test_a_key_at_1600_and_40000_characters(capsys: pytest.CaptureFixture[str]) -> None:
    lines: list[str] = []
    found: list[Spent] = []
    async with composing() as (app, editor, pilot, counted):
        shape = editor.size.width, editor.size.height
        for length in (1600, 40_000):
            for kind, piece in TEXTS.items():
                text = (piece * length)[:length]
                for name, place in (("middle", length // 2), ("end", length)):
                    editor.load_text(text)
                    editor.go_to(place)
                    await pilot.pause(0.3)
                    await measure(app, typed(app, KEYS[:4]), counted)
                    spent = await measure(app, typed(app, KEYS * 3), counted)
                    found.append(spent)
                    lines.append(f"{length:>9,} {kind:<15}{name:<7}{spent}")
    at_1600 = found[: 2 * len(TEXTS)]
    for index, (kind, piece) in enumerate(TEXTS.items()):
        bare = await in_bare_area(shape, (piece * 1600)[:1600], 800)
        ours = at_1600[2 * index]
        lines.append(
            f"    1,600 {kind:<15}in a bare text area: {bare}; ours {median(ours.cpu) / median(bare.cpu):.1f}x"
        )
    with capsys.disabled():
        print("\n" + "\n".join(lines))
    assert all(median(spent.cpu) < FRAME for spent in found)
    assert all(max(spent.cpu) < HICCUP for spent in at_1600)


@pytest.mark.benchmark
@pytest.mark.timeout(600)
async def test_a_megabyte_never_freezes_it(capsys: pytest.CaptureFixture[str]) -> None:
    async with composing() as (app, editor, pilot, counted):
        for kind, piece in HUGE.items():
            text = (piece * (MEGABYTE // len(piece) + 1))[:MEGABYTE]
            editor.load_text("")
            await pilot.pause(0.2)
            spent = {"paste": await measure(app, [lambda text=text: editor.put(text)], counted)}  # type: ignore[misc]
            for name, place in (("start", 0), ("middle", MEGABYTE // 2), ("end", MEGABYTE)):
                editor.go_to(place)
                await pilot.pause(0.1)
                spent[f"keys at {name}"] = await measure(app, typed(app, KEYS[:8]), counted)
            moves = (
                "up",
                "pageup",
                "left",
                "home",
                "ctrl+left",
                "pagedown",
                "end",
                "ctrl+right",
                "ctrl+home",
                "ctrl+end",
            )
            spent["moving"] = await measure(app, pressed(app, *moves), lambda: True)
            spent["undo"] = await measure(app, pressed(app, "ctrl+z", "ctrl+z"), counted)
            spent["all"] = await measure(app, pressed(app, "ctrl+a"), lambda: True)
            spent["delete"] = await measure(app, pressed(app, "delete"), counted)
            with capsys.disabled():
                print(f"\n{MEGABYTE:,} of {kind}")
                for name, one in spent.items():
                    print(f"  {name:<15}{one}")
            assert max(spent.pop("paste").cpu) < APPEARS
            for one in spent.values():
                assert median(one.cpu) < BLOCKED
