"""The rows that are left out, written beside their list: named, replaced only when asked for, mended and read again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from mitto_tui.storage.campaigns import Campaigns, NewCampaign
from mitto_tui.storage.database import Database
from mitto_tui.ui.bulk.check_rows import Listing, read_listing
from mitto_tui.ui.bulk.check_words import Group
from mitto_tui.ui.screens.export_rows import ExportRows
from mitto_tui.ui.widgets.dialog import Dialog
from mitto_tui.ui.widgets.field import Choice
from mitto_tui.workspace import list_export
from tests.storage.builders import T0
from tests.storage.test_campaigns import batch, rows_of
from tests.ui.rooms import screen_text, until
from tests.ui.shelves import bare

STYLE = {"encoding": "cp1252", "delimiter": ";", "line_end": "\r\n", "quote_all": False, "excel_line": False}
SOURCE: dict[str, object] = {
    "name": "spring.csv",
    "format": "csv",
    "header": True,
    "columns": ["name", "phone", "x", "y"],
    "style": STYLE,
}


@pytest.fixture
def campaigns(tmp_path: Path) -> Iterator[Campaigns]:
    with Database.open(tmp_path / "mitto.db") as database:
        yield Campaigns(database)


@pytest.fixture
def listing(campaigns: Campaigns) -> Listing:
    new = NewCampaign("work", "Spring", "MITTO", "Dear {name}", None, {"type": "auto"}, SOURCE)
    saved = campaigns.save(new, [batch(rows_of(3_000))], lambda: {"rows": 3_000}, lambda: T0)
    return read_listing(campaigns, saved)


def unbroken(pilot: Pilot[int]) -> str:
    """All that is shown, without blanks and borders: a long path is broken anywhere."""
    return "".join(char for char in screen_text(pilot) if char not in " │\n")


async def test_rows_are_written_beside_the_list_and_an_older_file_only_replaced_when_asked(
    campaigns: Campaigns, listing: Listing, tmp_path: Path
) -> None:
    target = tmp_path / "spring-to-mend.csv"
    target.write_text("mine")
    screen = ExportRows(campaigns, listing, Group.INVALID, tmp_path)
    async with bare(screen, size=(80, 24)) as (app, pilot):
        assert screen.query_one(Input).value.endswith("spring-to-mend.csv")
        assert f"invalid ({listing.counts[Group.INVALID]:,})" in screen_text(pilot)
        screen.query_one("#export-how", Choice).value = "reasons"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        await pilot.press("escape")
        assert target.read_text() == "mine"
        await until(pilot, lambda: app.screen is screen and not screen.is_writing)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Dialog))
        await pilot.press("r")
        await until(pilot, lambda: "rows are in" in screen_text(pilot))
        lines = target.read_bytes().decode("cp1252").splitlines()
        assert lines[0] == "name;phone;x;y;Problem"
        assert len(lines) == 1 + listing.counts[Group.INVALID]
        assert all("There are letters in this number." in line for line in lines[1:])
        assert "open it again in step 1" in screen_text(pilot)
        await pilot.press("escape")
        assert [answer.path for answer in app.answers] == [target]


async def test_a_path_that_cannot_be_written_is_said_and_can_be_changed(
    campaigns: Campaigns, listing: Listing, tmp_path: Path
) -> None:
    screen = ExportRows(campaigns, listing, Group.OK, tmp_path)
    (tmp_path / "spring.csv").write_text("the list")
    async with bare(screen) as (app, pilot):
        path = screen.query_one(Input)
        reasons = {
            "  ": "Thereisnoname",
            "nowhere/x.csv": "nowhere.",
            ".": "isafolder",
            "spring.csv": "isthelistitself",
        }
        for wrong, said in reasons.items():
            path.value = str(tmp_path / wrong) if wrong.strip() else wrong
            screen.query_one("#export-go").press()  # type: ignore[attr-defined]  # it is a Button
            await until(pilot, lambda said=said: said in unbroken(pilot) and not screen.is_writing)  # type: ignore[misc]
            assert app.focused is path
        # The filter in sight has only rows that are ok: there is no choice but all that are left out.
        assert not screen.query("#export-which")
        path.value = str(tmp_path / "all.csv")
        screen.query_one("#export-go").press()  # type: ignore[attr-defined]  # it is a Button
        await until(pilot, lambda: "rows are in" in screen_text(pilot))
        left_out = listing.counts[Group.ALL] - listing.counts[Group.OK]
        assert len((tmp_path / "all.csv").read_bytes().splitlines()) == 1 + left_out
        await pilot.press("tab", "enter")
        assert app.clipboard == str(tmp_path / "all.csv")


async def test_what_is_being_written_can_be_stopped(
    campaigns: Campaigns, listing: Listing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    going = threading.Event()
    real = list_export.export_rows

    def slowly(*arguments: Any, stop: Any, **options: Any) -> list_export.Exported:
        going.set()

        def asked() -> bool:
            return bool(stop()) or not _waits(stop)

        return real(*arguments, stop=asked, **options)

    def _waits(stop: Any) -> bool:
        end = threading.Event()
        while not stop():
            end.wait(0.005)
        return False

    monkeypatch.setattr(list_export, "export_rows", slowly)
    screen = ExportRows(campaigns, listing, Group.ALL, tmp_path)
    async with bare(screen) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, going.is_set)
        await pilot.press("escape")
        await until(pilot, lambda: "The export was stopped" in screen_text(pilot))
        assert not (tmp_path / "spring-to-mend.csv").exists()
        await until(pilot, lambda: not screen.is_writing)
        await pilot.press("escape")
        assert app.answers == [None]
