"""Batches, progress, giving up, and what it all takes."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from mitto_tui.recipients.readers.list_file import open_list
from mitto_tui.recipients.readers.model import ListProblem
from tests.recipients.readers.lists import opened, rows
from tests.recipients.readers.test_workbooks import xlsx

COUNT = 25_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "list.csv"
    found.write_bytes(b"name,phone\n" + b"".join(b"Person %d,+4917%08d\n" % (n, n) for n in range(COUNT)))
    return found


def open_files() -> list[str]:
    return [os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd") if _is_open(name)]


def _is_open(name: str) -> bool:
    return os.path.lexists(f"/proc/self/fd/{name}")


@pytest.mark.parametrize("size", [1, 999, 5000, COUNT, COUNT + 1])
def test_batches_are_of_the_size_asked_for(path: Path, size: int) -> None:
    with open_list(path) as list_file:
        batches = list(list_file.batches(size))
    assert {len(batch) for batch in batches[:-1]} <= {size}
    assert [number for batch in batches for number, _ in batch] == list(range(2, COUNT + 2))
    with pytest.raises(ValueError, match="at least one row"):
        next(list_file.batches(0))


def test_progress_ends_with_everything(path: Path) -> None:
    told: list[tuple[int, int]] = []
    with open_list(path) as list_file:
        for _ in list_file.batches(progress=lambda done, total: told.append((done, total))):
            pass
    size = path.stat().st_size
    assert told[-1] == (size, size)
    assert told == sorted(told)
    assert len(told) > 5


def test_progress_of_a_workbook() -> None:
    told: list[tuple[int, int]] = []
    with opened(xlsx([["phone"], *([f"+4917{number:08}"] for number in range(5000))])) as list_file:
        assert sum(map(len, list_file.batches(progress=lambda done, total: told.append((done, total))))) == 5000
    assert len(told) > 1
    assert told[-1][0] == told[-1][1]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc to see what is open")
def test_a_file_is_open_only_while_it_is_read(path: Path) -> None:
    name = str(path)
    with open_list(path) as list_file:
        assert name not in open_files()
        list_file.preview()
        assert name not in open_files()
        batches = list_file.batches()
        next(batches)
        assert name in open_files()
        batches.close()  # what a loop does that is left by break
        assert name not in open_files()


def test_a_list_can_be_read_twice_at_once(path: Path) -> None:
    with path.open("rb") as stream, open_list(stream) as list_file:
        one, two = list_file.batches(100), list_file.batches(100)
        assert [next(one), next(one), next(one)] == [next(two), next(two), next(two)]
        one.close()
        two.close()


def test_closing_ends_whoever_still_reads(path: Path) -> None:
    with open_list(path) as list_file:
        batches = list_file.batches(100)
        next(batches)
    with pytest.raises(ListProblem, match="was closed while it was being read"):
        for _ in batches:
            pass


def test_the_preview_is_the_beginning_of_the_list(path: Path) -> None:
    with open_list(path) as list_file:
        assert list_file.preview(3) == rows(list_file)[:3]


def test_memory_does_not_grow_with_the_list(path: Path) -> None:
    with open_list(path) as list_file:
        tracemalloc.start()
        for _ in list_file.batches(1000):
            pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 3_000_000
    assert path.stat().st_size > 600_000
