"""Ids compare without dashes and without regard to case (Mitto's clients print them both ways)."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitto_tui.sms.report import DeliveryReport, normal_id
from mitto_tui.sms.status import ReportStatus


@given(st.uuids())
def test_all_spellings_of_an_id_are_one(value: uuid.UUID) -> None:
    spellings = (str(value), str(value).upper(), value.hex, value.hex.upper(), f" {value}\n")
    assert {normal_id(spelling) for spelling in spellings} == {value.hex}


@given(st.text(st.characters(codec=None)))
def test_normal_ids_stay_as_they_are(text: str) -> None:
    assert normal_id(normal_id(text)) == normal_id(text)


@pytest.mark.parametrize(("one", "other"), [("a1", "a2"), ("a-1", "a-11")])
def test_different_ids_stay_different(one: str, other: str) -> None:
    assert normal_id(one) != normal_id(other)


def test_a_report_needs_only_its_status() -> None:
    report = DeliveryReport(ReportStatus.SENT)
    assert (report.token, report.mitto_id, report.receiver, report.provider_time) == (None, None, None, None)
