"""The names in a template: when a field's and a column's are one, and what is wrong where none or several are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.visible import HIDDEN, one_line

_FIELD: Final = "text"
_SHOWN: Final = 40
_LISTED: Final = 8
_COMPARED: Final = 60
_UNWRITABLE: Final = re.compile(r"[\s{}|]+")
_JOINERS: Final = re.compile(r"[_\u2010\u2011-]+")
_DOTTED_I: Final = re.compile("i\u0307+")


class MissingColumn(InvalidInput):
    """There is nothing for a field. ``name`` is the first such field's, ``names`` all of theirs, each as written.

    ``suggestions`` are the columns that could be meant by ``name``, the likeliest first.
    """

    def __init__(self, names: Sequence[str], columns: Sequence[str]) -> None:
        self.name = names[0]
        self.names = tuple(names)
        self.suggestions = _close(self.name, columns)
        meant = " or ".join(_braced(field_for(column)[1:-1]) for column in self.suggestions)
        super().__init__(
            _FIELD,
            f"There {'is no column' if len(names) == 1 else 'are no columns'} for {_listed(names, _braced)}.",
            (f"Did you mean {meant}? " if meant else "") + _there([column for column in columns if normal(column)]),
        )


class AmbiguousColumn(InvalidInput):
    """More than one column could be meant by a field. ``name`` is the field's, ``columns`` are theirs."""

    def __init__(self, name: str, columns: Sequence[str]) -> None:
        self.name = name
        self.columns = tuple(columns)
        super().__init__(
            _FIELD,
            f"{_braced(name)} could mean {len(columns)} columns: {_listed(columns)}.",
            "Rename all but one of them: blanks, hyphens, underscores and case make no difference.",
        )


class EmptyValue(InvalidInput):
    """A field's value is blank, and there is no fallback. ``name`` is the column's."""

    def __init__(self, name: str) -> None:
        self.name = name
        field = "{" + one_line(field_for(name)[1:-1], _SHOWN)
        super().__init__(
            _FIELD,
            f"{_shown(name)} is empty here.",
            f"Fill it in, or write a fallback, as in {field}|there}}, or {field}|}} where nothing may stand.",
        )


def normal(name: str) -> str:
    """``name`` as names compare: ``First name``, ``first_name`` and ``FIRST-NAME`` are one.

    Case is folded and accents are composed (Unicode §3.13, canonical caseless matching; the Turkish dotted İ is an i).
    Blanks, line breaks, hyphens, underscores, invisible characters, and what a field can't hold (braces and bars) are
    left out, but for hyphens and underscores in a name of nothing else.
    """
    bare = _UNWRITABLE.sub("", HIDDEN.sub("", name))
    bare = _JOINERS.sub("", bare) or bare
    folded = unicodedata.normalize("NFD", bare).casefold()
    return unicodedata.normalize("NFC", _DOTTED_I.sub("i", folded))


def field_for(column: str) -> str:
    """The field that stands for ``column``, braces included; empty where its name leaves nothing to write."""
    name = _UNWRITABLE.sub(" ", HIDDEN.sub(_blank_or_nothing, column)).strip()
    return f"{{{name}}}" if name else ""


def places_of(names: Mapping[str, str], columns: Sequence[str]) -> dict[str, int]:
    """Where in ``columns`` the fields' columns stand, by key. ``names`` are the fields' names, by key.

    Raises MissingColumn, AmbiguousColumn. Columns that no field asks for may be called anything.
    """
    found: dict[str, list[int]] = {}
    for index, column in enumerate(columns):
        found.setdefault(normal(column), []).append(index)
    missing = [name for key, name in names.items() if key not in found]
    if missing:
        raise MissingColumn(missing, columns)
    for key, name in names.items():
        if len(found[key]) > 1:
            raise AmbiguousColumn(name, [columns[index] for index in found[key]])
    return {key: found[key][0] for key in names}


def _blank_or_nothing(hidden: re.Match[str]) -> str:
    return " " if hidden[0].isspace() else ""


def _close(name: str, columns: Sequence[str]) -> tuple[str, ...]:
    import difflib

    known = {normal(column)[:_COMPARED]: column for column in reversed(columns)}
    return tuple(known[key] for key in difflib.get_close_matches(normal(name)[:_COMPARED], known))


def _there(columns: Sequence[str]) -> str:
    match len(columns):
        case 0:
            return "There are no columns at all."
        case 1:
            return f"The only column is {_listed(columns)}."
        case _:
            return f"The columns are {_listed(columns)}."


def _shown(name: str) -> str:
    return one_line(name.strip(), _SHOWN)


def _braced(name: str) -> str:
    return f"{{{_shown(name)}}}"


def _listed(names: Sequence[str], show: Callable[[str], str] = _shown) -> str:
    shown = ", ".join(map(show, names[:_LISTED]))
    more = len(names) - _LISTED
    return f"{shown} and {more:,} more" if more > 0 else shown
