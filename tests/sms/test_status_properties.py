"""Whatever happens: one outcome for all orders, no step back from a final state, no repeat without a person's word."""

from __future__ import annotations

from datetime import timedelta, timezone
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitto_tui.sms.status import FINAL, Event, EventKind, ReportStatus, Status, fold
from tests.sms.histories import (
    NOT_TAKEN_FOR_SURE,
    Fate,
    History,
    accepted,
    at,
    buffered,
    claimed,
    delivered,
    expired,
    histories,
    in_doubt,
    name,
    never_left,
    queued,
    rejected,
    sent,
    shuffled,
    soup,
    undelivered,
    unknown,
)

UNTOUCHED = frozenset({Status.QUEUED, Status.FAILED, Status.SKIPPED, Status.CANCELLED})
"""Statuses that promise that nothing is on its way."""

ALIVE = frozenset({Status.SENDING, Status.ACCEPTED, Status.BUFFERED, Status.SENT, Status.DELIVERED})


def steps(history: History) -> list[tuple[Status, Event, Status]]:
    """Status before, event, status after, for each event but the first."""
    after = zip(history.events[1:], history.states[1:], strict=True)
    return [
        (before.status, each, state.status) for before, (each, state) in zip(history.states[:-1], after, strict=True)
    ]


@settings(max_examples=300)
@given(histories(lying_provider=True))
def test_nothing_is_sent_again_without_a_word_for_each_time_it_may_have_arrived(history: History) -> None:
    may_have_arrived: set[int] = set()
    for before, each, _ in steps(history):
        if each.kind is EventKind.SEND_AGAIN and before not in ALIVE:
            may_have_arrived.clear()
        if each.kind is EventKind.CLAIMED:
            assert not may_have_arrived, "an attempt began beside an earlier one, and nobody asked for it"
            assert each.attempt is not None
            may_have_arrived.add(each.attempt)
        if each.kind in NOT_TAKEN_FOR_SURE and each.attempt is not None and each.attempt not in history.lapsed:
            may_have_arrived.discard(each.attempt)


@settings(max_examples=300)
@given(histories(lying_provider=True))
def test_only_a_persons_word_ends_a_doubt_into_the_queue(history: History) -> None:
    for before, each, after in steps(history):
        if before is Status.IN_DOUBT and after is Status.QUEUED:
            assert each.kind is EventKind.SEND_AGAIN


@settings(max_examples=300)
@given(histories(lying_provider=True))
def test_a_final_state_is_left_only_for_another_or_by_a_persons_word(history: History) -> None:
    for before, each, after in steps(history):
        if before in FINAL and after not in FINAL:
            assert each.kind is EventKind.SEND_AGAIN
            assert before is not Status.DELIVERED


@given(histories())
def test_nothing_that_may_have_left_is_called_failed_or_untouched(history: History) -> None:
    possibly_out = {
        attempt
        for attempt, fate in history.fates.items()
        if attempt not in history.answered or fate.answer not in NOT_TAKEN_FOR_SURE or attempt in history.lapsed
    }
    if possibly_out - _refused(history):
        assert history.status not in UNTOUCHED - {Status.QUEUED}
    if history.status is Status.FAILED:
        assert not possibly_out


def _refused(history: History) -> set[int]:
    return {a for a in history.answered if history.fates[a] is Fate.REJECTED}


@given(histories())
def test_a_failure_is_said_only_where_no_attempt_may_have_arrived(history: History) -> None:
    if history.status not in (Status.UNDELIVERED, Status.EXPIRED, Status.REJECTED):
        return
    failed_reports = {each.attempt for each in history.events if each.report is not None and _is_failure(each.report)}
    for attempt, fate in history.fates.items():
        assert attempt in failed_reports or (attempt in history.answered and not fate.taken)


def _is_failure(status: ReportStatus) -> bool:
    return status in (ReportStatus.UNDELIVERED, ReportStatus.EXPIRED)


@given(histories())
def test_a_message_with_an_honest_delivery_is_delivered_and_stays_so(history: History) -> None:
    if ReportStatus.DELIVERED in history.finals.values():
        assert history.status is Status.DELIVERED
    else:
        assert history.status is not Status.DELIVERED
    assert history.states[-1].conflicting == ()


@given(histories())
def test_every_attempt_has_its_number_and_none_is_lost(history: History) -> None:
    assert history.states[-1].attempts == history.newest


@given(st.data(), histories(lying_provider=True))
def test_answers_and_reports_give_one_outcome_in_any_order_and_number(data: st.DataObject, history: History) -> None:
    other = data.draw(st.composite(shuffled)(history.events))
    assert fold(other) == history.states[-1]


@given(st.data(), soup())
def test_even_events_that_cannot_happen_give_one_outcome_between_decisions(
    data: st.DataObject, events: list[Event]
) -> None:
    other = data.draw(st.composite(shuffled)(events))
    assert fold(other) == fold(events)


@given(soup())
def test_no_events_make_the_fold_raise(events: list[Event]) -> None:
    state = fold(events)
    assert isinstance(state.status, Status)
    assert fold(iter(events)) == state


@given(soup(1), soup(1))
def test_without_a_word_no_event_takes_one_attempts_doubt_back_into_the_queue(
    before: list[Event], later: list[Event]
) -> None:
    events = [claimed(), in_doubt(), *(each for each in before + later if each.kind is not EventKind.SEND_AGAIN)]
    assert fold(events).status not in UNTOUCHED


@given(soup(), st.sampled_from([None, 1, 2, 3]))
def test_a_word_given_before_a_doubt_arose_does_not_settle_it(events: list[Event], attempt: int | None) -> None:
    early = [each for each in events if each.attempt != 4]
    word = Event(EventKind.SEND_AGAIN, at(0), attempt)
    assert fold([*early, word, claimed(4), in_doubt(4)]).status not in UNTOUCHED


@given(soup(1), soup(1))
def test_a_single_attempts_final_state_only_gives_way_to_another(before: list[Event], later: list[Event]) -> None:
    before = [claimed(), delivered(minutes=0), *(each for each in before if each.kind is not EventKind.SEND_AGAIN)]
    before = [each for each in before if each.attempt == 1]
    later = [each for each in later if each.kind is not EventKind.SEND_AGAIN and each.attempt == 1]
    for end in range(len(later) + 1):
        assert fold(before + later[:end]).status in FINAL


REPORTS = [buffered(), sent(minutes=1), unknown(minutes=9), delivered(minutes=2), undelivered(minutes=3), expired()]


@pytest.mark.parametrize("answer", [accepted(), in_doubt(), rejected(), never_left(), None], ids=name)
@pytest.mark.parametrize(
    "reports", [REPORTS[:3], REPORTS[1:4], REPORTS[2:5], REPORTS[3:], REPORTS[:2] + REPORTS[4:5]], ids=name
)
def test_every_interleaving_of_an_answer_with_reports_gives_the_reported_status(
    answer: Event | None, reports: list[Event]
) -> None:
    happened = [*reports, *([answer] if answer else [])]
    outcomes = {fold([queued(), claimed(), *order, *order[:1]]) for order in permutations(happened)}
    assert len(outcomes) == 1
    finals = [each for each in reports if each.report in (REPORTS[3].report, REPORTS[4].report, REPORTS[5].report)]
    assert outcomes.pop().conflicting == ((1,) if len(finals) > 1 else ())


FINAL_WORDS = [ReportStatus.DELIVERED, ReportStatus.UNDELIVERED, ReportStatus.EXPIRED]


@given(st.lists(st.tuples(st.sampled_from(FINAL_WORDS), st.integers(0, 9)), min_size=1))
def test_the_newest_provider_time_wins_among_final_reports(words: list[tuple[ReportStatus, int]]) -> None:
    newest = max(minute for _, minute in words)
    winners = {word for word, minute in words if minute == newest}
    events = [Event(EventKind.REPORT, at(0), 1, word, at(minute)) for word, minute in words]
    state = fold([claimed(), accepted(), *events])
    assert state.status in {Status(word) for word in winners}
    assert state.conflicting == ((1,) if len({word for word, _ in words}) > 1 else ())


@given(st.lists(st.sampled_from([sent, buffered]), min_size=2, unique=True), st.integers(1, 60))
def test_the_newest_provider_time_wins_among_intermediate_reports(words: list[object], minutes: int) -> None:
    older, newer = words
    assert fold([newer(minutes=minutes), older(minutes=0)]).status == newer().report  # type: ignore[operator]


@given(st.integers(-720, 720))
def test_provider_times_compare_as_moments_in_any_zone(offset: int) -> None:
    zone = timezone(timedelta(minutes=offset))
    newer = Event(EventKind.REPORT, at(0), 1, ReportStatus.EXPIRED, at(2).astimezone(zone))
    assert fold([newer, delivered(minutes=1)]).status is Status.EXPIRED
    assert fold([newer, delivered(minutes=3)]).status is Status.DELIVERED


def test_the_model_reaches_what_it_is_there_for() -> None:
    """A generator that never gets to the hard places would prove nothing."""
    seen: set[Status] = set()
    attempts: set[int] = set()

    @settings(max_examples=300, derandomize=True)
    @given(histories(lying_provider=True))
    def look(history: History) -> None:
        seen.update(state.status for state in history.states)
        attempts.add(history.newest)

    look()
    assert seen == set(Status)
    assert max(attempts) >= 3
