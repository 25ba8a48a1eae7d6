"""Taking messages: their ids, their answer, and the delivery reports they will have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from mitto_tui.mitto.simulator import answers
from mitto_tui.mitto.simulator.chance import Chance
from mitto_tui.mitto.simulator.courses import DELIVERED, Course, Step, draw_course, has_ranges, is_random, plan
from mitto_tui.mitto.simulator.faults import Asked, Strike
from mitto_tui.mitto.simulator.ledger import Ledger
from mitto_tui.mitto.simulator.magic import MagicTable
from mitto_tui.mitto.simulator.report_forms import is_report_url, stays_here
from mitto_tui.mitto.simulator.reports import Batch, Outstanding, ReportSender
from mitto_tui.mitto.simulator.scenario import AnswerProfile, FaultKind, ReportForm, Scenario
from mitto_tui.mitto.simulator.submissions import Submission

_PROFILE_FAULTS: Final = {FaultKind.IDS: AnswerProfile.IDS, FaultKind.SPACED: AnswerProfile.SPACED}


@dataclass(slots=True)
class Acceptance:
    """What a request that was taken leads to: its answer's body, and reports ``early`` (before it) and ``later``."""

    body: answers.Body
    batch: Batch | None = None
    later: list[Outstanding] = field(default_factory=list)
    early: list[Outstanding] = field(default_factory=list)


class Desk:
    """Takes messages that passed every check. ``report_url`` is the account's own."""

    def __init__(self, scenario: Scenario, chance: Chance, magic: MagicTable, reports: ReportSender) -> None:
        self.ledger = Ledger()
        self.accepted = 0
        self.report_url = scenario.reports.url
        self._scenario = scenario
        self._chance = chance
        self._magic = magic
        self._reports = reports
        self._random = is_random(scenario.reports)
        self._ranges = has_ranges(scenario.reports)

    def accept(
        self, submission: Submission, asked: Sequence[Asked], strike: Strike | None, *, bulk: bool
    ) -> Acceptance:
        """Take one message for each of ``asked``, duplicates included."""
        messages = [answers.Accepted(self._chance.new_id(), each.digits) for each in asked]
        acceptance = Acceptance(self._body(submission, messages, strike, bulk=bulk))
        if submission.test:
            return acceptance
        self.accepted += len(messages)
        parts = submission.parts
        for message in messages:
            self.ledger.accept(message.id, message.to, parts)
        url = self._url(submission.callback, len(messages))
        if url is not None:
            self._plan_reports(acceptance, Batch(url, submission.reference), messages, asked)
        return acceptance

    def _body(
        self, submission: Submission, messages: list[answers.Accepted], strike: Strike | None, *, bulk: bool
    ) -> answers.Body:
        fault = strike.fault if strike else None
        profile = _PROFILE_FAULTS.get(fault.kind, self._scenario.profile) if fault else self._scenario.profile
        length, parts = submission.text_length, submission.parts
        if not bulk:
            message = replace(messages[0], to=submission.recipients[0])
            body = answers.single(message, profile, length, parts, test=submission.test)
        else:
            body = answers.bulk(_spoilt(messages, strike), profile, length, parts, test=submission.test)
        return answers.without_ids(body) if fault and fault.kind is FaultKind.NO_ID else body

    def _url(self, callback: str | None, messages: int) -> str | None:
        """Where the reports go, or None for nowhere."""
        settings = self._scenario.reports
        if settings.form is ReportForm.NONE:
            return None
        if callback is None:
            return self.report_url
        if is_report_url(callback) and (settings.any_callback or stays_here(callback)):
            return callback
        self._reports.counts.withheld += messages
        return None

    def _plan_reports(
        self, acceptance: Acceptance, batch: Batch, messages: list[answers.Accepted], asked: Sequence[Asked]
    ) -> None:
        acceptance.batch = batch
        for message, each in zip(messages, asked, strict=True):
            course = self._course(each)
            steps = self._steps(course, each)
            if steps:
                outstanding = Outstanding(batch, message.id, message.to, steps)
                (acceptance.early if course.early else acceptance.later).append(outstanding)

    def _course(self, asked: Asked) -> Course:
        magic = self._magic.get(asked.digits)
        if magic is not None:
            return magic.course
        if not self._random:
            return DELIVERED
        return draw_course(self._scenario.reports, self._chance.draw(asked.digits, asked.time, "course"))

    def _steps(self, course: Course, asked: Asked) -> tuple[Step, ...]:
        draw = self._chance.draw(asked.digits, asked.time, "waits") if self._ranges else None
        return plan(course, self._scenario.reports, draw)


def _spoilt(messages: list[answers.Accepted], strike: Strike | None) -> list[answers.Accepted]:
    """The items of a bulk answer: all of them in order, or what a fault makes of them."""
    if strike is None:
        return messages
    if strike.fault.kind is FaultKind.WRONG_ORDER:
        return messages[::-1]
    if strike.fault.kind is FaultKind.PARTIAL_BULK:
        if strike.numbers:
            return [message for message in messages if message.to not in strike.numbers]
        return messages[: max(len(messages) - strike.fault.drop, 0)]
    return messages
