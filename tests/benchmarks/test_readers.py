"""Reading a million rows beside a bare ``csv.reader`` pass, in one run, and what memory that takes."""

from __future__ import annotations

import csv
import gc
import importlib
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mitto_tui.recipients.readers.list_file import open_list

COUNT = 1_000_000
SHEET_COUNT = 100_000
CARDS = 20_000
ROUNDS = 3

# Not ru_maxrss: it has the size of the process that this one was forked from.
MEASURE = """
import sys
from pathlib import Path
from mitto_tui.recipients.readers.list_file import open_list
with open_list(Path(sys.argv[1])) as opened:
    count = sum(map(len, opened.batches()))
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(count, status["VmHWM"].split()[0])
"""


def row(number: int) -> tuple[str, int, str, str]:
    return f"Person {number}", 491725000000 + number, "Köln", f"A{number * 7919 % 99991:05}"


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lists") / "list.csv"
    with path.open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target)
        writer.writerow(["name", "phone", "city", "code"])
        writer.writerows(map(row, range(COUNT)))
    return path


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lists") / "list.xlsx"
    with importlib.import_module("xlsxwriter").Workbook(path) as book:  # it has no types to import
        target = book.add_worksheet()
        target.write_row(0, 0, ["name", "phone", "city", "code"])
        for number in range(SHEET_COUNT):
            target.write_row(number + 1, 0, row(number))
    return path


def seconds(work: Callable[[], int], expected: int) -> float:
    """Of processor time, at best."""
    best = float("inf")
    gc.collect()
    gc.freeze()  # what the tests hold is not walked over again and again
    for _ in range(ROUNDS):
        start = time.process_time()
        assert work() == expected
        best = min(best, time.process_time() - start)
    gc.unfreeze()
    return best


def bare(path: Path) -> int:
    with path.open(newline="", encoding="utf-8") as source:
        return sum(1 for _ in csv.reader(source)) - 1


def ours(path: Path) -> int:
    with open_list(path) as opened:
        return sum(map(len, opened.batches()))


def peak_megabytes(path: Path, count: int) -> float:
    """The largest resident size of a process that reads ``path``."""
    done = subprocess.run([sys.executable, "-c", MEASURE, path], check=True, capture_output=True, text=True)
    read, size = map(int, done.stdout.split())
    assert read == count
    return size / 1024


@pytest.mark.benchmark
def test_a_million_rows(text: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain, full = seconds(lambda: bare(text), COUNT), seconds(lambda: ours(text), COUNT)
    memory = peak_megabytes(text, COUNT)
    with capsys.disabled():
        print(f"\n{COUNT:,} rows of CSV: csv.reader {plain:.2f} s, ours {full:.2f} s", end="")
        print(f", {full / plain:.2f} times as long, {memory:.0f} MB")
    assert full < 2.5 * plain
    assert memory < 60


@pytest.mark.benchmark
def test_a_large_workbook(sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calamine: Any = importlib.import_module("python_calamine")

    def whole() -> int:
        return len(calamine.CalamineWorkbook.from_path(sheet).get_sheet_by_index(0).to_python()) - 1

    theirs, full = seconds(whole, SHEET_COUNT), seconds(lambda: ours(sheet), SHEET_COUNT)
    memory = peak_megabytes(sheet, SHEET_COUNT)
    with capsys.disabled():
        print(f"\n{SHEET_COUNT:,} rows of XLSX: calamine {theirs:.2f} s, ours {full:.2f} s; {memory:.0f} MB")
    assert SHEET_COUNT / full > 50_000
    assert memory < 80


@pytest.mark.benchmark
def test_thousands_of_cards(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "list.vcf"
    one = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann\r\nN:Lee;Ann;;;\r\nTEL;TYPE=CELL:+49 172 5551234\r\nTEL:030 1\r\n"
    path.write_text((one + "EMAIL:a@example.org\r\nORG:Acme\r\nEND:VCARD\r\n") * CARDS)
    full = seconds(lambda: ours(path), CARDS)
    with capsys.disabled():
        print(f"\n{CARDS:,} cards: {CARDS / full:,.0f} a second")
    assert CARDS / full > 20_000
