"""The server itself: its life, its journal, its bounds, and that it keeps quiet."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
import tracemalloc
from dataclasses import replace

import pytest

from mitto_tui.mitto.simulator import Fault, FaultKind, ReportForm, Rule, Scenario, Simulator, SimulatorError
from mitto_tui.mitto.simulator.journal import HIDDEN, MAX_BODIES, MAX_REQUESTS, Journal
from mitto_tui.sms.errors import InvalidInput
from tests.mitto.simulator.rehearsal import KEY, NEVER, PERSON, message, raw, raw_post, rehearse, until


async def test_it_listens_on_loopback_and_stops() -> None:
    simulator = Simulator()
    with pytest.raises(RuntimeError):
        _ = simulator.url
    await simulator.start()
    assert simulator.url.startswith("http://127.0.0.1:")
    assert simulator.url.rpartition(":")[2] != "0"
    with pytest.raises(RuntimeError):
        await simulator.start()
    await simulator.aclose()
    await simulator.aclose()
    with pytest.raises(ConnectionRefusedError):
        await raw(simulator, b"")


async def test_a_simulator_that_never_started_closes() -> None:
    await Simulator().aclose()


async def test_a_taken_port_is_an_error_for_people() -> None:
    async with Simulator() as first:
        port = int(first.url.rpartition(":")[2])
        second = Simulator(port=port)
        with pytest.raises(SimulatorError, match=f"can't listen on 127.0.0.1, port {port}") as caught:
            await second.start()
        assert "Choose another port" in caught.value.advice
        await second.aclose()
    with pytest.raises(SimulatorError):
        await Simulator(port=70_000).start()


@pytest.mark.parametrize(("host", "shown"), [("localhost", ("127.0.0.1", "[::1]")), ("::1", ("[::1]",))])
async def test_other_hosts_have_urls_that_work(host: str, shown: tuple[str, ...]) -> None:
    simulator = Simulator(host=host)
    try:
        await simulator.start()
    except SimulatorError:
        pytest.skip("this machine has no IPv6 loopback")
    try:
        assert simulator.url.removeprefix("http://").rpartition(":")[0] in shown
        assert b"405" in await _get(simulator)
    finally:
        await simulator.aclose()


async def test_closing_does_not_wait_for_slow_answers_or_bodies_that_never_come() -> None:
    slow = Scenario(faults=(Rule(Fault(FaultKind.SLOW, seconds=3600), probability=1.0),), reports=NEVER)
    async with rehearse(slow) as rehearsal:
        waiting = [
            asyncio.create_task(
                raw(rehearsal.simulator, raw_post(b'{"from":"MITTO","to":"4917212345678","text":"x"}'))
            ),
            asyncio.create_task(
                raw(rehearsal.simulator, b"POST /sms HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
            ),
            asyncio.create_task(raw(rehearsal.simulator, b"POST /sms HT")),
        ]
        await until(lambda: rehearsal.simulator.accepted == 1 and rehearsal.simulator.requests == 2)
        started = time.monotonic()
        await rehearsal.simulator.aclose()
        assert time.monotonic() - started < 2
        assert await asyncio.gather(*waiting) == [b"", b"", b""]
        assert rehearsal.simulator.report_counts.outstanding == 0


async def test_the_report_url_must_be_one() -> None:
    simulator = Simulator()
    assert simulator.report_url is None
    simulator.report_url = "https://127.0.0.1/x"
    with pytest.raises(InvalidInput):
        simulator.report_url = "127.0.0.1/x"
    assert simulator.report_url == "https://127.0.0.1/x"
    simulator.report_url = None


async def test_the_journal_shows_requests_but_no_keys() -> None:
    async with rehearse() as rehearsal:
        headers = {"X-MITTO-api-KEY": KEY, "Authorization": f"Bearer {KEY}", "Cookie": f"k={KEY}", "X-Other": "shown"}
        await rehearsal.post("/sms.json?format=json", message(text="hi [/foo] x"), headers=headers)
        await rehearsal.request("GET", "/nothing")
        posted, got = rehearsal.simulator.journal
        assert (posted.method, posted.path, posted.query) == ("POST", "/sms.json", "format=json")
        assert posted.json()["text"] == "hi [/foo] x"
        assert posted.headers["x-mitto-api-key"] == posted.headers["authorization"] == HIDDEN
        assert posted.headers["x-other"] == "shown"
        assert KEY not in repr(posted)
        assert (got.method, got.path, got.body) == ("GET", "/nothing", b"")
        assert rehearsal.simulator.requests == len(rehearsal.simulator.journal) == 2
        await rehearsal.post("/sms", message(), headers={})
        assert "x-mitto-api-key" not in rehearsal.simulator.journal[-1].headers


def test_the_journal_is_bounded() -> None:
    journal = Journal()
    for number in range(MAX_REQUESTS + 5):
        journal.add("POST", f"/{number}", "", {}, b"x")
    assert len(journal) == MAX_REQUESTS
    assert (journal[0].path, journal[-1].path) == ("/5", f"/{MAX_REQUESTS + 4}")
    big = bytes(MAX_BODIES // 2)
    for _ in range(3):
        journal.add("POST", "/big", "", {}, big)
    assert [request.path for request in journal] == ["/big", "/big"]
    journal.add("POST", "/huge", "", {}, bytes(MAX_BODIES + 1))
    assert [request.path for request in journal] == ["/huge"]


@pytest.mark.parametrize(
    "text",
    [
        "hi [/foo] x",
        "\x1b]0;title\x07\x1b[31m",
        "a\x00b",
        "\u202egnp.exe",
        "x" * 10_000,
        "👩‍👩‍👧 e\u0301 \ufeff",
        "'; DROP TABLE sms;--",
    ],
)
async def test_hostile_text_arrives_as_it_was_and_comes_back_in_reports(text: str) -> None:
    async with rehearse() as rehearsal:
        answer = await rehearsal.send(text=text, type="Unicode", reference=text)
        assert answer.code == 0
        assert rehearsal.simulator.journal[0].json()["text"] == text
        assert {report["reference"] for report in await rehearsal.all_reports()} == {text}


async def test_ten_thousand_recipients_in_one_call_are_quick() -> None:
    async with rehearse(Scenario(reports=NEVER)) as rehearsal:
        numbers = [f"4917212{number:05d}" for number in range(10_000)]
        tasks = len(asyncio.all_tasks())
        started = time.process_time()
        data = (await rehearsal.send_bulk(numbers, reference="campaign")).data
        spent = time.process_time() - started
        assert [item["to"] for item in data["messages"]] == numbers
        assert len({item["id"] for item in data["messages"]}) == 10_000
        assert rehearsal.simulator.report_counts.outstanding == rehearsal.simulator.accepted == 10_000
        assert len(asyncio.all_tasks()) <= tasks + 4  # none for a message
        assert spent < 2  # of processor time, both sides; about 0.1 s on a quiet machine


async def test_what_is_kept_for_a_message_is_small_and_goes_with_its_last_report() -> None:
    async with rehearse(Scenario(reports=replace(NEVER, form=ReportForm.POST_JSON_ARRAY))) as rehearsal:
        await rehearsal.send()
        tracemalloc.start()
        try:
            for block in range(2):
                await rehearsal.send_bulk([f"49172{block}{number:05d}" for number in range(2_000)])
            gc.collect()
            outstanding, _ = tracemalloc.get_traced_memory()
            assert rehearsal.simulator.report_counts.outstanding == 4_001
            assert outstanding / 4_000 < 800
            assert await rehearsal.simulator.flush_reports(20) == 0
            rehearsal.receiver.requests.clear()
            gc.collect()
            kept, _ = tracemalloc.get_traced_memory()
            assert kept / 4_000 < 450  # the id that may convert, and how often the number was asked for
        finally:
            tracemalloc.stop()


async def test_a_body_above_the_limit_is_413_and_the_server_goes_on() -> None:
    async with rehearse() as rehearsal:
        body = b'{"text": "' + b"x" * (8 * 1024 * 1024) + b'"}'
        head, _, answer = (await raw(rehearsal.simulator, raw_post(body))).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 413 ")
        assert b"Connection: close" in head
        assert b"responseText" in answer
        without_key = raw_post(body).replace(KEY.encode(), b"", 1)
        assert (await raw(rehearsal.simulator, without_key)).startswith(b"HTTP/1.1 401 ")
        assert (await rehearsal.send()).code == 0


async def test_chunked_and_pipelined_requests_are_answered() -> None:
    async with rehearse() as rehearsal:
        body = b'{"from": "MITTO", "to": "491721234567", "text": "x"}'
        chunked = (
            b"POST /sms HTTP/1.1\r\nHost: x\r\nX-Mitto-API-Key: k\r\nTransfer-Encoding: chunked\r\n\r\n"
            + f"{len(body):x}\r\n".encode()
            + body
            + b"\r\n0\r\n\r\n"
        )
        answers = await raw(rehearsal.simulator, chunked + raw_post(body, headers="Connection: close\r\n"))
        assert answers.count(b"HTTP/1.1 200 OK") == 2
        assert rehearsal.simulator.accepted == 2


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"POST /sms HTTP/1.1\r\nHost: x\r\nX-Mitto-API-Key : a-made-up-key\r\n\r\n",
        b"POST /sms HTTP/1.1\r\nHost: x\r\nX-Mitto-API-Key: a-made-up-key\x01\r\n\r\n",
        b"POST /sms HTTP/1.1\r\nHost: x\r\nContent-Length: a-made-up-key\r\n\r\n",
        b"POST /sms HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\na-made-up-key\r\n",
        b"GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET http://[/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ],
)
async def test_malformed_http_is_survived_in_silence(
    request_bytes: bytes, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with rehearse() as rehearsal:
        answer = await raw(rehearsal.simulator, request_bytes)
        assert answer == b"" or answer.startswith(b"HTTP/1."), answer
        assert (await rehearsal.send()).code == 0
    assert KEY not in caplog.text
    assert not [record for record in caplog.records if record.levelno > logging.DEBUG or record.name != "asyncio"]
    assert capfd.readouterr() == ("", "")


async def test_faults_and_vanishing_callers_log_nothing(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with rehearse() as rehearsal:
        for digits in ("30", "31", "33"):
            await raw(
                rehearsal.simulator, raw_post(b'{"from":"MITTO","to":"4917139200%s","text":"x"}' % digits.encode())
            )
        _, writer = await asyncio.open_connection("127.0.0.1", int(rehearsal.simulator.url.rpartition(":")[2]))
        writer.write(raw_post(b"x" * 100)[:-50])
        await until(lambda: rehearsal.simulator.requests == 4)
        writer.transport.abort()
        assert (await rehearsal.send(PERSON)).code == 0
    assert not [record for record in caplog.records if record.levelno > logging.DEBUG or record.name != "asyncio"]
    assert capfd.readouterr() == ("", "")


async def test_a_failure_of_its_own_is_a_500_and_logged_without_what_was_in_the_request(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise KeyError("what was in the request")

    async with rehearse() as rehearsal:
        monkeypatch.setattr("mitto_tui.mitto.simulator.endpoints.check", fail)
        assert (await rehearsal.send()).status == 500
        monkeypatch.undo()
        assert (await rehearsal.send()).code == 0
    assert "The simulator failed: KeyError at " in caplog.text
    assert "what was in the request" not in caplog.text


async def _get(simulator: Simulator) -> bytes:
    reader, writer = await asyncio.open_connection(
        simulator.url.removeprefix("http://").rpartition(":")[0].strip("[]"), int(simulator.url.rpartition(":")[2])
    )
    writer.write(b"GET /sms HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    try:
        return await reader.read()
    finally:
        writer.close()
