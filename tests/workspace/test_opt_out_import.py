"""A list of opt-outs: read whole, nothing taken before it is asked for, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitto_tui.recipients.deciding import Bare
from mitto_tui.recipients.readers.model import Choices, ListProblem
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.storage.database import Database
from mitto_tui.storage.opt_outs import OptOuts
from mitto_tui.workspace.opt_out_import import LISTED, ImportStopped, ImportSums, OptOutImport, Unread

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def opt_outs(tmp_path: Path) -> Iterator[OptOuts]:
    with Database.open(tmp_path / "mitto.db") as database:
        yield OptOuts(database)


def test_looking_changes_nothing_and_taking_takes_what_was_seen(tmp_path: Path, opt_outs: OptOuts) -> None:
    path = tmp_path / "stop.csv"
    path.write_text(
        "why;Handy\nSTOP;0172 5551234\nagain;+49 172 5551234\nnone;\nx;abc\nboth;0172 5551235 ::: 0172 5551236\ny;12\n"
    )
    opt_outs.add("work", "491725551235", NOW, "a reply")
    with OptOutImport.open(path) as found:
        column, why = found.phone_column()
        assert (column, "Handy" in why, found.detected.delimiter) == (1, True, ";")
        assert column is not None
        told: list[tuple[int, int]] = []
        sums = found.look(column, "DE", opt_outs.numbers("work"), progress=lambda done, of: told.append((done, of)))
        assert (sums.rows, sums.numbers, sums.new, sums.known, sums.duplicates) == (6, 4, 2, 1, 1)
        assert (sums.empty, sums.invalid, sums.ambiguous, sums.unreadable) == (1, 2, 0, 2)
        assert [(unread.row, unread.cell) for unread in sums.unread] == [(5, "abc"), (7, "12")]
        assert all(unread.sentence.endswith(".") for unread in sums.unread)
        assert told[-1][0] == told[-1][1] == path.stat().st_size
        assert opt_outs.count("work") == 1
        steps: list[tuple[int, int]] = []
        assert found.take(opt_outs, "work", NOW, lambda done, of: steps.append((done, of))) == 2
        assert steps == [(2, 2)]
        assert found.take(opt_outs, "work", NOW) == 0, "others may have been quicker"
    assert [(one.recipient, one.source) for one in opt_outs.all("work")] == [
        ("491725551234", "import stop.csv"),
        ("491725551235", "a reply"),
        ("491725551236", "import stop.csv"),
    ]


def test_a_person_may_say_how_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "numbers.txt"
    path.write_bytes("a|491725551234\n".encode("utf-16-le"))
    with OptOutImport.open(path, Choices(encoding="utf-16-le", delimiter="|", header=False)) as found:
        assert found.look(1, "DE", frozenset()).new == 1
        assert found.look(1, "DE", frozenset(), bare=Bare.NATIONAL).new == 0
        assert found.look(0, "", frozenset()).unread == (Unread(1, "a", found.sums.unread[0].sentence),)
        with pytest.raises(InvalidInput, match="no column 3"):
            found.look(2, "", frozenset())


def test_what_is_no_list_says_so(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(ListProblem):
            OptOutImport.open(path)


def test_it_stops_and_takes_nothing_of_what_it_had_not_read(tmp_path: Path, opt_outs: OptOuts) -> None:
    path = tmp_path / "many.txt"
    path.write_text("".join(f"+49172{number:07d}\n" for number in range(5_000_000, 5_012_000)))
    with OptOutImport.open(path) as found:
        with pytest.raises(ImportStopped):
            found.look(0, "", frozenset(), progress=lambda done, of: found.stop())
        assert found.sums == ImportSums()
        assert found.take(opt_outs, "work", NOW) == 0
        assert found.look(0, "", frozenset()).new == 12_000, "it can be asked for again"
        assert found.take(opt_outs, "work", NOW) == opt_outs.count("work") == 12_000


def test_of_many_that_can_not_be_read_the_first_are_kept() -> None:
    with OptOutImport.open("x" * 500 + "\nabc" * (LISTED + 10), Choices(header=False)) as found:
        sums = found.look(0, "", frozenset())
    assert (len(sums.unread), sums.unreadable) == (LISTED, LISTED + 11)
    assert len(sums.unread[0].cell) == 200


_CELLS = st.sampled_from(
    ["", "abc", "12", "0172 5551234", "+491725551234", "491725551235", "0172 5551236 ; 030 123456", "172 5551237"]
)


@settings(deadline=None, max_examples=30)
@given(st.lists(_CELLS, min_size=1, max_size=30), st.frozensets(st.just("491725551234")))
def test_no_cell_disappears(cells: list[str], known: frozenset[str]) -> None:
    text = "phone|n\n" + "".join(f"{cell}|x\n" for cell in cells)
    with OptOutImport.open(text, Choices(delimiter="|", header=True)) as found:
        sums = found.look(0, "DE", known)
    assert sums.rows == len(cells)
    assert sums.numbers == sums.new + sums.known + sums.duplicates
    assert sums.rows <= sums.numbers + sums.empty + sums.unreadable
    assert len(sums.unread) == sums.unreadable
