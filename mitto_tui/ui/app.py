"""The app: modes, themes, keymap. What becomes of errors is in ``resilient``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from textual import events, on
from textual.binding import Binding, BindingType
from textual.screen import Screen

from mitto_tui.ui import themes
from mitto_tui.ui.bridge import connect
from mitto_tui.ui.commands import EVERY_COMMAND
from mitto_tui.ui.commands import app as commands
from mitto_tui.ui.commands.base import Command, bindings
from mitto_tui.ui.commands.keymap import check_keymap
from mitto_tui.ui.commands.palette import CommandPalette
from mitto_tui.ui.literal import mask_numbers
from mitto_tui.ui.resilient import ResilientApp
from mitto_tui.ui.screens.base import ModeScreen
from mitto_tui.ui.screens.start import StartScreen
from mitto_tui.ui.terminal_title import TerminalTitle

if TYPE_CHECKING:
    from mitto_tui.workspace.workspace import Workspace

_STYLES: Final = Path(__file__).parent / "styles"


def _later(module: str, name: str) -> Callable[[], Screen[Any]]:
    """A mode's screen, imported when it is first shown: what nobody opens costs no start-up time."""

    def make() -> Screen[Any]:
        return cast("Screen[Any]", getattr(import_module(f"mitto_tui.ui.screens.{module}"), name)())

    return make


class MittoApp(ResilientApp, inherit_bindings=False):
    """Compose, Bulk, History and Settings over one workspace. ``exit`` gives the program's exit code."""

    TITLE = "mitto"
    # What the first screens need is read at once: a style sheet that comes later has Textual parse all of them anew.
    # What others need comes with them: until there is a first screen, Textual parses everything five times.
    CSS_PATH = [_STYLES / name for name in ("common.tcss", "start.tcss", "compose.tcss")]  # noqa: RUF012
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        "compose": _later("compose", "ComposeScreen"),
        "bulk": _later("bulk", "BulkScreen"),
        "history": _later("history", "HistoryScreen"),
        "settings": _later("settings", "SettingsScreen"),
    }
    ACTIONS: ClassVar[tuple[type[Command], ...]] = commands.COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(*ACTIONS),
        Binding("ctrl+c", "help_quit", show=False, system=True),
    ]
    COMMANDS = {CommandPalette}  # noqa: RUF012 - Textual's own declaration is no ClassVar of ours
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-normal"), (110, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]  # noqa: RUF012
    NOTIFICATION_TIMEOUT = 6

    def __init__(self, profile: str | None = None, *, sandbox: bool = False) -> None:
        super().__init__()
        self.wanted_profile = profile
        self.wanted_sandbox = sandbox
        self.workspace: Workspace | None = None
        self.masked = False
        self.welcomed = False
        """Whether the welcome has been shown in this run."""
        self._disconnect: Callable[[], None] = lambda: None
        self.terminal_title = TerminalTitle(self._to_terminal)
        for theme in themes.OWN:
            self.register_theme(theme)
        self.theme = themes.DEFAULT

    def get_default_screen(self) -> Screen[Any]:
        return StartScreen()

    def _to_terminal(self, data: str) -> None:
        if self._driver is not None:
            self._driver.write(data)

    @on(events.Unmount)
    def _restore_title(self) -> None:
        self.terminal_title.restore()

    # -- the workspace ------------------------------------------------------------------------------------------------

    def use_workspace(self, workspace: Workspace) -> None:
        """Stand on an opened workspace: its theme, its keymap, its first screen."""
        self.workspace = workspace
        self._disconnect()
        self._disconnect = connect(self, workspace)
        self._use_config()
        self.masked = workspace.config.ui.mask_numbers
        self.switch_mode("compose")
        self.run_worker(self._welcome(), group="welcome", exit_on_error=False)

    async def _welcome(self) -> None:
        from mitto_tui.ui.screens.first_run import welcome

        await welcome(self)

    def _use_config(self) -> None:
        assert self.workspace is not None
        config = self.workspace.config
        problems = [str(problem) for problem in config.problems]
        if config.ui.theme in self.available_themes:
            self.theme = config.ui.theme
        elif config.ui.theme:
            problems.append(f"There is no theme {config.ui.theme}; the palette lists them under Change the theme.")
        keymap = check_keymap(config.ui.keymap, EVERY_COMMAND)
        self.set_keymap(keymap.keys)
        problems.extend(keymap.problems)
        for problem in problems:
            self.notify(problem, title="Configuration", severity="warning", timeout=15)

    def standing_screens(self) -> Iterator[Screen[Any]]:
        """Every screen of every mode, shown or not."""
        for stack in self._screen_stacks.values():
            yield from stack

    # -- words --------------------------------------------------------------------------------------------------------

    def number(self, display: str) -> str:
        """A phone number, or a sentence with one in it, as it may be shown now: as it is, or masked."""
        return mask_numbers(display) if self.masked else display

    def key_of(self, command: type[Command]) -> str:
        """A command's first key as shown to a person, keymap included, or an empty string."""
        key = self.first_key(command.id)
        return self.get_key_display(Binding(key, "")) if key else ""

    def first_key(self, command_id: str | None) -> str:
        """The first of a command's keys, keymap included, or an empty string."""
        keys = self._keymap.get(command_id or "") or next((c.key for c in EVERY_COMMAND if c.id == command_id), "")
        return keys.split(",")[0].strip()

    def get_key_display(self, binding: Binding) -> str:
        shown = super().get_key_display(binding)
        return shown.upper() if shown[:1] == "f" and shown[1:].isdigit() else shown

    # -- actions ------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        for command in self.ACTIONS:
            if command.action() == action:
                return command.possible(self)
        return super().check_action(action, parameters)

    def action_compose(self) -> None:
        self.switch_mode("compose")

    def action_bulk(self) -> None:
        self.switch_mode("bulk")

    def action_history(self) -> None:
        self.switch_mode("history")

    def action_settings(self) -> None:
        self.switch_mode("settings")

    async def open_message(self, message_id: int) -> None:
        """Show a stored message in History."""
        if "history" not in self.MODES:
            return
        await self.switch_mode("history")
        await self.screen.open_message(message_id)  # type: ignore[attr-defined]  # every history screen has it

    async def show_campaign(self, campaign: int, name: str) -> None:
        """Show in History what failed of a campaign."""
        from mitto_tui.ui.history_rows import Group

        await self.switch_mode("history")
        self.screen.show_campaign(campaign, name, Group.FAILED)  # type: ignore[attr-defined]  # as above

    def action_mask(self) -> None:
        self.masked = not self.masked
        for screen in self.standing_screens():
            if isinstance(screen, ModeScreen):
                screen.masking_changed()
        self.notify("Numbers are masked." if self.masked else "Numbers are shown.")

    def action_help(self) -> None:
        from mitto_tui.ui.screens.help import HelpScreen

        self.push_screen(HelpScreen.on(self.screen))

    def action_opt_outs(self) -> None:
        from mitto_tui.ui.screens.opt_outs import OptOutsScreen

        if self.workspace is not None and not self.screen.is_modal:
            self.push_screen(OptOutsScreen(self.workspace))

    def action_jump(self) -> None:
        from mitto_tui.ui.screens.jump import JumpScreen

        if not self.screen.is_modal:
            self.push_screen(JumpScreen(self.screen))

    def action_command_palette(self) -> None:
        if not self.screen.is_modal:
            super().action_command_palette()

    async def action_quit(self) -> None:
        from mitto_tui.ui.screens.leaving import LeavingCampaigns, LeavingDialog

        if self.workspace is not None and self.workspace.runs.all:
            if not isinstance(self.screen, LeavingCampaigns):
                self.push_screen(LeavingCampaigns(self.workspace))
            return
        for screen in self.standing_screens():
            if isinstance(screen, ModeScreen):
                await screen.before_quit()
        if self.workspace is not None and self.workspace.sending:
            if not isinstance(self.screen, LeavingDialog):
                self.push_screen(LeavingDialog(self.workspace))
            return
        self.exit(0)
