"""XML answers as plain values, read by local element name whatever its case.

Mitto documents the address ``/sms.xml`` and no element names, so nothing here knows any. A document type is refused
outright: without one there are no entities to expand and nothing to fetch.
"""

from __future__ import annotations

from typing import Final
from xml.parsers import expat

_DEEPEST: Final = 32


class NotXml(ValueError):
    """The text is not XML, or has something in it that an answer has no need of."""


class _Element:
    __slots__ = ("children", "name", "text")

    def __init__(self, name: str) -> None:
        self.name = name
        self.text: list[str] = []
        self.children: list[_Element] = []

    def value(self) -> object:
        """The text of a leaf (None where there is none), else a dict; a name that repeats holds a list."""
        if not self.children:
            return "".join(self.text).strip() or None
        grouped: dict[str, list[object]] = {}
        for child in self.children:
            grouped.setdefault(child.name, []).append(child.value())
        return {name: values[0] if len(values) == 1 else values for name, values in grouped.items()}


def parse(document: bytes) -> tuple[str, object]:
    """The root's local name in lower case, and its value: see ``_Element.value``. Raises NotXml."""
    root = _Element("")
    path = [root]

    def start(name: str, _attributes: dict[str, str]) -> None:
        if len(path) > _DEEPEST:
            raise NotXml("too deep")
        element = _Element(name.rpartition(":")[2].lower())
        path[-1].children.append(element)
        path.append(element)

    def end(_name: str) -> None:
        path.pop()

    def data(text: str) -> None:
        path[-1].text.append(text)

    def refuse(*_args: object) -> None:
        raise NotXml("a document type")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, ValueError, LookupError) as wrong:  # the last: an encoding nobody knows
        raise NotXml(str(wrong)) from None
    only = root.children[0]
    return only.name, only.value()
