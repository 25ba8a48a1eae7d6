"""What is said of sending a list, before and meanwhile: rules, without the app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.settings.profiles import Limits, Prices, Profile
from mitto_tui.sms.campaign import CampaignLimits, CampaignState, Canary, PauseReason, Phase, RunProgress
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.status import Status
from mitto_tui.storage.campaigns import Campaign
from mitto_tui.ui.bulk import board_lines
from mitto_tui.ui.bulk import board_words as board_says
from mitto_tui.ui.bulk import send_words as says
from mitto_tui.ui.bulk.board_words import Board, merged
from mitto_tui.ui.bulk.lists_before import in_order
from mitto_tui.ui.bulk.send_limits import as_typed, limits_words, read_limits

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PRICES = Prices("EUR", {"DE": Decimal("0.075"), "AT": Decimal("0.12")})


def campaign(ok: int = 1000, **changes: object) -> Campaign:
    totals = {
        "rows": ok + 4,
        "ok": ok,
        "segments": ok,
        "parts": [[1, ok]],
        "reasons": [["duplicate", "duplicate", 4]],
        "countries": {"DE": {"rows": ok, "segments": ok}},
    }
    made = Campaign(
        7, "default", "customers.csv", CampaignState.RUNNING, "h", "MITTO SMS", "Hi [/b]", "Hi [/b]",
        {"type": "auto"}, {}, totals, AT, AT,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]  # the tests name its fields


SENDING = Phase("sending")


def progress(phase: Phase = SENDING, **values: object) -> RunProgress:
    return RunProgress(phase, **values)  # type: ignore[arg-type]  # the tests name its fields


# -- limits -----------------------------------------------------------------------------------------------------------


def test_the_profiles_limits_come_back_as_they_were() -> None:
    limits = Limits(max_in_flight=8, rate=12.5, chunk=50)
    assert read_limits(as_typed(limits), 0.3) == CampaignLimits(chunk=50, in_flight=8, rate=12.5, max_rejected=0.3)
    assert read_limits(as_typed(Limits())).rate is None


def test_a_canary_is_there_once_it_is_said_how_many_are_first() -> None:
    typed = {**as_typed(Limits()), "first": "1,000", "share": "90 %", "wait": "1,5"}
    assert read_limits(typed).canary == Canary(1000, 0.9, 90.0)
    assert "first 1,000 first" in limits_words(read_limits(typed))


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("rate", "0"), ("rate", "-1"), ("rate", "fast"), ("rate", "nan"), ("rate", "10001"), ("rate", "1e3"),
        ("chunk", ""), ("chunk", "0"), ("chunk", "10001"), ("chunk", "1.5"), ("chunk", "٣"),
        ("in_flight", "0"), ("in_flight", "1001"), ("in_flight", "x"),
        ("first", "0"), ("first", "all"), ("share", "0"), ("share", "101"), ("wait", "0"), ("wait", "99999"),
    ],
)  # fmt: skip
def test_what_can_not_be_a_limit_is_said_with_its_field(field: str, typed: str) -> None:
    values = {**as_typed(Limits()), "first": "10", field: typed}
    with pytest.raises(InvalidInput) as raised:
        read_limits(values)
    assert raised.value.field == field
    assert raised.value.message.endswith(".")


@given(st.dictionaries(st.sampled_from(sorted(as_typed(Limits()))), st.text(max_size=12)))
def test_whatever_is_typed_it_is_limits_or_a_sentence(typed: Mapping[str, str]) -> None:
    try:
        limits = read_limits({**as_typed(Limits()), **typed})
    except InvalidInput:
        return
    assert CampaignLimits.of_json(limits.as_json()) == limits


# -- before -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["1234", "1,234", "1 234", " 1.234 ", "1\u202f234", "1’234"])
def test_a_number_may_be_typed_as_people_write_it(typed: str) -> None:
    assert says.typed_count(typed) == 1234


@pytest.mark.parametrize("typed", ["", "yes", "1234x", "-1", "١٢٣٤", "1" * 30])
def test_anything_else_confirms_nothing(typed: str) -> None:
    assert says.typed_count(typed) is None


def test_few_need_no_typing_unless_they_had_the_same_before() -> None:
    assert not says.to_be_typed(says.TYPED_FROM - 1, ())
    assert says.to_be_typed(says.TYPED_FROM, ())
    assert says.to_be_typed(1, [campaign()])


def test_what_was_sent_before_is_named_with_when_and_how_it_ended() -> None:
    before = campaign(id=12, state=CampaignState.FINISHED, approved_at=AT)
    said = says.same_words([before, campaign(id=9)])
    assert "campaign 12" in said
    assert says.day(AT) in said
    assert "finished, and 1 more" in said
    assert says.same_words([]) == ""


def test_the_cost_is_the_worst_one_and_a_test_costs_nothing() -> None:
    profile = Profile("default", prices=PRICES)
    assert says.send_cost(campaign(), profile).words == "75.00 EUR"
    assert says.send_cost(campaign(), profile, {"DE": 2000}).words == "up to 150.00 EUR"
    assert "nothing" in says.send_cost(campaign(options={"test": True}), profile).words
    assert says.send_cost(campaign(), Profile("default")).words == ""
    undecided = says.send_cost(campaign(options={"type": "mitto"}), profile)
    assert "Unicode" in undecided.detail


def test_sending_some_again_costs_at_most_the_longest_text_at_the_dearest_price() -> None:
    profile = Profile("default", prices=PRICES)
    totals = {
        **campaign().totals,
        "parts": [[1, 990], [3, 10]],
        "countries": {"DE": {"rows": 990, "segments": 990}, "AT": {"rows": 10, "segments": 30}},
    }
    assert says.share_cost(campaign(totals=totals), profile, 4) == "up to 1.44 EUR"
    assert says.share_cost(campaign(totals=totals), profile, 1000) == "up to 77.85 EUR"  # never more than all of it
    assert says.share_cost(campaign(totals=totals, options={"type": "mitto"}), profile, 1) == "up to 1.08 EUR"
    assert says.share_cost(campaign(options={"test": True}), profile, 4) == ""


def test_lists_that_are_not_over_come_first() -> None:
    states = [CampaignState.FINISHED, CampaignState.DRAFT, CampaignState.PAUSED]
    found = in_order([campaign(id=number, state=state) for number, state in enumerate(states)])
    assert [one.state for one in found] == [CampaignState.PAUSED, CampaignState.DRAFT, CampaignState.FINISHED]


# -- the board --------------------------------------------------------------------------------------------------------


def test_what_a_run_stored_since_the_last_count_is_added_to_it() -> None:
    counted = {Status.ACCEPTED: 10, Status.SENDING: 5, Status.QUEUED: 85}
    found = merged(counted, {Status.ACCEPTED: 10}, {Status.ACCEPTED: 17, Status.IN_DOUBT: 1, Status.QUEUED: 9})
    assert found == {Status.ACCEPTED: 17, Status.IN_DOUBT: 1, Status.SENDING: 0, Status.QUEUED: 82}


_COUNTS = st.dictionaries(st.sampled_from(list(Status)), st.integers(0, 1000))


@given(_COUNTS, _COUNTS, _COUNTS)
def test_adding_never_makes_up_or_loses_a_message(
    counts: dict[Status, int], before: dict[Status, int], now: dict[Status, int]
) -> None:
    found = merged(counts, before, now)
    assert sum(found.values()) == sum(counts.values())
    assert min(found.values(), default=0) >= 0


def test_the_board_says_how_far_how_fast_and_how_long_it_will_take() -> None:
    board = Board(
        campaign(),
        {Status.DELIVERED: 300, Status.ACCEPTED: 110, Status.SENDING: 40, Status.QUEUED: 550},
        progress(rate=59.0, seconds=83.2, in_flight=40, window=16),
    )
    assert board_says.head(board).plain == "▶ Sending  1:23"
    facts = "410 of 1,000 · 59 a second · 10 s left · 40 under way in up to 16 requests"
    assert board_says.facts(board).plain == facts
    assert board_says.bar(board.share, 60).plain.endswith("41 %")


@pytest.mark.parametrize(
    ("share", "words"), [(0, "0 %"), (0.0001, "<1 %"), (0.01, "1 %"), (0.9999, "99 %"), (1, "100 %")]
)
def test_nothing_is_done_before_it_is(share: float, words: str) -> None:
    assert board_says.percent(share) == words


@given(st.floats(0, 1), st.integers(0, 200))
def test_a_bar_is_as_wide_as_it_may_be(share: float, width: int) -> None:
    assert board_says.bar(share, width).cell_length == max(width, 11)


def test_a_wait_counts_down_in_a_full_sentence() -> None:
    board = Board(campaign(), {}, progress(Phase("slow_down", "Mitto asked to slow down.", until=12.6)), loop_time=10.0)
    assert board_says.sentence(board).plain == "Mitto asked to slow down. Going on in 3 s."
    assert board_says.sentence(replace(board, loop_time=13.0)).plain == "Mitto asked to slow down."


def test_a_canary_says_how_long_it_waits_at_most_and_no_time_left_that_it_cannot_know() -> None:
    sentence = "None of the first 30 are delivered; the rest is sent once 24 are."
    waiting = progress(Phase("canary", sentence, until=3610.0), rate=13.0, window=16)
    board = Board(campaign(), {Status.SENT: 30, Status.QUEUED: 970}, waiting, loop_time=10.0)
    assert board_says.sentence(board).plain == f"{sentence} Waiting 1 h 0 min more at most."
    assert board_says.facts(board).plain == "30 of 1,000 · 0 under way in up to 16 requests"


@pytest.mark.parametrize("reason", list(PauseReason))
def test_every_reason_for_a_pause_is_a_full_sentence_with_what_to_do(reason: PauseReason) -> None:
    paused = campaign(state=CampaignState.PAUSED, reason=reason)
    said = board_says.sentence(Board(paused)).plain
    assert said.endswith(".")
    assert "esume" in said
    assert board_says.sentence(Board(replace(paused, detail="It [/b] broke."))).plain == "It [/b] broke."


@pytest.mark.parametrize("state", [state for state in CampaignState if state is not CampaignState.SAVING])
def test_every_state_has_a_sign_a_word_and_no_markup_to_break(state: CampaignState) -> None:
    board = Board(campaign(state=state), {Status.QUEUED: 1000})
    assert len(board_says.head(board).plain.split()) >= 2
    assert says.state_word(state)


def test_outcomes_have_signs_and_words_and_fit_the_narrowest_board() -> None:
    counts = dict.fromkeys(Status, 111_111)
    lines = board_says.outcome_lines(Board(campaign(ok=111_111 * len(Status)), counts), 74).plain.split("\n")
    assert max(map(len, lines)) <= 74
    text = "\n".join(lines)
    for words in ("● delivered", "◔ accepted", "✕ rejected", "▲ in doubt", "◌ queued", "– skipped", "✕ failed"):
        assert words in text
    wide = board_says.outcome_lines(Board(campaign(ok=111_111 * len(Status)), counts), 112).plain
    assert max(map(len, wide.split("\n"))) <= 112
    assert "━" in wide


def test_the_end_is_summed_up_and_what_is_in_doubt_is_not_hidden() -> None:
    over = campaign(ok=10, state=CampaignState.FINISHED, started_at=AT, finished_at=AT + timedelta(seconds=61))
    board = Board(over, {Status.DELIVERED: 6, Status.ACCEPTED: 1, Status.REJECTED: 1, Status.IN_DOUBT: 2})
    assert board_says.head(board).plain == "▲ Finished, but 2 messages in doubt  1:01"
    summed = "10 messages: 7 taken by Mitto, 1 not taken, 2 in doubt. 6 are delivered; reports of 1 are still to come."
    assert board_says.summary(board) == summed
    assert "Needs attention: 2" in board_says.attention(board).plain
    assert board_lines.ended_words(board)[0] == "Campaign 7 is finished"


def test_what_was_cancelled_was_not_done() -> None:
    board = Board(campaign(ok=10, state=CampaignState.CANCELLED), {Status.DELIVERED: 4, Status.CANCELLED: 6})
    assert board.share == 0.4
    assert "6 cancelled" in board_says.summary(board)


def test_what_is_sent_meanwhile_is_said_in_a_line() -> None:
    board = Board(campaign(ok=10), {Status.ACCEPTED: 4, Status.QUEUED: 6}, progress())
    assert board_lines.running_line([board]).plain == "▶ Campaign 7 is being sent: 40 %"
    assert board_lines.running_line([board] * 4).plain.endswith("and 2 more")
    assert board_lines.running_line([]).plain == ""
    assert board_lines.title_words([board]) == "mitto: campaign 7, 40 %"
    assert board_lines.title_words([board] * 3) == "mitto: campaign 7, 40 % · campaign 7, 40 %, and 1 more"
    assert board_lines.title_words([]) == ""
