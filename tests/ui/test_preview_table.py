"""The rows of a preview: every column can be reached, and the one with the numbers never leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from mitto_tui.ui.bulk.preview_rows import NumberSeen, Preview, State
from mitto_tui.ui.widgets.preview_table import PreviewTable

SEEN = {
    State.OK: NumberSeen(State.OK, "+49 172 5551234"),
    State.CHANGED: NumberSeen(State.CHANGED, "+49 172 5551234"),
    State.WARNED: NumberSeen(State.WARNED, "+49 30 1234567"),
    State.INVALID: NumberSeen(State.INVALID, why="not a number"),
    State.AMBIGUOUS: NumberSeen(State.AMBIGUOUS, why="two meanings"),
}


def preview(columns: int = 5, phone: int | None = 1, states: tuple[State, ...] = (State.OK,) * 50) -> Preview:
    names = tuple(f"C{index}" for index in range(columns))
    rows = tuple((at + 2, [f"c{index}r{at + 2}" for index in range(columns)]) for at in range(len(states)))
    seen = tuple(SEEN[state] for state in states) if phone is not None else ()
    return Preview(names, rows, (8,) * columns, phone, seen)


class TableApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.clicked: list[int] = []

    def compose(self) -> ComposeResult:
        yield PreviewTable()

    def on_preview_table_column_clicked(self, event: PreviewTable.ColumnClicked) -> None:
        self.clicked.append(event.index)


@asynccontextmanager
async def shown(found: Preview, size: tuple[int, int] = (80, 12)) -> AsyncIterator[tuple[PreviewTable, Pilot[None]]]:
    app = TableApp()
    async with app.run_test(size=size) as pilot:
        table = app.query_one(PreviewTable)
        table.show(found)
        table.focus()
        await pilot.pause()
        yield table, pilot


def text(pilot: Pilot[None]) -> str:
    lines = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


async def test_every_column_can_be_reached_and_the_number_stays() -> None:
    async with shown(preview(columns=500, phone=250)) as (table, pilot):
        assert "▸ C250" in text(pilot)
        assert "C0" in text(pilot)
        assert text(pilot).splitlines()[0].rstrip().endswith("›")
        await pilot.press("right", "right")
        first = text(pilot).splitlines()[0]
        assert "‹" in first
        assert "C1 " not in first
        assert "C2 " in first
        table.first = 10_000
        await pilot.pause()
        first = text(pilot).splitlines()[0]
        assert "▸ C250" in first
        assert "C499" in first
        assert not first.rstrip().endswith("›")
        assert "c499r2" in text(pilot)
        await pilot.resize_terminal(200, 12)
        await pilot.pause()
        assert "C499" in text(pilot).splitlines()[0]  # no room is left empty at the right
        assert len(table.places) > 10


async def test_the_cursor_moves_and_the_next_bad_row_is_found_round_the_end() -> None:
    states = (State.OK,) * 20 + (State.INVALID,) + (State.WARNED,) * 20 + (State.AMBIGUOUS, State.OK)
    async with shown(preview(states=states)) as (table, pilot):
        for expected in (20, 41, 20):
            assert table.to_next_bad()
            await pilot.pause()
            assert table.cursor == expected
            assert f"c0r{expected + 2}" in text(pilot)
        assert "✕ invalid" in text(pilot)
        assert "not a number" in text(pilot)
        await pilot.press("end", "down")
        assert table.cursor == len(states) - 1
        await pilot.press("home", "pagedown")
        assert 5 < table.cursor < 20
        table.show(preview(states=(State.OK, State.WARNED, State.OK)))
        await pilot.pause()
        assert table.cursor == 2
        assert table.to_next_bad()  # where nothing is bad, what is warned about
        assert table.cursor == 1
        table.show(preview(states=(State.OK,) * 3))
        assert not table.to_next_bad()


async def test_the_mouse_goes_to_rows_and_names_columns() -> None:
    async with shown(preview()) as (table, pilot):
        await pilot.click(PreviewTable, offset=(10, 4))
        assert table.cursor == 3
        place = next(place for place in table.places if place.column == 2)
        await pilot.click(PreviewTable, offset=(place.x + 1, 0))
        await pilot.click(PreviewTable, offset=(10, 0))  # the column with the numbers already
        await pilot.pause()
        assert isinstance(pilot.app, TableApp)
        assert pilot.app.clicked == [2]


@pytest.mark.parametrize("width", [30, 60, 80])
async def test_narrow_wide_empty_and_without_numbers_are_drawn_to_the_last_cell(width: int) -> None:
    async with shown(Preview((), (), ()), size=(width, 8)) as (table, pilot):
        for found in (
            preview(states=()),
            preview(phone=None),
            preview(columns=1, phone=0),
            Preview(
                ("名前", "Tel"),
                ((2, ["山田太郎" * 30, "x", "more", "[b]"]),),
                (30, 5),
                1,
                (SEEN[State.OK],),
                beyond=True,
            ),
        ):
            table.show(found)
            await pilot.pause()
            assert {line.cell_length for line in map(table.render_line, range(8))} == {table._width}
        assert "▸ Tel" in text(pilot)


def _every_place(table: PreviewTable) -> Iterator[int]:
    for first in range(table.last_first + 1):
        table.set_reactive(PreviewTable.first, first)
        yield from (place.column for place in table.places)


class Laid(PreviewTable):
    """Of a given width, without a screen."""

    def __init__(self, found: Preview, width: int) -> None:
        super().__init__()
        self.given = width
        self._preview = found
        self._moving = tuple(index for index in range(len(found.columns)) if index != found.phone)

    @property
    def _width(self) -> int:
        return self.given


@given(st.lists(st.integers(3, 30), min_size=1, max_size=40), st.integers(20, 240), st.data())
def test_however_wide_columns_are_scrolling_shows_them_all_in_place(
    widths: list[int], width: int, data: st.DataObject
) -> None:
    phone = data.draw(st.sampled_from([None, *range(len(widths))]))
    names = tuple(map(str, range(len(widths))))
    table = Laid(Preview(names, (), tuple(widths), phone), width)
    if table._frozen + 8 < width:
        assert set(_every_place(table)) == set(range(len(widths))) - {phone}
    for first in range(table.last_first + 1):
        table.set_reactive(PreviewTable.first, first)
        places = table.places
        assert all(one.x + one.width < other.x for one, other in pairwise(places))
        assert all(place.x >= table._frozen and place.x + place.width < width for place in places)
