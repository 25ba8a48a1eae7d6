"""Reading a block of numbers: all strings of so many digits that begin with the same ones.

Every function takes the ``known`` first digits and the ``length`` of the whole, and answers for all of them at once. It
raises ``Mixed`` where they don't share one answer: ask again with more digits known, or, once all are known, ask
phonenumberslite itself. What these functions do answer is what its ``parse`` would, followed step by step:
international prefix, country code, national prefix, lengths.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from mitto_tui.recipients.patterns import ANY_DIGITS, Pattern, branches, parse, sequence
from mitto_tui.recipients.plans import CallingCode, Kind, calling_code, calling_code_of

if TYPE_CHECKING:
    from phonenumbers import PhoneMetadata

_SHORTEST: Final = 2
_LONGEST: Final = 17
"""Digits that phonenumberslite takes as a national number."""


class Mixed(Exception):
    """The block holds numbers that are read in different ways."""


class BlockReading(NamedTuple):
    """E.164 digits are ``prefix`` and then what was read without its first ``drop`` digits.

    ``possible`` says whether the length is one that the plan has, valid or not; ``prefix`` and ``drop`` of a reading
    that changes nothing are empty and 0.
    """

    prefix: str
    drop: int
    kind: Kind
    possible: bool
    code: int
    """The country calling code."""
    digits: int
    """How many E.164 digits each number of the block has."""


def read_international(known: str, length: int) -> BlockReading | None:
    """Digits with their country code; a national prefix after it (+49 0172…) is dropped. None if no code fits."""
    if length <= _SHORTEST:
        return None
    code = calling_code_of(known)
    if code is None:
        if len(known) < min(3, length) and not known.startswith("0"):
            raise Mixed
        return None
    start = len(code.prefix)
    return _after_code(code, known[start:], length - start)


def read_national(known: str, length: int, region: str) -> BlockReading | None:
    """Digits as they are dialled in ``region`` (ISO 3166, upper case). None if they are no number there."""
    rules = region_rules(region)
    if rules is None or length < _SHORTEST or length > _LONGEST:
        return None
    if rules.idd is not None and _could_begin(rules.idd, known, length):
        raise Mixed
    code = rules.code
    start = len(code.prefix)
    if length > start:
        if len(known) < start and code.prefix.startswith(known):
            raise Mixed
        if known.startswith(code.prefix) and _carries_code(rules, known, length):
            return _after_code(code, known[start:], length - start)
    return _national(rules, known, length)


def _national(rules: RegionRules, known: str, length: int) -> BlockReading | None:
    drop = rules.national_prefix(known, length)
    if length - drop < _SHORTEST:
        return None
    kind = rules.code.kind(known[drop:], length - drop)
    if kind is None:
        raise Mixed
    code, national_length = rules.code, length - drop
    possible = _main_rules(code).possible(national_length)
    return BlockReading(code.prefix, drop, kind, possible, code.code, len(code.prefix) + national_length)


def _carries_code(rules: RegionRules, known: str, length: int) -> bool:
    """Whether a national number that begins with its own country's code is read without it."""
    rest, rest_length = known[len(rules.code.prefix) :], length - len(rules.code.prefix)
    if rules.national_prefix(rest, rest_length, always=True):
        raise Mixed
    if rules.too_long(length):
        return True
    as_it_is = rules.general.after_all(known).every(length - len(known))
    if as_it_is is True:
        return False
    without = rules.general.after_all(rest).every(rest_length - len(rest))
    if without is False:
        return False
    if as_it_is is None or without is None:
        raise Mixed
    return True


def _after_code(code: CallingCode, known: str, length: int) -> BlockReading | None:
    if length < _SHORTEST:
        return None
    rules = _main_rules(code)
    drop = rules.national_prefix(known, length)
    if length - drop < _SHORTEST or length - drop > _LONGEST:
        return None
    kind = code.kind(known[drop:], length - drop)
    if kind is None:
        raise Mixed
    possible = rules.possible(length - drop)
    digits = len(code.prefix) + length - drop
    if drop:
        return BlockReading(code.prefix, drop + len(code.prefix), kind, possible, code.code, digits)
    return BlockReading("", 0, kind, possible, code.code, digits)


class RegionRules:
    """How one region writes its numbers: what ``phonenumbers.parse`` uses of its metadata."""

    def __init__(self, code: CallingCode, metadata: PhoneMetadata) -> None:
        general = metadata.general_desc
        assert general is not None
        assert general.national_number_pattern is not None
        self.code = code
        self.general = parse(general.national_number_pattern)
        self.idd = parse(metadata.international_prefix) if metadata.international_prefix else None
        self._lengths = general.possible_length
        self._local_lengths = general.possible_length_local_only
        self._literals: list[str] = []
        self._rewrites: list[tuple[Pattern, bool]] = []
        """What is no plain prefix (carrier codes, area codes to be added), and whether it takes the whole number."""
        for branch in _unfolded(metadata.national_prefix_for_parsing or ""):
            if branch.isdecimal():
                self._literals.append(branch)
            elif branch:
                self._rewrites.append((parse(branch), branch.endswith("$")))

    def possible(self, length: int) -> bool:
        return length in self._lengths and length not in self._local_lengths

    def too_long(self, length: int) -> bool:
        return length not in self._local_lengths and length > self._lengths[-1]

    def national_prefix(self, known: str, length: int, *, always: bool = False) -> int:
        """How many digits are dropped as the national (trunk) prefix.

        ``always`` counts them although the rest would not be a number of this region.
        """
        for pattern, whole in self._rewrites:
            if _could_begin(pattern, known, length, whole=whole):
                raise Mixed
        for literal in self._literals:
            if len(known) < min(len(literal), length) and literal.startswith(known):
                raise Mixed
            if known.startswith(literal):
                return len(literal) if always or self._drops(literal, known, length) else 0
        return 0

    def _drops(self, literal: str, known: str, length: int) -> bool:
        rest, rest_length = known[len(literal) :], length - len(literal)
        if not (self.possible(rest_length) or self.too_long(rest_length)):
            return False
        without = self.general.after_all(rest).every(rest_length - len(rest))
        if without is True:
            return True
        as_it_is = self.general.after_all(known).every(length - len(known))
        if as_it_is is False:
            return True
        if without is None or as_it_is is None:
            raise Mixed
        return False


def _could_begin(pattern: Pattern, known: str, length: int, *, whole: bool = False) -> bool:
    """Whether a string of the block could begin with something (not nothing) that matches; or be it as a ``whole``."""
    if not known:
        return length > 0
    rest = pattern.after(int(known[0]))
    if not whole:
        rest = sequence(rest, ANY_DIGITS)
    return rest.after_all(known[1:]).every(length - len(known)) is not False


def _unfolded(text: str) -> list[str]:
    """The alternatives of a national prefix in their order; ``[08]``, ``80?``, ``0(…)?``, ``(?:0|90)…`` written out."""
    found = []
    for branch in branches(text):
        heads = [branch]
        tail = ""
        if match := re.fullmatch(r"\[(\d+)\]", branch):
            heads = list(match[1])
        elif match := re.fullmatch(r"(\d+)(\d)\?", branch):
            heads = [match[1] + match[2], match[1]]
        elif match := re.fullmatch(r"(?:\(\?:(\d+(?:\|\d+)*)\)|(\d+))(\(.*\))\?", branch):
            heads, tail = (match[1] or match[2]).split("|"), match[3]
        for head in heads:
            found += [head + tail, head] if tail else [head]
    return found


@cache
def region_rules(region: str) -> RegionRules | None:
    """The rules of a region, or None where there is no such region."""
    from phonenumbers import SUPPORTED_REGIONS, PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region(region) if region in SUPPORTED_REGIONS else None
    if metadata is None or metadata.country_code is None:
        return None
    return RegionRules(calling_code(metadata.country_code), metadata)


@cache
def _main_rules(code: CallingCode) -> RegionRules:
    """The rules of the region that stands for a calling code: the first, as in phonenumberslite."""
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region_or_calling_code(code.code, code.regions[0])
    assert metadata is not None
    return RegionRules(code, metadata)


def main_region(code: int) -> str:
    """The region that stands for a calling code, or empty where it belongs to none (or nobody)."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    region = COUNTRY_CODE_TO_REGION_CODE.get(code, ("",))[0]
    return "" if region == "001" else region


def code_of(region: str) -> int:
    """The calling code of a region (upper case), or 0 where there is no such region."""
    from phonenumbers import country_code_for_region

    return country_code_for_region(region)
