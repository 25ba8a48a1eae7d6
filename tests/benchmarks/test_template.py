"""Rendering a list's rows beside ``str.format`` and ``string.Template``, in one run on one core."""

from __future__ import annotations

import string
import time
import timeit
from collections.abc import Callable, Sequence

import pytest

from mitto_tui.sms.template import parse

ROUNDS = 15
SECONDS = 0.03
"""Length of a round, in processor time. The best counts: a slow one says what else the machine did."""

TEXT = (
    "Dear {name}, order {order} is on its way to {city} and will be with you tomorrow. "
    "Reply STOP to hear no more from us. Y."
)
COLUMNS = ("phone", "Name", "Order", "City")
ROWS = {
    "whole rows": ["491725551234", "Jürgen", "4711", "Köln"],
    "a blank and a fallback": ["491725551234", "", "4711", "Köln"],
    "a short row": ["491725551234", "Jürgen", "4711"],
}


def rate(work: Callable[[Sequence[str]], str], row: Sequence[str]) -> float:
    """Calls in a second of one core's time."""
    timer = timeit.Timer(lambda: work(row), timer=time.process_time)
    number = 1
    while timer.timeit(number) < SECONDS:
        number *= 2
    return number / min(timer.repeat(ROUNDS, number))


def plainly(text: str) -> dict[str, Callable[[Sequence[str]], str]]:
    """What the standard library offers, with neither fallbacks nor a look at blanks."""
    substitute, layout = string.Template(text.replace("{", "${")).substitute, text.format
    return {
        "str.format": lambda row: layout(name=row[1], order=row[2], city=row[3]),
        "string.Template": lambda row: substitute(name=row[1], order=row[2], city=row[3]),
    }


@pytest.mark.benchmark
def test_renders_per_second(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(TEXT) == 120
    bound = parse(TEXT).bind(COLUMNS)
    whole = ROWS["whole rows"]
    others = plainly(TEXT)
    assert {render(whole) for render in others.values()} == {bound(whole)}
    forgiving = parse(TEXT.replace("{name}", "{name|customer}").replace("{city}", "{city|you}")).bind(COLUMNS)
    rates = {"bind, whole rows": rate(bound, whole)}
    rates |= {f"bind, {kind}": rate(forgiving, row) for kind, row in ROWS.items() if row is not whole}
    rates |= {name: rate(render, whole) for name, render in others.items()}
    with capsys.disabled():
        print(f"\n{'renders a second, 3 fields in 120 characters':<48}")
        for name, found in rates.items():
            print(f"{name:<36}{found:>12,.0f}{found / rates['str.format']:>7.2f}x")
    assert all(found >= 500_000 for name, found in rates.items() if name.startswith("bind"))
    assert rates["bind, whole rows"] >= rates["str.format"]
    assert rates["bind, whole rows"] >= 3 * rates["string.Template"]
