"""Any order, repetition and mixture of forms gives the same history, over the receiver itself and a real store."""

from __future__ import annotations

import asyncio
import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
from hypothesis import given, settings
from hypothesis import strategies as st

from mitto_tui.reports.receiver import ReportReceiver, new_receiver_token
from mitto_tui.sms.status import FINAL, Status
from mitto_tui.storage.database import Database
from mitto_tui.storage.history import History
from mitto_tui.storage.messages import Messages
from mitto_tui.storage.reports import Reports
from mitto_tui.workspace.report_store import ProfileReports
from tests.storage.builders import accepted, sent

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NUMBER = "491725551234"
WORDS = ["BUFFERED", "SENT", "DELIVERED", "UNDELIVERED", "FAILED", "EXPIRED", "ON ITS WAY"]
FORMS = ["query", "form", "parts", "object", "array", "wrapped", "nested"]

reports_of = st.lists(
    st.tuples(st.sampled_from(WORDS), st.none() | st.integers(0, 3), st.booleans()), min_size=1, max_size=5
)


@st.composite
def comings(draw: st.DrawFn) -> tuple[list[tuple[str, int | None, bool]], list[tuple[int, str]]]:
    """Reports, and in what order, how often and in which forms they come: each at least once."""
    reports = draw(reports_of)
    more = draw(st.lists(st.integers(0, len(reports) - 1), max_size=3))
    order = draw(st.permutations([*range(len(reports)), *more]))
    return reports, [(index, draw(st.sampled_from(FORMS))) for index in order]


async def send(session: aiohttp.ClientSession, url: str, fields: dict[str, str], form: str) -> None:
    match form:
        case "query":
            answer = await session.get(f"{url}?{urlencode(fields)}")
        case "form":
            answer = await session.post(url, data=fields)
        case "parts":
            data = aiohttp.FormData(quote_fields=False)
            for name, value in fields.items():
                data.add_field(name, value, content_type="text/plain")
            answer = await session.post(url, data=data)
        case "object":
            answer = await session.post(url, data=json.dumps(fields).encode("utf-16"))
        case "array":
            answer = await session.post(url, json=[fields])
        case "wrapped":
            answer = await session.post(url, json={"reports": [fields]})
        case _:
            answer = await session.post(url, json={"event": {"data": fields}})
    assert answer.status == 200
    await answer.release()


@settings(max_examples=40, deadline=None)
@given(one=comings())
def test_the_history_is_the_same(one: tuple[list[tuple[str, int | None, bool]], list[tuple[int, str]]]) -> None:
    reports, order = one
    straight = [(index, "query") for index in range(len(reports))]
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(came(Path(folder) / "m.db", reports, [order, straight]))
    assert found[0] == found[1]


async def came(
    path: Path, reports: list[tuple[str, int | None, bool]], orders: list[list[tuple[int, str]]]
) -> list[tuple[object, ...]]:
    """What the history says of a message each, after the reports came in each of the orders."""
    found: list[tuple[object, ...]] = []
    with Database.open(path) as database:
        messages, history = Messages(database, "work"), History(database)
        store = ProfileReports(Reports(database), "work", lambda: NOW)
        async with ReportReceiver(store, new_receiver_token()) as receiver, aiohttp.ClientSession() as session:
            for number, order in enumerate(orders):
                claim = sent(messages, accepted(f"{number + 1:032x}"), to=NUMBER)
                final: Status | None = None
                for index, form in order:
                    word, hours, by_token = reports[index]
                    fields = {"status": word, "receiver": f"+{NUMBER}"}
                    if by_token:
                        fields["reference"] = f"Spring #{claim.token}"
                    else:
                        fields["msgid"] = f"{number + 1:032X}"
                    if hours is not None:
                        fields["sendtimestamp"] = str(int((NOW + timedelta(hours=hours)).timestamp()))
                    await send(session, receiver.url, fields, form)
                    status = messages.status(claim.message_id)
                    assert final is None or status in FINAL, "a final status moved back"
                    final = status if status in FINAL else None
                row = history.get(claim.message_id)
                assert row is not None
                known = {
                    (report.status, report.status_text, report.provider_time) for report in history.reports(row.id)
                }
                assert len(history.reports(row.id)) == len(order)
                found.append((row.status, row.conflicting, row.attempts, frozenset(known)))
    return found
