"""``mitto-tui send`` against every answer and every fault: exit code, JSON, request, history."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import KEY, Cli
from tests.servers import raw
from tests.servers.raw import Behaviour, RawServer, answer

LIVE = {
    "id": "d88ae721-2938-45af-b8a0-b8de4231f702",
    "timestamp": "2022-04-19T07:46:45.7381135Z",
    "to": "+15555550101",
    "responseCode": 0,
    "textLength": 5,
    "responseText": "SMS sent",
    "messageParts": 1,
}
SEND = ("send", "--from", "MITTO SMS", "--to", "+491725551234", "--text", "Hello", "--json")
FIELDS = {
    *("id", "mitto_id", "status", "to", "from", "reference", "encoding", "segments", "response_code", "response_text"),
    *("http_status", "test", "error"),
}


def body(**changes: Any) -> bytes:
    return json.dumps({key: value for key, value in {**LIVE, **changes}.items() if value is not ...}).encode()


def refused(code: int) -> bytes:
    return json.dumps({"responseCode": code, "responseText": "no"}).encode()


ACCEPTED: dict[str, Behaviour] = {
    "live": answer(body()),
    "ids": answer(json.dumps({"ids": ["715118ef"], "responseCode": 0, "responseText": "ok"}).encode()),
    "messages": answer(
        json.dumps({"responseCode": 0, "messages": [{"id": "1", "to": "491725551234", "textLength": " 13"}]}).encode()
    ),
    "spaced": answer(body(textLength=" 13")),
    "no timestamp": answer(body(timestamp=...)),
    "201": answer(body(), status=201),
}


@pytest.mark.parametrize("shape", ACCEPTED)
def test_accepted(cli: Cli, shape: str) -> None:
    with RawServer(ACCEPTED[shape]) as server:
        result = cli(*SEND, url=server.url)
        assert result.code == 0
        assert set(result.json) == FIELDS
        assert result.json["status"] == "accepted"
        assert result.json["mitto_id"] in (LIVE["id"], "715118ef", "1")
        assert result.json["to"] == "491725551234"
        assert (result.json["encoding"], result.json["segments"]) == ("gsm", 1)
        assert result.json["response_code"] == 0
        assert result.json["error"] is None
        assert len(server.requests) == 1
    [row] = cli("history", "--json").json
    assert (row["status"], row["mitto_id"], row["attempts"]) == ("accepted", result.json["mitto_id"], 1)


TROUBLE: dict[str, tuple[Behaviour, str, int]] = {
    **{f"code {code}": (answer(refused(code)), "rejected", 1) for code in range(2, 11)},
    "code 8 with 400": (answer(refused(8), status=400), "rejected", 1),
    "code 1": (answer(refused(1)), "in_doubt", 3),
    "401": (answer(b"", status=401), "queued", 4),
    "403": (answer(b"<html>no</html>", status=403), "queued", 4),
    "429 for long": (answer(b"", status=429, headers=("Retry-After: 3600",)), "queued", 1),
    "500": (answer(b"oops", status=500), "in_doubt", 3),
    "503": (answer(b"", status=503), "in_doubt", 3),
    "no id": (answer(body(id=...)), "in_doubt", 3),
    "no code": (answer(body(responseCode=...)), "in_doubt", 3),
    "html": (answer(b"<html><body>Welcome</body></html>"), "in_doubt", 3),
    "empty": (answer(b""), "in_doubt", 3),
    "half": (raw.half(body()), "in_doubt", 3),
    "redirect": (answer(b"", status=302, headers=("Location: http://127.0.0.1:9/sms",)), "in_doubt", 3),
    "garbage": (raw.garbage, "in_doubt", 3),
    "closed before reading": (raw.close_before_reading, "in_doubt", 3),
    "closed after reading": (raw.close_after_reading, "in_doubt", 3),
    "reset after reading": (raw.reset_after_reading, "in_doubt", 3),
    "flood": (raw.flood(), "in_doubt", 3),
}


@pytest.mark.parametrize("trouble", TROUBLE)
def test_trouble(cli: Cli, trouble: str) -> None:
    behaviour, status, code = TROUBLE[trouble]
    with RawServer(behaviour) as server:
        result = cli(*SEND, url=server.url)
        assert len(server.requests) <= 1, "a POST is never repeated where it may have been read"
    assert (result.json["status"], result.code) == (status, code)
    assert set(result.json) == FIELDS
    assert result.json["error"]
    assert result.json["mitto_id"] == (LIVE["id"] if trouble == "no code" else None)
    [row] = cli("history", "--json").json
    assert (row["id"], row["status"]) == (result.json["id"], status)
    assert row["error"]


@pytest.mark.parametrize("hang", [raw.hang_after_reading, raw.hang_after_headers, raw.hang_mid_body])
def test_no_answer_in_time_is_in_doubt(cli: Cli, hang: Behaviour) -> None:
    with RawServer(hang) as server:
        result = cli(*SEND, "--timeout", "0.3", url=server.url)
        assert len(server.requests) == 1
    assert (result.json["status"], result.code) == ("in_doubt", 3)


def test_a_refused_connection_is_safe_to_repeat(cli: Cli) -> None:
    with raw.refusing() as url:
        result = cli(*SEND, url=url)
    assert (result.json["status"], result.code) == ("failed", 1)
    assert "Nothing left this machine" in result.json["error"]
    [row] = cli("history", "--json").json
    assert row["status"] == "failed"
    assert row["attempts"] == 3
    with RawServer(answer(body())) as server:
        again = cli("history", "resolve", row["id"], "--send-again", "--yes", "--json", url=server.url)
        assert len(server.requests) == 1
    assert (again.json["status"], again.code) == ("accepted", 0)


def test_slow_down_is_waited_for(cli: Cli) -> None:
    with RawServer(answer(b"", status=429, headers=("Retry-After: 0",)), answer(body())) as server:
        result = cli(*SEND, url=server.url)
        assert len(server.requests) == 2
    assert (result.json["status"], result.code) == ("accepted", 0)


def test_what_is_asked_for_is_what_is_posted(cli: Cli) -> None:
    with RawServer(answer(body())) as server:
        options = ("--reference", "Spring", "--validity", 60, "--pid", 0, "--udh", "050003CC0201", "--flash")
        callback = ("--callback", "https://example.org/r?x=1")
        cli(*SEND[:-2], "Grüße 🎉", *options, *callback, "--test", "--json", url=server.url)
        [request] = server.requests
    assert (request.method, request.path) == ("POST", "/sms")
    assert request.headers["x-mitto-api-key"] == KEY
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept"] == "application/json"
    posted = json.loads(request.body)
    assert re.fullmatch(r"Spring #[2-9a-z]{20}", posted.pop("reference"))
    assert posted == {
        "from": "MITTO SMS",
        "to": "491725551234",
        "text": "Grüße 🎉",
        "type": "Unicode",
        "validity": 60,
        "pid": 0,
        "udh": "050003CC0201",
        "flash": True,
        "callback": "https://example.org/r?x=1",
        "test": True,
    }


@pytest.mark.parametrize(
    ("chosen", "text", "posted", "encoding"),
    [
        ("auto", "Hello", "GSM", "gsm"),
        ("auto", "Привет", "Unicode", "unicode"),
        ("unicode", "Hello", "Unicode", "unicode"),
        ("gsm", "Hello €", "GSM", "gsm"),
        ("binary", "00FF", "Binary", "binary"),
        ("mitto", "Hello", "auto", None),
    ],
)
def test_types(cli: Cli, chosen: str, text: str, posted: str, encoding: str | None) -> None:
    with RawServer(answer(body())) as server:
        result = cli(*SEND[:-2], text, "--type", chosen, "--json", url=server.url)
        fields = json.loads(server.requests[0].body)
    assert fields["type"] == posted
    assert set(fields) == {"from", "to", "text", "type", "reference"}
    assert result.json["encoding"] == encoding


def test_xml(cli: Cli) -> None:
    xml = b"<SmsResponse><id>abc</id><responseCode>0</responseCode><responseText>ok</responseText></SmsResponse>"
    with RawServer(answer(xml)) as server:
        result = cli(*SEND, "--format", "xml", url=server.url)
        assert server.requests[0].path == "/sms.xml"
    assert (result.json["status"], result.json["mitto_id"]) == ("accepted", "abc")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "X", "--to", "+491725551234", "--text", "Hello"), "3 to 11 characters"),
        (("--from", "MITTO SMS", "--to", "0172", "--text", "Hello"), "national number"),
        (("--from", "MITTO SMS", "--to", "+491725551234", "--text", ""), "no text"),
        (("--from", "MITTO SMS", "--to", "+491725551234", "--text", "ю", "--type", "gsm"), "not in the GSM alphabet"),
        (("--from", "MITTO SMS", "--to", "+491725551234", "--text", "abc", "--type", "binary"), "no partner"),
        (("--from", "MITTO SMS", "--to", "+491725551234", "--text", "x", "--udh", "07"), "user data header"),
        (("--from", "MITTO SMS", "--to", "+491725551234", "--text", "x", "--validity", "0"), "at least 1"),
        (("--from", "MITTO SMS", "--to", "+491725551234", "--text", "x", "--pid", "256"), "0 to 255"),
        (("--from", "MITTO SMS", "--to", "+491725551234", "--text", "x", "--callback", "x"), "http"),
        (("--from", "MITTO SMS", "--to", "+491725551234", "--text", "x", "--timeout", "0"), "timeout"),
        (("--from", "MITTO SMS", "--to", "+491725551234", "--text", "x", "--format", "yaml"), "json or xml"),
        (("--from", "MITTO SMS", "--to", "+491725551234", "--text", "x" * 153 * 256), "segments"),
        (("--to", "+491725551234", "--text", "Hello"), "no sender"),
        (("--from", "MITTO SMS", "--text", "Hello"), "--to"),
        (("--from", "MITTO SMS", "--to", "+491725551234", "--text", "x", "--nonsense"), "--nonsense"),
    ],
)
def test_wrong_input_sends_nothing(cli: Cli, arguments: tuple[str, ...], words: str) -> None:
    with RawServer(answer(body())) as server:
        result = cli("send", *arguments, "--json", url=server.url)
        assert server.connections == 0
    assert result.code == 2
    assert words in result.err
    if result.out:
        assert set(result.json) == FIELDS
        assert words in result.json["error"]
    assert cli("history", "--json").json == []


def test_without_a_key_nothing_is_stored(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MITTO_API_KEY")
    with RawServer(answer(body())) as server:
        result = cli(*SEND, url=server.url)
        assert server.connections == 0
    assert result.code == 4
    assert result.json["status"] is None
    assert "MITTO_API_KEY" in result.err
    assert cli("history", "--json").json == []


def test_plain_http_to_another_machine_is_refused(cli: Cli) -> None:
    result = cli(*SEND, url="http://mitto.invalid")
    assert result.code == 2
    assert "https" in result.err


def test_a_server_that_echoes_the_key_is_not_repeated(cli: Cli, home: Path) -> None:
    echo = answer(json.dumps({"responseCode": 6, "responseText": f"bad key {KEY}", "id": KEY}).encode())
    with RawServer(echo) as server:
        result = cli(*SEND, url=server.url)
    assert result.json["status"] == "rejected"
    cli("history", "show", result.json["id"], "--json")
    assert [path for path in home.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()] == []


@pytest.mark.parametrize(
    "hostile",
    ["hi [/foo] x", "\x1b[31mred\x1b[0m", "a\0b", "\u202eevil\u2066", "x" * 10_000, "[bold]\n[/]"],
    ids=["brackets", "escapes", "nul", "bidi", "long", "markup"],
)
def test_hostile_text_goes_out_and_is_shown_as_it_is(cli: Cli, hostile: str) -> None:
    echo = answer(json.dumps({**LIVE, "responseCode": 6, "responseText": hostile}).encode())
    with RawServer(echo) as server:
        result = cli(
            *SEND[:-3], "--text", "-", "--reference", hostile, "--json", url=server.url, stdin=hostile.encode()
        )
        assert json.loads(server.requests[0].body)["text"] == hostile
    assert hostile.startswith(result.json["response_text"])
    assert len(result.json["response_text"]) >= min(len(hostile), 1000)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e\u2066]", result.out)
    [row] = cli("history", "--json").json
    assert (row["text"], row["reference"]) == (hostile, hostile)
    for arguments in (("history",), ("history", "show", row["id"])):
        shown = cli(*arguments)
        assert shown.code == 0
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e\u2066]", shown.err)


def test_words_for_people_and_nothing_on_standard_output(cli: Cli) -> None:
    with RawServer(answer(body())) as server:
        result = cli(*SEND[:-1], url=server.url)
    assert result.out == ""
    assert "Accepted: to +491725551234, 1 segment" in result.err


def test_the_sandbox_needs_nothing_and_reports_at_the_end(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MITTO_API_KEY")
    result = cli("--sandbox", *SEND)
    assert (result.code, result.json["status"]) == (0, "accepted")
    [row] = cli("--sandbox", "history", "--json").json
    assert row["status"] == "delivered"
    assert cli("history", "--json").json == [], "the sandbox's messages are its own"
