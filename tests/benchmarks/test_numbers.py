"""Reading a column beside phonenumberslite alone (parse, is_valid, format), in one run on one core."""

from __future__ import annotations

import random
import time
import tracemalloc
from collections.abc import Callable

import phonenumbers
import pytest
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumberFormat

from mitto_tui.recipients import patterns, plans
from mitto_tui.recipients.column import ColumnReader
from mitto_tui.recipients.seen import Seen
from mitto_tui.recipients.vote import survey
from tests.recipients.samples import REGIONS, e164, examples

ROWS = 1_000_000
SAMPLE = 10_000
"""Rows that phonenumberslite reads for comparison."""
BATCH = 4_096


def plain(cells: list[str], country: str) -> list[str]:
    found = []
    for cell in cells:
        try:
            number = phonenumbers.parse(cell, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            found.append(phonenumbers.format_number(number, PhoneNumberFormat.E164))
    return found


def german(rows: int) -> list[str]:
    """Half of them E.164, half as Germans write them."""
    chance = random.Random(1)
    cells = []
    for row in range(rows):
        network = chance.choice(("151", "157", "160", "162", "170", "171", "172", "173", "174", "176", "177", "179"))
        rest = f"{chance.randrange(10**8 if network.startswith('15') or network == '176' else 10**7):07}"
        blank = chance.choice((" ", "-", ""))
        cells.append(f"+49{network}{rest}" if row % 2 else f"0{network} {rest[:3]}{blank}{rest[3:]}")
    return cells


def mixed(rows: int) -> list[str]:
    """E.164 of all countries, mostly mobile."""
    chance = random.Random(2)
    numbers = [e164(number) for region in REGIONS for number in examples(region)[:2]]
    return [f"+{number[:-4]}{chance.randrange(10_000):04}" for number in chance.choices(numbers, k=rows)]


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def read_all(cells: list[str], country: str) -> None:
    reader = ColumnReader(country, vote=survey(cells[:20_000], country))
    for first in range(0, len(cells), BATCH):
        reader.read_many(cells[first : first + BATCH])


@pytest.mark.benchmark
@pytest.mark.parametrize(
    ("name", "make", "least", "times"),
    [("half E.164, half national", german, 400_000, 8), ("E.164 of all countries", mixed, 400_000, 8)],
)
def test_numbers_per_second(
    capsys: pytest.CaptureFixture[str], name: str, make: Callable[[int], list[str]], least: int, times: int
) -> None:
    cells = make(ROWS)
    ours = ROWS / seconds(lambda: read_all(cells, "DE"))
    theirs = SAMPLE / seconds(lambda: plain(cells[:SAMPLE], "DE"))
    with capsys.disabled():
        print(f"\n{name}: {ours:,.0f}/s; phonenumberslite {theirs:,.0f}/s; {ours / theirs:.0f} times as fast")
    assert ours >= least
    assert ours >= times * theirs


@pytest.mark.benchmark
def test_plans_are_built_in_milliseconds(capsys: pytest.CaptureFixture[str]) -> None:
    phonenumbers.PhoneMetadata.load_all()
    plans.calling_code.cache_clear()
    patterns.parse.cache_clear()
    spent = {code: seconds(lambda code=code: plans.calling_code(code)) for code in COUNTRY_CODE_TO_REGION_CODE}  # type: ignore[misc]  # bound now
    ordered = sorted(spent, key=spent.__getitem__)
    with capsys.disabled():
        print(f"\nall {len(spent)} calling codes {sum(spent.values()) * 1000:.0f} ms; ", end="")
        print(
            f"median {spent[ordered[len(spent) // 2]] * 1000:.2f} ms; +{ordered[-1]} {spent[ordered[-1]] * 1000:.1f} ms"
        )
    assert max(spent.values()) < 0.1


@pytest.mark.benchmark
def test_seen_beside_a_dictionary(capsys: pytest.CaptureFixture[str]) -> None:
    def ours() -> Seen:
        chance, seen = random.Random(3), Seen()
        for first in range(0, ROWS, BATCH):
            seen.first_rows(random_numbers(chance), range(first, first + BATCH))
        return seen

    def theirs() -> dict[int, int]:
        chance, rows = random.Random(3), dict[int, int]()
        for first in range(0, ROWS, BATCH):
            for row, number in enumerate(random_numbers(chance), first):
                rows.setdefault(int(number), row)
        return rows

    making = random.Random(3)
    numbers = seconds(lambda: [len(random_numbers(making)) for _ in range(0, ROWS, BATCH)])
    spent = [seconds(ours) - numbers, seconds(theirs) - numbers]
    kept = [megabytes(ours), megabytes(theirs)]
    with capsys.disabled():
        print(f"\n1,000,000 numbers: Seen {kept[0]:.0f} MB, {spent[0]:.2f} s; ", end="")
        print(f"dictionary of int {kept[1]:.0f} MB, {spent[1]:.2f} s")
    assert kept[0] < kept[1] / 3


def random_numbers(chance: random.Random) -> list[str]:
    return [f"4917{chance.randrange(10**8):08}" for _ in range(BATCH)]


def megabytes(work: Callable[[], object]) -> float:
    """What the result of ``work`` keeps."""
    tracemalloc.start()
    result = work()
    kept = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    del result
    return kept


@pytest.mark.benchmark
def test_a_large_sample_is_read_as_phonenumberslite_reads_it() -> None:
    """Never what it refuses, and of the same kind; region by region, as its patterns' cache is small."""
    chance = random.Random(5)
    for region in REGIONS:
        reader = ColumnReader()
        cells = []
        for digits in chance.choices([e164(number) for number in examples(region)], k=400):
            kept = chance.randint(min(3, len(digits) - 1), len(digits))
            cells.append("+" + digits[:kept] + "".join(chance.choices("0123456789", k=len(digits) - kept)))
        for cell, reading in zip(cells, reader.read_many(cells), strict=True):
            try:
                number = phonenumbers.parse(cell)
            except phonenumbers.NumberParseException:
                assert not reading.line, cell
                continue
            if not phonenumbers.is_valid_number(number):
                assert reading.reason in ("not_in_plan", "too_short", "too_long", "code_zero", "fiction"), cell
            elif reading.reason != "too_short":
                assert reading.line == plans.LINES[phonenumbers.number_type(number)], cell
                assert f"+{reading.digits}" == phonenumbers.format_number(number, PhoneNumberFormat.E164)
