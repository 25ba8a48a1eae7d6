"""A list that is being prepared: as it was read, how its numbers are meant, and what was chosen before."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mitto_tui.recipients.deciding import Bare
from mitto_tui.recipients.readers.model import Choices, ListProblem
from mitto_tui.recipients.verdicts import OTHER_LINES, Lean, Status
from mitto_tui.settings.profiles import Lists, Profile
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.storage.database import Database
from mitto_tui.storage.list_shapes import ListShapes
from mitto_tui.workspace.lists import PREVIEWED, BulkMessage, NumberChoices, OpenedList, plan_for

AT = datetime(2026, 11, 12, 9, 30, tzinfo=UTC)
WORK = Profile("work", country="de")
ROWS = ("Zoë;0172 5551234;030 1234567", "Ana;0151 23456789;030 7654321", "Max;0160 1234567;030 5554444")


@pytest.fixture
def shapes(tmp_path: Path) -> Iterator[ListShapes]:
    with Database.open(tmp_path / "mitto.db") as database:
        yield ListShapes(database)


def written(path: Path, *rows: str, encoding: str = "utf-8") -> Path:
    path.write_bytes("".join(f"{row}\n" for row in rows).encode(encoding))
    return path


def customers(tmp_path: Path, *rows: str, name: str = "customers.csv", encoding: str = "utf-8") -> Path:
    return written(tmp_path / name, "Name;Mobile;Work", *(rows or ROWS), encoding=encoding)


def opened(source: Path | str, shapes: ListShapes | None = None, profile: Profile = WORK) -> closing[OpenedList]:
    return closing(OpenedList.open(source, profile, shapes))


def test_a_list_is_opened_as_detected_with_the_profiles_own_ways(tmp_path: Path) -> None:
    lists = Lists(refuse=frozenset({"landline"}), all_numbers=True)
    with opened(customers(tmp_path), profile=replace(WORK, lists=lists)) as found:
        assert (found.name, found.columns) == ("customers.csv", ("Name", "Mobile", "Work"))
        assert found.numbers == NumberChoices(1, "DE", Bare.AUTO, frozenset({"landline"}), True)
        assert found.numbers == found.as_detected(replace(WORK, lists=lists))
        assert [cells[0] for _, cells in found.rows] == ["Zoë", "Ana", "Max"]
        readings = found.readings(found.numbers, found.vote(found.numbers))
        assert [reading.digits for reading in readings] == ["491725551234", "4915123456789", "491601234567"]
        at_work = replace(found.numbers, phone_column=2)
        refused = found.readings(at_work, found.vote(at_work))
        assert {reading.status for reading in refused} == {Status.INVALID}
        kept = replace(at_work, refuse=frozenset())
        assert {reading.status for reading in found.readings(kept, found.vote(kept))} == {Status.OK}


def test_only_the_first_rows_are_kept_but_the_vote_is_on_many_more(tmp_path: Path) -> None:
    first = [f"A;0172 555{row:04}" for row in range(PREVIEWED)]
    path = written(tmp_path / "long.csv", "Name;Mobile", *first, *(f"B;49172555{row:04}" for row in range(300)))
    with opened(path) as found:
        assert len(found.rows) == PREVIEWED
        vote = found.vote(found.numbers)
        assert (vote.rows, vote.with_code, vote.decision) == (PREVIEWED + 300, 300, Lean.WITH_CODE)


def test_reading_it_again_leaves_the_first_open_and_keeps_what_was_chosen(tmp_path: Path) -> None:
    path = customers(tmp_path)
    with opened(path) as found:
        chosen = replace(found.numbers, phone_column=2, country="AT", take_all=True)
        assert found.again(Choices()) is found
        with closing(found.again(Choices(header=False), chosen)) as plain:
            assert plain.columns == ("Column 1", "Column 2", "Column 3")
            assert [number for number, _ in plain.rows] == [1, 2, 3, 4]
            assert plain.numbers == chosen  # the columns have other names, and are the same
            assert plain.shape == found.shape
            with closing(plain.again(Choices(delimiter=","))) as one:
                assert one.columns == ("Name;Mobile;Work",)
                assert one.numbers.phone_column in (0, None)
                assert (one.numbers.country, one.numbers.take_all) == ("AT", True)
        assert len(found.list_file.preview()) == 3


def test_a_column_that_was_only_guessed_is_guessed_anew(tmp_path: Path) -> None:
    path = written(tmp_path / "odd.csv", "A,B;Phone", "0172 5551234,x;y", "0172 5551235,x;z", "0172 5551236,x;z")
    with opened(path) as found, closing(found.again(Choices(delimiter=","))) as comma:
        assert comma.numbers.phone_column == comma.guess.index == 0
        with closing(comma.again(Choices(delimiter=";"), replace(comma.numbers, phone_column=1))) as semicolon:
            assert semicolon.numbers.phone_column == 1  # chosen, and there are as many columns


@pytest.mark.parametrize(
    "choices", [Choices(encoding="no-such"), Choices(delimiter="ab"), Choices(format="xlsx"), Choices(encoding="idna")]
)
def test_a_choice_that_cannot_be_leaves_the_list_as_it_was(tmp_path: Path, choices: Choices) -> None:
    with opened(customers(tmp_path)) as found:
        with pytest.raises(ListProblem):
            found.again(choices)
        assert found.choices == Choices()
        assert found.vote(found.numbers).rows == 3


def test_what_was_chosen_comes_back_for_the_next_list_of_its_shape(tmp_path: Path, shapes: ListShapes) -> None:
    numbers = NumberChoices(2, "AT", Bare.NATIONAL, OTHER_LINES, True)
    with opened(customers(tmp_path, encoding="windows-1252"), shapes) as first:
        assert first.remembered_at is None
        with closing(first.again(Choices(encoding="iso-8859-15", header=True))) as again:
            again.remember(numbers, WORK, shapes, AT)
    may = customers(tmp_path, "Änne;0664 1234567;01 234567", name="may.csv", encoding="windows-1252")
    with opened(may, shapes) as second:
        assert second.numbers == numbers
        assert second.choices == Choices(encoding="iso-8859-15", header=True)
        assert (second.remembered_at, second.remarks) == (AT, ())
        # Back to what is detected, and gone on with: it is forgotten.
        with closing(second.again(Choices())) as detected:
            assert detected.remembered_at == AT
            detected.remember(detected.as_detected(WORK), WORK, shapes, AT)
    for profile, rows in ((WORK, ROWS), (Profile("other"), ROWS)):
        with opened(customers(tmp_path, *rows), shapes, profile) as third:
            assert (third.choices, third.remembered_at) == (Choices(), None)
            assert third.numbers.phone_column == 1


def test_another_profile_another_header_and_pasted_rows_have_nothing_of_it(tmp_path: Path, shapes: ListShapes) -> None:
    with opened(customers(tmp_path), shapes) as first:
        first.remember(replace(first.numbers, phone_column=2), WORK, shapes, AT)
    text = "\n".join(["Name;Mobile;Work", *ROWS])
    others: list[tuple[Path | str, Profile]] = [
        (customers(tmp_path), Profile("other", country="DE")),
        (written(tmp_path / "b.csv", "Name;Mobile;Office", *ROWS), WORK),
        (text, WORK),
    ]
    for source, profile in others:
        with opened(source, shapes, profile) as other:
            assert other.remembered_at is None
            assert other.numbers.phone_column == 1
            if isinstance(source, str):
                other.remember(replace(other.numbers, phone_column=0), WORK, shapes, AT)
    with opened(customers(tmp_path), shapes) as same:
        assert same.numbers.phone_column == 2
        same.remember(same.as_detected(WORK), WORK, shapes, AT)
        assert shapes.get("work", same.shape) is None


def test_of_a_list_without_a_header_only_the_encoding_is_kept(tmp_path: Path, shapes: ListShapes) -> None:
    path = written(tmp_path / "plain.csv", *ROWS, encoding="windows-1252")
    with opened(path, shapes) as first, closing(first.again(Choices(encoding="iso-8859-15"))) as again:
        again.remember(replace(again.numbers, phone_column=2, country="AT"), WORK, shapes, AT)
    with opened(path, shapes) as second:
        assert second.choices == Choices(encoding="iso-8859-15")
        assert (second.numbers.phone_column, second.numbers.country) == (1, "DE")


def test_a_decision_on_bare_numbers_is_not_taken_over_against_the_new_ones(tmp_path: Path, shapes: ListShapes) -> None:
    with opened(customers(tmp_path), shapes) as first:
        first.remember(replace(first.numbers, bare=Bare.NATIONAL, take_all=True), WORK, shapes, AT)
    speaking = customers(tmp_path, *(f"A;49172555{row:04};" for row in range(30)))
    with opened(speaking, shapes) as second:
        assert (second.numbers.bare, second.numbers.take_all) == (Bare.AUTO, True)
        assert "not taken over" in second.remarks[0]
    with opened(customers(tmp_path), shapes) as third:
        assert (third.numbers.bare, third.remarks) == (Bare.NATIONAL, ())


@pytest.mark.parametrize(
    "kept",
    [
        {"phone_column": "Gone", "country": "XX", "bare": "sideways", "refuse": ["mobile", 3], "take_all": "yes"},
        {"phone_column": 7, "country": None, "bare": None, "refuse": "landline", "header": "yes", "sheet": 3},
    ],
)
def test_nonsense_in_the_store_is_not_taken_over(tmp_path: Path, shapes: ListShapes, kept: dict[str, Any]) -> None:
    with opened(customers(tmp_path)) as first:
        shapes.remember("work", first.shape, kept, AT)
    with opened(customers(tmp_path), shapes) as found:
        assert found.numbers == NumberChoices(1, "DE")
        assert found.choices == Choices()


def test_a_choice_that_does_not_fit_any_more_is_said_and_not_forgotten(tmp_path: Path, shapes: ListShapes) -> None:
    path = customers(tmp_path, encoding="windows-1252")
    with opened(path) as first:
        shapes.remember("work", first.shape, {"encoding": "gone"}, AT)
    with opened(path, shapes) as found:
        assert found.choices == Choices()
        assert found.remarks[0].startswith("What was chosen last time doesn’t fit this list: ")
        found.remember(found.numbers, WORK, shapes, AT)
        assert shapes.get("work", found.shape) is not None


def test_an_encoding_that_was_chosen_stands_for_a_guess_alone(tmp_path: Path, shapes: ListShapes) -> None:
    with opened(customers(tmp_path, encoding="windows-1252"), shapes) as first:
        assert not first.detected.encoding_sure
        with closing(first.again(Choices(encoding="cp850"))) as again:
            again.remember(again.numbers, WORK, shapes, AT)
    with opened(customers(tmp_path), shapes) as in_utf_8:
        assert (in_utf_8.detected.encoding, in_utf_8.rows[0][1][0]) == ("utf-8", "Zoë")
        in_utf_8.remember(in_utf_8.numbers, WORK, shapes, AT)  # not forgotten by going on with that
    guessed = customers(tmp_path, encoding="windows-1252")
    with opened(guessed, shapes) as third:
        assert third.detected.encoding == "cp850"
        shapes.remember("work", third.shape, {"encoding": "utf-8", "columns": ["Name", "Mobile", "Work"]}, AT)
    with opened(guessed, shapes) as fourth:
        assert fourth.rows[0][1][0] == "Zoë"


@pytest.mark.parametrize("choices", [Choices(delimiter=" "), Choices(header=True)])
def test_rows_without_a_header_are_cut_as_they_are(tmp_path: Path, shapes: ListShapes, choices: Choices) -> None:
    one = written(tmp_path / "one.txt", "0172 5551230", "0172 5551231", "0172 5551232")
    with opened(one, shapes) as first, closing(first.again(choices)) as again:
        again.remember(again.numbers, WORK, shapes, AT)
    with opened(one, shapes) as same:
        assert same.detected.header is (choices.header is True)
    other = written(tmp_path / "other.txt", "0172 5551239", "0172 5551231")
    with opened(other, shapes) as found:
        assert (found.choices, found.remarks, found.remembered_at) == (Choices(), (), None)
        assert found.rows == ((1, ["0172 5551239"]), (2, ["0172 5551231"]))


def sheets(path: Path, *names: str) -> Path:
    book: Any = importlib.import_module("xlsxwriter").Workbook(path)
    for at, name in enumerate(names):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["Name", "Mobile", "Work"])
        sheet.write_row(1, 0, ["Zoë", f"0172 555123{at}", "030 123456"])
    book.close()
    return path


def test_a_sheet_is_taken_where_the_sheets_are_the_same(tmp_path: Path, shapes: ListShapes) -> None:
    path = tmp_path / "months.xlsx"
    with (
        opened(sheets(path, "January", "February"), shapes) as first,
        closing(first.again(Choices(sheet="February"))) as again,
    ):
        again.remember(again.numbers, WORK, shapes, AT)
    with opened(path, shapes) as same:
        assert same.detected.sheet == "February"
    with opened(sheets(path, "January", "February", "March"), shapes) as more:
        assert (more.choices, more.detected.sheet) == (Choices(), "January")
        assert more.remarks == ("What was chosen last time doesn’t fit this list: it has other sheets.",)


def test_a_column_chosen_on_one_sheet_is_none_of_another(tmp_path: Path) -> None:
    book: Any = importlib.import_module("xlsxwriter").Workbook(tmp_path / "two.xlsx")
    for name, head in (("One", ["Name", "Mobile", "Work"]), ("Two", ["Handy", "Ort", "Code"])):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, head)
        sheet.write_row(1, 0, ["0172 5551234", "0172 5551235", "0172 5551236"])
    book.close()
    with (
        opened(tmp_path / "two.xlsx") as first,
        closing(first.again(Choices(sheet="Two"), replace(first.numbers, phone_column=2))) as again,
    ):
        assert again.numbers.phone_column == again.guess.index == 0


def test_a_column_without_numbers_is_not_taken_over(tmp_path: Path, shapes: ListShapes) -> None:
    with opened(customers(tmp_path), shapes) as first:
        first.remember(replace(first.numbers, phone_column=2, bare=Bare.NATIONAL), WORK, shapes, AT)
    with opened(customers(tmp_path, "Ana;0172 5551234;Sales", "Max;0172 5551235;"), shapes) as second:
        assert (second.numbers.phone_column, second.numbers.bare) == (1, Bare.AUTO)
        assert second.remarks[0].startswith("Last time you chose “Work” for the numbers; it has none here")
        second.remember(second.numbers, WORK, shapes, AT)
    with opened(customers(tmp_path), shapes) as third:  # the next one is as the first again
        assert (third.numbers.phone_column, third.numbers.bare, third.remarks) == (2, Bare.NATIONAL, ())


def test_another_countrys_notation_is_not_read_as_last_times(tmp_path: Path, shapes: ListShapes) -> None:
    with opened(customers(tmp_path, "Ana;0664 1234567;", "Max;0676 1234567;"), shapes) as first:
        first.remember(replace(first.numbers, country="AT"), WORK, shapes, AT)
    with opened(customers(tmp_path), shapes) as second:
        assert second.numbers.country == "DE"
        assert "Last time you chose Austria" in second.remarks[0]
        second.remember(second.numbers, WORK, shapes, AT)
    with opened(customers(tmp_path, "Eva;0699 1234567;"), shapes) as third:
        assert (third.numbers.country, third.remarks) == ("AT", ())


def test_what_was_chosen_stays_while_it_is_no_choice_any_more(tmp_path: Path, shapes: ListShapes) -> None:
    austrian = customers(tmp_path, "Ana;0664 1234567;01 2345678", "Max;0676 1234567;01 2345679")
    with opened(austrian, shapes) as first:
        first.remember(replace(first.numbers, phone_column=2, country="AT"), WORK, shapes, AT)
    meanwhile = Profile("work", country="AT")
    with opened(customers(tmp_path, "Ana;;01 2345678", "Max;;01 2345679"), shapes, meanwhile) as second:
        assert second.numbers == second.as_detected(meanwhile)
        second.remember(second.numbers, meanwhile, shapes, AT)
    with opened(customers(tmp_path, "Ana;0664 1234567;01 2345678"), shapes) as third:
        assert (third.numbers.phone_column, third.numbers.country) == (2, "AT")


def test_national_is_meant_of_the_country_that_it_was_said_of(tmp_path: Path, shapes: ListShapes) -> None:
    rows = [f"A;1725551{at};" for at in range(230, 260)]
    with opened(customers(tmp_path, *rows), shapes) as first:
        first.remember(replace(first.numbers, bare=Bare.NATIONAL), WORK, shapes, AT)
    with opened(customers(tmp_path, *rows), shapes, Profile("work", country="AT")) as second:
        assert (second.numbers.bare, second.numbers.country) == (Bare.NATIONAL, "DE")


def test_two_numbers_are_enough_to_doubt_a_decision_on_bare_ones(tmp_path: Path, shapes: ListShapes) -> None:
    with opened(customers(tmp_path), shapes) as first:
        first.remember(replace(first.numbers, bare=Bare.NATIONAL), WORK, shapes, AT)
    with opened(customers(tmp_path, "A;491725551234;", "B;491725551235;"), shapes) as second:
        assert second.numbers.bare is Bare.AUTO
        assert "not taken over" in second.remarks[0]


def test_a_list_that_is_cut_off_far_down_is_closed_again(tmp_path: Path, shapes: ListShapes) -> None:
    with opened(customers(tmp_path)) as first:
        shapes.remember("work", first.shape, {"bare": "national"}, AT)

    class Broken(OpenedList):
        closed = 0

        def vote(self, numbers: NumberChoices) -> Any:
            raise ListProblem("It is cut off.", "Get it again.")

        def close(self) -> None:
            Broken.closed += 1
            super().close()

    with pytest.raises(ListProblem, match="cut off"):
        Broken.open(customers(tmp_path), WORK, shapes)
    assert Broken.closed == 1


def test_a_plan_needs_a_column_with_numbers(tmp_path: Path) -> None:
    with opened(written(tmp_path / "names.csv", "Name,City", "Zoë,Bonn", "Ana,Köln")) as found:
        assert found.numbers.phone_column is None
        with pytest.raises(InvalidInput, match="No column looks like telephone numbers"):
            plan_for(found, found.numbers, BulkMessage())
        plan = plan_for(found, replace(found.numbers, phone_column=1), BulkMessage("MITTO", "Hi {Name}"))
        assert (plan.phone_column, plan.template, plan.country) == (1, "Hi {Name}", "DE")
