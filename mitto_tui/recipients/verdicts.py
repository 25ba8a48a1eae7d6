"""What can be said of a number in a list: the codes that programs see, and the sentences that people read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final, NamedTuple

from mitto_tui.recipients.countries import country_in_words
from mitto_tui.recipients.plans import LINES, MAX_DIGITS, MIN_DIGITS, MOBILE_LINES

OTHER_LINES: Final = frozenset(LINES.values()) - MOBILE_LINES
"""The lines that are warned about: all but mobile ones. Pass them (or some) as ``refuse`` to refuse them."""


class Status(StrEnum):
    OK = "ok"
    INVALID = "invalid"
    AMBIGUOUS = "ambiguous"


class Reason(StrEnum):
    """Why a cell is refused or left open, or what an accepted one is warned about. Stable: scripts read them."""

    NONE = ""
    # Accepted, with a warning.
    LINE = "line_type"
    NOT_IN_PLAN = "not_in_plan"
    FICTION = "fiction"
    # Refused.
    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    LETTERS = "letters"
    EXTENSION = "extension"
    LOST_DIGITS = "lost_digits"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    CODE_ZERO = "code_zero"
    NO_COUNTRY = "no_country"
    NOT_IN_COUNTRY = "not_in_country"
    SHORT_NUMBER = "short_number"
    LINE_REFUSED = "line_refused"
    SEVERAL = "several_numbers"
    # Left open.
    TWO_MEANINGS = "two_meanings"
    PLAN_UNSURE = "plan_unsure"
    TOLD_OTHERWISE = "told_otherwise"


class Change(StrEnum):
    """What was done to a notation, apart from taking blanks and punctuation away."""

    NATIONAL = "national"
    """A national number got its country code."""
    CARRIES_CODE = "carries_code"
    """A bare number already had its country code."""
    IDD = "international_prefix"
    """00 became +."""
    DIALLED = "dialled_prefix"
    """What the list's country dials before other countries' codes became +."""
    TRUNK_ZERO = "trunk_zero"
    """The national prefix in +49 (0)172… was dropped."""
    DECIMALS = "decimals"
    """The .0 or the exponent of a spreadsheet was undone."""


class Lean(StrEnum):
    """How a bare number can be read; what a column's vote is counted from. Empty where the number isn't bare."""

    NONE = ""
    WITH_CODE = "with_code"
    NATIONAL = "national"
    BOTH = "both"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of many cells alike: shared by all of them, so compare and count by it freely.

    ``region`` is ISO 3166 alpha-2, ``line`` a word such as mobile or landline, ``code`` the country calling code's
    digits, ``country`` the list's own country.
    """

    status: Status
    reason: Reason = Reason.NONE
    region: str = ""
    line: str = ""
    code: str = ""
    country: str = ""
    changes: tuple[Change, ...] = ()
    lean: Lean = Lean.NONE

    @property
    def sentence(self) -> str:
        """The reason in words, with advice; empty where there is nothing to say."""
        words = _SENTENCES[self.reason]
        return words.format(
            line=self.line,
            least=MIN_DIGITS,
            most=MAX_DIGITS,
            country=country_in_words(self.country) if self.country else "any country",
            plan=f"the numbering plan of {country_in_words(self.region)}, as far as we know it"
            if self.region
            else "any numbering plan we know",
        )

    @property
    def change(self) -> str:
        """What was done to the notation, in words; empty where only blanks and punctuation went."""
        return "; ".join(
            _CHANGES[change].format(code=self.code, country=country_in_words(self.region)) for change in self.changes
        )

    def also(self, changes: tuple[Change, ...]) -> Verdict:
        """The same with further changes before its own."""
        if not changes:
            return self
        return verdict(
            self.status, self.reason, self.region, self.line, self.code, self.country, changes + self.changes, self.lean
        )


verdict: Final = cache(Verdict)
"""The one ``Verdict`` with these fields."""


class CellReading(NamedTuple):
    """One cell, read. ``digits`` is E.164 without the plus; empty unless the status is ok.

    ``others`` are further numbers of the cell (digits, or the text of what can't be read), or, where the status is
    ambiguous, the digits that it could mean; where several are refused together, the text of each.
    """

    digits: str
    verdict: Verdict
    others: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        return self.verdict.status

    @property
    def reason(self) -> Reason:
        return self.verdict.reason

    @property
    def region(self) -> str:
        return self.verdict.region

    @property
    def line(self) -> str:
        return self.verdict.line

    @property
    def changes(self) -> tuple[Change, ...]:
        return self.verdict.changes

    @property
    def sentence(self) -> str:
        """Why it is refused, left open or warned about, with advice; and what else the cell holds."""
        said = self.verdict.sentence
        if not self.others:
            return said
        if self.status is Status.AMBIGUOUS:
            meanings = " or ".join(displayed(digits) for digits in self.others)
            return f"This can be {meanings}: begin with + to say which. {said}".rstrip()
        if self.status is not Status.OK:
            return said
        others = ", ".join(displayed(other) for other in self.others)
        return f"{said} This cell also holds {others}.".lstrip()

    @property
    def change(self) -> str:
        """What was done to its notation, in words."""
        said = self.verdict.change
        if self.status is Status.OK and self.others:
            said = f"{said}; the first of several" if said else "the first of several"
        return said


def displayed(digits: str) -> str:
    """E.164 digits as people write them (+49 172 5551234); anything else as it is."""
    import phonenumbers

    if not (digits.isascii() and digits.isdigit()):
        return digits
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return f"+{digits}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


_SENTENCES: Final = {
    Reason.NONE: "",
    Reason.LINE: "This is a {line} number: it may not receive SMS.",
    Reason.NOT_IN_PLAN: "This number is not in {plan}; Mitto may refuse it.",
    Reason.FICTION: "This number is set aside for films and books: it reaches nobody.",
    Reason.EMPTY: "There is no number in this row.",
    Reason.NOT_A_NUMBER: "This is not a telephone number.",
    Reason.LETTERS: "There are letters in this number: leave only its digits.",
    Reason.EXTENSION: "An SMS can't reach an extension: leave only the number itself.",
    Reason.LOST_DIGITS: "A spreadsheet has rounded this number and its last digits are gone: "
    "format the column as text there, and enter the number again.",
    Reason.TOO_SHORT: "A number has at least {least} digits with its country code.",
    Reason.TOO_LONG: "A number has at most {most} digits.",
    Reason.CODE_ZERO: "No country code begins with 0.",
    Reason.NO_COUNTRY: "This is a national number: "
    "say which country the list is from, or begin with + and the country code.",
    Reason.NOT_IN_COUNTRY: "This is not a number in {country}.",
    Reason.SHORT_NUMBER: "This is a short number of {country}: an SMS needs a full one.",
    Reason.LINE_REFUSED: "This is a {line} number, and those are refused.",
    Reason.SEVERAL: "There are several numbers in this cell: leave the one that is meant.",
    Reason.TWO_MEANINGS: "",
    Reason.PLAN_UNSURE: "The first is in no plan we know, but plans change.",
    Reason.TOLD_OTHERWISE: "It is a mobile number, but not as the column is said to be read.",
}

_CHANGES: Final = {
    Change.NATIONAL: "national number of {country}",
    Change.CARRIES_CODE: "already carries {code}",
    Change.IDD: "00 became +",
    Change.DIALLED: "the prefix dialled for abroad became +",
    Change.TRUNK_ZERO: "the 0 after +{code} was dropped",
    Change.DECIMALS: "a spreadsheet's decimals were dropped",
}
