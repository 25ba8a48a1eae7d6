"""Deciding a block of numbers: what becomes of all cells whose digits begin alike and are equally many.

The rules are those of ``numbers.read_number``, and where a bare number can be read in two ways, those of its column.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from mitto_tui.recipients import blocks
from mitto_tui.recipients.blocks import BlockReading, Mixed
from mitto_tui.recipients.patterns import PatternError, parse
from mitto_tui.recipients.plans import FICTION, LINES, MAX_DIGITS, MIN_DIGITS, UNKNOWN, Kind
from mitto_tui.recipients.verdicts import Change, Lean, Reason, Status, Verdict, verdict


class Bare(StrEnum):
    """How bare numbers (``491725551234``, ``1725551234``) are read."""

    AUTO = "auto"
    """Each by itself where only one reading makes sense; the others as the column's vote has it, or not at all."""
    WITH_CODE = "with_code"
    """A person said that they carry their country code."""
    NATIONAL = "national"
    """A person said that they are national numbers."""


class Rules(NamedTuple):
    """``country`` is ISO 3166 in upper case, or empty; ``lean`` the vote's decision; ``refuse`` lines, in words."""

    country: str
    bare: Bare
    lean: Lean
    refuse: frozenset[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to do with each cell of a block: E.164 is ``prefix`` and the cell without its first ``drop`` characters.

    ``meanings`` are the ways (prefix, drop) that an ambiguous cell could be read in.
    """

    prefix: str
    drop: int
    verdict: Verdict
    meanings: tuple[tuple[str, int], ...] = ()


_EVERYTHING: Final = 1 << 30
_FROM_NATIONAL: Final = {Change.NATIONAL, Change.DIALLED}
_WITH_FICTION: Final = ("44", "49")
"""The country codes that ``FICTION`` begins with."""


def decide(known: str, length: int, rules: Rules) -> Outcome:
    """The outcome for all cells of ``length`` characters that begin with ``known``: an optional plus, then digits.

    Raises ``Mixed`` if there is no one outcome for all; never if all is known.
    """
    if known.startswith("+"):
        return _international(known[1:], length - 1, 1, rules)
    if len(known) < 2 and length > 1:
        raise Mixed
    if known.startswith("00"):
        return _international(known[2:], length - 2, 2, rules)
    if known.startswith("0") or length < MIN_DIGITS:
        return _national(known, length, rules)
    return _bare(known, length, rules)


def _international(known: str, length: int, skip: int, rules: Rules) -> Outcome:
    if length < MIN_DIGITS:
        return _refused(Reason.TOO_SHORT, rules)
    if length > MAX_DIGITS:
        return _refused(Reason.TOO_LONG, rules)
    if not known:
        raise Mixed
    if known.startswith("0"):
        return _refused(Reason.CODE_ZERO, rules)
    changes = (Change.IDD,) if skip == 2 else ()
    if _fictional(known, length):
        return Outcome("", skip, _fiction(known, rules, changes, Lean.NONE))
    reading = _international_reading(known, length)
    return _accepted(reading, known, skip, rules, changes)


def _national(known: str, length: int, rules: Rules) -> Outcome:
    if not rules.country:
        return _refused(Reason.NO_COUNTRY, rules)
    reading = _national_reading(known, length, rules.country)
    if reading is not None and reading.kind.valid:
        return _accepted(reading, known, 0, rules, _national_changes(reading, rules))
    if length < MIN_DIGITS and known[0] != "0":
        if length > len(known):
            raise Mixed
        if _is_short(known, rules.country):
            return _refused(Reason.SHORT_NUMBER, rules)
    return _refused(Reason.NOT_IN_COUNTRY, rules)


def _bare(known: str, length: int, rules: Rules) -> Outcome:
    told_national = rules.bare is Bare.NATIONAL
    if not told_national and _fictional(known, length):
        return Outcome("", 0, _fiction(known, rules, (Change.CARRIES_CODE,), Lean.WITH_CODE))
    with_code = _international_reading(known, length) if length <= MAX_DIGITS else None
    national = _national_reading(known, length, rules.country) if rules.country else None
    if national is not None and with_code is not None and _same(national, with_code, known, length):
        national = with_code
    code_says, nation_says = (_kind(with_code), _kind(national))
    if national is with_code:
        lean, sure = (Lean.WITH_CODE if code_says.valid else Lean.NEITHER), True
    else:
        lean = _lean(code_says, nation_says)
        # No plan we know has it with its code, but plans change, and a guess would reach a stranger.
        sure = not (lean is Lean.NATIONAL and not code_says.valid and with_code is not None and with_code.possible)
    if rules.bare is not Bare.AUTO:
        return _told(known, length, with_code, national, lean, rules)
    wanted = lean if sure and lean is not Lean.BOTH else rules.lean
    if lean is Lean.NEITHER:
        return _neither(known, length, with_code, lean, rules, national=rules.lean is Lean.NATIONAL)
    if wanted is Lean.NATIONAL and national is not None:
        return _accepted(national, known, 0, rules, _national_changes(national, rules), lean)
    if wanted is Lean.WITH_CODE and with_code is not None and sure:
        return _accepted(with_code, known, 0, rules, (Change.CARRIES_CODE,), lean)
    reason = Reason.TWO_MEANINGS if sure else Reason.PLAN_UNSURE
    return _open(reason, (with_code, national), lean, rules)


def _lean(code_says: Kind, nation_says: Kind) -> Lean:
    if code_says.mobile != nation_says.mobile:
        return Lean.WITH_CODE if code_says.mobile else Lean.NATIONAL
    if code_says.valid != nation_says.valid:
        return Lean.WITH_CODE if code_says.valid else Lean.NATIONAL
    return Lean.BOTH if code_says.valid else Lean.NEITHER


def _told(
    known: str,
    length: int,
    with_code: BlockReading | None,
    national: BlockReading | None,
    lean: Lean,
    rules: Rules,
) -> Outcome:
    """As a person said; but a mobile number is never turned into something else without asking."""
    as_national = rules.bare is Bare.NATIONAL
    if as_national and not rules.country:
        return _refused(Reason.NO_COUNTRY, rules, lean)
    told, other = (national, with_code) if as_national else (with_code, national)
    if _kind(other).mobile and not _kind(told).mobile:
        return _open(Reason.TOLD_OTHERWISE, (told, other), lean, rules)
    if told is not None and told.kind.valid:
        carries = not as_national or told is with_code
        changes = (Change.CARRIES_CODE,) if carries else _national_changes(told, rules)
        return _accepted(told, known, 0, rules, changes, lean)
    return _neither(known, length, with_code, lean, rules, national=as_national)


def _neither(
    known: str, length: int, with_code: BlockReading | None, lean: Lean, rules: Rules, *, national: bool
) -> Outcome:
    """In no plan, however it is read: with a possible length it is Mitto's to judge, as if it began with +."""
    if length > MAX_DIGITS:
        return _refused(Reason.TOO_LONG, rules, lean)
    if not national and with_code is not None and with_code.possible:
        return _accepted(with_code, known, 0, rules, (Change.CARRIES_CODE,), lean)
    return _refused(Reason.NOT_IN_COUNTRY if rules.country else Reason.NO_COUNTRY, rules, lean)


def _accepted(
    reading: BlockReading | None,
    known: str,
    skip: int,
    rules: Rules,
    changes: tuple[Change, ...],
    lean: Lean = Lean.NONE,
) -> Outcome:
    kind = _kind(reading)
    if reading is None:
        return Outcome("", skip, verdict(Status.OK, Reason.NOT_IN_PLAN, "", "", "", rules.country, changes, lean))
    code = str(reading.code)
    if not kind.valid:
        region = blocks.main_region(reading.code)
        said = verdict(Status.OK, Reason.NOT_IN_PLAN, region, "", code, rules.country, changes, lean)
        # Written in full and in no plan: what the person wrote stays, digit for digit.
        return Outcome("", skip, said)
    if known.startswith(code) and reading.drop and reading.prefix != known and not set(changes) & _FROM_NATIONAL:
        changes = (*changes, Change.TRUNK_ZERO)
    if kind.line in rules.refuse:
        said = verdict(Status.INVALID, Reason.LINE_REFUSED, kind.region, kind.line, code, rules.country, changes, lean)
        return Outcome("", _EVERYTHING, said)
    reason = Reason.NONE if kind.mobile else Reason.LINE
    # Written as a national number; with its code it was found before.
    if (
        reason is Reason.NONE
        and code in _WITH_FICTION
        and _fictional(reading.prefix + known[reading.drop :], reading.digits)
    ):
        reason = Reason.FICTION
    said = verdict(Status.OK, reason, kind.region, kind.line, code, rules.country, changes, lean)
    return Outcome(reading.prefix, reading.drop + skip, said)


def _national_changes(reading: BlockReading, rules: Rules) -> tuple[Change, ...]:
    if blocks.code_of(rules.country) != reading.code:
        return (Change.DIALLED,)
    return (Change.NATIONAL,) if reading.prefix else (Change.CARRIES_CODE,)


def _open(reason: Reason, readings: tuple[BlockReading | None, ...], lean: Lean, rules: Rules) -> Outcome:
    meanings = tuple((reading.prefix, reading.drop) for reading in readings if reading is not None)
    said = verdict(Status.AMBIGUOUS, reason, "", "", "", rules.country, (), lean)
    return Outcome("", _EVERYTHING, said, meanings)


def _refused(reason: Reason, rules: Rules, lean: Lean = Lean.NONE) -> Outcome:
    return Outcome("", _EVERYTHING, verdict(Status.INVALID, reason, "", "", "", rules.country, (), lean))


def refusal(reason: Reason, country: str) -> Verdict:
    """The verdict on what isn't a number at all."""
    return verdict(Status.INVALID, reason, "", "", "", country, (), Lean.NONE)


def _kind(reading: BlockReading | None) -> Kind:
    return reading.kind if reading is not None else UNKNOWN


def _same(one: BlockReading, other: BlockReading, known: str, length: int) -> bool:
    """Whether two readings of a block give the same digits."""
    if len(known) < length and len(one.prefix) - one.drop != len(other.prefix) - other.drop:
        return False
    return one.prefix + known[one.drop :] == other.prefix + known[other.drop :]


def _fictional(known: str, length: int) -> bool:
    answer = parse(FICTION).after_all(known).every(length - len(known))
    if answer is None:
        raise Mixed
    return answer


def _fiction(known: str, rules: Rules, changes: tuple[Change, ...], lean: Lean) -> Verdict:
    region, code = ("GB", "44") if known.startswith("44") else ("DE", "49")
    return verdict(Status.OK, Reason.FICTION, region, "mobile", code, rules.country, changes, lean)


def _international_reading(known: str, length: int) -> BlockReading | None:
    try:
        return _within_bounds(blocks.read_international(known, length))
    except (Mixed, PatternError) as error:
        if len(known) < length:
            raise Mixed from error
        return _within_bounds(_asked(f"+{known}", None))


def _national_reading(known: str, length: int, country: str) -> BlockReading | None:
    try:
        return _within_bounds(blocks.read_national(known, length, country))
    except (Mixed, PatternError) as error:
        if len(known) < length:
            raise Mixed from error
        return _within_bounds(_asked(known, country))


def _within_bounds(reading: BlockReading | None) -> BlockReading | None:
    """Some plans have numbers that are longer than E.164 allows, with their country code; and very short ones."""
    return reading if reading is not None and MIN_DIGITS <= reading.digits <= MAX_DIGITS else None


def _asked(text: str, country: str | None) -> BlockReading | None:
    """One whole number, as phonenumberslite itself reads it."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    kind = UNKNOWN
    if phonenumbers.is_valid_number(number):
        region = phonenumbers.region_code_for_number(number) or ""
        kind = Kind(region, LINES.get(phonenumbers.number_type(number), ""))
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    digits = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")
    return BlockReading(digits, _EVERYTHING, kind, possible, number.country_code or 0, len(digits))


def _is_short(digits: str, country: str) -> bool:
    """Whether it is a service's or an emergency's number in ``country``."""
    import phonenumbers

    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_short_number_for_region(number, country)
