"""A command is one thing a person can do: its key, its words and when it is possible, in one place.

Bindings, footer, palette, help and the configurable keymap are all made from these classes. Textual is only needed to
make bindings, so that listing the keys does not load it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from textual.binding import Binding, BindingType


class Command:
    """Subclass it once for each action; the classes are never instantiated.

    The node that binds it (a screen or the app) has a method ``action_<action>``.
    """

    id: ClassVar[str]
    """``room.action``: what the configuration's ``[ui.keymap]`` calls it. The part behind the dot names the action."""
    key: ClassVar[str]
    """Keys in Textual's spelling, the first of which is shown; one of them works on every terminal. Empty: the palette
    only."""
    label: ClassVar[str]
    """One or two words, for the footer."""
    title: ClassVar[str]
    """What it does as a command, for the palette."""
    help: ClassVar[str]
    """A sentence or two, for F1 and tooltips."""
    footer: ClassVar[bool] = False
    """Whether it is one of the few that the footer shows."""
    priority: ClassVar[bool] = True
    """Whether its key works before what a focused field makes of it."""

    @classmethod
    def action(cls) -> str:
        """The action's name on the node that binds it."""
        return cls.id.rpartition(".")[2]

    @classmethod
    def possible(cls, node: Any) -> bool:
        """Whether it makes sense now. ``node`` is the screen or app that binds it."""
        return True

    @classmethod
    def binding(cls) -> Binding:
        """Its binding, which the keymap can change by ``id``."""
        from textual.binding import Binding

        return Binding(
            cls.key,
            cls.action(),
            cls.label,
            show=cls.footer,
            tooltip=cls.help,
            id=cls.id,
            priority=cls.priority,
        )


def nodes_of(screen: Any) -> Iterator[Any]:
    """What binds commands on a screen: the screen, and a part of it that has commands of its own (``acting``)."""
    yield screen
    acting = getattr(screen, "acting", None)
    if acting is not None:
        yield acting


def bindings(*commands: type[Command]) -> list[BindingType]:
    """What to put into a screen's or the app's ``BINDINGS``."""
    return [command.binding() for command in commands if command.key]
