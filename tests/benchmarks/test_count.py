"""Counting beside ``smsutil``, a package made for it, in one run on one core."""

from __future__ import annotations

import importlib
import time
import timeit
from collections.abc import Callable
from functools import partial

import pytest

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
    assert rates.pop("160 ASCII")[0] >= 800_000
    assert all(ours >= 100_000 for ours, _ in rates.values())
    assert all(ours >= 10 * theirs for ours, theirs in rates.values())


@pytest.mark.benchmark
@pytest.mark.parametrize("kind", LONG)
def test_both_count_the_same(kind: str) -> None:
    text = (LONG[kind] * 1000)[:1000]
    parts = smsutil_split(text).parts  # type: ignore[attr-defined]  # it has no types
    units_of_a_byte = 1 if count(text).encoding == "gsm" else 2
    assert [part.bytes // units_of_a_byte for part in parts] == list(count(text).segment_units)
