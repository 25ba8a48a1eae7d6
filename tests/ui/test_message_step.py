"""The message of a list: typed, counted over the whole list, walked through, and kept."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.app import ComposeResult
from textual.containers import Container
from textual.pilot import Pilot

from mitto_tui.settings.profiles import Prices
from mitto_tui.storage.meta import Meta
from mitto_tui.ui.app import MittoApp
from mitto_tui.ui.bulk.counting_list import State
from mitto_tui.ui.bulk.job import BulkJob
from mitto_tui.ui.bulk.kept_message import KEY
from mitto_tui.ui.bulk.message_step import MessageStep
from mitto_tui.ui.screens.base import ModeScreen
from mitto_tui.ui.screens.replace import ReplaceScreen
from mitto_tui.ui.screens.templates import TemplatesScreen
from mitto_tui.workspace.lists import OpenedList
from tests.ui import rooms
from tests.ui.rooms import app_of, move_in, screen_text, until, workspace_of

STYLES = Path(__file__).parents[2] / "mitto_tui/ui/styles"
NAMES = ("Ann", "Jürgen", "Łukasz", "", "Bob", "x" * 170)
ROWS = "".join(f"{name},+49172{5551230 + at},Köln\n" for at, name in enumerate(NAMES)) + "Eve,12,Köln\n"
LIST = f"first name,phone,city\n{ROWS}Ann again,0172 5551230,Köln\n"
FEW, MANY = (80, 24), (120, 36)


class StepRoom(ModeScreen):
    """The step alone, on a job of its own."""

    MODE = "compose"
    CSS_PATH: ClassVar[Any] = [STYLES / f"{name}.tcss" for name in ("bulk", "bulk_message", "replace", "writing")]

    @property
    def acting(self) -> MessageStep | None:
        return next(iter(self.query(MessageStep)), None)

    def body(self) -> ComposeResult:
        yield Container(id="steps")

    async def on_mount(self) -> None:
        job = BulkJob()
        job.opened = OpenedList.open(LIST, self.workspace.profile)
        job.numbers = job.opened.numbers
        await self.query_one("#steps").mount(MessageStep(job))
        step = self.acting
        assert step is not None
        step.come()

    def masking_changed(self) -> None:
        if self.acting is not None:
            self.acting.masking_changed()

    async def before_quit(self) -> None:
        if self.acting is not None:
            await self.acting.before_quit()


class StepApp(MittoApp):
    """The app, with the step in place of Compose."""

    MODES: ClassVar[dict[str, Any]] = {**MittoApp.MODES, "compose": StepRoom}

    def use_workspace(self, workspace: Any) -> None:
        workspace.profile = replace(workspace.profile, prices=Prices("EUR", {"DE": Decimal("0.075")}))
        super().use_workspace(workspace)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    move_in(tmp_path, monkeypatch)


@asynccontextmanager
async def writing(size: tuple[int, int] = MANY) -> AsyncIterator[tuple[Pilot[int], MessageStep]]:
    async with rooms.opened(size=size, make=StepApp) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, StepRoom))
        screen = pilot.app.screen
        assert isinstance(screen, StepRoom)
        await until(pilot, lambda: screen.acting is not None and screen.focused is not None)
        assert screen.acting is not None
        yield pilot, screen.acting


async def counted(pilot: Pilot[int], step: MessageStep) -> None:
    await until(pilot, lambda: step.job.current_sums is not None)
    await until(pilot, lambda: step._counting.state is State.DONE)


def write(step: MessageStep, text: str) -> None:
    step.editor.select_all()
    step.editor.put(text)


async def test_a_message_is_written_counted_walked_through_and_mended() -> None:
    async with writing() as (pilot, step):
        assert step.missing.startswith("There is no text.")
        assert pilot.app.focused is step.editor
        await pilot.press(*"Hi {fi", "tab")
        assert step.editor.text == "Hi {first name}"
        await until(pilot, lambda: "5551230 · 1 part GSM" in screen_text(pilot))
        assert "Hi Ann" in screen_text(pilot)  # before anything was counted
        await counted(pilot, step)
        assert step.missing == ""
        sums = step.job.current_sums
        assert sums is not None
        assert (sums.totals.ok, sums.totals.segments, sums.totals.unicode) == (5, 6, 1)
        seen = screen_text(pilot)
        assert "5 of 8 rows   3 rows left out: 2 invalid, 1 duplicate" in seen
        assert "0.45 EUR" in seen
        assert "Ł U+0141 in 1 (row 4)" in seen
        assert "1 row has no first name: write {first name|friend} to keep it." in seen

        await until(pilot, lambda: step._numbers_ready)
        await pilot.press("alt+j")
        await until(pilot, lambda: "row 4 · +49 172 5551232 · 1 part Unicode" in screen_text(pilot))
        assert "Unicode for Ł U+0141" in screen_text(pilot)
        await pilot.press("ctrl+down")
        await until(pilot, lambda: "· left out" in screen_text(pilot))
        assert "first name is empty here." in screen_text(pilot)
        await pilot.press("alt+j")
        await until(pilot, lambda: "row 7" in screen_text(pilot) and "the longest text" in screen_text(pilot))
        await app_of(pilot).run_action("mask")
        await until(pilot, lambda: "+•• ••• •••••••" in screen_text(pilot))

        await pilot.press("alt+up", "alt+up")
        write(step, "Hi {first name|friend}")
        await until(pilot, lambda: "Hi friend" in screen_text(pilot))  # the row that was left out, at once
        assert step.job.current_sums is None
        assert "The whole list · from before the change" in screen_text(pilot)
        await counted(pilot, step)
        assert "6 of 8 rows" in screen_text(pilot)
        before = step.job.sums
        step.query_one("#bulk-from").value = "OTHER"  # type: ignore[attr-defined]  # an input
        await until(pilot, lambda: step.job.sender == "OTHER")
        assert step.job.current_sums is before  # who it comes from counts for nothing


async def test_what_is_wrong_is_said_at_once_and_a_key_goes_there() -> None:
    async with writing(FEW) as (pilot, step):
        write(step, "Hi {frist name}, hello")
        await until(pilot, lambda: "Did you mean {first name}?" in screen_text(pilot))
        assert step.missing.startswith("There is no column for {frist name}.")
        await pilot.press("f7")
        assert step.editor.selected_text == "{frist name}"
        write(step, "Hi {first name, hello")
        await pilot.press("ctrl+home")
        await until(pilot, lambda: "The brace { at character 4" in screen_text(pilot))
        await pilot.press("f7")
        assert step.editor.selected_text == "{"
        write(step, "Hi")
        sender = step.query_one("#bulk-from")
        sender.value = "x"  # type: ignore[attr-defined]  # an input
        await until(pilot, lambda: step.job.sender == "x")
        assert "3 to 11 characters" in step.missing
        await counted(pilot, step)  # which the sender doesn't keep it from
        await pilot.press("f7")
        assert pilot.app.focused is sender
        seen = screen_text(pilot)
        assert "6 recipients · 6 parts · 2 left out · 0.45 EUR" in seen  # one line, beside editor and walk
        assert "row 2" in seen
        assert "▶ Options" in seen
        await pilot.press("f6")
        assert pilot.app.focused is step.query_one("#option-type")
        step.options.fill({"type": "gsm", "validity": "x"})
        step.options.post_message(step.options.Changed())
        await until(pilot, lambda: "Validity" in step.missing)
        await until(pilot, lambda: "from before the change" in screen_text(pilot))


async def test_templates_and_replacements_leave_fields_as_they_are() -> None:
    async with writing() as (pilot, step):
        workspace_of(pilot).templates.save("Ready", "“Hello” {first name|Ł}")
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(pilot.app.screen, TemplatesScreen))
        screen: Any = pilot.app.screen
        await until(pilot, lambda: screen.has_current)
        await pilot.press("enter")
        await until(pilot, lambda: step.editor.text == "“Hello” {first name|Ł}")
        await pilot.press("ctrl+home", "ctrl+n")
        assert step.editor.cursor_index == 6
        await pilot.press("ctrl+n")
        assert step.editor.cursor_index == step.editor.text.index("Ł")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReplaceScreen))
        await pilot.press("a")
        await until(pilot, lambda: step.editor.text == '"Hello" {first name|L}')
        await until(pilot, lambda: step.job.template == '"Hello" {first name|L}')


async def test_the_message_is_there_again_after_the_next_start() -> None:
    async with writing() as (pilot, step):
        write(step, "Half a pair \ud83c {city}")
        step.options.fill({"type": "unicode", "reference": "Spring"})
        step.options.post_message(step.options.Changed())
        await until(pilot, lambda: step.job.raw_options.get("reference") == "Spring")
        await step.before_quit()
        kept = Meta(workspace_of(pilot).database).get("sandbox", KEY)
        assert kept is not None
        assert json.loads(kept)["template"] == "Half a pair \ud83c {city}"
    async with writing() as (pilot, step):
        await until(pilot, lambda: step.editor.text == "Half a pair \ud83c {city}")
        assert step.job.options.reference == "Spring"
        assert step.job.options.type == "unicode"
        await counted(pilot, step)
        assert step.job.current_sums is not None
        assert step.job.current_sums.totals.ok == 0  # no phone can show half a pair
