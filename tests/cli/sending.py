"""What the tests of sending to a list have in common. The list itself is the fixture ``people``."""

from __future__ import annotations

from typing import Any, Final

PEOPLE: Final = 12
NUMBERS: Final = [f"49172555{number:04}" for number in range(PEOPLE)]


def bulk(path: object, *more: object, text: str = "Hello") -> tuple[object, ...]:
    return ("bulk", path, "--from", "Demo", "--country", "DE", "--text", text, "--yes", *more)


def sums(summary: dict[str, Any]) -> dict[str, int]:
    """The counts that aren't zero. They always add up."""
    names = ("accepted", "rejected", "failed", "in_doubt", "queued", "skipped", "cancelled")
    assert sum(summary[name] for name in names) == summary["recipients"]
    return {name: summary[name] for name in names if summary[name]}
