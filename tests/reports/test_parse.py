"""Delivery reports in whatever form they come."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.reports.parse import ALIASES, json_parts, parse_json, parse_query
from mitto_tui.sms.reference import new_token, with_token
from mitto_tui.sms.report import FIELDS as REPORT_FIELDS
from mitto_tui.sms.report import DeliveryReport
from mitto_tui.sms.status import ReportStatus

TOKEN = new_token()
FIELDS = {
    "msgid": "d88ae721-2938-45af-b8a0-b8de4231f702",
    "mcc": "262",
    "mnc": "01",
    "status": "DELIVERED",
    "receiver": "+491725551234",
    "errorcode": "0",
    "reference": with_token("Spring campaign", TOKEN),
    "sendtimestamp": "1650354405",
}
EXPECTED = DeliveryReport(
    status=ReportStatus.DELIVERED,
    status_text="DELIVERED",
    mitto_id="d88ae721-2938-45af-b8a0-b8de4231f702",
    token=TOKEN,
    reference=f"Spring campaign #{TOKEN}",
    receiver="491725551234",
    error_code="0",
    mccmnc="26201",
    provider_time=datetime(2022, 4, 19, 7, 46, 45, tzinfo=UTC),
)


def test_all_forms_read_the_same() -> None:
    assert parse_query(urlencode(FIELDS)) == [EXPECTED]
    assert parse_json(json.dumps(FIELDS)) == [EXPECTED]
    first, second = json_parts(json.dumps([FIELDS, FIELDS]))
    assert parse_json(first) + parse_json(second) == [EXPECTED, EXPECTED]


@pytest.mark.parametrize("field", [name for name in ALIASES if name not in ("mcc", "mnc", "mccmnc")])
def test_every_alias_in_any_case_is_read(field: str) -> None:
    own = {"id": "msgid", "status": "status", "error": "errorcode", "receiver": "receiver", "reference": "reference"}
    name = own.get(field, "sendtimestamp")
    for alias in ALIASES[field]:
        renamed = {(alias.upper() if key == name else key): value for key, value in FIELDS.items()}
        assert parse_query(urlencode(renamed)) == [EXPECTED]


def test_mccmnc_as_one_field() -> None:
    fields = {key: value for key, value in FIELDS.items() if key not in ("mcc", "mnc")}
    assert parse_query(urlencode({**fields, "mccmnc": "26201"})) == [EXPECTED]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("BUFFERED", ReportStatus.BUFFERED),
        ("Sent", ReportStatus.SENT),
        ("delivered", ReportStatus.DELIVERED),
        ("UNDELIVERED", ReportStatus.UNDELIVERED),
        ("FAILED", ReportStatus.UNDELIVERED),
        ("EXPIRED", ReportStatus.EXPIRED),
        ("ON ITS WAY", ReportStatus.UNKNOWN),
        ("", ReportStatus.UNKNOWN),
    ],
)
def test_status_words(word: str, status: ReportStatus) -> None:
    [report] = parse_query(urlencode({"msgid": "1", "status": word}))
    assert report.status is status
    assert report.status_text == word


@pytest.mark.parametrize(
    "written",
    [
        "1650354405",
        "1650354405000",
        "1650354405000000",
        "2022-04-19T07:46:45Z",
        "2022-04-19 07:46:45",
        "2022-04-19T09:46:45+02:00",
        "2022-04-19T07:46:45.0000000Z",
    ],
)
def test_times_in_every_writing(written: str) -> None:
    [report] = parse_query(urlencode({"id": "1", "timestamp": written}))
    assert report.provider_time == EXPECTED.provider_time


@pytest.mark.parametrize(
    "written", ["soon", "-5", "1e400", "nan", "99999999999999999999999", "0001-01-01T00:00:00+14:00"]
)
def test_a_time_that_cannot_be_read_is_left_out(written: str) -> None:
    [report] = parse_query(urlencode({"id": "1", "sendtime": written}))
    assert report.provider_time is None


def test_json_values_of_other_types() -> None:
    fields = {"MSGID": 12345, "Status": "SENT", "to": 491725551234, "errorcode": True, "reference": None, "mcc": [262]}
    [report] = parse_json(json.dumps(fields))
    assert report == DeliveryReport(ReportStatus.SENT, "SENT", mitto_id="12345", receiver="491725551234")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"7",
        b'"DELIVERED"',
        b"[1, [], null]",
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_junk_holds_no_report(body: bytes) -> None:
    assert parse_json(body.decode("utf-8", "replace")) == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (' [ {"id": 1.50 } ,\n{"id":"]"}]', ['{"id": 1.50 }', '{"id":"]"}']),
        ("[7]", ["7"]),
        ("[]", ["[]"]),
        ('{"id": [1, 2]}', ['{"id": [1, 2]}']),
        ("[" * 100_000, ["[" * 100_000]),
        ('[{"id": 1}, {"id":', ['{"id": 1}', '{"id":']),
        ('[{"id": 1}] and more', ['{"id": 1}', "and more"]),
        ("", [""]),
    ],
)
def test_an_arrays_entries_are_told_apart_as_they_came(text: str, parts: list[str]) -> None:
    assert json_parts(text) == parts


def test_what_is_too_much_for_one_array_stays_together() -> None:
    parts = json_parts(json.dumps([FIELDS] * 10_002))
    assert (len(parts), parts[-1].count("msgid")) == (10_001, 2)


@pytest.mark.parametrize("around", [{"reports": 0}, {"data": {"items": 0}}, {"version": 2, "results": 0}])
def test_an_array_may_stand_in_an_object(around: dict[str, object]) -> None:
    text = json.dumps(around).replace("0", json.dumps([FIELDS, FIELDS]))
    parts = json_parts(text)
    assert [parse_json(part) for part in parts] == [[EXPECTED], [EXPECTED]]
    assert max(map(len, parts)) < len(text) * 0.6


def test_fields_may_stand_in_objects_within_and_the_outer_ones_count() -> None:
    inner = {name: value for name, value in FIELDS.items() if name not in ("status", "receiver")}
    nested = {
        "event": {"message": {**inner, "status": "SENT"}, "contact": {"to": FIELDS["receiver"]}},
        "status": "DELIVERED",
    }
    assert parse_json(json.dumps(nested)) == [EXPECTED]


def test_the_customers_own_names_come_first() -> None:
    own = {"id": "message.UUID", "status": "State", "time": "at"}
    fields = {key: value for key, value in FIELDS.items() if key not in ("msgid", "sendtimestamp")}
    nested = {**fields, "id": "7", "status": "SENT", "state": "DELIVERED", "at": FIELDS["sendtimestamp"]}
    nested["message"] = {"uuid": FIELDS["msgid"]}  # type: ignore[assignment]  # JSON
    assert parse_json(json.dumps(nested), own) == [EXPECTED]
    flat = urlencode(
        {**fields, "state": "DELIVERED", "status": "x", "at": "1650354405", "message.uuid": FIELDS["msgid"]}
    )
    assert parse_query(flat, own) == [EXPECTED]
    assert set(ALIASES) == set(REPORT_FIELDS)


def test_half_a_surrogate_pair_can_be_stored() -> None:
    [report] = parse_json('{"id": "1", "reference": "a\\ud83d"}')
    assert report.reference == "a?"


@given(st.binary(max_size=300))
def test_no_body_raises(body: bytes) -> None:
    text = body.decode("utf-8", "replace")
    for part in json_parts(text):
        parse_json(part)
    parse_query(text)


@given(st.dictionaries(st.sampled_from([alias for names in ALIASES.values() for alias in names]), st.text(max_size=50)))
def test_no_field_values_raise(fields: dict[str, str]) -> None:
    for report in (*parse_query(urlencode(fields, errors="surrogatepass")), *parse_json(json.dumps(fields))):
        assert report.provider_time is None or report.provider_time.tzinfo is UTC
        for text in (report.mitto_id, report.reference, report.status_text):
            (text or "").encode("utf-8")
