"""``mitto-tui count``, alone and as a stream."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from mitto_tui.cli.count_answer import as_dict
from mitto_tui.cli.output import to_json
from mitto_tui.sms import segments
from tests.cli.conftest import Cli, command


def counted(**changes: Any) -> dict[str, Any]:
    return {
        "encoding": "gsm",
        "characters": 5,
        "units": 5,
        "segments": 1,
        "per_segment": 160,
        "remaining": 155,
        "segment_units": [5],
        "too_long": False,
        "offending": [],
        "error": None,
        **changes,
    }


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("hello",), counted()),
        (("",), counted(characters=0, units=0, remaining=160, segment_units=[0])),
        (("hell€",), counted(units=6, remaining=154, segment_units=[6])),
        (
            ("Grüße 🎉",),
            counted(encoding="unicode", characters=7, units=8, per_segment=70, remaining=62, segment_units=[8],
                    offending=[6]),
        ),
        (("x" * 161,), counted(characters=161, units=161, segments=2, per_segment=153, remaining=145,
                               segment_units=[153, 8])),
        (("00ff00", "--type", "binary"), counted(encoding="binary", characters=3, units=3, per_segment=140,
                                                 remaining=137, segment_units=[3])),
        (("hello", "--udh", "050003CC0201"), counted(per_segment=153, remaining=148)),
        (("x" * 153 * 256,), counted(characters=39168, units=39168, segments=256, per_segment=153, remaining=0,
                                     segment_units=[153] * 256, too_long=True)),
    ],
)  # fmt: skip
def test_json(cli: Cli, arguments: tuple[str, ...], expected: dict[str, Any]) -> None:
    result = cli("count", *arguments, "--json")
    assert (result.code, result.json) == (0, expected)
    assert result.err == ""


@pytest.mark.parametrize(
    ("arguments", "error", "offending"),
    [
        (("aю", "--type", "gsm"), "not_gsm", [1]),
        (("0x", "--type", "binary"), "not_hex", [1]),
        (("000", "--type", "binary"), "odd_hex", [2]),
        (("a", "--udh", "07"), "udh_length", []),
    ],
)
def test_what_cannot_be_sent_so_is_an_error(
    cli: Cli, arguments: tuple[str, ...], error: str, offending: list[int]
) -> None:
    result = cli("count", *arguments, "--json")
    assert result.code == 2
    assert (result.json["error"], result.json["encoding"], result.json["offending"]) == (error, None, offending)


def test_standard_input_without_its_last_line_break(cli: Cli) -> None:
    for typed in (b"hello", b"hello\n", b"hello\r\n", b"\xef\xbb\xbfhello\n"):
        assert cli("count", "-", "--json", stdin=typed).json == counted()
        assert cli("count", "--json", stdin=typed).json == counted()
    assert cli("count", "-", "--json", stdin=b"hello\n\n").json["characters"] == 6
    refused = cli("count", "-", stdin=b"a\xff")
    assert refused.code == 2
    assert "not UTF-8: byte 2" in refused.err


def test_one_of_a_thing_is_said_as_one(cli: Cli) -> None:
    assert cli("count", "a").err == "GSM: 1 segment, 1 septet, 1 character, 159 left in the last\n"
    assert cli("count", "é" * 161).err == "GSM: 2 segments, 161 septets, 161 characters, 145 left in the last\n"


def test_words_name_what_forces_unicode(cli: Cli) -> None:
    result = cli("count", "Dear “you”…")
    assert result.out == ""
    assert "Unicode: 1 segment" in result.err
    assert "“ at 6, ” at 10, … at 11" in result.err
    assert "⟨U+202E⟩ at 2" in cli("count", "a\u202e").err


def test_a_stream_answers_line_by_line_and_bad_lines_stop_nothing(cli: Cli) -> None:
    lines = [
        b'{"text": "hello"}',
        b"not json",
        b"[1]",
        b'{"text": 7}',
        b'{"text": "hello", "type": "morse"}',
        b'{"text": "hello", "udh": "zz"}',
        b'{"text": "00", "type": "binary"}',
        b'{"text": "\\ud83d"}',
        b"\xff\xfe",
        b"",
        b'{"text": "hello", "type": null, "udh": null}',
        b'{"text": "last without a line break"}',
    ]
    result = cli("count", "--jsonl", stdin=b"\n".join(lines))
    answers = result.jsonl
    assert result.code == 0
    assert len(answers) == len(lines)
    assert answers[0] == counted()
    assert [set(answer) == {"error"} for answer in answers] == [
        False,
        *[True] * 5,
        False,
        False,
        True,
        True,
        False,
        False,
    ]
    assert (answers[7]["units"], answers[7]["offending"]) == (1, [0])


def test_a_stream_answers_byte_for_byte_as_the_encoder_would(cli: Cli) -> None:
    texts = ["", "a", "€" * 81, "“x”", "🎉" * 80, "x" * 153 * 256, "\ud83d", "00", "0", "x\u2028\u202e\x00", "é" * 300]
    asked = [
        {"text": text, "type": kind, "udh": udh}
        for text in texts
        for kind in ("auto", "gsm", "unicode", "binary")
        for udh in ("", "050003CC0201", "07", "8b" + "00" * 139)
    ]
    plain = [to_json(as_dict(segments.count(text))) for text in texts]
    expected = [to_json(as_dict(segments.count(one["text"], one["type"], bytes.fromhex(one["udh"])))) for one in asked]
    for separators in (None, (",", ":")):
        lines = [json.dumps({"text": text}, separators=separators) for text in texts]
        lines += [json.dumps(one, separators=separators) for one in asked]
        for break_ in ("\n", "\r\n", " \n "):
            result = cli("count", "--jsonl", stdin=break_.join(lines).encode())
            assert result.out.splitlines() == [*plain, *expected]


def test_a_stream_takes_a_byte_order_mark_and_text_beside_it_that_is_no_utf_8(cli: Cli) -> None:
    answers = cli("count", "--jsonl", stdin='\ufeff{"text": "hello"}\n'.encode() + b'\xff\n{"text": "hello"}\n').jsonl
    assert answers == [counted(), {"error": "This line is not JSON."}, counted()]


def test_a_line_without_an_end_is_refused_and_the_next_is_answered(cli: Cli) -> None:
    endless = b'{"text": "' + b"x" * 12_000_000 + b'"}'
    answers = cli("count", "--jsonl", stdin=b'{"text": "hello"}\n' + endless + b'\n{"text": "hello"}').jsonl
    assert answers == [counted(), {"error": "This line has more than 10,000,000 bytes."}, counted()]


def test_a_stream_is_flushed_whenever_it_waits() -> None:
    with subprocess.Popen(
        command("count", "--jsonl"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for text in ("one", "three"):
            process.stdin.write(json.dumps({"text": text}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["characters"] == len(text)
        process.stdin.write(b'{"text": "whole"}\n{"text": "ha')  # what has no end yet holds nothing back
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["characters"] == 5
        process.stdin.write(b'lf"}\n')
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["characters"] == 4
        process.stdin.close()
        assert process.wait(timeout=10) == 0


def test_a_reader_that_goes_away_is_no_error() -> None:
    source = f'import sys; [print(\'{{"text": "x"}}\') for _ in range({50_000})]'
    with (
        subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as writer,
        subprocess.Popen(
            command("count", "--jsonl"), stdin=writer.stdout, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process,
    ):
        assert writer.stdout is not None
        writer.stdout.close()
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(timeout=20) == 0


def test_the_command_counts_as_the_library_does(cli: Cli) -> None:
    text = "Ωμέγα {€} 🎉" * 40
    expected = segments.count(text)
    assert cli("count", text, "--json").json["segment_units"] == list(expected.segment_units)


TRIPLED = "Dear “customer”, " + "x" * 124
"""141 characters, of which two quotes make three segments."""


def test_friendly_words_show_each_replacement_and_what_it_wins(cli: Cli) -> None:
    result = cli("count", "--friendly", TRIPLED)
    assert (result.code, result.out) == (0, "")
    assert result.err.splitlines() == [
        "Unicode: 3 segments, 141 UTF-16 units, 141 characters, 60 left in the last",
        "Not in the GSM alphabet: “ at 6, ” at 15.",
        "",
        "found  by  where  why             what it is",
        '“      "   at 6   its plain form  U+201C LEFT DOUBLE QUOTATION MARK',
        '”      "   at 15  its plain form  U+201D RIGHT DOUBLE QUOTATION MARK',
        "All together: 3 → 1 segments, GSM, 19 left in the last.",
    ]
    alone = cli("count", "--friendly", "\u2019" * 141).err.splitlines()[3:]
    assert alone == [
        "found  by  where                    alone           why             what it is",
        "’      '   at 1, 2, 3 and 138 more  3 → 1 segments  its plain form  U+2019 RIGHT SINGLE QUOTATION MARK",
        "All together: 3 → 1 segments, GSM, 19 left in the last.",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("hello",), 0, "Every character is in the GSM alphabet already."),
        (("🎉",), 0, "Nothing here can be replaced.\nNothing stands for: 🎉 (U+1F389)."),
        (("“🎉",), 0, "All together: 1 segment as before, still Unicode, 67 left in the last."),
        (("…" * 60,), 0, "All together: 1 → 2 segments, which is more, GSM, 126 left in the last."),
        (("a\u200bb\u00a0ce\u0301”",), 0, "⟨U+200B⟩  nothing  at 2   it shows nothing    U+200B ZERO WIDTH SPACE"),
        (("a\u200bb\u00a0ce\u0301”",), 0, "a space  at 4   its plain form      U+00A0 NO-BREAK SPACE"),
        (("a\u200bb\u00a0ce\u0301”",), 0, "é        at 6   the same, composed  U+0065 U+0301 COMBINING ACUTE ACCENT"),
        (("ł",), 0, "l   at 1   without its marks  U+0142 LATIN SMALL LETTER L WITH STROKE"),
        (("“", "--type", "gsm"), 2, "All together: it can be sent, in 1 segment, GSM, 159 left in the last."),
        (("“", "--type", "gsm"), 2, "makes it fit"),
        (("“ж", "--type", "gsm"), 2, "All together: still not a text that can be sent so."),
        (("“", "--type", "unicode"), 0, "Unicode takes every character as it is: there is nothing to replace."),
        (("00", "--type", "binary"), 0, "Binary text is hex digits: there is nothing to replace."),
        (("“", "--udh", "07"), 2, "All together: still not a text that can be sent so."),
        (("".join(map(chr, range(0x1E00, 0x1E60))),), 0, "… and 56 more: --json shows all."),
        (("".join(map(chr, range(0x430, 0x440))),), 0, "й (U+0439) and 6 more."),
    ],
)
def test_friendly_words(cli: Cli, arguments: tuple[str, ...], code: int, words: str) -> None:
    result = cli("count", "--friendly", *arguments)
    assert (result.code, result.out) == (code, "")
    assert words in result.err


def test_friendly_json(cli: Cli) -> None:
    result = cli("count", "--friendly", "--json", "é" * 66 + "“ł“\u200b🎉")
    plain = cli("count", "--json", "é" * 66 + "“ł“\u200b🎉").json
    assert (result.code, result.err) == (0, "")
    assert {key: value for key, value in result.json.items() if key != "friendly"} == plain
    assert result.json["friendly"] == {
        "text": "é" * 66 + '"l"\u200b🎉',
        "encoding": "unicode",
        "segments": 2,
        "units": 72,
        "remaining": 62,
        "replacements": [
            {"found": "“", "by": '"', "rule": "punctuation", "at": [66, 68], "segments": 2},
            {"found": "ł", "by": "l", "rule": "letter", "at": [67], "segments": 2},
        ],
        "left": ["\u200b", "🎉"],
    }
    assert "\\u200b" in result.out  # no terminal is steered by what came from outside
    assert cli("count", "--friendly", "--json", "“", "--type", "unicode").json["friendly"]["replacements"] == []
    refused = cli("count", "--friendly", "--json", "“", "--type", "gsm")
    assert (refused.code, refused.json["error"], refused.json["friendly"]["encoding"]) == (2, "not_gsm", "gsm")
    assert refused.json["friendly"]["replacements"][0]["segments"] == 1


def test_friendly_lines(cli: Cli) -> None:
    lines = [
        b'{"text": "a\xe2\x80\x9c"}',
        b'{"text": "a\xe2\x80\x9c", "friendly": true}',
        b'{"text": "a\xe2\x80\x9c", "friendly": false}',
        b'{"text": "a\xe2\x80\x9c", "friendly": null}',
        b'{"text": "a\xe2\x80\x9c", "friendly": 1}',
    ]
    answers = cli("count", "--jsonl", stdin=b"\n".join(lines)).jsonl
    assert ["friendly" in answer for answer in answers] == [False, True, False, False, False]
    assert answers[1]["friendly"]["text"] == 'a"'
    assert answers[4] == {"error": '"friendly" must be true or false.'}
    answers = cli("count", "--jsonl", "--friendly", stdin=b"\n".join(lines)).jsonl
    assert ["friendly" in answer for answer in answers] == [True, True, False, True, False]
    assert answers[0] == cli("count", "--json", "--friendly", "a“").json


def test_the_replaced_text_goes_through_a_pipe(cli: Cli) -> None:
    result = cli("count", "--friendly", "--raw", "-", stdin="“Hi”\nthere…\n".encode())
    assert (result.code, result.out) == (0, '"Hi"\nthere...\n')
    assert "1 segment" in result.err
    assert cli("count", "--friendly", "--raw", "“", "--type", "gsm").code == 0
    refused = cli("count", "--friendly", "--raw", "“ж", "--type", "gsm")
    assert (refused.code, refused.out) == (2, "")
    assert cli("count", "--friendly", "--raw", "\x1b[31m\u202e").out == "\x1b[31m\n"
    half = cli("count", "--friendly", "--raw", "a\ud83d")
    assert (half.code, half.out) == (2, "")
    assert "half of a character" in half.err
    for wrong in (("--raw",), ("--raw", "--friendly", "--json"), ("--raw", "--friendly", "--jsonl")):
        refused = cli("count", *wrong, stdin=b"x")
        assert (refused.code, refused.out) == (2, "")
        assert "use it with --friendly" in refused.err


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_the_replaced_text_steers_no_terminal() -> None:
    ours, theirs = os.openpty()
    try:
        done = subprocess.run(
            command("count", "--friendly", "--raw", "a\x1b[31m“"),
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=60,
        )
        assert (done.returncode, os.read(ours, 1000).decode()) == (0, 'a␛[31m"\r\n')
    finally:
        os.close(ours)
        os.close(theirs)
