"""The pictures of the README: the app itself, driven headless through the sandbox.

python screenshots/make.py          writes screenshots/*.svg
python screenshots/make.py --png    and a PNG beside each, to look at (cairosvg, DejaVu Sans Mono)
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import keyring  # noqa: E402 - found through the line above, if nothing is installed
from keyring.backend import KeyringBackend  # noqa: E402
from textual.pilot import Pilot  # noqa: E402
from textual.widgets import Input, TextArea  # noqa: E402

from mitto_tui.ui.app import MittoApp  # noqa: E402
from mitto_tui.ui.autosave import Form  # noqa: E402
from mitto_tui.ui.bulk.columns_step import ColumnsStep  # noqa: E402
from mitto_tui.ui.bulk.list_step import ListStep  # noqa: E402
from mitto_tui.ui.bulk.message_step import MessageStep  # noqa: E402
from mitto_tui.ui.bulk.send_step import SendStep  # noqa: E402
from mitto_tui.ui.screens.bulk import BulkScreen  # noqa: E402
from mitto_tui.ui.screens.compose import ComposeScreen  # noqa: E402
from mitto_tui.ui.screens.first_run import FirstRunScreen  # noqa: E402
from mitto_tui.ui.screens.history import HistoryScreen  # noqa: E402
from mitto_tui.ui.screens.replace import ReplaceScreen  # noqa: E402
from mitto_tui.ui.screens.settings import SettingsScreen  # noqa: E402
from mitto_tui.ui.screens.templates import TemplatesScreen  # noqa: E402
from mitto_tui.ui.widgets.check_table import CheckTable  # noqa: E402
from mitto_tui.ui.widgets.compose_editor import ComposeEditor  # noqa: E402
from mitto_tui.ui.widgets.send_confirm import CountConfirm  # noqa: E402
from screenshots import customers  # noqa: E402
from screenshots.stage import IN_DOUBT, Stage, staged  # noqa: E402

WIDE: Final = (120, 36)
SMALL: Final = (80, 24)
_PATIENCE: Final = 30.0
_FORM: Final = Form(
    "MITTO SMS",
    "+49 172 5551234",
    "Dear Jürgen, your order “4711” is ready… Please pick it up by Friday, 12 € are to be paid.\nSee you soon, Ines",
)
_TO_ALL: Final = "Dear {first name|customer}, your appointment in {City} is on {Day}. See you soon!"
_TEMPLATES: Final = {
    "Appointment": "Dear {name}, we look forward to seeing you on {day} at {time}. Can't make it? Call {phone|us}.",
    "Delivery": "Hi {name}, your parcel {code} arrives on {day}. Track it at https://example.com/t/{code}",
    "Order ready": "Dear {name}, your order {number} is ready. Please bring {what|your passport}.",
    "Password": "Your code is {code}. It is valid for 10 minutes. We never ask for it on the phone.",
}
CONFIG: Final = """\
profile = "work"

[profiles.work]
base_url = "frankfurt"
sender = "MITTO SMS"
country = "DE"

[profiles.work.prices]
currency = "EUR"
DE = 0.075
AT = 0.062
"""
SANDBOX_PRICES: Final = """\
[profiles.sandbox.prices]
currency = "EUR"
DE = 0.075
"""


class OneKey(KeyringBackend):
    """A keyring with a key for one account, which is nobody's."""

    priority = 1
    name = "Secret Service"

    def get_password(self, service: str, username: str) -> str | None:
        return "example-key-of-no-account" if username == "work" else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


async def until(pilot: Pilot[int], condition: Callable[[], bool]) -> None:
    """Wait for a condition, with the app running."""
    end = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"the condition never came on {pilot.app.screen!r}")
        await pilot.pause(0.05)
    await pilot.pause()


async def compose(pilot: Pilot[int], stage: Stage) -> None:
    """Compose, with a text that forces Unicode."""
    screen = pilot.app.screen
    assert isinstance(screen, ComposeScreen)
    screen.message_form.fill(_FORM)
    screen.message_form.editor.focus()
    await until(pilot, lambda: "Germany" in _text(pilot))


async def replace(pilot: Pilot[int], stage: Stage) -> None:
    """What could stand for the characters that force Unicode, and what that wins."""
    await compose(pilot, stage)
    await pilot.app.screen.run_action("replace")
    await until(pilot, lambda: isinstance(pilot.app.screen, ReplaceScreen) and "After" in _text(pilot))


async def templates(pilot: Pilot[int], stage: Stage) -> None:
    """The saved templates, one of them in full."""
    saved = pilot.app.workspace.templates  # type: ignore[attr-defined]  # the app is ours
    for name, text in _TEMPLATES.items():
        saved.save(name, text)
    await pilot.app.screen.run_action("templates")
    await until(pilot, lambda: isinstance(pilot.app.screen, TemplatesScreen) and "at least" in _text(pilot))


async def history(pilot: Pilot[int], stage: Stage) -> None:
    """History, with the message in doubt under the cursor."""
    screen = await _history(pilot, stage)
    screen.table.cursor = 1
    await until(pilot, lambda: screen.message is not None and screen.message.id == IN_DOUBT)


async def message(pilot: Pilot[int], stage: Stage) -> None:
    """A message with its timeline: in doubt at first, then settled by its report."""
    screen = await _history(pilot, stage)
    await pilot.app.open_message(IN_DOUBT - 2)  # type: ignore[attr-defined]  # the app is ours
    await until(pilot, lambda: screen.message is not None and screen.message.id == IN_DOUBT - 2)


async def columns(pilot: Pilot[int], stage: Stage) -> None:
    """Bulk: a list as it was read."""
    await pilot.app.run_action("bulk")
    screen = pilot.app.screen
    assert isinstance(screen, BulkScreen)
    await until(pilot, lambda: isinstance(screen.acting, ListStep))
    folder = Path(tempfile.mkdtemp(dir=os.environ["MITTO_TUI_HOME"]))
    screen.post_message(ListStep.Chosen(customers.write(folder)))
    await until(pilot, lambda: isinstance(screen.acting, ColumnsStep) and "Without +" in _text(pilot))


async def bulk(pilot: Pilot[int], stage: Stage) -> None:
    """Bulk: the message for the list, counted over all rows."""
    await columns(pilot, stage)
    screen = pilot.app.screen
    assert isinstance(screen, BulkScreen)
    await screen.run_action("next")
    await until(pilot, lambda: isinstance(screen.acting, MessageStep))
    screen.query_one(ComposeEditor).insert(_TO_ALL)
    await until(pilot, lambda: screen.job.current_sums is not None and "recipients" in _text(pilot).lower())
    await until(pilot, lambda: "row 2 · +49 172" in _text(pilot))  # grouped once the numbering plans are loaded


async def check(pilot: Pilot[int], stage: Stage) -> None:
    """Bulk: every row, and what becomes of it."""
    await bulk(pilot, stage)
    screen = pilot.app.screen
    assert isinstance(screen, BulkScreen)
    await screen.run_action("next")
    await until(pilot, lambda: screen.job.current_campaign is not None and screen.query_one(CheckTable).settled)
    await pilot.press(*["down"] * 5)
    await until(pilot, lambda: "national number" in _text(pilot) or pilot.app.size == SMALL)


async def send(pilot: Pilot[int], stage: Stage) -> None:
    """Bulk: what goes out, how fast, and a test to oneself."""
    await check(pilot, stage)
    screen = pilot.app.screen
    assert isinstance(screen, BulkScreen)
    await screen.run_action("next")
    await until(pilot, lambda: isinstance(screen.acting, SendStep) and "Send to 1," in _text(pilot))
    step = screen.query_one(SendStep)
    step.plan.fill({"rate": "200", "first": "50", "share": "80"})
    step.plan.test_to.value = "+49 172 5551234"
    await until(pilot, lambda: "Go on if delivered" in _text(pilot))


async def board(pilot: Pilot[int], stage: Stage) -> None:
    """Bulk: a campaign on its way, with a few that need a person."""
    await send(pilot, stage)
    step = pilot.app.screen.query_one(SendStep)
    step.plan.fill({"first": ""})
    step.action_send()
    await until(pilot, lambda: isinstance(pilot.app.screen, CountConfirm))
    await pilot.press(*str(step.recipients), "enter")
    await until(pilot, lambda: step.standing is not None and step.standing.share > 0.4)


async def settings(pilot: Pilot[int], stage: Stage) -> None:
    """Settings of an account with a key."""
    await pilot.app.run_action("settings")
    await until(pilot, lambda: isinstance(pilot.app.screen, SettingsScreen) and pilot.app.screen.can_test_key)


async def first_run(pilot: Pilot[int], stage: Stage) -> None:
    """The welcome."""
    await until(pilot, lambda: isinstance(pilot.app.screen, FirstRunScreen))


async def _history(pilot: Pilot[int], stage: Stage) -> HistoryScreen:
    workspace = pilot.app.workspace  # type: ignore[attr-defined]  # the app is ours
    await stage.play(workspace)
    await pilot.app.run_action("history")
    screen = pilot.app.screen
    assert isinstance(screen, HistoryScreen)
    await until(pilot, lambda: screen.is_mounted and screen.table.settled and screen.message is not None)
    await until(pilot, lambda: "▲1" in _text(pilot))
    return screen


def _text(pilot: Pilot[int]) -> str:
    return "\n".join("".join(segment.text for segment in line) for line in pilot.app.screen._compositor.render_strips())


Scene = Callable[[Pilot[int], Stage], Awaitable[None]]
SCENES: Final[dict[str, tuple[Scene, bool, str]]] = {
    "compose": (compose, True, SANDBOX_PRICES),
    "replace": (replace, True, SANDBOX_PRICES),
    "templates": (templates, True, ""),
    "columns": (columns, True, SANDBOX_PRICES),
    "bulk": (bulk, True, SANDBOX_PRICES),
    "check": (check, True, SANDBOX_PRICES),
    "send": (send, True, SANDBOX_PRICES),
    "board": (board, True, SANDBOX_PRICES),
    "history": (history, True, ""),
    "message": (message, True, ""),
    "settings": (settings, False, CONFIG),
    "first-run": (first_run, False, ""),
}
"""Name to what is shown, whether in the sandbox, and the configuration."""


async def picture(name: str, size: tuple[int, int]) -> str:
    """One scene as SVG."""
    scene, sandbox, config = SCENES[name]
    with tempfile.TemporaryDirectory(prefix="mitto-tui-") as home, staged(Path(home)) as stage:
        if config:
            file = Path(home) / "mitto-tui" / "config.toml"
            file.parent.mkdir(parents=True)
            file.write_text(config)
        app = MittoApp(sandbox=sandbox)
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.current_mode == "compose" and app.screen.is_mounted)
            await scene(pilot, stage)
            for field in app.screen.query("Input, TextArea").results(Input | TextArea):  # type: ignore[arg-type]
                field.cursor_blink = False
            await pilot.pause()
            # Textual links to fonts that whoever looks would have to fetch, if they may; the fallback does as well.
            svg = re.sub(r"@font-face \{.*?\}\s*", "", app.export_screenshot(title="mitto"), flags=re.DOTALL)
        assert app.workspace is not None
        await app.workspace.aclose()
    return svg


def to_png(svg: str, file: Path) -> None:
    """The same as PNG. Fira Code, which the SVG asks for, lacks some of the signs; DejaVu has them."""
    import cairosvg  # type: ignore[import-untyped]  # it has no types

    cairosvg.svg2png(bytestring=svg.replace("Fira Code", "DejaVu Sans Mono").encode(), write_to=str(file), scale=1.0)


async def main(names: list[str], *, png: bool) -> None:
    """Make the pictures, one after the other."""
    keyring.set_keyring(OneKey())  # type: ignore[no-untyped-call]  # keyring's own has no types
    for name in names or SCENES:
        for size in (WIDE, SMALL):
            file = HERE / f"{name}{'' if size == WIDE else '-80x24'}.svg"
            svg = await picture(name, size)
            file.write_text(svg, encoding="utf-8")
            if png:
                to_png(svg, file.with_suffix(".png"))
            print(file.relative_to(HERE.parent))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(SCENES)}")
    parser.add_argument("--png", action="store_true", help="a PNG beside each")
    given: Any = parser.parse_args()
    asyncio.run(main(given.names, png=given.png))
