"""Changes to a TOML document's text that touch nothing else: not a comment, not a blank, not the order.

A library that rebuilds the document moves comments which stand above a table into the table before it; splicing the
text doesn't. Each function takes a document that parses, and the caller checks that the result says what it should.
"""

from __future__ import annotations

import json
import re
from typing import Final

from mitto_tui.settings.problems import KeyPath
from mitto_tui.settings.toml_scan import Header, Pair, Scan, Statement

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_COMMENTS_ABOVE: Final = re.compile(r"(?:^[ \t]*#[^\n]*\n)+\Z", re.MULTILINE)
_COMMENTS_BELOW: Final = re.compile(r"(?:[ \t]*#[^\n]*\n)*")
_LEADING_COMMENTS: Final = re.compile(r"(?:[ \t]*#[^\n]*(?:\n|\Z))*")


def set_value(text: str, path: tuple[str, ...], literal: str) -> str:
    """``text`` with ``literal`` (a value as TOML writes it) at ``path``; tables that are missing are added."""
    scan = Scan(text)
    for pair in _pairs(scan):
        if pair.path == path:
            return text[: pair.value] + literal + text[pair.end :]
    table = path[:-1]
    for depth in range(len(table), 0, -1):
        if table[:depth] in scan.braces:
            return _add_inline(scan, table[:depth], f"{_keys(path[depth:])} = {literal}")
    if not table or any(isinstance(s, Header) and s.path == table for s in scan.statements):
        return _add_line(scan, table, f"{_keys(path[-1:])} = {literal}")
    dotted = [pair for pair in _pairs(scan) if pair.path[: len(table)] == table and len(pair.base) < len(table)]
    if dotted:
        return _after(text, dotted[-1], [f"{_keys(path[len(dotted[-1].base) :])} = {literal}"])
    return add_table(text, table, [f"{_keys(path[-1:])} = {literal}"])


def add_table(text: str, path: tuple[str, ...], lines: list[str] | None = None) -> str:
    """``text`` with a table at ``path``, behind the last one that begins with the same key, else at the end."""
    scan = Scan(text)
    for depth in range(len(path) - 1, 0, -1):
        if path[:depth] in scan.braces:
            return _add_inline(scan, path[:depth], f"{_keys(path[depth:])} = {{}}")
    top = [statement for statement in scan.statements if not _is_inline(statement)]
    last = max((i for i, statement in enumerate(top) if statement.path[:1] == path[:1]), default=len(top) - 1)
    while last + 1 < len(top) and isinstance(top[last + 1], Pair):  # a header here would take what follows it
        last += 1
    block = ["", f"[{_keys(path)}]", *(lines or [])]
    if last >= 0:
        return _after(text, top[last], block)
    start = _with_line_end(text)
    return start + _line_end(text).join([*(block if start else block[1:]), ""])


def remove(text: str, path: tuple[str, ...]) -> str:
    """``text`` without all that is at ``path`` and below, with the comments that speak of it alone."""
    while True:
        statements = Scan(text).statements
        found = [i for i, statement in enumerate(statements) if statement.path[: len(path)] == path]
        if not found:
            return text
        first = statements[found[0]]
        if isinstance(first, Pair) and first.inline:
            text = _without_inline(text, first)
            continue
        last = found[0]  # as many as stand together, so that comments between them go too
        while last + 1 in found:
            last += 1
        text = _without_lines(text, first, max(statement.end for statement in statements[found[0] : last + 1]))


def literal(value: str | int | bool | list[str]) -> str:
    """``value`` as TOML writes it."""
    return json.dumps(value, ensure_ascii=False)  # TOML's basic strings know all of JSON's escapes


def _pairs(scan: Scan) -> list[Pair]:
    return [statement for statement in scan.statements if isinstance(statement, Pair)]


def _is_inline(statement: Statement) -> bool:
    return isinstance(statement, Pair) and statement.inline


def _keys(path: KeyPath) -> str:
    return ".".join(key if _BARE.fullmatch(key) else literal(key) for key in map(str, path))


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _with_line_end(text: str) -> str:
    return text if not text or text.endswith("\n") else text + _line_end(text)


def _after(text: str, statement: Statement, lines: list[str]) -> str:
    """``lines`` under ``statement``'s last line, indented as it is; comments right under it stay with it."""
    newline = text.find("\n", statement.end)
    if newline < 0:
        text, newline = _with_line_end(text), len(_with_line_end(text)) - 1
    at = newline + 1
    is_table = not lines[0]
    comments = _COMMENTS_BELOW.match(text, at)
    if is_table and comments and not text.startswith("[", comments.end()):
        at = comments.end()
    if is_table and text[at:] and not text.startswith(("\n", "\r\n"), at):
        lines = [*lines, ""]
    start = text.rfind("\n", 0, statement.start) + 1
    indent = text[start : statement.start] if isinstance(statement, Pair) and not is_table else ""
    added = "".join(f"{indent}{line}{_line_end(text)}" for line in lines)
    return text[:at] + added + text[at:]


def _add_line(scan: Scan, table: KeyPath, line: str) -> str:
    """A line in a table that has its header (or in the document's own), behind the last of its pairs."""
    inside = [p for p in _pairs(scan) if p.base == table and not p.inline]
    if inside:
        return _after(scan.text, inside[-1], [line])
    header = next((s for s in scan.statements if isinstance(s, Header) and s.path == table), None)
    if header is not None:
        return _after(scan.text, header, [line])
    text = _with_line_end(scan.text)
    comments = _LEADING_COMMENTS.match(text)
    at = comments.end() if comments and not text[comments.end() :].startswith("[") else 0
    gap = _line_end(text) if text[at:] and not text.startswith(("\n", "\r\n"), at) else ""
    return f"{text[:at]}{line}{_line_end(text)}{gap}{text[at:]}"


def _add_inline(scan: Scan, table: KeyPath, pair: str) -> str:
    """A pair between the braces of ``table``."""
    start, end = scan.braces[table]
    inside = [p for p in _pairs(scan) if p.base == table and p.inline]
    if not inside:
        return f"{scan.text[:start]}{{ {pair} }}{scan.text[end + 1 :]}"
    return f"{scan.text[: inside[-1].end]}, {pair}{scan.text[inside[-1].end :]}"


def _without_inline(text: str, pair: Pair) -> str:
    if comma := re.compile(r"\s*,\s*").match(text, pair.end):
        return text[: pair.start] + text[comma.end() :]
    before = text[: pair.start].rstrip()
    return (before[:-1] if before.endswith(",") else before) + text[pair.end :]


def _without_lines(text: str, first: Statement, end: int) -> str:
    start = text.rfind("\n", 0, first.start) + 1
    newline = text.find("\n", end)
    rest = text[newline + 1 :] if newline >= 0 else ""
    before = text[:start]
    if isinstance(first, Header):
        above = _COMMENTS_ABOVE.search(before)
        if above and above.start() > 0:  # at the very top, comments speak of the whole file
            before = before[: above.start()]
        if not rest.strip():
            before = before.rstrip() + _line_end(text) if before.strip() else ""
        elif rest.startswith(("\n", "\r\n")) and (not before or before.endswith(("\n\n", "\n\r\n"))):
            rest = rest.lstrip("\r\n")
    return before + rest
