"""Settings: accounts and their keys, how the program looks, and where its files are. Every change is kept at once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button

from mitto_tui.settings.config import BASE_URL_VARIABLE, Config, load_config
from mitto_tui.settings.profiles import DEFAULT, SANDBOX
from mitto_tui.settings.secrets import KeyStatus, delete_key, key_status
from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.submission import OutcomeKind
from mitto_tui.ui import themes
from mitto_tui.ui.aside import aside
from mitto_tui.ui.commands import settings as commands
from mitto_tui.ui.commands.base import Command, bindings
from mitto_tui.ui.literal import literal
from mitto_tui.ui.reopening import adopt, reopen
from mitto_tui.ui.screens.base import ModeScreen
from mitto_tui.ui.screens.settings_account import AddAccountDialog
from mitto_tui.ui.screens.settings_key import SetKeyDialog
from mitto_tui.ui.settings_fields import FIELDS, home_path
from mitto_tui.ui.themes import BAD, DIM, GOOD, WARN
from mitto_tui.ui.widgets.account_panel import AccountPanel
from mitto_tui.ui.widgets.dialog import Answer, Dialog
from mitto_tui.ui.widgets.hanging_text import HangingText, Paragraph
from mitto_tui.ui.widgets.key_panel import KeyAction, KeyPanel
from mitto_tui.ui.widgets.looks_panel import LooksPanel
from mitto_tui.workspace.key_check import judge

_MARGIN: Final = 10


class SettingsScreen(ModeScreen):
    """Shows one account at a time, the one in use first."""

    MODE = "settings"
    ABOUT = "Accounts and their keys, and how the program looks. Every change is kept at once, in the file named below."
    CSS_PATH = "../styles/settings.tcss"
    ACTIONS: ClassVar[tuple[type[Command], ...]] = commands.COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = bindings(*ACTIONS)
    AUTO_FOCUS = "#account-choice"
    JUMPS: ClassVar[dict[str, str]] = {
        "a": "#account-choice",
        "h": "#set-host",
        "s": "#set-sender",
        "c": "#set-country",
        "p": "#set-prices",
        "k": "#key-panel Button",
        "t": "#set-theme",
        "n": "#set-mask-numbers",
    }
    HELP_TEXTS: ClassVar[dict[str, str]] = {
        "#account-row": "An account (a “profile” in the file) has its own host, sender, key and history. Choosing one "
        "here shows it; “Use this account” goes over to it.",
        "#host-row": "Where Mitto is reached. Unless Mitto told you otherwise, the first is right.",
        "#set-base-url": "The address that requests go to, without /sms at the end; only https, except to this "
        "machine.",
        **{f"#{setting.id}": setting.help for setting in FIELDS},
        "#key-panel": "The API key that Mitto gave you. It is kept in this system's keyring, one for each account; the "
        "environment variable MITTO_API_KEY counts before it.",
        "#set-theme": "Every theme can be tried here; the one chosen last is kept.",
        "#mask-row": "Whether phone numbers are masked when the program starts.",
    }

    def __init__(self) -> None:
        super().__init__()
        self._saving = asyncio.Lock()
        self._status: KeyStatus | None = None
        self._offered = False

    def body(self) -> ComposeResult:
        own = [theme.name for theme in themes.OWN]
        others = sorted(name for name in self.app.available_themes if name not in own)
        with VerticalScroll(id="settings", can_focus=False), Container(id="settings-columns"):
            with Vertical(id="settings-left"):
                yield AccountPanel()
            with Vertical(id="settings-right"):
                with Vertical(id="problems-panel", classes="panel") as problems:
                    problems.border_title = "To mend"
                    yield HangingText(_MARGIN, id="problems")
                yield KeyPanel()
                yield LooksPanel([*own, *others])
                with Vertical(id="files-panel", classes="panel") as files:
                    files.border_title = "Files"
                    yield HangingText(_MARGIN, id="files")

    def on_mount(self) -> None:
        self._show_files()
        self._show(self.workspace.config, self.workspace.profile.name)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._reload()

    async def before_quit(self) -> None:
        self.account.commit(self.focused)
        async with self._saving:
            pass

    # -- parts --------------------------------------------------------------------------------------------------------

    @property
    def account(self) -> AccountPanel:
        """The form."""
        return self.query_one(AccountPanel)

    @property
    def keys(self) -> KeyPanel:
        """The key's panel."""
        return self.query_one(KeyPanel)

    def _can(self, action: KeyAction) -> bool:
        return self.is_mounted and action in self.keys.possible

    @property
    def can_have_key(self) -> bool:
        """Whether the account shown can be given a key."""
        return self._can(KeyAction.SET)

    @property
    def can_test_key(self) -> bool:
        """Whether there is a key in use to be tested."""
        return self._can(KeyAction.TEST)

    @property
    def can_delete_key(self) -> bool:
        """Whether there is a key in the keyring."""
        return self._can(KeyAction.DELETE)

    @property
    def can_use_account(self) -> bool:
        """Whether another account than the one in use is shown."""
        return self.is_mounted and self.account.name_shown not in ("", self.workspace.profile.name)

    # -- showing ------------------------------------------------------------------------------------------------------

    @work(exclusive=True, group="reload", exit_on_error=False)
    async def _reload(self) -> None:
        """What somebody wrote into the file meanwhile."""
        config = await aside(lambda: load_config(self.workspace.paths.config_file))
        self._show(config, self.account.name_shown)

    def _show(self, config: Config, name: str) -> None:
        in_use = self.workspace.profile.name
        profile = config.profiles.get(name) or self.workspace.profile
        self.account.show(profile, sorted(config.profiles, key=_account_order), in_use=in_use)
        self.query_one(LooksPanel).show(config.ui, self.app.theme)
        self._show_problems(config)
        self._look_for_key()
        if self.can_use_account != self._offered:
            self._offered = self.can_use_account
            self.refresh_bindings()

    def _show_problems(self, config: Config) -> None:
        paragraphs = []
        for problem in config.problems:
            place = f"line {problem.line}" if problem.line is not None else "file"
            text = literal(problem.message, 400) + Content.styled(f" {problem.allowed}", DIM)
            paragraphs.append(Paragraph(Content.styled(place, WARN), text))
        if os.environ.get(BASE_URL_VARIABLE, "").strip() and not self.workspace.sandbox:
            text = literal(f"It counts instead of the account’s host: {self.workspace.profile.base_url}", 200)
            paragraphs.append(Paragraph(Content.styled(BASE_URL_VARIABLE, WARN), text))
        self.query_one("#problems", HangingText).show(paragraphs)
        self.query_one("#problems-panel").display = bool(paragraphs)

    def _show_files(self) -> None:
        paths = self.workspace.paths
        files = {"Settings": paths.config_file, "Messages": paths.database_file, "Log": paths.log_file}
        self.query_one("#files", HangingText).show(
            [Paragraph(Content.styled(label, DIM), literal(home_path(path))) for label, path in files.items()]
        )

    @on(AccountPanel.Chosen)
    def _chosen(self, event: AccountPanel.Chosen) -> None:
        self.keys.say("")
        self._show(self.workspace.config, event.name)

    # -- keeping ------------------------------------------------------------------------------------------------------

    @on(AccountPanel.Edited)
    def _edited(self, event: AccountPanel.Edited) -> None:
        self._keep(self.account.name_shown, event.key, event.changes)

    @work(group="keep", exit_on_error=False)
    async def _keep(self, name: str, key: str, changes: Mapping[str, str | None]) -> None:
        from mitto_tui.settings.config_edit import change_settings

        file = self.workspace.paths.config_file
        try:
            await self._change(lambda: change_settings(file, name, changes))
        except MittoTuiError as error:
            self.account.complain(key, str(error))
        else:
            self.account.say_saved(key)

    @on(LooksPanel.Edited)
    def _looks_edited(self, event: LooksPanel.Edited) -> None:
        if event.key == "theme":
            self.app.theme = event.value
        self._keep_looks(event.key, event.value)

    @work(group="keep", exit_on_error=False)
    async def _keep_looks(self, key: str, value: str) -> None:
        from mitto_tui.settings.config_edit import change_ui

        file = self.workspace.paths.config_file
        try:
            await self._change(lambda: change_ui(file, key, value))
        except MittoTuiError as error:
            self.mitto.report_problem(error)

    async def _change(self, change: Callable[[], Config]) -> None:
        """Make a change in the file, one after the other, and go on with it."""
        async with self._saving:
            config = await aside(change)
            await adopt(self.mitto, config)
        self._show(config, self.account.name_shown)

    # -- accounts -----------------------------------------------------------------------------------------------------

    @on(Button.Pressed, "#account-add")
    def action_add_account(self) -> None:
        def added(answer: tuple[str, Config] | None) -> None:
            if answer is not None:
                name, config = answer
                self.workspace.config = config
                self._show(config, name)
                self.query_one("#set-host").focus()

        self.app.push_screen(AddAccountDialog(self.workspace.paths.config_file), added)

    @on(Button.Pressed, "#account-use")
    def action_use_account(self) -> None:
        # The app's, since this screen gives way to a new one.
        self.app.run_worker(self._use(self.account.name_shown), group="reopen", exit_on_error=False)

    async def _use(self, name: str) -> None:
        from mitto_tui.settings.config_edit import use_profile

        app, file = self.mitto, self.workspace.paths.config_file
        try:
            if name != SANDBOX:
                await aside(lambda: use_profile(file, name))
            await reopen(app, name, sandbox=name == SANDBOX)
        except MittoTuiError as error:
            app.report_problem(error)
            return
        if name == SANDBOX:
            app.notify("This is the sandbox, until the program ends. mitto-tui --sandbox starts in it.")
        else:
            app.notify(f"Messages are sent from {name} now.")

    # -- the key ------------------------------------------------------------------------------------------------------

    @work(exclusive=True, group="key-status", exit_on_error=False)
    async def _look_for_key(self) -> None:
        name = self.account.name_shown
        if name == SANDBOX:
            self.keys.show_sandbox()
            return
        if self._status is None or self._status.profile != name:
            self.keys.look()
        self._status = await aside(lambda: key_status(name))
        self.keys.show(self._status, in_use=name == self.workspace.profile.name)

    @on(KeyPanel.Asked)
    def _asked(self, event: KeyPanel.Asked) -> None:
        match event.action:
            case KeyAction.SET:
                self.action_set_key()
            case KeyAction.TEST:
                self.action_test_key()
            case KeyAction.DELETE:
                self.action_delete_key()

    def action_set_key(self) -> None:
        name = self.account.name_shown

        def kept(keyring: str | None) -> None:
            if keyring is not None:
                self.keys.say("")
                self._use_key(name)

        self.app.push_screen(SetKeyDialog(name), kept)

    @work(exclusive=True, group="use-key", exit_on_error=False)
    async def _use_key(self, name: str) -> None:
        """Go on with another key, or with none."""
        if name == self.workspace.profile.name:
            try:
                await self.workspace.use_key()
            except MittoTuiError as error:
                self.keys.say(str(error), BAD)
        self._look_for_key()

    @work(exclusive=True, group="test-key", exit_on_error=False)
    async def action_test_key(self) -> None:
        self.keys.say("Asking Mitto…")
        try:
            outcome = await self.workspace.test_key()
        except MittoTuiError as error:
            self.keys.say(str(error), BAD)
        else:
            self.keys.say(judge(outcome)[1], _COLOURS.get(outcome.kind, BAD))

    def action_delete_key(self) -> None:
        name = self.account.name_shown
        body = f"Messages can’t be sent from {name} until it has a key again. Mitto’s side is not touched."

        def answered(answer: str | None) -> None:
            if answer == "delete":
                self._delete(name)

        dialog = Dialog("Delete the key?", body, (Answer("back", "Back", "esc"), Answer("delete", "Delete", "d")))
        self.app.push_screen(dialog, answered)

    @work(exclusive=True, group="use-key", exit_on_error=False)
    async def _delete(self, name: str) -> None:
        try:
            gone = await aside(lambda: delete_key(name))
        except MittoTuiError as error:
            self.keys.say(str(error), BAD)
            return
        self.keys.say("The key is gone from the keyring." if gone else "There was no key in the keyring.")
        self._use_key(name)


def _account_order(name: str) -> tuple[int, str]:
    return ({DEFAULT: 0, SANDBOX: 2}.get(name, 1), name)


_COLOURS: Final = {OutcomeKind.ACCEPTED: GOOD, OutcomeKind.REJECTED: WARN}
