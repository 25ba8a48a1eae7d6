"""Messages in a file are the messages in the store, in either form, whatever they say."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mitto_tui.storage.database import Database
from mitto_tui.storage.history import History
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.rows import HistoryFilter
from mitto_tui.workspace.history_export import FIELDS, as_dict, export_history, harmless, original
from mitto_tui.workspace.new_file import ExportProblem, ExportStopped, TargetExists
from tests.storage.builders import at, new_message

_TEXTS = st.text(min_size=1) | st.text(st.sampled_from("='+-@\t\r\n\",;'\0é"), min_size=1)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    return (tmp_path_factory.mktemp("export") for _ in count())


@given(st.lists(_TEXTS, min_size=1, max_size=5))
@example(["'=1", "''-1", "=1", "'x", "a\r\nb", '"quoted"'])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_back(folders: Iterator[Path], texts: list[str]) -> None:
    folder = next(folders)
    with Database.open(folder / "data" / "messages.db") as database:
        messages, history = Messages(database, "work"), History(database)
        for number, text in enumerate(texts):
            messages.add(new_message(text), at(number))
        rows = [as_dict(row) for row in history.page(HistoryFilter())]
        for name in ("out.csv", "out.jsonl"):
            assert export_history(history, HistoryFilter(), folder / name).messages == len(texts)
    lines = (folder / "out.jsonl").read_bytes().decode().split("\n")
    assert [json.loads(line) for line in lines[:-1]] == rows
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    assert tuple(table[0]) == FIELDS
    told = [[original(cell) for cell in line] for line in table[1:]]
    wanted = [["" if row[field] is None else str(row[field]) for field in FIELDS] for row in rows]
    assert told == [[cell.encode(errors="backslashreplace").decode() for cell in line] for line in wanted]


@given(st.text() | st.text(st.sampled_from("'=+-@\t\rx")))
def test_no_cell_runs_as_a_formula_and_each_is_read_back(text: str) -> None:
    cell = harmless(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert original(cell) == text


def test_stopped_or_refused_it_leaves_nothing_behind(tmp_path: Path) -> None:
    with Database.open(tmp_path / "data" / "messages.db") as database:
        messages, history = Messages(database, "work"), History(database)
        for number in range(3):
            messages.add(new_message(), at(number))
        target = tmp_path / "out.csv"
        with pytest.raises(ExportStopped):
            export_history(history, HistoryFilter(), target, stop=lambda: True)
        target.write_text("mine")
        with pytest.raises(TargetExists):
            export_history(history, HistoryFilter(), target)
        for wrong in ("out.txt", "missing/out.csv", "data.csv\0"):
            with pytest.raises(ExportProblem):
                export_history(history, HistoryFilter(), tmp_path / wrong)
        assert target.read_text() == "mine"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "out.csv"]
        told: list[int] = []
        export_history(history, HistoryFilter(), target, overwrite=True, oldest_first=True, progress=told.append)
        assert told == [0, 3]
        assert [line.split(",")[0] for line in target.read_text().splitlines()] == ["id", "1", "2", "3"]
