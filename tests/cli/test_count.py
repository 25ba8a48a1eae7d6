"""``mitto-tui count``, alone and as a stream."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

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
