"""A whole list from file to draft, beside the plain way and beside a bare ``csv.reader`` pass, in one run.

``MITTO_TUI_BENCHMARK_ROWS`` changes the size.
"""

from __future__ import annotations

import csv
import gc
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat

from mitto_tui.recipients.checking import Checking, Plan
from mitto_tui.recipients.readers.list_file import open_list
from mitto_tui.storage.campaigns import Campaigns, NewCampaign
from mitto_tui.storage.database import Database

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(900)]

ROWS = int(os.environ.get("MITTO_TUI_BENCHMARK_ROWS", "1000000"))
PLAIN = min(ROWS, 20_000)
"""Rows that the plain way takes: it takes as long for each."""
ROUNDS = 3
TEMPLATE = "Dear {name} in {city}, your code is {code}. Show it at the till until Sunday and save ten per cent."

# Not ru_maxrss: it has the size of the process that this one was forked from.
MEASURE = """
import sys
from pathlib import Path
from tests.benchmarks.test_lists import stored
count = stored(Path(sys.argv[1]), Path(sys.argv[2]))
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(count, status["VmHWM"].split()[0])
"""


def number(row: int, chance: random.Random) -> str:
    """Half of them E.164, half as Germans write them."""
    network = chance.choice(("151", "157", "160", "162", "170", "171", "172", "173", "174", "176", "177", "179"))
    rest = f"{chance.randrange(10**8 if network.startswith('15') or network == '176' else 10**7):07}"
    blank = chance.choice((" ", "-", ""))
    return f"+49{network}{rest}" if row % 2 else f"0{network} {rest[:3]}{blank}{rest[3:]}"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lists") / "list.csv"
    chance = random.Random(1)
    with path.open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target)
        writer.writerow(["name", "phone", "city", "code"])
        for row in range(ROWS):
            writer.writerow([f"Person {row}", number(row, chance), "Köln", f"A{row * 7919 % 99991:05}"])
    return path


def bare(path: Path) -> int:
    with path.open(newline="", encoding="utf-8") as source:
        return sum(1 for _ in csv.reader(source)) - 1


def plain(path: Path) -> int:
    """Read, normalised, de-duplicated and counted as one would write it at first."""
    seen, segments = set[str](), 0
    with path.open(newline="", encoding="utf-8") as source:
        for index, row in enumerate(csv.DictReader(source)):
            if index == PLAIN:
                return index
            try:
                found = phonenumbers.parse(row["phone"], "DE")
            except phonenumbers.NumberParseException:
                continue
            if not phonenumbers.is_valid_number(found):
                continue
            digits = phonenumbers.format_number(found, PhoneNumberFormat.E164)
            if digits in seen:
                continue
            seen.add(digits)
            text = TEMPLATE.format_map(row)
            segments += 1 if len(text) <= 160 else -(-len(text) // 153)
    return index + 1


def checked(path: Path) -> int:
    with open_list(path) as opened:
        return sum(map(len, Checking(opened, Plan(1, TEMPLATE, "DE")).batches()))


def stored(path: Path, database: Path) -> int:
    with Database.open(database) as store, open_list(path) as opened:
        checking = Checking(opened, Plan(1, TEMPLATE, "DE"))
        new = NewCampaign("work", opened.name, "MITTO", TEMPLATE, checking.fixed_text, {}, {})
        Campaigns(store).save(new, checking.batches(), checking.totals.as_json, lambda: datetime.now(UTC))
    return checking.totals.rows


def seconds(work: Callable[[], int], expected: int, rounds: int = ROUNDS) -> float:
    """Of processor time, at best."""
    best = float("inf")
    gc.collect()
    gc.freeze()  # what the tests hold is not walked over again and again
    for _ in range(rounds):
        start = time.process_time()
        assert work() == expected
        best = min(best, time.process_time() - start)
    gc.unfreeze()
    return best


def test_a_list_from_file_to_draft(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    databases = iter(tmp_path / f"{number}.db" for number in range(ROUNDS))
    reader = seconds(lambda: bare(path), ROWS)
    first_way = seconds(lambda: plain(path), PLAIN, 1) * ROWS / PLAIN
    check = seconds(lambda: checked(path), ROWS)
    draft = seconds(lambda: stored(path, next(databases)), ROWS)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, path, tmp_path / "memory.db"], check=True, capture_output=True, text=True
    )
    count, kilobytes = map(int, done.stdout.split())
    assert count == ROWS
    with capsys.disabled():
        print(f"\n{ROWS:,} rows: csv.reader {reader:.2f} s; the plain way {first_way:.1f} s; ", end="")
        print(f"checked {check:.2f} s, {first_way / check:.1f} times as fast as that; ", end="")
        print(f"stored as a draft {draft:.2f} s, {draft / reader:.1f} times a csv.reader pass; ", end="")
        print(f"{kilobytes / 1024:.0f} MB")
    assert first_way >= 4 * check
    assert draft <= 18 * reader
    assert kilobytes / 1024 <= 150
