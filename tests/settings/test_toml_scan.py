from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings

from mitto_tui.settings.problems import KeyPath
from mitto_tui.settings.toml_scan import Header, Pair, Scan, key_lines
from tests.settings.toml_documents import Document, documents


def every_path(value: Any, path: KeyPath = ()) -> set[KeyPath]:
    found = {path} if path else set()
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        found |= every_path(below, (*path, key))
    return found


@settings(max_examples=80, deadline=None)
@given(documents())
def test_every_key_of_any_document_is_found_on_its_line_and_every_value_in_its_place(doc: Document) -> None:
    parsed = tomllib.loads(doc.text, parse_float=str)  # so that nan is equal to itself
    assert every_path(parsed) == set(doc.lines)  # else the generator lies
    scan = Scan(doc.text)
    assert scan.lines == doc.lines == key_lines(doc.text)
    for statement in scan.statements:
        written = doc.text[statement.start : statement.end]
        if isinstance(statement, Header):
            tomllib.loads(written)
            continue
        expected: Any = parsed
        for key in statement.path:
            expected = expected[key]
        assert tomllib.loads(f"v = {doc.text[statement.value : statement.end]}", parse_float=str) == {"v": expected}


def test_dotted_keys_inline_tables_arrays_and_long_strings() -> None:
    text = '''\
profiles.a.limits.rate = 1 # one
text = """
[profiles.b]
sender = 3
"""
[ profiles . "b" ]
sender = 'x'
limits = { rate = 5, inner = { chunk = [ 1,
  2 ] } }
[[list]]
x = 1
[[list]]
x = 2
'''
    lines = key_lines(text)
    assert lines["profiles", "a", "limits", "rate"] == lines["profiles",] == 1
    assert lines["text",] == 2
    assert lines["profiles", "b"] == 6
    assert lines["profiles", "b", "limits", "inner", "chunk", 0] == 8
    assert lines["profiles", "b", "limits", "inner", "chunk", 1] == 9
    assert (lines["list",], lines["list", 0, "x"], lines["list", 1], lines["list", 1, "x"]) == (10, 11, 12, 13)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_ends_do_not_move_lines(newline: str) -> None:
    text = newline.join(["# c", "a = '''", "x'''", "", "b = 1", "[t]", "c = 2"])
    assert key_lines(text) == {("a",): 2, ("b",): 5, ("t",): 6, ("t", "c"): 7}


def test_the_next_version_of_toml_has_inline_tables_on_many_lines() -> None:
    lines = key_lines("a = {\n  b = 1, # one\n  c = 2,\n}\nd = 3\n")
    assert lines == {("a",): 1, ("a", "b"): 2, ("a", "c"): 3, ("d",): 5}


@pytest.mark.parametrize("text", ["a", "a =", "= 1", "[a", "a = {b", "a = [1, ]]", "[" * 100_000])
def test_what_is_not_toml_gives_no_lines_and_no_exception(text: str) -> None:
    assert isinstance(key_lines(text), dict)


def test_inline_pairs_follow_the_pair_they_are_in() -> None:
    statements = Scan("a = { b = { c = 1 }, d = 2 }\n[t]\n").statements
    assert [s.path for s in statements] == [("a",), ("a", "b"), ("a", "b", "c"), ("a", "d"), ("t",)]
    assert [s.inline for s in statements if isinstance(s, Pair)] == [False, True, True, True]
