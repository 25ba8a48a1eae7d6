"""The line at the bottom: the few keys that matter here, always in the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from mitto_tui.ui.commands.base import Command, nodes_of

if TYPE_CHECKING:
    from mitto_tui.ui.app import MittoApp

MOST = 7
"""More keys than this nobody reads; F1 and the palette have them all."""


class KeyLine(Footer):
    """Textual's footer, in the order of the commands whatever has the focus: a field's own keys don't shuffle it.

    It is only made anew when it would read differently, not whenever the focus moves.
    """

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)
        self._drawn: list[tuple[str, str, bool]] = []

    def compose(self) -> ComposeResult:
        if not self._bindings_ready:
            return
        shown = self._shown()
        self._drawn = _reading(shown)
        for _, binding, enabled, tooltip in shown:
            yield FooterKey(
                binding.key,
                self.app.get_key_display(binding),
                binding.description,
                binding.action,
                disabled=not enabled,
                tooltip=tooltip,
            ).data_bind(compact=Footer.compact)

    def bindings_changed(self, screen: Screen[Any]) -> None:
        # What lies under a dialog stays as it was.
        if screen.is_active and (not self._bindings_ready or _reading(self._shown()) != self._drawn):
            super().bindings_changed(screen)

    def on_resize(self, event: Resize) -> None:
        if self._bindings_ready and _reading(self._shown()) != self._drawn:
            self.call_after_refresh(self.recompose)

    def _shown(self) -> list[ActiveBinding]:
        """The bindings that there is room for: the screen's own give way first, its last ones before its first."""
        app = cast("MittoApp", self.app)
        by_id: dict[str | None, ActiveBinding] = {}
        for active in self.screen.active_bindings.values():
            if active.binding.id not in by_id or app.first_key(active.binding.id) == active.binding.key:
                by_id[active.binding.id] = active
        actions: list[type[Command]] = [
            command for node in nodes_of(self.screen) for command in getattr(node, "ACTIONS", ())
        ]
        own = [by_id[command.id] for command in actions if command.footer and command.id in by_id]
        everywhere = [by_id[command.id] for command in app.ACTIONS if command.footer and command.id in by_id]
        del own[MOST - len(everywhere) :]
        while own and sum(map(self._width, own + everywhere)) > self.size.width - 2:
            own.pop()
        return own + everywhere

    def _width(self, active: ActiveBinding) -> int:
        binding = active.binding
        return len(self.app.get_key_display(binding)) + len(binding.description) + 3


def _reading(shown: list[ActiveBinding]) -> list[tuple[str, str, bool]]:
    return [(active.binding.key, active.binding.description, active.enabled) for active in shown]
