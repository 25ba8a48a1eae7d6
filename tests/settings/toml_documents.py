"""Random TOML documents whose lines are known, since whoever writes a document can count while writing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from hypothesis import strategies as st

from mitto_tui.settings.problems import KeyPath

_NAMES = ["a", "b-1", "_", "7", "profiles", "x.y", "ä", "", "#", "[t]", "q\"'=", "tab\t"]
_SCALARS = [
    "1",
    "-7",
    "1_000",
    "0x1F",
    "+1.5e3",
    "inf",
    "nan",
    "true",
    "1979-05-27",
    "1979-05-27 07:32:00",
    "07:32:00.5",
]
_STRINGS = ['"plain"', "'# no comment'", '"a \\" b \\\\"', "'C:\\'", '"[x]\\n = "', '""', "''"]
_LONG = [
    '"""\n[not.a.table]\nkey = 1 # no comment\n"""',
    "'''\n'' x = 1\n[no]'''",
    '"""a\\""" b"""',
    '""" two more """""',
    "''' one more ''''",
    '"""\\\n   joined"""',
    '"""a\n\n\n"""',
]


@dataclass
class Document:
    """``text``, and the line where each of its key paths first appears."""

    text: str = ""
    lines: dict[KeyPath, int] = field(default_factory=dict)

    def line(self) -> int:
        return self.text.count("\n") + 1

    def note(self, path: KeyPath) -> None:
        self.lines.setdefault(path, self.line())


def _key(draw: st.DrawFn, name: str) -> str:
    bare = name.replace("-", "").replace("_", "").isalnum() and name.isascii()
    forms = [json.dumps(name)] + ([name] * 3 if bare else [])
    if "'" not in name and "\t" not in name:
        forms.append(f"'{name}'")
    return draw(st.sampled_from(forms))


def _names(draw: st.DrawFn, count: int) -> list[str]:
    return draw(st.lists(st.sampled_from(_NAMES), min_size=count, max_size=3, unique=True))


def _gap(draw: st.DrawFn) -> str:
    return draw(st.sampled_from(["", " ", "\t "]))


def _rest(draw: st.DrawFn) -> str:
    """What may stand between an array's elements, and between statements."""
    return draw(st.sampled_from(["", " ", "\n", ' # ] } = "\n', "\n\n\t"]))


def _value(draw: st.DrawFn, doc: Document, path: KeyPath, depth: int) -> None:
    kind = draw(st.sampled_from(["scalar", "string", "long"] + ["array", "inline"] * (depth < 3)))
    if kind == "array":
        doc.text += "["
        for index in range(draw(st.integers(0, 3))):
            if index:
                doc.text += ","
            doc.text += _rest(draw)
            doc.note((*path, index))
            _value(draw, doc, (*path, index), depth + 1)
            doc.text += _rest(draw)
        doc.text += _rest(draw) + "]"
    elif kind == "inline":
        doc.text += "{" + _gap(draw)
        for position, name in enumerate(_names(draw, 0)):
            if position:
                doc.text += "," + _gap(draw)
            _pair(draw, doc, path, name, depth + 1)
            doc.text += _gap(draw)
        doc.text += "}"
    else:
        doc.text += draw(st.sampled_from({"scalar": _SCALARS, "string": _STRINGS, "long": _LONG}[kind]))


def _pair(draw: st.DrawFn, doc: Document, base: KeyPath, name: str, depth: int) -> None:
    path: KeyPath = (*base, name)
    doc.note(path)
    doc.text += _key(draw, name) + _gap(draw)
    for more in _names(draw, 0)[:2] if draw(st.booleans()) else ():
        path = (*path, more)
        doc.note(path)
        doc.text += "." + _gap(draw) + _key(draw, more) + _gap(draw)
    doc.text += "=" + _gap(draw)
    _value(draw, doc, path, depth)


def _blank(draw: st.DrawFn) -> str:
    return draw(st.sampled_from(["\n", " \n", "\n# [comment]\n", '  # a = """\n\n', "\r\n"]))


def _section(draw: st.DrawFn, doc: Document, base: KeyPath) -> None:
    for name in _names(draw, 0):
        doc.text += _gap(draw)
        _pair(draw, doc, base, name, 0)
        doc.text += _gap(draw) + _blank(draw)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    doc = Document(draw(st.sampled_from(["", "# top\n\n", "\n"])))
    _section(draw, doc, ())
    # Top-level names of their own, so that no header defines again what a pair has defined.
    for number in range(draw(st.integers(0, 3))):
        name = f"{number}{draw(st.sampled_from(_NAMES))}"
        key = _key(draw, name)
        if draw(st.booleans()):
            doc.note((name,))
            child = draw(st.sampled_from(_NAMES))
            doc.note((name, child))
            doc.text += f"[{_gap(draw)}{key} .{_key(draw, child)}]" + _blank(draw)
            _section(draw, doc, (name, child))
            continue
        for index in range(draw(st.integers(1, 3))):
            doc.note((name,))
            doc.note((name, index))
            doc.text += f"[[{key}]]" + _blank(draw)
            _section(draw, doc, (name, index))
            if draw(st.booleans()):
                sub = "9sub"
                doc.note((name, index, sub))
                doc.text += f"[{key}.{sub}]" + _blank(draw)
                _section(draw, doc, (name, index, sub))
    if draw(st.booleans()):
        doc.text = doc.text.rstrip("\r\n")
    return doc
