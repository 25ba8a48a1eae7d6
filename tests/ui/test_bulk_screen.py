"""Bulk from a file to a checked draft: the way through all steps, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from mitto_tui.sms.checked_row import RowStatus
from mitto_tui.ui.bulk.check_step import CheckStep
from mitto_tui.ui.bulk.columns_step import ColumnsStep
from mitto_tui.ui.bulk.list_step import ListStep
from mitto_tui.ui.bulk.message_step import MessageStep
from mitto_tui.ui.bulk.step import BulkStep
from mitto_tui.ui.screens.bulk import BulkScreen
from mitto_tui.ui.widgets.compose_editor import ComposeEditor
from mitto_tui.ui.widgets.paged_table import PagedTable
from mitto_tui.ui.widgets.path_input import PathInput
from screenshots import make
from screenshots.stage import Stage
from tests.ui.pictures import Compare, QuickClosing, before, still
from tests.ui.rooms import move_in, quickly, screen_text, until, workspace_of

LIST = (
    "Vorname;Handy;Ort\r\n"
    "Jürgen;0172 5551230;Köln\r\n"
    ";491725551231;Bonn\r\n"
    "Ines;+49 172 5551230;Köln\r\n"
    "Zoë;tba;Ulm\r\n"
    "Max;+43 664 1234567;Wien\r\n"
)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with still(tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    move_in(tmp_path, monkeypatch)
    (tmp_path / "customers.csv").write_bytes(LIST.encode("cp1252"))
    return tmp_path


async def bulk_of(pilot: Pilot[int]) -> BulkScreen:
    await pilot.press("f3")
    await until(pilot, lambda: isinstance(pilot.app.screen, BulkScreen))
    screen = pilot.app.screen
    assert isinstance(screen, BulkScreen)
    await at(pilot, screen, ListStep)
    return screen


async def at(pilot: Pilot[int], screen: BulkScreen, step: type[BulkStep]) -> None:
    await until(pilot, lambda: isinstance(screen.acting, step) and screen.acting.is_mounted)


async def open_file(pilot: Pilot[int], screen: BulkScreen, file: Path) -> None:
    """As a person does it who knows the path."""
    field = screen.query_one(PathInput)
    field.become(str(file))
    field.focus()
    await pilot.press("ctrl+s")
    await at(pilot, screen, ColumnsStep)


async def checked(pilot: Pilot[int], screen: BulkScreen) -> None:
    await at(pilot, screen, CheckStep)
    await until(pilot, lambda: screen.job.current_campaign is not None and screen.query(PagedTable).last().settled)


def draft_rows(pilot: Pilot[int]) -> dict[str, list[str]]:
    """Texts of the stored drafts' ok rows, by name and template."""
    campaigns = workspace_of(pilot).campaigns
    return {
        f"{campaign.name}: {campaign.template}": [
            stored.row.text for stored in campaigns.page(campaign.id, statuses=[RowStatus.OK])
        ]
        for campaign in campaigns.list()
    }


async def test_a_list_becomes_a_checked_draft_and_every_step_can_be_gone_back_to(home: Path) -> None:
    async with quickly(size=(120, 36)) as pilot:
        screen = await bulk_of(pilot)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Choose a list first." in screen_text(pilot))
        await open_file(pilot, screen, home / "customers.csv")
        await until(pilot, lambda: "already carries 49" in screen_text(pilot))
        assert "Windows-1252 (a guess)" in screen_text(pilot)
        await pilot.press("ctrl+s")
        await at(pilot, screen, MessageStep)
        await pilot.press("ctrl+s")
        assert isinstance(screen.acting, MessageStep), "without a text there is nothing to check"
        screen.query_one(ComposeEditor).insert("Dear {vorname|friend}, see you in {Ort}.")
        await until(pilot, lambda: screen.job.current_sums is not None and "3 of 5 rows" in screen_text(pilot))
        await pilot.press("ctrl+s")
        await checked(pilot, screen)
        assert "5 rows: 3 recipients, 2 left out" in screen_text(pilot)
        first = "customers.csv: Dear {vorname|friend}, see you in {Ort}."
        assert draft_rows(pilot) == {
            first: ["Dear Jürgen, see you in Köln.", "Dear friend, see you in Bonn.", "Dear Max, see you in Wien."]
        }
        # Back, another text, and the check is made anew: the draft before it goes.
        await pilot.press("f8")
        await at(pilot, screen, MessageStep)
        screen.query_one(ComposeEditor).insert(" Bye!")
        await pilot.press("ctrl+s")
        await checked(pilot, screen)
        await until(pilot, lambda: first not in draft_rows(pilot))
        assert [texts[0] for texts in draft_rows(pilot).values()] == ["Dear Jürgen, see you in Köln. Bye!"]
        # Another list is typed and the draft is gone on with instead: its file is what stands there then.
        await pilot.press("alt+n")
        await at(pilot, screen, ListStep)
        screen.query_one(PathInput).become("another.csv")
        campaign = workspace_of(pilot).campaigns.list()[0]
        screen.post_message(ListStep.Resumed(campaign.id))
        await checked(pilot, screen)
        (home / "customers.csv").write_text("phone\n+491725551234\n")
        await pilot.press("alt+n")
        await at(pilot, screen, ListStep)
        await until(pilot, lambda: "is not as it was opened" in screen_text(pilot))
        assert screen.query_one(PathInput).value == str(home / "customers.csv")
        stale = screen.job.opened
        await pilot.press("ctrl+s")
        await at(pilot, screen, ColumnsStep)
        assert screen.job.opened is not stale
        # Another list: the draft waits, also when its file is gone.
        await pilot.press("alt+n")
        await at(pilot, screen, ListStep)
        (home / "customers.csv").unlink()
        screen.post_message(ListStep.Resumed(campaign.id))
        await checked(pilot, screen)
        assert "5 rows: 3 recipients, 2 left out" in screen_text(pilot)
        await pilot.press("f8")
        await at(pilot, screen, ListStep)
        assert workspace_of(pilot).campaigns.list() == [campaign]


async def test_what_was_chosen_is_chosen_for_the_next_list_of_the_same_shape(home: Path) -> None:
    async with quickly(size=(120, 36)) as pilot:
        screen = await bulk_of(pilot)
        await open_file(pilot, screen, home / "customers.csv")
        country = screen.query_one("#columns-country")
        country.value = "AT"  # type: ignore[attr-defined]  # it is a field
        await until(pilot, lambda: screen.job.numbers.country == "AT")
        await pilot.press("ctrl+s")
        await at(pilot, screen, MessageStep)
        (home / "more.csv").write_text("Vorname;Handy;Ort\nEva;0664 1234567;Wien\n")
        (home / "other.csv").write_text("name;phone\nEva;+491725551234\n")

        def kept() -> bool:
            shapes = workspace_of(pilot).list_shapes
            return screen.job.opened is not None and shapes.get("sandbox", screen.job.opened.shape) is not None

        await until(pilot, kept)
        for file, letters, says in (("more.csv", "AT", True), ("other.csv", "DE", False)):
            await pilot.press("alt+n")
            await at(pilot, screen, ListStep)
            await open_file(pilot, screen, home / file)
            await until(pilot, lambda file=file: screen.job.opened is not None and screen.job.opened.name == file)  # type: ignore[misc]
            assert screen.job.numbers.country == letters
            assert ("for lists like this" in screen_text(pilot)) is says


@pytest.mark.parametrize(
    ("scene", "size"), [(make.columns, make.SMALL), (make.bulk, make.WIDE), (make.check, make.SMALL)]
)
def test_pictures(snap_compare: Compare, stage: Stage, scene: Callable[..., object], size: tuple[int, int]) -> None:
    app = QuickClosing(sandbox=True)
    assert snap_compare(app, terminal_size=size, run_before=before(scene, stage))  # type: ignore[arg-type]
