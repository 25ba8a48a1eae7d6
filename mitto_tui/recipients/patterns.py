"""Patterns over decimal digits, as finite automata whose answer can be known before the number's end.

A numbering plan is a set of regular expressions. ``re`` can say whether a whole number matches; it can't say that
*every* number of twelve digits that begins with 49172 does, and that is what lets a million numbers be decided by
looking up their first digits. So the few constructs that the plans use (digits, ``\\d``, classes, groups, alternatives,
counted repeats) are parsed here, and derived digit by digit (J. A. Brzozowski, *Derivatives of Regular Expressions*,
1964). Nodes are shared: two patterns that have the same rest are the same object from there on.
"""

from __future__ import annotations

from functools import cache
from typing import Final

_ALL_DIGITS: Final = (1 << 10) - 1
_UNBOUNDED: Final = 99
"""No number is this long."""


class PatternError(ValueError):
    """A construct that digits don't need, or that isn't known here."""


class Pattern:
    """A set of digit strings. ``nullable``: the empty string is one of them. Compare by identity."""

    __slots__ = ("_every", "_steps", "nullable")

    def __init__(self, nullable: bool) -> None:
        self.nullable = nullable
        self._steps: list[Pattern | None] = [None] * 10
        self._every: dict[int, bool | None] = {}

    def after(self, digit: int) -> Pattern:
        """What may follow once ``digit`` (0 to 9) was read; ``NOTHING`` where no string goes on so."""
        step = self._steps[digit]
        if step is None:
            step = self._steps[digit] = self._derive(digit)
        return step

    def after_all(self, digits: str) -> Pattern:
        pattern: Pattern = self
        for digit in digits:
            pattern = pattern.after(int(digit))
        return pattern

    def every(self, length: int) -> bool | None:
        """Whether all strings of ``length`` digits are in the set (True), none is (False), or only some (None)."""
        if length == 0:
            return self.nullable
        if self is NOTHING:
            return False
        try:
            return self._every[length]
        except KeyError:
            pass
        answer = self.after(0).every(length - 1)
        if answer is not None:
            for digit in range(1, 10):
                if self.after(digit).every(length - 1) is not answer:
                    answer = None
                    break
        self._every[length] = answer
        return answer

    def _derive(self, digit: int) -> Pattern:
        raise NotImplementedError


class _Digits(Pattern):
    __slots__ = ("mask",)

    def __init__(self, mask: int) -> None:
        super().__init__(nullable=False)
        self.mask = mask

    def _derive(self, digit: int) -> Pattern:
        return EMPTY if self.mask >> digit & 1 else NOTHING


class _Sequence(Pattern):
    __slots__ = ("first", "rest")

    def __init__(self, first: Pattern, rest: Pattern) -> None:
        super().__init__(first.nullable and rest.nullable)
        self.first, self.rest = first, rest

    def _derive(self, digit: int) -> Pattern:
        through = sequence(self.first.after(digit), self.rest)
        return either(through, self.rest.after(digit)) if self.first.nullable else through


class _Either(Pattern):
    __slots__ = ("ways",)

    def __init__(self, ways: frozenset[Pattern]) -> None:
        super().__init__(any(way.nullable for way in ways))
        self.ways = ways

    def _derive(self, digit: int) -> Pattern:
        return either(*[way.after(digit) for way in self.ways])


class _Repeat(Pattern):
    __slots__ = ("at_least", "at_most", "unit")

    def __init__(self, unit: Pattern, at_least: int, at_most: int) -> None:
        super().__init__(at_least == 0 or unit.nullable)
        self.unit, self.at_least, self.at_most = unit, at_least, at_most

    def _derive(self, digit: int) -> Pattern:
        return sequence(self.unit.after(digit), repeat(self.unit, max(self.at_least - 1, 0), self.at_most - 1))


NOTHING: Final = Pattern(nullable=False)
"""No string at all."""
EMPTY: Final = Pattern(nullable=True)
"""The empty string alone."""
NOTHING._steps = [NOTHING] * 10
EMPTY._steps = [NOTHING] * 10


@cache
def digits(mask: int) -> Pattern:
    """One digit of those whose bits are set in ``mask``."""
    return _Digits(mask) if mask else NOTHING


def sequence(first: Pattern, rest: Pattern) -> Pattern:
    """``first``, then ``rest``."""
    if first is NOTHING or rest is NOTHING:
        return NOTHING
    if first is EMPTY:
        return rest
    return first if rest is EMPTY else _sequence(first, rest)


def either(*ways: Pattern) -> Pattern:
    """Any of ``ways``."""
    flat: set[Pattern] = set()
    for way in ways:
        if isinstance(way, _Either):
            flat |= way.ways
        elif way is not NOTHING:
            flat.add(way)
    return _either(frozenset(flat)) if len(flat) > 1 else flat.pop() if flat else NOTHING


def repeat(unit: Pattern, at_least: int, at_most: int) -> Pattern:
    """``unit``, from ``at_least`` to ``at_most`` times."""
    if at_most <= 0 or unit is EMPTY:
        return EMPTY
    return unit if (at_least, at_most) == (1, 1) else _repeat(unit, at_least, at_most)


_sequence = cache(_Sequence)
_either = cache(_Either)
_repeat = cache(_Repeat)

ANY_DIGITS: Final = repeat(digits(_ALL_DIGITS), 0, _UNBOUNDED)


@cache
def parse(text: str) -> Pattern:
    """The pattern that ``text`` writes as a regular expression, anchored at both ends. Raises ``PatternError``.

    A ``$`` is read as nothing: what is parsed here with one is asked only whether it *could* match.
    """
    try:
        pattern, end = _alternatives(text, 0)
    except (ValueError, IndexError) as error:
        raise PatternError(f"{text}: {error}") from error
    if end != len(text):
        raise PatternError(f"{text}: unexpected {text[end]} at {end}")
    return pattern


def branches(text: str) -> list[str]:
    """The top alternatives of a regular expression, in their order."""
    found, depth, start = [], 0, 0
    for index, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        if char == "|" and depth == 0:
            found.append(text[start:index])
            start = index + 1
    return [*found, text[start:]]


def _alternatives(text: str, at: int) -> tuple[Pattern, int]:
    ways = []
    while True:
        parts: list[Pattern] = []
        while at < len(text) and text[at] not in "|)":
            part, at = _repeated(text, at)
            parts.append(part)
        joined = EMPTY
        for part in reversed(parts):
            joined = sequence(part, joined)
        ways.append(joined)
        if at >= len(text) or text[at] == ")":
            return either(*ways), at
        at += 1


def _repeated(text: str, at: int) -> tuple[Pattern, int]:
    unit, at = _unit(text, at)
    sign = text[at : at + 1]
    if sign == "?":
        return repeat(unit, 0, 1), at + 1
    if sign == "{":
        end = text.index("}", at)
        least, comma, most = text[at + 1 : end].partition(",")
        return repeat(unit, int(least), int(most or _UNBOUNDED) if comma else int(least)), end + 1
    return unit, at


def _unit(text: str, at: int) -> tuple[Pattern, int]:
    char = text[at]
    if char.isdecimal():
        return digits(1 << int(char)), at + 1
    if text.startswith("\\d", at):
        return digits(_ALL_DIGITS), at + 2
    if char == "[":
        end = text.index("]", at)
        return digits(_mask(text[at + 1 : end])), end + 1
    if char == "(":
        inner, end = _alternatives(text, at + (3 if text.startswith("(?:", at) else 1))
        if text[end : end + 1] != ")":
            raise PatternError(f"an open bracket at {at}")
        return inner, end + 1
    if char == "$":
        return EMPTY, at + 1
    raise PatternError(f"unexpected {char} at {at}")


def _mask(members: str) -> int:
    mask, at = 0, 0
    while at < len(members):
        low = high = int(members[at])
        if members[at + 1 : at + 2] == "-":
            high = int(members[at + 2])
            at += 2
        mask |= sum(1 << digit for digit in range(low, high + 1))
        at += 1
    return mask
