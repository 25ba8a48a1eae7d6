from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.mitto import codes
from mitto_tui.mitto.outcomes import (
    DOUBT,
    NOTHING_LEFT,
    RAW_LIMIT,
    Exchange,
    judged,
    of_bulk,
    of_single,
    raw_text,
    retry_after,
)
from mitto_tui.mitto.redaction import Redactor
from mitto_tui.sms.submission import OutcomeKind
from tests.mitto.bodies import BULK, ID, KEY, NUMBER, OTHER, OTHER_ID, SINGLE

ACCEPTED, REJECTED = OutcomeKind.ACCEPTED, OutcomeKind.REJECTED
UNAUTHORISED, SLOW_DOWN = OutcomeKind.UNAUTHORISED, OutcomeKind.SLOW_DOWN
NEVER_LEFT, IN_DOUBT = OutcomeKind.NEVER_LEFT, OutcomeKind.IN_DOUBT
REDACT = Redactor(KEY)
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def answered(status: int, fields: object, **more: object) -> Exchange:
    body = fields if isinstance(fields, bytes) else json.dumps(fields).encode()
    return Exchange("host", stood=True, status=status, body=body, **more)  # type: ignore[arg-type]  # named below


@pytest.mark.parametrize(
    ("status", "code", "has_id", "kind", "reason"),
    [
        (200, 0, True, ACCEPTED, "accepted"),
        (201, 0, True, ACCEPTED, "accepted"),
        (299, 0, True, ACCEPTED, "accepted"),
        (200, 0, False, IN_DOUBT, "no_id"),
        (200, None, True, IN_DOUBT, "no_code"),
        (400, None, False, IN_DOUBT, "no_code"),
        (404, None, False, IN_DOUBT, "no_code"),
        (400, 0, True, IN_DOUBT, "contradiction"),
        (400, 0, False, IN_DOUBT, "contradiction"),
        (200, 1, True, IN_DOUBT, "code_1"),
        (400, 1, False, IN_DOUBT, "code_1"),
        (500, 1, False, IN_DOUBT, "code_1"),
        *(
            (status, code, False, REJECTED, f"code_{code}")
            for code in range(2, 10)
            for status in (200, 400, 422, 500, 503)
        ),
        (200, 10, False, REJECTED, "code_10"),
        (400, 999, True, REJECTED, "code_999"),
        (200, -1, False, REJECTED, "code_-1"),
        (500, 10, False, IN_DOUBT, "http_500"),
        (500, None, False, IN_DOUBT, "http_500"),
        (502, None, False, IN_DOUBT, "http_502"),
        (503, 0, True, IN_DOUBT, "http_503"),
        (599, 0, False, IN_DOUBT, "http_599"),
        (999, 0, True, IN_DOUBT, "http_999"),
        (101, 0, True, IN_DOUBT, "http_101"),
        *((status, None, False, IN_DOUBT, "redirect") for status in (300, 301, 302, 303, 307, 308)),
        (302, 0, True, IN_DOUBT, "redirect"),
        (401, None, False, UNAUTHORISED, "http_401"),
        (403, None, False, UNAUTHORISED, "http_403"),
        (401, 8, False, UNAUTHORISED, "http_401"),
        (403, 0, False, UNAUTHORISED, "http_403"),
        (401, 0, True, IN_DOUBT, "contradiction"),
        (429, None, False, SLOW_DOWN, "http_429"),
        (429, 1, False, SLOW_DOWN, "http_429"),
        (429, 0, True, IN_DOUBT, "contradiction"),
    ],
)
def test_the_table(status: int, code: int | None, has_id: bool, kind: OutcomeKind, reason: str) -> None:
    problem = "no_id" if code == 0 else "no_code"
    verdict = judged(Exchange("host", stood=True, status=status), code, has_id=has_id, problem=problem)
    assert (verdict.kind, verdict.reason) == (kind, reason)
    assert verdict.detail.endswith(".")


@pytest.mark.parametrize("reason", NOTHING_LEFT)
def test_what_never_left_says_so(reason: str) -> None:
    outcome = of_single(Exchange("api.example:8443", failure=reason), test=False, redact=REDACT)
    assert (outcome.kind, outcome.reason) == (NEVER_LEFT, reason)
    assert outcome.detail.startswith("Nothing left this machine: ")
    assert "{" not in outcome.detail
    assert outcome.raw is None


@pytest.mark.parametrize("reason", DOUBT)
@pytest.mark.parametrize("status", [None, 200, 400, 500])
def test_a_failure_after_the_connection_stood_is_in_doubt(reason: str, status: int | None) -> None:
    exchange = Exchange("host", stood=True, failure=reason, status=status, body=json.dumps(SINGLE).encode())
    outcome = of_single(exchange, test=False, redact=REDACT)
    assert (outcome.kind, outcome.reason, outcome.http_status) == (IN_DOUBT, reason, status)
    assert outcome.detail.startswith("It is not known whether Mitto took it: ")


@pytest.mark.parametrize(("status", "kind"), [(401, UNAUTHORISED), (403, UNAUTHORISED), (429, SLOW_DOWN)])
def test_a_status_that_says_it_all_needs_no_body(status: int, kind: OutcomeKind) -> None:
    for exchange in (
        Exchange("host", stood=True, status=status, failure="half_body", body=b"{"),
        answered(status, b"<html>no</html>"),
        answered(status, b""),
    ):
        assert of_single(exchange, test=False, redact=REDACT).kind is kind


def test_an_accepted_message_carries_what_mitto_said() -> None:
    outcome = of_single(answered(200, SINGLE), test=False, redact=REDACT)
    assert outcome.kind is ACCEPTED
    assert (outcome.mitto_id, outcome.response_code, outcome.response_text) == (ID, 0, "SMS sent")
    assert (outcome.message_parts, outcome.text_length, outcome.http_status) == (1, 50, 200)
    assert outcome.provider_time == datetime(2022, 4, 19, 7, 46, 45, 738113, tzinfo=UTC)
    assert outcome.raw == json.dumps(SINGLE)
    assert not outcome.test


def test_a_test_is_one_when_we_asked_for_it_or_mitto_says_so() -> None:
    assert of_single(answered(200, SINGLE), test=True, redact=REDACT).test
    assert of_single(answered(200, {**SINGLE, "test": True}), test=False, redact=REDACT).test


@pytest.mark.parametrize("code", sorted(set(codes.MEANING) - {0, 1}))
def test_a_known_refusal_has_a_meaning_and_advice(code: int) -> None:
    detail = of_single(answered(200, {"responseCode": code}), test=False, redact=REDACT).detail
    assert codes.MEANING[code] in detail
    assert detail.endswith(codes.ADVICE[code])


def test_an_unknown_refusal_shows_mittos_words_harmlessly() -> None:
    fields = {"responseCode": 77, "responseText": "no\x1b[2J [/b] \u202egnp"}
    outcome = of_single(answered(200, fields), test=False, redact=REDACT)
    assert (outcome.kind, outcome.reason) == (REJECTED, "code_77")
    assert "no␛[2J [/b] ⟨U+202E⟩gnp" in outcome.detail


def test_bulk_goes_by_number_and_what_is_missing_is_in_doubt() -> None:
    third = "15555550103"
    one, two, three = of_bulk(answered(200, BULK), [OTHER, third, NUMBER], test=False, redact=REDACT)
    assert (one.kind, one.mitto_id) == (ACCEPTED, OTHER_ID)
    assert (two.kind, two.reason, two.mitto_id) == (IN_DOUBT, "not_in_answer", None)
    assert (three.kind, three.mitto_id) == (ACCEPTED, ID)
    assert json.loads(one.raw or "") == BULK["messages"][1]
    assert two.raw == json.dumps(BULK)


@pytest.mark.parametrize("code", [2, 8, 9, 42])
def test_the_whole_calls_refusal_holds_for_every_number(code: int) -> None:
    for fields in ({"responseCode": code}, {**BULK, "responseCode": code}):
        found = of_bulk(answered(200, fields), [NUMBER, OTHER], test=False, redact=REDACT)
        assert [(outcome.kind, outcome.reason) for outcome in found] == [(REJECTED, f"code_{code}")] * 2


def test_a_numbers_own_code_decides_under_a_call_that_went_well() -> None:
    messages = [{"to": NUMBER, "responseCode": 8}, {"to": OTHER, "id": OTHER_ID, "responseCode": 0}]
    for whole in ({"responseCode": 0}, {}):
        found = of_bulk(answered(200, {**whole, "messages": messages}), [NUMBER, OTHER], test=False, redact=REDACT)
        assert [(outcome.kind, outcome.reason) for outcome in found] == [(REJECTED, "code_8"), (ACCEPTED, "accepted")]


def test_a_message_without_an_id_is_in_doubt_and_the_others_are_not() -> None:
    fields = {"responseCode": 0, "messages": [{"to": NUMBER}, {"to": OTHER, "id": OTHER_ID}]}
    found = of_bulk(answered(200, fields), [NUMBER, OTHER], test=False, redact=REDACT)
    assert [(outcome.kind, outcome.reason) for outcome in found] == [(IN_DOUBT, "no_id"), (ACCEPTED, "accepted")]


def test_an_empty_bulk_answer_leaves_everything_in_doubt() -> None:
    for fields in (
        {"responseCode": 0},
        {"responseCode": 0, "messages": []},
        {"responseCode": 0, "messages": [None, 7]},
    ):
        found = of_bulk(answered(200, fields), [NUMBER, OTHER], test=False, redact=REDACT)
        assert [(outcome.kind, outcome.reason) for outcome in found] == [(IN_DOUBT, "no_id")] * 2


def test_a_big_chunk_does_not_keep_its_answer_once_per_number() -> None:
    numbers = [f"1555{index:07}" for index in range(2_000)]
    messages = [{"id": f"id-{number}", "to": number} for number in numbers]
    fields = {"responseCode": 0, "messages": messages}
    accepted = of_bulk(answered(200, fields), numbers, test=False, redact=REDACT)
    assert all(outcome.kind is ACCEPTED for outcome in accepted)
    assert all(len(outcome.raw or "") < 100 for outcome in accepted)
    doubtful = of_bulk(answered(500, fields), numbers, test=False, redact=REDACT)
    assert all(outcome.kind is IN_DOUBT for outcome in doubtful)
    assert {len(outcome.raw or "") for outcome in doubtful} == {1024}


def test_raw_is_cut_to_64_kib_and_never_breaks_on_bytes() -> None:
    assert len(raw_text(b"x" * 100_000, REDACT)) == RAW_LIMIT
    cut = raw_text("€".encode() * 100_000, REDACT)
    assert len(cut.encode()) <= RAW_LIMIT
    assert set(cut) == {"€"}
    assert raw_text(b"a\xff\xfeb", REDACT) == "a\ufffd\ufffdb"


def test_an_echoed_key_is_in_no_part_of_the_outcome() -> None:
    fields = {**SINGLE, "id": f"id-{KEY}", "responseText": f"bad key {KEY}", "responseCode": 77}
    single = of_single(answered(400, fields), test=False, redact=REDACT)
    many = of_bulk(answered(200, {**fields, "responseCode": 0}), [NUMBER], test=False, redact=REDACT)
    across_the_cut = raw_text(b"x" * (RAW_LIMIT - 3) + KEY.encode(), REDACT)
    assert KEY not in f"{single}{many}"
    assert KEY[:4] not in f"{single}{many}"
    assert KEY[:3] not in across_the_cut


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("7", 7.0),
        (" 120 ", 120.0),
        ("1.5", 1.5),
        ("0", 0.0),
        ("-5", 0.0),
        ("999999999", 86_400.0),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("1e3", None),
        ("٣", None),
        pytest.param("9" * 400, None, id="nines"),
        ("Fri, 02 Jan 2026 03:05:05 GMT", 60.0),
        ("Friday, 02-Jan-26 03:05:05 GMT", 60.0),
        ("Fri, 02 Jan 2026 04:05:05 +0100", 60.0),
        ("Fri, 02 Jan 2026 03:05:05 -0000", 60.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Fri, 99 Jan 2026 03:05:05 GMT", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.text(max_size=30) | st.datetimes(min_value=NOW.replace(tzinfo=None) - timedelta(1)).map(str))
def test_retry_after_takes_anything(value: str) -> None:
    seconds = retry_after(value, NOW)
    assert seconds is None or 0 <= seconds <= 86_400


codes_seen = st.none() | st.integers(-3, 20) | st.sampled_from(["0", "8", " 1", "x"])


@given(
    status=st.none() | st.integers(100, 599),
    stood=st.booleans(),
    failure=st.none() | st.sampled_from([*DOUBT, *NOTHING_LEFT]),
    code=codes_seen,
    with_id=st.booleans(),
)
def test_only_a_clear_yes_is_accepted_and_only_certainty_is_sent_again(
    status: int | None, stood: bool, failure: str | None, code: object, with_id: bool
) -> None:
    """What leads to another attempt by itself is a connection that never stood, or a status that says "not taken"."""
    fields = {"responseCode": code, **({"id": ID} if with_id else {})}
    stood = stood or status is not None
    exchange = Exchange("host", stood=stood, failure=failure, status=status, body=json.dumps(fields).encode())
    outcome = of_single(exchange, test=False, redact=REDACT)
    says_zero = code in (0, "0")
    assert (outcome.kind is ACCEPTED) == (
        status is not None and 200 <= status < 300 and failure is None and says_zero and with_id
    )
    assert (outcome.kind is NEVER_LEFT) == (not stood)
    if outcome.kind in (UNAUTHORISED, SLOW_DOWN):
        assert status in (401, 403, 429)
    if outcome.kind is REJECTED:
        assert not says_zero
        assert code not in (None, 1, " 1", "x")
