"""The world's numbering plans: whose a number is and of which kind, known from its first digits and its length.

One ``CallingCode`` is built from phonenumberslite's metadata at the first number that has it, in a few milliseconds. It
answers exactly as that library does (``region_code_for_number``, ``number_type``, ``is_valid_number``), but for a whole
block of numbers at once, or with ``None`` where the block is not of one kind.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from mitto_tui.recipients.patterns import ANY_DIGITS, NOTHING, Pattern, parse, sequence

if TYPE_CHECKING:
    from phonenumbers import PhoneMetadata
    from phonenumbers.phonemetadata import PhoneNumberDesc

MIN_DIGITS: Final = 7
MAX_DIGITS: Final = 15
"""E.164's upper bound; the lower one is what Mitto's own checks are believed to take."""

FICTION: Final = r"447700900\d{3}|4917139200\d\d"
"""Mobile numbers set aside for films and books by regulators (Ofcom; Bundesnetzagentur, notice 148/2021)."""

LINES: Final = {
    0: "landline",
    1: "mobile",
    2: "mobile or landline",
    3: "toll-free",
    4: "premium-rate",
    5: "shared-cost",
    6: "internet",
    7: "personal",
    8: "pager",
    9: "company",
    10: "voicemail",
}
"""libphonenumber's PhoneNumberType by value, in words."""
MOBILE_LINES: Final = frozenset({"mobile", "mobile or landline"})

# In the order in which libphonenumber asks; what is left is fixed line, mobile, or both.
_SPECIAL_KINDS: Final = (
    ("premium_rate", 4),
    ("toll_free", 3),
    ("shared_cost", 5),
    ("voip", 6),
    ("personal_number", 7),
    ("pager", 8),
    ("uan", 9),
    ("voicemail", 10),
)


class Kind(NamedTuple):
    """What a plan knows of a number. ``region`` and ``line`` are empty where no plan has it."""

    region: str
    line: str

    @property
    def valid(self) -> bool:
        return bool(self.line)

    @property
    def mobile(self) -> bool:
        return self.line in MOBILE_LINES


UNKNOWN: Final = Kind("", "")


_Slot: TypeAlias = tuple[Pattern, frozenset[int] | None]
"""A description of numbers: its pattern and the lengths it allows (None: any)."""


class _State:
    """The patterns that are still alive after some digits, by slot; and what was found out from here."""

    __slots__ = ("kinds", "patterns", "slots", "steps")

    def __init__(self, slots: tuple[int, ...], patterns: tuple[Pattern, ...]) -> None:
        self.slots = slots
        self.patterns = patterns
        self.steps: list[_State | None] = [None] * 10
        self.kinds: dict[int, Kind | None] = {}


class CallingCode:
    """The plans of all regions under one country calling code."""

    def __init__(self, code: int) -> None:
        """Raises ``PatternError`` if the metadata has a construct that ``patterns`` doesn't know."""
        from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

        self.code = code
        self.prefix = str(code)
        self.regions: tuple[str, ...] = COUNTRY_CODE_TO_REGION_CODE[code]
        self._plans: list[_Plan] = []
        self._slots: list[_Slot] = []
        self._states: dict[tuple[tuple[int, ...], tuple[Pattern, ...]], _State] = {}
        self._starts: dict[int, _State] = {}
        for region in self.regions:
            self._plans.append(_Plan(region, _metadata(code, region), self._slots))

    def kind(self, known: str, length: int) -> Kind | None:
        """The kind of the national (significant) numbers of ``length`` digits that begin with ``known``.

        ``UNKNOWN`` if no plan has any of them, None if they are not all of one kind. Never None for a whole number.
        """
        start = self._starts.get(length)
        if start is None:
            alive = [
                (slot, pattern)
                for slot, (pattern, lengths) in enumerate(self._slots)
                if lengths is None or length in lengths
            ]
            start = self._starts[length] = self._state(alive)
        state = start
        for digit in known:
            state = self._after(state, int(digit))
        return self._kind(state, length - len(known))

    def _kind(self, state: _State, left: int) -> Kind | None:
        try:
            return state.kinds[left]
        except KeyError:
            pass
        kind: Kind | None
        if left == 0 or not state.slots:
            kind = self._classify(state)
        else:
            kind = self._kind(self._after(state, 0), left - 1)
            if kind is not None:
                for digit in range(1, 10):
                    if self._kind(self._after(state, digit), left - 1) != kind:
                        kind = None
                        break
        state.kinds[left] = kind
        return kind

    def _after(self, state: _State, digit: int) -> _State:
        step = state.steps[digit]
        if step is None:
            alive = []
            for slot, pattern in zip(state.slots, state.patterns, strict=True):
                rest = pattern.after(digit)
                if rest is not NOTHING:
                    alive.append((slot, rest))
            step = state.steps[digit] = self._state(alive)
        return step

    def _state(self, alive: list[tuple[int, Pattern]]) -> _State:
        key = tuple(slot for slot, _ in alive), tuple(pattern for _, pattern in alive)
        state = self._states.get(key)
        if state is None:
            state = self._states[key] = _State(*key)
        return state

    def _classify(self, state: _State) -> Kind:
        matching = {slot for slot, pattern in zip(state.slots, state.patterns, strict=True) if pattern.nullable}
        alone = len(self._plans) == 1
        for plan in self._plans:
            line = plan.line(matching)
            if plan.leading is not None and not alone:
                if plan.leading in matching:  # the region is settled, whether its plan has the number or not
                    return Kind(plan.region, line) if line else UNKNOWN
            elif line:
                return Kind(plan.region, line)
        return UNKNOWN


class _Plan:
    """One region's descriptions as slots of its calling code."""

    def __init__(self, region: str, metadata: PhoneMetadata, slots: list[_Slot]) -> None:
        def slot(description: PhoneNumberDesc | None) -> int | None:
            if description is None or not description.national_number_pattern:
                return None
            slots.append((parse(description.national_number_pattern), frozenset(description.possible_length) or None))
            return len(slots) - 1

        self.region = region
        self.leading: int | None = None
        if metadata.leading_digits is not None:
            slots.append((sequence(parse(metadata.leading_digits), ANY_DIGITS), None))
            self.leading = len(slots) - 1
        self._general = slot(metadata.general_desc)
        self._special = [(slot(getattr(metadata, name)), kind) for name, kind in _SPECIAL_KINDS]
        self._fixed = slot(metadata.fixed_line)
        self._same = bool(metadata.same_mobile_and_fixed_line_pattern)
        self._mobile = None if self._same else slot(metadata.mobile)

    def line(self, matching: set[int]) -> str:
        """The kind of line in words, or empty, of a number that all of ``matching`` describe."""
        if self._general not in matching:
            return ""
        for slot, kind in self._special:
            if slot in matching:
                return LINES[kind]
        if self._fixed in matching:
            return LINES[2] if self._same or self._mobile in matching else LINES[0]
        return LINES[1] if self._mobile in matching else ""


@cache
def calling_code(code: int) -> CallingCode:
    """The plans under ``code``, built once. Raises ``KeyError`` for a code that nobody has."""
    return CallingCode(code)


def calling_code_of(digits: str) -> CallingCode | None:
    """The calling code that E.164 ``digits`` begin with, or None where there is none (or too few digits to say)."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    if not digits.startswith("0"):
        for length in (1, 2, 3):
            if len(digits) >= length and int(digits[:length]) in COUNTRY_CODE_TO_REGION_CODE:
                return calling_code(int(digits[:length]))
    return None


def _metadata(code: int, region: str) -> PhoneMetadata:
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    if metadata is None:
        raise KeyError(region)
    return metadata
