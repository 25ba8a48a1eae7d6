"""The recipient numbers that choose their own outcome: a prefix and two digits. The table is in docs/simulator.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from mitto_tui.mitto.simulator.courses import DELIVERED, Course
from mitto_tui.mitto.simulator.scenario import Fault, FaultKind, MagicNumbers, ReportWord

UNKNOWN_CODE: Final = 42
"""A responseCode that no source knows."""


@dataclass(frozen=True, slots=True)
class Magic:
    """One number's outcome. ``fault`` strikes the ``times`` first requests (None: every one)."""

    outcome: str
    course: Course = DELIVERED
    fault: Fault | None = None
    times: int | None = None


def _refused(code: int) -> Magic:
    return Magic(f"refused with responseCode {code}", fault=Fault(FaultKind.RESPONSE_CODE, code=code))


_ALL: Final[Mapping[int, Magic]] = {
    # 0x: accepted, and what the delivery reports say.
    0: Magic("delivered"),
    1: Magic("undelivered", Course(ReportWord.UNDELIVERED)),
    2: Magic("expired", Course(ReportWord.EXPIRED)),
    3: Magic("buffered first, then delivered", Course(buffered=True)),
    4: Magic("stays sent: no final report", Course(outcome=None)),
    5: Magic("no report at all", Course(reported=False)),
    6: Magic("every report twice", Course(duplicate=True)),
    7: Magic("reports in reverse order", Course(reordered=True)),
    8: Magic("all reports before the answer", Course(early=True)),
    9: Magic("first a report for an unknown id, then its own", Course(orphan=True)),
    # 1x: refused by code.
    **{10 + code: _refused(code) for code in range(1, 10)},
    10: _refused(UNKNOWN_CODE),
    # 2x: other HTTP answers.
    20: Magic("HTTP 401", fault=Fault(FaultKind.HTTP_401)),
    21: Magic("HTTP 403", fault=Fault(FaultKind.HTTP_403)),
    22: Magic("HTTP 429 with Retry-After: 1, then accepted", fault=Fault(FaultKind.HTTP_429, retry_after=1), times=1),
    23: Magic("HTTP 429 without Retry-After, then accepted", fault=Fault(FaultKind.HTTP_429), times=1),
    24: Magic("HTTP 429 every time", fault=Fault(FaultKind.HTTP_429)),
    25: Magic("HTTP 500, nothing accepted", fault=Fault(FaultKind.HTTP_500)),
    26: Magic("HTTP 500, but accepted: the reports come", fault=Fault(FaultKind.HTTP_500, accepted=True)),
    27: Magic("HTML page with HTTP 200, nothing accepted", fault=Fault(FaultKind.HTML_BODY)),
    28: Magic("HTML page with HTTP 502, nothing accepted", fault=Fault(FaultKind.HTML_BODY, status=502)),
    # 3x: the connection, and answers that are not what they should be. All but 30 are accepted.
    30: Magic("connection cut, nothing accepted", fault=Fault(FaultKind.CUT_BEFORE_READING)),
    31: Magic("connection cut after acceptance: the reports come", fault=Fault(FaultKind.CUT_AFTER_ACCEPTANCE)),
    32: Magic("accepted, but the answer takes a minute", fault=Fault(FaultKind.SLOW)),
    33: Magic("accepted, half of the answer's body, then cut", fault=Fault(FaultKind.HALF_BODY)),
    34: Magic("accepted, no id in the answer", fault=Fault(FaultKind.NO_ID)),
    35: Magic('accepted, `textLength` as a string such as " 13"', fault=Fault(FaultKind.SPACED)),
    36: Magic("accepted, `ids` instead of `id`", fault=Fault(FaultKind.IDS)),
    37: Magic("accepted, but missing from a bulk answer", fault=Fault(FaultKind.PARTIAL_BULK)),
    38: Magic("accepted, bulk answer in reverse order", fault=Fault(FaultKind.WRONG_ORDER)),
}

OUTCOMES: Final[Mapping[str, Magic]] = {f"{digits:02d}": magic for digits, magic in sorted(_ALL.items())}
"""The last two digits and what they choose. Digits that are not here are delivered, as any other number."""


class MagicTable:
    """``OUTCOMES`` under a run's own prefix."""

    def __init__(self, settings: MagicNumbers) -> None:
        self._prefix = settings.prefix
        self._length = len(settings.prefix) + 2
        slow = OUTCOMES["32"]
        assert slow.fault is not None
        self._table = {**OUTCOMES, "32": replace(slow, fault=replace(slow.fault, seconds=settings.slow))}

    def get(self, digits: str) -> Magic | None:
        """The outcome that the number ``digits`` (without a plus) chooses for itself, if any."""
        if self._prefix and len(digits) == self._length and digits.startswith(self._prefix):
            return self._table.get(digits[-2:])
        return None
