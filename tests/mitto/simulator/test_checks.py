"""The order of the checks, over real HTTP: whatever is wrong at the same time, the first check answers."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mitto_tui.mitto.codes import MEANING
from mitto_tui.mitto.simulator import Scenario
from mitto_tui.mitto.simulator.submissions import Malformed, check, parse_submission
from tests.mitto.simulator.rehearsal import PERSON, message, rehearse

# In the order of the checks: the code, and what makes a request wrong in that way.
WRONG: list[tuple[int, dict[str, object]]] = [
    (5, {"from": ""}),
    (6, {"from": "no"}),
    (7, {"to": ""}),
    (8, {"to": "12345"}),
    (3, {"text": ""}),
    (2, {"type": "Morse"}),
    (4, {"text": "Привет"}),
]


async def test_each_check_and_every_pair_of_them_answers_by_the_order() -> None:
    async with rehearse() as rehearsal:
        for code, wrong in WRONG:
            answer = await rehearsal.post("/sms", message() | wrong)
            assert (answer.status, answer.code) == (200, code)
            assert answer.data["responseText"].lower() == MEANING[code]
            assert "id" not in answer.data
        pairs = [(first, second) for first, second in combinations(WRONG, 2) if not first[1].keys() & second[1].keys()]
        assert len(pairs) == 18
        for (first, one), (_, other) in pairs:
            assert (await rehearsal.post("/sms", message() | one | other)).code == first
        assert (await rehearsal.send_bulk(["", "12345"])).code == 7
        assert rehearsal.simulator.accepted == 0


async def test_the_key_comes_before_the_json_and_the_json_before_the_fields() -> None:
    async with rehearse() as rehearsal:
        nothing: dict[str, str] = {}
        for body in (b"{", b"", message(sender=""), message()):
            for headers in (nothing, {"X-Mitto-API-Key": ""}, {"X-Mitto-API-Key": "  "}):
                answer = await rehearsal.post("/sms", body, headers=headers)
                assert answer.status == 401
                assert answer.data["responseText"]
        assert (await rehearsal.post("/sms", b'{"from": ""')).status == 400


async def test_a_certain_key_can_be_asked_for() -> None:
    async with rehearse(Scenario(api_key="the only one")) as rehearsal:
        assert (await rehearsal.send()).status == 401
        rehearsal.headers["X-Mitto-API-Key"] = "the only one"
        assert (await rehearsal.send()).code == 0
    assert "the only one" not in repr(Scenario(api_key="the only one"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"\xff\xfe\xfa",
        b"[" * 100_000,
        b'{"from": "MITTO", "to": "491721234567", "text": "x", "validity": ' + b"9" * 5_000 + b"}",
        b"from=MITTO&to=491721234567&text=x",
        b"<sms/>",
    ],
)
async def test_a_body_that_is_no_json_object_is_a_400_in_json(body: bytes) -> None:
    async with rehearse() as rehearsal:
        answer = await rehearsal.post("/sms", body)
        assert answer.status == 400
        assert "JSON" in answer.data["responseText"]
        assert (await rehearsal.send()).code == 0


@pytest.mark.parametrize(
    "field",
    [
        {"from": 4917},
        {"to": 491721234567},
        {"to": [491721234567]},
        {"to": {}},
        {"text": ["x"]},
        {"type": 1},
        {"reference": 5},
        {"validity": "60"},
        {"validity": True},
        {"pid": 1.5},
        {"flash": "yes"},
        {"test": 1},
        {"udh": 5},
        {"callback": []},
    ],
)
async def test_a_field_of_the_wrong_type_is_a_400_that_names_it(field: dict[str, object]) -> None:
    async with rehearse() as rehearsal:
        answer = await rehearsal.post("/sms", message() | field)
        assert answer.status == 400
        (name,) = field
        assert f'"{name}"' in answer.data["responseText"]


async def test_null_is_the_same_as_absent() -> None:
    async with rehearse() as rehearsal:
        absent = dict.fromkeys(("type", "reference", "udh", "validity", "pid", "flash", "callback", "test"))
        assert (await rehearsal.post("/sms", message() | absent)).code == 0
        assert (await rehearsal.post("/sms", {"from": None, "to": None})).code == 5


@pytest.mark.parametrize(
    ("sender", "code"),
    [
        ("MITTO SMS", 0),
        ("abc", 0),
        ("12345678901", 0),
        ("Twelve chars", 6),
        ("ab", 6),
        ("   ", 5),
        ("123", 0),
        ("12345678901234", 0),
        ("+4917212345678", 0),
        ("123456789012345", 6),
        ("12", 6),
        ("Café", 6),
        ("abc\n", 6),
        ("١٢٣", 6),
    ],
)
async def test_senders(sender: str, code: int) -> None:
    async with rehearse() as rehearsal:
        assert (await rehearsal.send(sender=sender)).code == code


@pytest.mark.parametrize(
    ("recipient", "code"),
    [
        ("1234567", 0),
        ("123456789012345", 0),
        ("+491721234567", 0),
        (" 491721234567 ", 0),
        ([PERSON], 0),
        ([PERSON, PERSON], 8),
        (f"{PERSON},{PERSON}", 8),
        ("123456", 8),
        ("1234567890123456", 8),
        ("++491721234567", 8),
        ("00 49 172 1234567", 8),
        ("491721234567\n\n1", 8),
        ("١٢٣٤٥٦٧٨", 8),
        ("4917212345x7", 8),
        ("", 7),
        ("  ", 7),
        ([], 7),
        ([""], 7),
        (None, 7),
    ],
)
async def test_recipients_of_one_message(recipient: object, code: int) -> None:
    async with rehearse() as rehearsal:
        assert (await rehearsal.post("/sms", message(recipient))).code == code


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("GSM", "€ [x] {y} ~ \\ ^ |", 0),
        ("gsm", "ab\x1bc", 4),
        ("gsm", "ç", 4),
        ("GSM", "\x00", 4),
        ("Unicode", "Привет 👋", 0),
        ("UNICODE", "half \ud83d", 4),
        ("auto", "Привет", 0),
        ("AUTO", "plain", 0),
        ("Binary", "00FFab", 0),
        ("byte", "00FF", 0),
        ("Binary", "00F", 4),
        ("Binary", "00 FF", 4),
        ("binary", "zz", 4),
        ("", "x", 2),
        ("GSM ", "x", 2),
    ],
)
async def test_types_and_what_they_take(name: str, text: str, code: int) -> None:
    async with rehearse() as rehearsal:
        assert (await rehearsal.send(type=name, text=text)).code == code


async def test_the_status_of_a_refusal_can_be_400() -> None:
    async with rehearse(Scenario(refusal_status=400)) as rehearsal:
        answer = await rehearsal.send("12")
        assert (answer.status, answer.code) == (400, 8)


_VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.lists(st.text(max_size=8), max_size=3)
_FIELDS = ["from", "to", "text", "type", "reference", "udh", "validity", "pid", "flash", "callback", "test"]


# A fresh checkout has no table of characters yet: making it takes the first example a second or two.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(_FIELDS), _VALUES), st.booleans())
def test_any_json_object_is_malformed_or_gets_a_known_code(data: dict[str, object], bulk: bool) -> None:
    try:
        submission = parse_submission(data)
    except Malformed:
        return
    code = check(submission, bulk=bulk)
    assert code in MEANING
    if code == 0:
        assert submission.parts >= 1
        assert submission.text_length >= 1
