"""The paged table: any number of rows, never waited for, and nothing moves under a person's hands."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from mitto_tui.ui.widgets.paged_table import PagedTable
from mitto_tui.ui.widgets.row_book import BLOCK, RowBook
from mitto_tui.ui.widgets.table_cells import Cell, Column, fit
from tests.ui.rooms import until


@dataclass(frozen=True)
class Number:
    id: int
    text: str = ""


class Numbers:
    """Rows whose ids fall from ``count`` to 1. While ``gate`` is closed, every call waits."""

    def __init__(self, count: int) -> None:
        self.ids = list(range(count, 0, -1))
        self.gate = threading.Event()
        self.gate.set()
        self.fails = False
        self.calls = 0

    def _pass(self) -> None:
        self.calls += 1
        assert self.gate.wait(20)
        if self.fails:
            raise OSError("the disk is gone")

    def count(self) -> int:
        self._pass()
        return len(self.ids)

    def rows(self, before: int | None, skip: int, limit: int) -> Sequence[Number]:
        self._pass()
        older = [number for number in self.ids if before is None or number < before]
        return [Number(number, f"row {number}") for number in older[skip : skip + limit]]

    def newer_than(self, row_id: int) -> int:
        self._pass()
        return sum(number > row_id for number in self.ids)


class NumberTable(PagedTable[Number]):
    def columns(self, width: int) -> Sequence[Column]:
        return (Column("Id", 8, right=True), Column("Text", 0))

    def cells(self, row: Number, columns: Sequence[Column]) -> Sequence[Cell]:
        return (Cell(str(row.id)), Cell(row.text))


class TableApp(App[None]):
    def __init__(self, source: Numbers) -> None:
        super().__init__()
        self.source = source
        self.moved: list[int | None] = []
        self.failed: list[Exception] = []

    def compose(self) -> ComposeResult:
        yield NumberTable()

    def on_mount(self) -> None:
        self.table.show(self.source)
        self.table.focus()

    @property
    def table(self) -> NumberTable:
        return self.query_one(NumberTable)

    def on_paged_table_moved(self, event: PagedTable.Moved) -> None:
        self.moved.append(event.row.id if event.row else None)

    def on_paged_table_failed(self, event: PagedTable.Failed) -> None:
        self.failed.append(event.error)


def _lines(app: TableApp) -> list[str]:
    return [app.table.render_line(y).text.strip() for y in range(app.table.size.height)]


async def _settled(pilot: Pilot[None], app: TableApp) -> None:
    await until(pilot, lambda: app.table.settled and app.table.total == len(app.source.ids))  # type: ignore[arg-type]


@given(
    st.integers(1, 40 * BLOCK),
    st.lists(st.tuples(st.integers(0, 45), st.integers(0, 20)), max_size=40),
)
def test_a_book_finds_every_block_from_the_nearest_place(count: int, steps: list[tuple[int, int]]) -> None:
    source = Numbers(count)
    book: RowBook[Number] = RowBook(count)
    for block, offset in steps:
        first = block * BLOCK
        place, before = book.place(first)
        assert place <= first
        rows = source.rows(before, first - place, BLOCK)
        book.put(block, rows)
        index = first + offset
        row = book.get(index)
        assert (row.id if row else None) == (count - index if index < count else None)
    missing = book.missing(0, count - 1)
    assert missing is None or book.get(missing * BLOCK) is None


def test_cells_fill_exactly_their_room() -> None:
    for text in ("", "abc", "漢字漢字漢字", "a" * 50, "é́́́́"):
        for width in (1, 2, 5, 11):
            from rich.cells import cell_len

            assert cell_len(fit(text, width)) == width
    assert fit("abcdef", 4) == "abc…"
    assert fit("7", 3, right=True) == "  7"


async def test_a_million_rows_are_only_read_where_they_are_seen() -> None:
    class Endless(Numbers):
        """A million rows that are made when asked for."""

        def __init__(self) -> None:
            super().__init__(0)

        def count(self) -> int:
            self._pass()
            return 1_000_000

        def rows(self, before: int | None, skip: int, limit: int) -> Sequence[Number]:
            self._pass()
            first = (before if before is not None else 1_000_001) - 1 - skip
            return [Number(number, f"row {number}") for number in range(first, max(first - limit, 0), -1)]

        def newer_than(self, row_id: int) -> int:
            return 1_000_000 - row_id

    source = Endless()
    app = TableApp(source)
    async with app.run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: app.table.total == 1_000_000 and app.table.settled)  # type: ignore[arg-type]
        assert _lines(app)[1].split() == ["1000000", "row", "1000000"]
        await pilot.press("end")
        await until(pilot, lambda: app.table.settled)  # type: ignore[arg-type]
        assert _lines(app)[-1].split() == ["1", "row", "1"]
        assert source.calls < 10


async def test_keys_and_mouse_move_the_cursor() -> None:
    app = TableApp(Numbers(1000))
    async with app.run_test(size=(60, 20)) as pilot:
        await _settled(pilot, app)
        for key, index in (("down", 1), ("pagedown", 19), ("up", 18), ("end", 999), ("pageup", 981), ("home", 0)):
            await pilot.press(key)
            assert app.table.cursor == index
        await pilot.click(NumberTable, offset=(5, 4))
        assert app.table.cursor == 3
        await pilot.click(NumberTable, offset=(5, 0))
        assert app.table.cursor == 3, "the header is no row"
        await until(pilot, lambda: app.moved[-1] == 997)  # type: ignore[arg-type]


async def test_the_app_goes_on_while_a_page_is_read() -> None:
    source = Numbers(1000)
    app = TableApp(source)
    async with app.run_test(size=(60, 20)) as pilot:
        await _settled(pilot, app)
        source.gate.clear()
        await pilot.press("end", "up", "up")
        assert app.table.cursor == 997
        assert _lines(app)[-3].split() == ["·", "·"], "a placeholder stands where a row is being read"
        source.gate.set()
        await _settled(pilot, app)
        assert _lines(app)[-3].split() == ["3", "row", "3"]
        assert app.moved[-1] == 3


async def test_rows_that_come_and_go_move_neither_cursor_nor_view() -> None:
    source = Numbers(1000)
    app = TableApp(source)
    async with app.run_test(size=(60, 20)) as pilot:
        await _settled(pilot, app)
        app.table.cursor = 500
        await _settled(pilot, app)
        before = _lines(app)
        source.ids[:0] = range(1250, 1000, -1)
        app.table.refresh_rows()
        await _settled(pilot, app)
        assert app.table.cursor == 750
        assert _lines(app) == before
        source.ids.remove(app.table.current.id)  # type: ignore[union-attr]  # it is there
        app.table.refresh_rows()
        await _settled(pilot, app)
        assert app.table.cursor == 750, "the next one takes its place"
        source.ids[:] = [1003, 1002, 1001]
        app.table.refresh_rows()
        await _settled(pilot, app)
        assert app.table.cursor == 2
        source.ids.clear()
        app.table.refresh_rows()
        await _settled(pilot, app)
        await until(pilot, lambda: app.moved[-1] is None)  # type: ignore[arg-type]


async def test_what_a_person_does_while_rows_are_read_anew_counts() -> None:
    source = Numbers(1000)
    app = TableApp(source)
    async with app.run_test(size=(60, 20)) as pilot:
        await _settled(pilot, app)
        source.ids.insert(0, 1001)
        source.gate.clear()
        app.table.refresh_rows()
        await until(pilot, lambda: source.calls >= 3)  # type: ignore[arg-type]
        await pilot.press("down", "down")
        source.gate.set()
        await _settled(pilot, app)
        assert app.table.current is not None
        assert app.table.current.id == 998


async def test_a_source_that_fails_is_reported_and_asked_again() -> None:
    source = Numbers(50)
    app = TableApp(source)
    async with app.run_test(size=(60, 20)) as pilot:
        await _settled(pilot, app)
        source.fails = True
        app.table.refresh_rows()
        await until(pilot, lambda: bool(app.failed))  # type: ignore[arg-type]
        assert _lines(app)[1].split() == ["50", "row", "50"], "what was read stays in sight"
        source.fails = False
        source.ids.insert(0, 51)
        app.table.refresh_rows()
        await _settled(pilot, app)
        assert _lines(app)[1].split() == ["51", "row", "51"]


class LateTable(NumberTable):
    COUNTS_LATER = True


class SlowToCount(Numbers):
    """Numbers whose counting takes until ``counting`` is set."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.counting = threading.Event()

    def count(self) -> int:
        assert self.counting.wait(20)
        return super().count()


class LateApp(TableApp):
    counted: list[tuple[int, bool]]

    def compose(self) -> ComposeResult:
        self.counted = []
        yield LateTable()

    def on_paged_table_counted(self, event: PagedTable.Counted) -> None:
        self.counted.append((event.total, event.complete))


async def test_rows_are_there_and_can_be_walked_through_before_they_are_counted() -> None:
    source = SlowToCount(1000)
    app = LateApp(source)
    async with app.run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: app.moved[-1:] == [1000])  # type: ignore[arg-type]
        assert _lines(app)[1].split() == ["1000", "row", "1000"]
        assert app.counted == [(BLOCK, False)]
        assert not app.table.settled
        await pilot.press("down", "down")
        source.counting.set()
        await _settled(pilot, app)
        assert app.counted == [(BLOCK, False), (1000, True)]
        assert app.table.cursor == 2


async def test_who_goes_to_the_end_before_it_is_known_gets_there() -> None:
    source = SlowToCount(1000)
    app = LateApp(source)
    async with app.run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: app.moved[-1:] == [1000])  # type: ignore[arg-type]
        await pilot.press("end")
        assert app.table.cursor == BLOCK - 1
        source.counting.set()
        await _settled(pilot, app)
        assert app.table.cursor == 999
        assert _lines(app)[-1].split() == ["1", "row", "1"]


async def test_few_rows_need_no_counting() -> None:
    source = SlowToCount(BLOCK - 1)
    app = LateApp(source)
    async with app.run_test(size=(60, 20)) as pilot:
        await _settled(pilot, app)
        assert app.counted == [(BLOCK - 1, True)]
