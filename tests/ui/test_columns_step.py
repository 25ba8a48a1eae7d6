"""Step 2 of Bulk: what was detected is shown, everything can be changed, and the rows follow."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from mitto_tui.recipients.deciding import Bare
from mitto_tui.recipients.readers.model import Choices, Detected, ListProblem
from mitto_tui.recipients.verdicts import OTHER_LINES
from mitto_tui.storage.database import Database
from mitto_tui.storage.list_shapes import ListShapes
from mitto_tui.ui.bulk import columns_words as words
from mitto_tui.ui.bulk.columns_step import ColumnsStep
from mitto_tui.ui.bulk.job import BulkJob
from mitto_tui.ui.bulk.preview_rows import State, preview_of
from mitto_tui.ui.widgets.chooser import Chooser, ChooserList
from mitto_tui.ui.widgets.literal_input import LiteralInput
from mitto_tui.workspace.lists import NumberChoices, OpenedList
from tests.recipients.readers.test_workbooks import xlsx
from tests.ui.columns import PROFILE, Stage, job_of, read, stage
from tests.ui.rooms import screen_text, until
from tests.ui.writing import HOSTILE, STEERING

AT = datetime(2026, 11, 12, 9, 30, tzinfo=UTC)
NUMBERS = ("0172 5551234", "491725551234", "491725551235", "491725551236", "030 1234567", "none", "15123456789")


def customers(tmp_path: Path, numbers: tuple[str, ...] = NUMBERS, encoding: str = "windows-1252") -> Path:
    names = ("Jürgen Müller", "Zoë Strauß", "Ana García", "François", "Jörg Köhler", "Hélène", "Søren")
    rows = [f"{names[at % 7]};{number};Köln;G-{at}" for at, number in enumerate(numbers)]
    path = tmp_path / "customers.csv"
    path.write_bytes("\r\n".join(["Name;Mobil;Stadt;Code", *rows, ""]).encode(encoding))
    return path


def chooser(step: ColumnsStep, name: str) -> Chooser[Any]:
    return step.query_one(f"#columns-{name}", Chooser)


async def choose(step: ColumnsStep, pilot: Pilot[int], name: str, value: object) -> None:
    """Choose as a person does, and wait until the list is read like that."""
    screen = step.screen
    assert isinstance(screen, Stage)
    before = screen.changes
    chooser(step, name).choose(value)
    await until(pilot, lambda: screen.changes > before and not step.reading)


def is_open(opened: OpenedList) -> bool:
    try:
        opened.list_file.preview(1)
    except ListProblem:
        return False
    return True


# -- the way through it ------------------------------------------------------------------------------------------------


async def test_what_was_detected_is_shown_and_the_rows_follow_each_change(tmp_path: Path) -> None:
    job = job_of(customers(tmp_path))
    first = job.opened
    assert first is not None
    size = (tmp_path / "customers.csv").stat().st_size
    async with stage(job) as (step, pilot):
        shown = screen_text(pilot)
        for word in (
            f"customers.csv · CSV, semicolon, Windows-1252 (a guess) · 4 columns · {size} bytes",
            *("auto: semicolon", "auto: Windows-1252 guess", "auto: yes", "auto: Mobil", "Germany", "auto: with code"),
            "The encoding is a guess: look at the names in the rows.",
            "3 numbers already carry 49; 1 can be read both ways and is read with the country code.",
            "6 ok (5 changed, 1 warned), 1 invalid of all 7 rows",
            *("▸ Mobil", "+49 172 5551234", "Jürgen Müller", "→ changed", "! warned", "✕ invalid"),
        ):
            assert word in shown, word
        assert (job.opened, step.missing) == (first, "")
        assert job.vote is not None
        assert job.vote.bare == 4

        assert "Row 2  → changed  0172 5551234 → +49 172 5551234" in shown
        assert "Germany, mobile · national number of Germany" in shown
        await pilot.press("ctrl+n")
        await until(pilot, lambda: "Row 7  ✕ invalid  none → nothing is sent" in screen_text(pilot))
        assert step.has_bad_rows
        await pilot.press("up")
        await until(pilot, lambda: "This is a landline number: it may not receive SMS." in screen_text(pilot))

        await choose(step, pilot, "encoding", "utf-8")
        damaged = "18 characters can't be read in this encoding, the first in line 2: shown as \ufffd."
        assert damaged in screen_text(pilot)
        await choose(step, pilot, "encoding", "koi8-r")
        assert "KOI8-R" in screen_text(pilot).splitlines()[0]
        assert "Jürgen Müller".encode("windows-1252").decode("koi8-r") in screen_text(pilot)
        assert job.opened is not first
        assert job.opened is not None
        assert not is_open(first)
        assert is_open(job.opened)
        assert "Row 6" in screen_text(pilot)  # the cursor stays

        await choose(step, pilot, "refuse", OTHER_LINES)
        assert "5 ok (5 changed), 2 invalid of all 7 rows" in screen_text(pilot)
        assert "This is a landline number, and those are refused." in screen_text(pilot)
        await choose(step, pilot, "bare", Bare.NATIONAL)
        assert job.numbers.bare is Bare.NATIONAL
        assert "read as national" in screen_text(pilot)
        await choose(step, pilot, "take-all", True)
        assert job.numbers.take_all
        await choose(step, pilot, "header", "no")
        assert "▸ Column 2" in screen_text(pilot)
        assert job.opened.rows[0] == (1, ["Name", "Mobil", "Stadt", "Code"])
        assert step.is_chosen

        await pilot.press("f7")
        await until(pilot, lambda: not step.reading and not step.is_chosen)
        assert job.opened.choices == Choices()
        assert job.numbers == NumberChoices(1, "DE")
        assert "auto: Windows-1252 guess" in screen_text(pilot)
        assert isinstance(pilot.app.screen, Stage)
        assert pilot.app.screen.changes >= 7


async def test_a_choice_that_cannot_be_says_so_and_changes_nothing(tmp_path: Path) -> None:
    job = job_of(customers(tmp_path))
    async with stage(job, size=(80, 24)) as (step, pilot):
        before, numbers = job.opened, job.numbers
        chooser(step, "delimiter").choose(words.OTHER)
        await until(pilot, lambda: step.query_one("#columns-other").has_focus)
        await pilot.press('"')
        await until(pilot, lambda: "can't separate columns" in screen_text(pilot))
        assert "Delimiter: " in screen_text(pilot)
        assert (job.opened, job.numbers, step.missing) == (before, numbers, "")
        assert chooser(step, "delimiter").value == words.AUTO
        chooser(step, "delimiter").choose(words.OTHER)
        await pilot.pause()
        await pilot.press("ü")
        await until(pilot, lambda: job.opened is not before and not step.reading)
        assert job.opened is not None
        assert job.opened.detected.delimiter == "ü"
        assert "can't separate" not in screen_text(pilot)
        assert chooser(step, "delimiter").value == words.OTHER
        assert "“ü”" in screen_text(pilot)
        assert len([line for line in screen_text(pilot).splitlines() if line[:1] == " "]) >= 8


async def test_a_country_is_its_letters_or_its_name_and_nonsense_keeps_the_one_before(tmp_path: Path) -> None:
    job = job_of(customers(tmp_path, ("0664 1234567", "0664 1234568")))
    async with stage(job) as (step, pilot):
        field = step.query_one("#columns-country", LiteralInput)
        assert step.table.preview.counts == {State.WARNED: 2}  # landlines of Germany
        field.focus()
        await pilot.pause()
        for typed, country, note in (
            ("ge", "GE", "Georgia"),
            ("ger", "DE", "not known"),
            ("germany", "DE", "Germany"),
            ("aus", "DE", "not known"),
            ("austria", "AT", "Austria"),
        ):
            field.value = typed
            await until(pilot, lambda: note in screen_text(pilot) and not step.reading)  # noqa: B023 - awaited here
            assert job.numbers.country == country
            assert field.value == typed  # what comes back doesn't write into what is being typed
        assert step.table.preview.counts == {State.CHANGED: 2}
        field.value = "uk"
        await pilot.press("tab")
        await until(pilot, lambda: "UK is not the United Kingdom's code." in screen_text(pilot))
        assert job.numbers.country == "DE"  # the one before the field was gone to
        assert "Write its two letters" in step.missing
        await pilot.press("f7")
        await until(pilot, lambda: step.missing == "")
        assert field.value == "DE"


async def test_without_a_column_of_numbers_it_asks_for_one(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("Name,City,Code\nZoë,Bonn,12\nAna,Köln,13\n")
    async with stage(job_of(path)) as (step, pilot):
        assert step.missing == "No column looks like telephone numbers. Say which column has the numbers."
        assert step.missing in screen_text(pilot)
        assert chooser(step, "phone").has_focus
        assert "All 2 rows, as read" in screen_text(pilot)
        header = next(y for y, line in enumerate(screen_text(pilot).splitlines()) if "City" in line)
        x = screen_text(pilot).splitlines()[header].index("City")
        await pilot.click(offset=(x, header))
        await until(pilot, lambda: step.job.numbers.phone_column == 1 and not step.reading)
        assert "0 ok, 2 invalid of all 2 rows" in screen_text(pilot)
        assert step.missing == ""


async def test_a_workbook_has_sheets_and_no_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(xlsx([["Name", "Phone"], ["Zoë", 491725551234]], [["Tel"], ["+491725551235"], ["+491725551236"]]))
    async with stage(job_of(path)) as (step, pilot):
        assert not step.query_one("#columns-delimiter-row").display
        assert not step.query_one("#columns-encoding-row").display
        names = [item.value for item in chooser(step, "sheet").items]
        await choose(step, pilot, "sheet", names[2])
        opened = step.job.opened
        assert opened is not None
        assert (opened.columns, len(opened.rows), opened.numbers.phone_column) == (("Tel",), 2, 0)
        assert chooser(step, "sheet").items[0].prefix == "auto: "
        path.unlink()
        await choose(step, pilot, "sheet", words.AUTO)
        await until(pilot, lambda: "Sheet: " in screen_text(pilot))
        assert step.job.opened is opened
        assert chooser(step, "sheet").value == names[2]


async def test_choices_of_last_time_are_named_and_can_be_left(tmp_path: Path) -> None:
    path = customers(tmp_path)
    with Database.open(tmp_path / "mitto.db") as database:
        shapes = ListShapes(database)
        with closing(OpenedList.open(path, PROFILE)) as before:
            before.remember(replace(before.numbers, take_all=True), PROFILE, shapes, AT)
        async with stage(job_of(path, PROFILE, shapes)) as (step, pilot):
            said = "Read as you chose on 12 Nov for lists like this. F7 goes back to what is detected."
            assert said in screen_text(pilot)
            await pilot.press("f7")
            await until(pilot, lambda: not step.reading and said not in screen_text(pilot))
            assert not step.job.numbers.take_all


# -- reading takes its time --------------------------------------------------------------------------------------------


class SlowList(OpenedList):
    """Waits at the gate before it is read again."""

    gate = threading.Event()
    made: list[OpenedList] = []  # noqa: RUF012 - emptied by each test

    def again(self, choices: Choices, numbers: NumberChoices | None = None) -> Any:
        assert SlowList.gate.wait(20)
        found = super().again(choices, numbers)
        SlowList.made.append(found)
        return found


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[BulkJob]:
    """A list that is read again only while the gate is open, which it is."""
    SlowList.gate.set()
    SlowList.made = []
    opened = SlowList.open(customers(tmp_path), PROFILE)
    yield BulkJob(opened, opened.numbers)
    SlowList.gate.set()


async def test_what_was_chosen_last_wins_and_the_form_stays_usable(slow: BulkJob) -> None:
    async with stage(slow) as (step, pilot):
        first = slow.opened
        SlowList.gate.clear()
        chooser(step, "header").choose("no")
        await until(pilot, lambda: "reading…" in screen_text(pilot))
        assert "still being read" in step.missing
        for value in ("=,", "=|", "=;"):
            chooser(step, "delimiter").choose(value)
            await pilot.pause()
        chooser(step, "take-all").choose(True)
        await pilot.pause()
        assert slow.opened is first
        SlowList.gate.set()
        await read(step, pilot)
        assert slow.opened is not None
        assert slow.opened.choices == Choices(delimiter=";", header=False)
        assert slow.numbers.take_all
        assert "▸ Column 2" in screen_text(pilot)
        assert "reading…" not in screen_text(pilot)
        await until(pilot, lambda: [each for each in SlowList.made if is_open(each)] == [slow.opened])


async def test_another_list_meanwhile_is_not_touched_by_the_one_before(slow: BulkJob, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    other = OpenedList.open(customers(tmp_path / "b", ("0172 5551234",)), PROFILE)
    async with stage(slow) as (step, pilot):
        before = slow.opened
        assert before is not None
        SlowList.gate.clear()
        chooser(step, "header").choose("no")
        await pilot.pause()
        step.go()
        slow.opened, slow.numbers, slow.vote = other, other.numbers, None
        before.close()
        step.come()
        SlowList.gate.set()
        await read(step, pilot)
        assert slow.opened is other
        assert other.choices == Choices()
        assert step.table.total == 1
        assert step.missing == ""
        await until(pilot, lambda: not any(map(is_open, SlowList.made[1:])))


async def test_a_list_that_cannot_be_read_to_its_numbers_is_shown_and_says_so(tmp_path: Path) -> None:
    class Torn(OpenedList):
        def vote(self, numbers: NumberChoices) -> Any:
            raise ListProblem("customers.csv is cut off in row 5,000.", "Get it again.")

    opened = Torn.open(customers(tmp_path), PROFILE)
    async with stage(BulkJob(opened, opened.numbers)) as (step, pilot):
        assert "Jürgen" in screen_text(pilot)
        assert "customers.csv is cut off in row 5,000." in screen_text(pilot)
        assert "cut off" in step.missing


# -- whatever a list holds ---------------------------------------------------------------------------------------------


async def test_texts_out_of_files_are_literal_and_numbers_masked(tmp_path: Path) -> None:
    path = tmp_path / "[b]x.csv"
    lines = [f'"{text}";0172 555123{at};"{text}"' for at, text in enumerate(HOSTILE) if "\x00" not in text]
    path.write_text("\n".join(["[/red] Name;Tel 0172 9998877;[@click=app.quit]x[/]", *lines]), encoding="utf-8")
    async with stage(job_of(path), masked=True) as (step, pilot):
        await choose(step, pilot, "header", "yes")  # with a number in a name, it isn't taken for one
        shown = screen_text(pilot)
        assert "[bold red]not bold[/]" in shown
        assert "[/red] Name" in shown
        assert "▸ Tel •••• •••••••" in shown
        assert "•••• ••••••• → +•• ••• •••••••" in shown
        for at in range(len(lines)):
            step.table.cursor = at
            await pilot.pause()
            shown = screen_text(pilot)
            assert not STEERING - {"\n"} & set(shown)
            assert "555123" not in shown
            assert "9998877" not in shown
        pilot.app.masked = False  # type: ignore[attr-defined]  # a MittoApp
        step.masking_changed()
        await until(pilot, lambda: "+49 172 555123" in screen_text(pilot))
        assert "9998877" in screen_text(pilot)


def test_a_cell_of_megabytes_is_cut_before_it_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text("Name,Mobile\n" + "x" * 120_000 + ",+491725551234\n" + "Ana," + "0172 " * 20_000 + "\n")
    with closing(OpenedList.open(path, PROFILE)) as found:
        preview = preview_of(found, replace(found.numbers, phone_column=1), found.vote(NumberChoices(1, "DE")), True)
    assert preview.widths == (30, 30)
    assert len(preview.cell(0, 0)) < 200
    assert len(preview.cell(1, 1)) < 200
    assert [seen.state for seen in preview.seen] == [State.OK, State.INVALID]


def test_every_number_of_a_cell_counts_where_all_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "several.csv"
    path.write_text("Name,Mobile\nZoë,0172 5551234 ::: 030 1234567\nAna,0172 5551235\n")
    with closing(OpenedList.open(path, PROFILE)) as found:
        for take_all, counts in ((False, {State.CHANGED: 2}), (True, {State.CHANGED: 2, State.WARNED: 1})):
            numbers = replace(found.numbers, take_all=take_all)
            preview = preview_of(found, numbers, found.vote(numbers), True)
            assert preview.counts == counts
            assert "This cell also holds +49 30 1234567." in preview.seen[0].sentence


# -- words -------------------------------------------------------------------------------------------------------------


def found_as(**changes: Any) -> Detected:
    plain = Detected("csv", "utf-8", True, ";", True, "", (), ("A", "B"), ())
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("found", "size", "expected"),
    [
        (found_as(), 12408, ["x", "CSV, semicolon, UTF-8", "2 columns", "12,408 bytes"]),
        (found_as(encoding="utf-8-sig", delimiter="~"), None, ["x", "CSV, “~”, UTF-8 with mark", "2 columns"]),
        (found_as(format="tsv", delimiter="\t", encoding=""), None, ["x", "TSV", "2 columns"]),
        (found_as(format="txt", delimiter="", columns=("A",)), 1, ["x", "text, UTF-8", "1 column", "1 bytes"]),
        (
            found_as(format="xlsx", encoding="", delimiter="", sheet="Mai", sheets=("Mai", "Juni")),
            None,
            ["x", "XLSX, sheet “Mai”", "2 columns"],
        ),
        (found_as(format="vcf", encoding="utf-8", delimiter=""), None, ["x", "vCard, UTF-8", "2 columns"]),
    ],
)
def test_what_was_understood_is_one_line(found: Detected, size: int | None, expected: list[str]) -> None:
    assert words.understood("x", found, size) == expected


def test_any_set_of_refused_lines_has_its_word() -> None:
    assert words.refusals(frozenset())[frozenset()] == "none"
    assert words.refusals(frozenset())[OTHER_LINES] == "all but mobile"
    assert words.refusals(frozenset({"pager", "company"}))[frozenset({"pager", "company"})] == "company, pager"
    assert {line for lines in words.refusals(frozenset()) for line in lines} == OTHER_LINES


# -- the chooser -------------------------------------------------------------------------------------------------------


async def test_typing_jumps_in_the_list_of_a_chooser(tmp_path: Path) -> None:
    async with stage(job_of(customers(tmp_path)), size=(80, 24)) as (step, pilot):
        encoding = chooser(step, "encoding")
        encoding.focus()
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooserList))
        assert "Turkish (Windows-1254)" in screen_text(pilot)
        box = pilot.app.screen
        assert isinstance(box, ChooserList)

        def highlighted() -> str:
            at = box.options.highlighted
            return "" if at is None else encoding.items[at].line

        for key, line in (("h", "Thai (Windows-874)"), ("backspace", "Turkish (Windows-1254)")):
            await pilot.press(key)
            assert highlighted() == line
        await pilot.press("backspace", *"437")
        assert highlighted() == "English (DOS 437)"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Stage))
        assert encoding.value == words.AUTO
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooserList))
        await pilot.press("down", "enter")
        await until(pilot, lambda: step.job.opened is not None and step.job.opened.choices.encoding == "utf-8")
        await read(step, pilot)
        await pilot.press("right")
        await until(pilot, lambda: encoding.value == "windows-1252")
        await read(step, pilot)
        assert encoding.has_focus
