"""Delivery reports: their forms, their order, receivers that fail, and flushing."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from dataclasses import replace

import pytest

from mitto_tui.mitto.simulator import ReportForm, ReportSettings, ReportWord, Scenario
from mitto_tui.mitto.simulator.report_forms import is_report_url, stays_here
from tests.mitto.simulator.rehearsal import AT_ONCE, NEVER, Received, rehearse, reports_by

FORMS = [ReportForm.GET, ReportForm.POST_FORM, ReportForm.POST_JSON, ReportForm.POST_JSON_ARRAY]
HOSTILE = "a&b=c d+e%20?#ä€👋 \u202e\x1b[31m\x00\n[/foo] \"'<x> #token"


@pytest.mark.parametrize("form", FORMS)
async def test_every_form_carries_every_variable(form: ReportForm) -> None:
    async with rehearse(reports_by(form)) as rehearsal:
        sent = (await rehearsal.send("+4917212345678", reference=HOSTILE)).data
        reports = await rehearsal.all_reports()
        assert [report["status"] for report in reports] == ["SENT", "DELIVERED"]
        for report in reports:
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", report.pop("sendtime"))
            assert abs(int(report.pop("sendtimestamp")) - time.time()) < 60
            report.pop("status")
            assert report == {
                "msgid": sent["id"],
                "mcc": "262",
                "mnc": "01",
                "receiver": "4917212345678",
                "errorcode": "0",
                "reference": HOSTILE,
            }
        (first, _) = rehearsal.receiver.requests
        assert first.method == ("GET" if form is ReportForm.GET else "POST")
        assert (
            first.content_type
            == {
                ReportForm.GET: "application/octet-stream",
                ReportForm.POST_FORM: "application/x-www-form-urlencoded",
                ReportForm.POST_JSON: "application/json",
                ReportForm.POST_JSON_ARRAY: "application/json",
            }[form]
        )


@pytest.mark.parametrize("form", FORMS)
async def test_half_a_surrogate_pair_in_a_reference_stops_nothing(form: ReportForm) -> None:
    async with rehearse(reports_by(form)) as rehearsal:
        await rehearsal.send(reference="\ud83d")
        assert len(await rehearsal.all_reports()) == 2


async def test_a_get_keeps_the_query_of_the_url() -> None:
    async with rehearse(reports_by(ReportForm.GET)) as rehearsal:
        rehearsal.simulator.report_url = rehearsal.receiver.url + "?token=a%2Fb+c&empty=#part"
        await rehearsal.send()
        for report in await rehearsal.all_reports():
            assert (report["token"], report["empty"]) == ("a/b c", "")
            assert report["status"]


async def test_the_callback_goes_before_the_accounts_url() -> None:
    async with rehearse(reports_by(ReportForm.POST_JSON)) as rehearsal:
        simulator = rehearsal.simulator
        assert simulator.report_url is not None
        simulator.report_url += "?account"
        await rehearsal.send(callback=rehearsal.receiver.url + "?own")
        await rehearsal.send()
        await rehearsal.all_reports()
        assert sorted(str(next(iter(request.query))) for request in rehearsal.receiver.requests) == [
            "account",
            "account",
            "own",
            "own",
        ]


@pytest.mark.parametrize(
    "callback",
    [
        "http://192.0.2.1/dlr",
        "https://example.com/",
        "ftp://127.0.0.1/",
        "not a url",
        "http://",
        "http://[::1",
        "http://127.1/",
        "http://127.0.0.1/\r\nX-Smuggled: 1",
        "http://127.0.0.1/a b",
    ],
)
async def test_a_callback_elsewhere_gets_no_report(callback: str) -> None:
    async with rehearse() as rehearsal:
        assert (await rehearsal.send(callback=callback)).code == 0
        assert await rehearsal.all_reports() == []
        counts = rehearsal.simulator.report_counts
        assert (counts.withheld, counts.sent, counts.failed) == (1, 0, 0)


def test_which_urls_are_on_this_machine() -> None:
    for url in (
        "http://127.0.0.1/",
        "http://127.9.9.9:80/x",
        "http://[::1]:1/",
        "https://localhost/",
        "http://LOCALHOST",
    ):
        assert stays_here(url)
    for url in (
        "http://localhost.example.com/",
        "http://127.0.0.1.example.com",
        "http://10.0.0.1",
        "http://[::2]/",
        "x",
    ):
        assert not stays_here(url)
    for url in ("http://h", "https://h:1/x?y"):
        assert is_report_url(url)
    for url in (
        "h",
        "//h",
        "ftp://h",
        "http://h:99999",
        "http:///x",
        "http://h:x",
        "http://h/\t",
        "http://h/ä",
        "http://h/ x",
    ):
        assert not is_report_url(url)


async def test_callbacks_elsewhere_are_called_where_the_scenario_allows_it() -> None:
    # A name that never resolves (RFC 2606): the try is counted as failed, not as withheld.
    anywhere = replace(AT_ONCE, any_callback=True, attempts=1)
    async with rehearse(Scenario(reports=anywhere)) as rehearsal:
        await rehearsal.send(callback="http://receiver.invalid/")
        await rehearsal.all_reports()
        counts = rehearsal.simulator.report_counts
        assert (counts.withheld, counts.sent, counts.failed) == (0, 0, 2)


async def test_names_words_and_error_codes_are_the_customers() -> None:
    settings = replace(
        AT_ONCE,
        delivered=0,
        undelivered=1,
        names={"msgid": "messageId", "status": "deliveryStatus", "mcc": "", "mnc": "", "sendtime": ""},
        words={ReportWord.UNDELIVERED: "FAILED"},
        error_codes={ReportWord.UNDELIVERED: "34", ReportWord.SENT: "000"},
    )
    async with rehearse(Scenario(reports=settings)) as rehearsal:
        await rehearsal.send()
        first, second = await rehearsal.all_reports()
        assert first.keys() == {"messageId", "deliveryStatus", "receiver", "errorcode", "reference", "sendtimestamp"}
        assert (first["deliveryStatus"], first["errorcode"]) == ("SENT", "000")
        assert (second["deliveryStatus"], second["errorcode"]) == ("FAILED", "34")


async def test_no_url_or_no_form_means_no_reports() -> None:
    async with rehearse() as rehearsal:
        rehearsal.simulator.report_url = None
        await rehearsal.send()
        assert await rehearsal.all_reports() == []
    async with rehearse(reports_by(ReportForm.NONE)) as rehearsal:
        await rehearsal.send(callback=rehearsal.receiver.url)
        assert await rehearsal.all_reports() == []


async def test_reports_come_by_themselves_in_order_and_not_before_their_time() -> None:
    waits = ReportSettings(buffered=1, buffered_after=0.1, sent_after=0.1, final_after=0.1)
    async with rehearse(Scenario(reports=waits)) as rehearsal:
        started = time.monotonic()
        await rehearsal.send()
        for number in (1, 2, 3):
            await rehearsal.receiver.wait(number)
            assert time.monotonic() - started >= 0.1 * number
        assert rehearsal.receiver.statuses == ["BUFFERED", "SENT", "DELIVERED"]


async def test_a_later_message_with_a_shorter_wait_overtakes() -> None:
    waits = replace(NEVER, sent_after=(0.0, 3600.0))
    async with rehearse(Scenario(reports=waits)) as rehearsal:
        # Among a hundred drawn waits some are short; the first message's is not, by the seed.
        first = (await rehearsal.send()).data["id"]
        await rehearsal.send_bulk([f"4917212{number:05d}" for number in range(20_000)])
        await rehearsal.receiver.wait(1)
        assert rehearsal.receiver.reports[0]["msgid"] != first


async def test_shares_of_all_kinds_keep_each_messages_own_order() -> None:
    mixed = replace(AT_ONCE, buffered=0.5, undelivered=0.5, duplicate=0.3, orphan=0.2, missing=0.2, no_final=0.2)
    async with rehearse(Scenario(reports=mixed)) as rehearsal:
        numbers = [f"4917212{number:05d}" for number in range(500)]
        items = (await rehearsal.send_bulk(numbers)).data["messages"]
        reports = await rehearsal.all_reports()
        known = {item["id"]: item["to"] for item in items}
        strays = [report for report in reports if report["msgid"] not in known]
        assert 50 < len(strays) < 150
        kinds: set[tuple[str, ...]] = set()
        for mitto_id, number in known.items():
            own = [report["status"] for report in reports if report["msgid"] == mitto_id]
            assert {report["receiver"] for report in reports if report["msgid"] == mitto_id} <= {number}
            kinds.add(tuple(own))
            order = ["BUFFERED", "SENT", "DELIVERED", "UNDELIVERED"]
            assert own == sorted(own, key=order.index)
        assert len(kinds) == 1 + 2 * 2 * 3  # nothing; or with or without BUFFERED, once or twice, with three ends
        assert () in kinds


async def test_the_final_states_come_in_their_weights() -> None:
    weights = replace(AT_ONCE, form=ReportForm.POST_JSON_ARRAY, delivered=90, undelivered=7, expired=3)
    async with rehearse(Scenario(reports=weights)) as rehearsal:
        await rehearsal.send_bulk([f"4917212{number:05d}" for number in range(2000)])
        await rehearsal.all_reports()
        words = rehearsal.receiver.statuses
        assert words.count("SENT") == 2000
        assert (words.count("DELIVERED"), words.count("UNDELIVERED"), words.count("EXPIRED")) == (1782, 153, 65)


async def test_an_array_carries_up_to_a_hundred() -> None:
    async with rehearse(reports_by(ReportForm.POST_JSON_ARRAY)) as rehearsal:
        await rehearsal.send_bulk([f"4917212{number:05d}" for number in range(1000)])
        assert len(await rehearsal.all_reports()) == 2000
        sizes = [len(request.reports) for request in rehearsal.receiver.requests]
        assert max(sizes) == 100
        assert len(sizes) < 60


async def test_an_array_never_mixes_receivers() -> None:
    async with rehearse(Scenario(reports=replace(NEVER, form=ReportForm.POST_JSON_ARRAY))) as rehearsal:
        callbacks = [f"{rehearsal.receiver.url}?{name}=1" for name in "abc"]
        sent: dict[str, list[str]] = {name: [] for name in "abc"}
        for number in range(30):
            name = "abc"[number % 3]
            answer = await rehearsal.send(f"49172123{number:04d}", callback=callbacks[number % 3])
            sent[name].append(answer.data["id"])
        await rehearsal.all_reports()
        for name in "abc":
            own = [request for request in rehearsal.receiver.requests if name in request.query]
            assert {report["msgid"] for request in own for report in request.reports} == set(sent[name])


@pytest.mark.parametrize("status", [500, 404, 301])
async def test_a_failing_receiver_is_tried_again_and_the_order_holds(status: int) -> None:
    settings = replace(AT_ONCE, retry_after=0)
    async with rehearse(Scenario(reports=settings)) as rehearsal:
        tries: Counter[str] = Counter()

        def refuse_each_twice(request: Received) -> int:
            (report,) = request.reports
            tries[report["status"]] += 1
            return status if tries[report["status"]] <= 2 else 200

        rehearsal.receiver.status = refuse_each_twice
        await rehearsal.send()
        await rehearsal.all_reports()
        assert rehearsal.receiver.statuses == ["SENT"] * 3 + ["DELIVERED"] * 3
        counts = rehearsal.simulator.report_counts
        assert (counts.sent, counts.failed, counts.outstanding) == (2, 0, 0)


async def test_a_receiver_that_is_not_there_is_given_up_and_the_next_report_still_tried() -> None:
    async with rehearse(Scenario(reports=replace(AT_ONCE, retry_after=0.001))) as rehearsal:
        port = await _closed_port()
        rehearsal.simulator.report_url = f"http://127.0.0.1:{port}/"
        await rehearsal.send()
        await rehearsal.all_reports()
        rehearsal.simulator.report_url = rehearsal.receiver.url
        await rehearsal.send()
        await rehearsal.all_reports()
        counts = rehearsal.simulator.report_counts
        assert (counts.sent, counts.failed, counts.outstanding) == (2, 2, 0)


@pytest.mark.parametrize(
    "answer", [b"nonsense\r\n\r\n", b"HTTP/1.1 2", b"HTTP/1.1 500 \xff\r\nContent-Length: 5\r\n\r\nab", b""]
)
async def test_a_receiver_that_speaks_nonsense_crashes_nothing(answer: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with server, rehearse(Scenario(reports=replace(AT_ONCE, attempts=1))) as rehearsal:
        port = server.sockets[0].getsockname()[1]
        await rehearsal.send(callback=f"http://127.0.0.1:{port}/")
        await rehearsal.send()
        assert len(await rehearsal.all_reports()) == 2
        assert rehearsal.simulator.report_counts.failed == 2


async def test_a_receiver_that_hangs_costs_no_more_than_its_timeout() -> None:
    released = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    async with server, rehearse(Scenario(reports=replace(AT_ONCE, attempts=1, timeout=0.05))) as rehearsal:
        port = server.sockets[0].getsockname()[1]
        await rehearsal.send(callback=f"http://127.0.0.1:{port}/")
        assert await rehearsal.simulator.flush_reports() == 0
        assert rehearsal.simulator.report_counts.failed == 2
        released.set()


async def test_flushing_sends_everything_at_once_in_order() -> None:
    async with rehearse(
        Scenario(reports=replace(NEVER, buffered=1, buffered_after=3600, final_after=3600))
    ) as rehearsal:
        sent = [(await rehearsal.send(f"49172123456{number}")).data["id"] for number in range(5)]
        assert rehearsal.simulator.report_counts.outstanding == 5
        assert rehearsal.receiver.reports == []
        assert await rehearsal.simulator.flush_reports() == 0
        assert rehearsal.simulator.report_counts.outstanding == 0
        for mitto_id in sent:
            own = [report for report in rehearsal.receiver.reports if report["msgid"] == mitto_id]
            assert [report["status"] for report in own] == ["BUFFERED", "SENT", "DELIVERED"]
            assert all(int(report["sendtimestamp"]) <= time.time() for report in own)  # never from the future
        # The waits hold again for what comes later.
        await rehearsal.send()
        assert rehearsal.simulator.report_counts.outstanding == 1
        assert len(rehearsal.receiver.reports) == 15


async def test_flushing_ends_in_time_and_says_what_is_left() -> None:
    released = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    async with server, rehearse(Scenario(reports=NEVER)) as rehearsal:
        rehearsal.simulator.report_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        await rehearsal.send()
        await rehearsal.send()
        started = time.monotonic()
        assert await rehearsal.simulator.flush_reports(within=0.1) == 2
        assert time.monotonic() - started < 5
        released.set()


async def test_flushing_nothing_returns_at_once() -> None:
    async with rehearse() as rehearsal:
        assert await rehearsal.simulator.flush_reports() == 0
    assert await rehearsal.simulator.flush_reports() == 0


async def test_reordered_reports_carry_their_true_times() -> None:
    waits = ReportSettings(reordered=1, sent_after=0, final_after=1)
    async with rehearse(Scenario(reports=waits)) as rehearsal:
        await rehearsal.send()
        await rehearsal.receiver.wait(2)
        final, sent = rehearsal.receiver.reports
        assert (final["status"], sent["status"]) == ("DELIVERED", "SENT")
        assert int(final["sendtimestamp"]) - int(sent["sendtimestamp"]) == 1


async def _closed_port() -> int:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    assert isinstance(port, int)
    return port
