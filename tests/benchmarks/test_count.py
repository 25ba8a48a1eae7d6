"""Counting beside ``smsutil``, a package made for it, in one run on one core."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import threading
import time
import timeit
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import IO

import pytest

from mitto_tui.sms.friendly import plan
from mitto_tui.sms.segments import count

smsutil_split: Callable[[str], object] = importlib.import_module("smsutil").split  # it has no types to import

ROUNDS = 15
SECONDS = 0.03
"""Length of a round, in processor time. The best counts: a slow one says what else the machine did."""

SHORT = ("The quick brown fox jumps over the lazy dog. " * 4)[:160]
LONG = {
    "ASCII": "The quick brown fox jumps over the lazy dog. ",
    "accents": "Grüße aus Köln, señor, Ørsted è già là: ΔΦΓ £5 ",
    "some extension": "Total: 17 € [incl. VAT], see https://example.org/~shop ",
    "all extension": "€{}[]~|\\^",
    "Cyrillic, Chinese": "Привет, как дела? 你好 ",
    "some emoji": "Happy birthday, see you soon 🎉 ",
    "all emoji": "😀👍🏽🎉",
}


def rate(work: Callable[[], object]) -> float:
    """Calls in a second of one core's time."""
    timer = timeit.Timer(work, timer=time.process_time)
    number = 1
    while timer.timeit(number) < SECONDS:
        number *= 2
    return number / min(timer.repeat(ROUNDS, number))


@pytest.mark.benchmark
def test_counts_per_second(capsys: pytest.CaptureFixture[str]) -> None:
    texts = {"160 ASCII": SHORT} | {f"1,000 {kind}": (text * 1000)[:1000] for kind, text in LONG.items()}
    rates: dict[str, tuple[float, float]] = {}
    with capsys.disabled():
        print(f"\n{'counts a second':<26}{'mitto-tui':>12}{'smsutil':>12}{'ratio':>8}")
        for name, text in texts.items():
            ours, theirs = rate(partial(count, text)), rate(partial(smsutil_split, text))
            rates[name] = ours, theirs
            print(f"{name:<26}{ours:>12,.0f}{theirs:>12,.0f}{ours / theirs:>7.0f}x")
    assert rates["160 ASCII"][0] >= 800_000
    assert all(ours >= 100_000 for ours, _ in rates.values())
    assert all(ours >= 20 * theirs for name, (ours, theirs) in rates.items() if "ASCII" in name)
    assert all(ours >= 10 * theirs for ours, theirs in rates.values())


@pytest.mark.benchmark
@pytest.mark.parametrize("kind", LONG)
def test_both_count_the_same(kind: str) -> None:
    text = (LONG[kind] * 1000)[:1000]
    parts = smsutil_split(text).parts  # type: ignore[attr-defined]  # it has no types
    units_of_a_byte = 1 if count(text).encoding == "gsm" else 2
    assert [part.bytes // units_of_a_byte for part in parts] == list(count(text).segment_units)


LINES = 300_000
STREAMS = {
    "ASCII": [{"text": f"Dear customer {number}, your order is ready."} for number in range(LINES)],
    "accents": [{"text": f"Señora {number}, grüße und già là: £5"} for number in range(LINES)],
    "Unicode": [{"text": f"Привет {number} 🎉 “you”"} for number in range(LINES)],
    "with a type": [{"text": f"Dear customer {number}", "type": "gsm"} for number in range(LINES)],
}
PLAIN_LOOP = "import json, sys\nfor line in sys.stdin: sys.stdout.write(json.dumps(json.loads(line)) + chr(10))"
COUNT = (sys.executable, "-m", "mitto_tui", "count", "--jsonl")


@dataclass(frozen=True, order=True, slots=True)
class Run:
    """A process from its start to its end: the processor time it took, the time that went by, and what it wrote."""

    busy: float
    passed: float
    written: bytes


def run(command: tuple[str, ...], data: bytes) -> Run:
    """Feed a process by a pipe and read its output from one, as in a shell."""
    spent, start = _spent_by_children(), time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        feeder = threading.Thread(target=_feed, args=(process.stdin, data))
        feeder.start()
        written = process.stdout.read()
        feeder.join()
        assert process.wait() == 0
    return Run(_spent_by_children() - spent, time.perf_counter() - start, written)


def _spent_by_children() -> float:
    used = os.times()
    return used.children_user + used.children_system


def _feed(pipe: IO[bytes], data: bytes) -> None:
    with pipe:
        pipe.write(data)


@pytest.mark.benchmark
def test_lines_per_second_through_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """In processor time, as above: the process has one thread, and what others do on the machine says nothing of it."""
    start_up = min(run(COUNT, b"") for _ in range(5))
    rates: dict[str, float] = {}
    with capsys.disabled():
        print(f"\nstart-up {start_up.busy:.2f} s of processor time; {LINES:,} lines through pipes")
        head = ("whole run", "after start", "by the clock", "json loop")
        print(f"{'lines a second':<16}{''.join(f'{column:>13}' for column in head)}{'ratio':>8}")
        for name, asked in STREAMS.items():
            data = "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in asked).encode()
            ours = min(run(COUNT, data) for _ in range(3))
            loop = min(run((sys.executable, "-c", PLAIN_LOOP), data) for _ in range(3))
            rates[name] = LINES / ours.busy
            print(
                f"{name:<16}{rates[name]:>13,.0f}{LINES / (ours.busy - start_up.busy):>13,.0f}"
                f"{LINES / ours.passed:>13,.0f}{LINES / loop.busy:>13,.0f}{loop.busy / ours.busy:>7.1f}x"
            )
            answers = ours.written.splitlines()
            assert len(answers) == LINES
            assert json.loads(answers[-1])["characters"] == len(asked[-1]["text"])
    assert rates["ASCII"] >= 150_000
    assert min(rates.values()) >= 100_000


@pytest.mark.benchmark
def test_friendly_takes_well_under_a_keystroke(capsys: pytest.CaptureFixture[str]) -> None:
    text = ("Dear “customer”, your order… is ready — tomorrow at łódź. " * 40)[:1600]
    slowest = min(timeit.repeat(lambda: plan(text).after, number=20, repeat=5)) / 20
    with capsys.disabled():
        print(f"\nreplacements of {len(text):,} characters found, made and counted in {slowest * 1000:.2f} ms")
    assert slowest < 0.004
