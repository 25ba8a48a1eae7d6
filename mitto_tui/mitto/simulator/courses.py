"""What becomes of an accepted message, and the delivery reports that tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from mitto_tui.mitto.simulator.chance import Draw
from mitto_tui.mitto.simulator.scenario import Delay, ReportSettings, ReportWord


@dataclass(frozen=True, slots=True)
class Course:
    """One message's way. ``outcome`` None: it stays sent for ever. ``reported`` False: nobody is told anything."""

    outcome: ReportWord | None = ReportWord.DELIVERED
    buffered: bool = False
    reported: bool = True
    duplicate: bool = False
    reordered: bool = False
    early: bool = False
    orphan: bool = False


DELIVERED: Final = Course()


class Step(NamedTuple):
    """One report: ``wait`` seconds after the one before; it happened ``at`` seconds after the answer.

    ``stray``: it goes out under an id that belongs to no message.
    """

    word: ReportWord
    wait: float
    at: float
    stray: bool = False


def is_random(settings: ReportSettings) -> bool:
    """Whether courses have to be drawn at all; without it, every message goes the same way."""
    shares = (
        settings.buffered,
        settings.duplicate,
        settings.reordered,
        settings.early,
        settings.orphan,
        settings.no_final,
        settings.missing,
        settings.undelivered,
        settings.expired,
    )
    return any(shares)


def has_ranges(settings: ReportSettings) -> bool:
    """Whether waits have to be drawn."""
    return any(isinstance(wait, tuple) for wait in (settings.buffered_after, settings.sent_after, settings.final_after))


def draw_course(settings: ReportSettings, draw: Draw) -> Course:
    """A course by the settings' weights and shares."""
    total = settings.delivered + settings.undelivered + settings.expired
    mark = draw.number() * total
    outcome: ReportWord | None
    if mark < settings.delivered:
        outcome = ReportWord.DELIVERED
    elif mark < settings.delivered + settings.undelivered:
        outcome = ReportWord.UNDELIVERED
    else:
        outcome = ReportWord.EXPIRED
    if draw.hit(settings.no_final):
        outcome = None
    return Course(
        outcome,
        buffered=draw.hit(settings.buffered),
        reported=not draw.hit(settings.missing),
        duplicate=draw.hit(settings.duplicate),
        reordered=draw.hit(settings.reordered),
        early=draw.hit(settings.early),
        orphan=draw.hit(settings.orphan),
    )


def plan(course: Course, settings: ReportSettings, draw: Draw | None) -> tuple[Step, ...]:
    """The reports of a course, in the order in which they leave. ``draw`` is needed where a wait is a range."""
    return steps(
        course,
        _seconds(settings.buffered_after, draw),
        _seconds(settings.sent_after, draw),
        _seconds(settings.final_after, draw),
    )


def _seconds(wait: Delay, draw: Draw | None) -> float:
    if isinstance(wait, tuple):
        assert draw is not None
        return draw.between(*wait)
    return wait


@lru_cache(maxsize=256)
def steps(course: Course, buffered_after: float, sent_after: float, final_after: float) -> tuple[Step, ...]:
    """``plan`` with waits that are known. Messages with the same waits share one tuple."""
    if not course.reported:
        return ()
    line: list[Step] = []
    at = 0.0
    stages = [(ReportWord.BUFFERED, buffered_after)] if course.buffered else []
    stages.append((ReportWord.SENT, sent_after))
    if course.outcome is not None:
        stages.append((course.outcome, final_after))
    for word, wait in stages:
        at += wait
        line.append(Step(word, wait, at))
    if course.reordered:
        # The last comes first, when its time has come; the others follow it at once, with their own older times.
        line = [step._replace(wait=0.0) for step in reversed(line)]
        line[0] = line[0]._replace(wait=at)
    if course.early:
        line = [step._replace(wait=0.0, at=0.0) for step in line]
    if course.duplicate:
        line = [copy for step in line for copy in (step, step._replace(wait=0.0))]
    if course.orphan:
        line.insert(0, Step(ReportWord.DELIVERED, line[0].wait, line[0].at, stray=True))
        line[1] = line[1]._replace(wait=0.0)
    return tuple(line)
