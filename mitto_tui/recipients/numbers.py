"""Reading one telephone number as a person types it, and saying how it was read.

Mitto's own notation is E.164 without its plus (``491725551234``), so a bare number can be meant in two ways: with its
country code, or as a national number of the account's country. Both are tried, and a mobile reading is preferred;
what stays open is refused with both readings named. Numbering plans change faster than anybody's copy of them: a number
in international notation that the plan doesn't know is let through with a warning, for Mitto to decide.

The plans are phonenumberslite's (Google's libphonenumber metadata), loaded at the first number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mitto_tui.recipients.countries import country_in_words, country_name
from mitto_tui.recipients.notations import without_decimals
from mitto_tui.recipients.plans import FICTION, LINES, MAX_DIGITS, MIN_DIGITS, MOBILE_LINES
from mitto_tui.sms.visible import one_line

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_LONGEST_INPUT: Final = 64
# What people put between digits: blanks of all kinds, dots, dashes, slashes, brackets.
_SEPARATORS: Final = re.compile(r"[\s\u00a0\u2000-\u200f\u202a-\u202f\u2060\ufeff.\-‐‑‒–—−/()\[\]]+")
_FICTION: Final = re.compile(FICTION)


@dataclass(frozen=True, slots=True)
class NumberReading:
    """One number, read. ``digits`` is E.164 without the plus, or empty with an ``error``.

    ``region`` is ISO 3166 alpha-2; ``line`` a word such as mobile, landline, toll-free. ``warning`` and ``error`` are
    sentences. ``complete`` is False while what was typed could still become a number.
    """

    text: str
    digits: str = ""
    display: str = ""
    region: str = ""
    country: str = ""
    line: str = ""
    error: str = ""
    warning: str = ""
    complete: bool = True


def read_number(text: str, country: str = "") -> NumberReading:
    """Read ``text`` with ``country`` (ISO 3166 alpha-2, or empty) for national notation. Never raises."""
    typed = text.strip()
    if not typed:
        return NumberReading(text, error="There is no recipient.", complete=False)
    # A number that went through a spreadsheet.
    whole = without_decimals(typed) if len(typed) <= _LONGEST_INPUT else ""
    compact = _SEPARATORS.sub("", typed if whole is None else whole)
    plus = compact.startswith(("+", "＋"))
    digits = _ascii_digits(compact[1:] if plus else compact)
    if digits is None or not compact:
        return _refused(text, f"{one_line(typed, 40)} is not a telephone number.", complete=bool(compact.strip("+＋")))
    if plus:
        return _international(text, digits)
    if digits.startswith("00"):
        return _international(text, digits[2:])
    if digits.startswith("0") or len(digits) < MIN_DIGITS:
        return _national(text, digits, country)
    return _either(text, digits, country)


def _ascii_digits(compact: str) -> str | None:
    """Digits of any script as ASCII digits, or None where there is anything else."""
    if compact.isascii():
        return compact if compact.isdigit() or not compact else None
    try:
        return "".join(str(int(char)) for char in compact)
    except ValueError:
        return None


def _refused(text: str, error: str, *, complete: bool = True) -> NumberReading:
    return NumberReading(text, display=one_line(text.strip(), _LONGEST_INPUT), error=error, complete=complete)


def _international(text: str, digits: str) -> NumberReading:
    if len(digits) < MIN_DIGITS:
        return _refused(text, f"A number has at least {MIN_DIGITS} digits with its country code.", complete=False)
    if len(digits) > MAX_DIGITS:
        return _refused(text, f"A number has at most {MAX_DIGITS} digits; this one has {len(digits)}.")
    if digits.startswith("0"):
        return _refused(text, "No country code begins with 0.")
    number = _parse("+" + digits)
    if _FICTION.fullmatch(digits):
        return _fictional(text, digits, number)
    if number is not None and _is_valid(number):
        return _known(text, number)
    return _unknown(text, digits, number)


def _national(text: str, digits: str, country: str) -> NumberReading:
    if not country:
        return _refused(
            text,
            "This is a national number: begin with + and the country code, or set a country in the profile.",
            complete=len(digits) >= MIN_DIGITS,
        )
    number = _parse(digits, country)
    if number is not None and _is_valid(number):
        return _known(text, number)
    return _refused(text, f"This is not a number in {country_in_words(country)}.", complete=len(digits) >= MIN_DIGITS)


def _either(text: str, digits: str, country: str) -> NumberReading:
    """A bare number that could have its country code or not."""
    if _FICTION.fullmatch(digits):
        return _fictional(text, digits, _parse("+" + digits))
    candidates = [_parse("+" + digits) if len(digits) <= MAX_DIGITS else None, _parse(digits, country or None)]
    readings = [number for number in candidates if number is not None and _is_valid(number)]
    mobiles = [number for number in readings if _line(number) in MOBILE_LINES]
    choice = _distinct(mobiles) or _distinct(readings)
    bare = candidates[0]
    if len(choice) == 1 and bare is not None and choice[0] != bare and bare not in readings and _is_possible(bare):
        choice.insert(0, bare)  # no plan we know has it, but plans change, and a guess would reach a stranger
    if len(choice) > 1:
        first, second = (_display(number) for number in choice[:2])
        return _refused(text, f"This can be {first} or {second}: begin with + to say which.")
    if choice:
        return _known(text, choice[0])
    if len(digits) > MAX_DIGITS:
        return _refused(text, f"A number has at most {MAX_DIGITS} digits; this one has {len(digits)}.")
    return _unknown(text, digits, candidates[0])


def _distinct(numbers: list[PhoneNumber]) -> list[PhoneNumber]:
    return list({_digits(number): number for number in numbers}.values())


def _known(text: str, number: PhoneNumber) -> NumberReading:
    import phonenumbers

    if _FICTION.fullmatch(_digits(number)):
        return _fictional(text, _digits(number), number)
    region = phonenumbers.region_code_for_number(number) or ""
    line = _line(number)
    warning = "" if line in MOBILE_LINES else f"This is a {line} number: it may not receive SMS." if line else ""
    return NumberReading(
        text,
        digits=_digits(number),
        display=_display(number),
        region=region,
        country=country_name(region),
        line=line,
        warning=warning,
    )


def _fictional(text: str, digits: str, number: PhoneNumber | None) -> NumberReading:
    region = "GB" if digits.startswith("44") else "DE"
    return NumberReading(
        text,
        digits=digits,
        display=_display(number) if number is not None else f"+{digits}",
        region=region,
        country=country_name(region),
        line="mobile",
        warning="This number is set aside for films and books: it reaches nobody.",
    )


def _unknown(text: str, digits: str, number: PhoneNumber | None) -> NumberReading:
    """In international notation, but not in any numbering plan we know."""
    import phonenumbers

    code = number.country_code if number is not None else None
    region = phonenumbers.region_code_for_country_code(code) or "" if code is not None else ""
    if region in ("", "ZZ", "001"):
        region, place = "", "any numbering plan we know"
    else:
        place = f"the numbering plan of {country_in_words(region)}, as far as we know it"
    return NumberReading(
        text,
        digits=digits,
        display=f"+{digits}",
        region=region,
        country=country_name(region) if region else "",
        warning=f"This number is not in {place}; Mitto may refuse it.",
        complete=len(digits) >= 11,
    )


def _parse(text: str, region: str | None = None) -> PhoneNumber | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region.upper() if region else None)
    except phonenumbers.NumberParseException:
        return None
    # Some plans have numbers that are longer than E.164 allows, with their country code; and very short ones.
    return number if MIN_DIGITS <= len(_digits(number)) <= MAX_DIGITS else None


def _is_valid(number: PhoneNumber) -> bool:
    import phonenumbers

    return phonenumbers.is_valid_number(number)


def _is_possible(number: PhoneNumber) -> bool:
    import phonenumbers

    reason = phonenumbers.is_possible_number_with_reason(number)
    return reason == phonenumbers.ValidationResult.IS_POSSIBLE


def _digits(number: PhoneNumber) -> str:
    import phonenumbers

    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")


def _display(number: PhoneNumber) -> str:
    import phonenumbers

    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _line(number: PhoneNumber) -> str:
    import phonenumbers

    return LINES.get(phonenumbers.number_type(number), "")
