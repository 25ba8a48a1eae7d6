"""The palette: every command that is possible now, by name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from mitto_tui.ui.commands.base import Command, nodes_of

if TYPE_CHECKING:
    from textual.dom import DOMNode


class CommandPalette(Provider):
    """Feeds Textual's palette from the commands of the screen below it and of the app."""

    def _possible(self) -> Iterator[tuple[type[Command], DOMNode]]:
        for node in (*nodes_of(self.screen), self.app):
            for command in getattr(node, "ACTIONS", ()):
                if command.id != "app.command_palette" and command.possible(node):
                    yield command, node

    def _help(self, command: type[Command]) -> str:
        keys = self.app.key_of(command)  # type: ignore[attr-defined]  # the app is ours
        return f"{command.help}  {keys}".strip()

    async def discover(self) -> Hits:
        for command, node in self._possible():
            yield DiscoveryHit(
                command.title,
                partial(self.app.run_action, command.action(), node),
                help=self._help(command),
            )

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command, node in self._possible():
            score = matcher.match(command.title)
            if score > 0:
                yield Hit(
                    score,
                    matcher.highlight(command.title),
                    partial(self.app.run_action, command.action(), node),
                    help=self._help(command),
                )
