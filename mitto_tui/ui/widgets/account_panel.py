"""One account's settings as a form. Whatever is changed is posted when the field is left, or enter is pressed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Select

from mitto_tui.settings.presets import PRESETS, preset_of
from mitto_tui.settings.profiles import DEFAULT, Profile
from mitto_tui.settings.schema import NOT_IN_SANDBOX
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.ui.settings_fields import FIELDS, LinesField, PricesField, SettingField
from mitto_tui.ui.widgets.field import Choice, Field
from mitto_tui.ui.widgets.literal_input import LiteralInput
from mitto_tui.ui.widgets.setting_row import SettingRow

BASE_URL: Final = "base_url"
PRICES: Final = "prices"
_ANOTHER: Final = ""
"""Stands in the list of hosts for an address of one's own."""


class AccountPanel(Vertical):
    """Shows a profile, and which profiles there are."""

    class Chosen(Message):
        """Another account is to be shown."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class Edited(Message):
        """The row ``key`` has another value now: ``changes`` of settings; None takes one out."""

        def __init__(self, key: str, changes: Mapping[str, str | None]) -> None:
            super().__init__()
            self.key = key
            self.changes = changes

    def __init__(self) -> None:
        super().__init__(id="account-panel", classes="panel")
        self.border_title = "Account"
        self._profile: Profile | None = None
        self._kept: dict[str, str] = {}
        self._settings = {setting.key: setting for setting in FIELDS}
        self._rows: dict[str, SettingRow] = {
            BASE_URL: SettingRow("Address", LiteralInput(id="set-base-url", placeholder="https://…", moves_on=True))
        }
        for setting in FIELDS:
            row = self._rows[setting.key] = SettingRow(setting.label, _control(setting), setting.unit)
            row.set_class(setting.first, "-first")

    def compose(self) -> ComposeResult:
        names = Select[str]([(DEFAULT, DEFAULT)], allow_blank=False, id="account-choice", compact=True)
        yield Field("Name", names, id="account-row")
        with Horizontal(id="account-actions"):
            yield Button("Use this account", id="account-use")
            yield Button("Add an account", id="account-add")
        hosts = [(Content.assemble(preset.label, (f"   {preset.base_url}", "dim")), preset.name) for preset in PRESETS]
        yield Field(
            "Host",
            Select[str]([*hosts, ("Another address", _ANOTHER)], allow_blank=False, id="set-host", compact=True),
            id="host-row",
        )
        yield from self._rows.values()

    def on_mount(self) -> None:
        self.query_one("#host-row", Field).say(" ")

    # -- showing ------------------------------------------------------------------------------------------------------

    @property
    def name_shown(self) -> str:
        """The account that is shown."""
        return self._profile.name if self._profile else ""

    def show(self, profile: Profile, names: Iterable[str], *, in_use: str) -> None:
        """Show a profile; ``names`` are all there are, ``in_use`` the one that messages are sent from."""
        same = profile.name == self.name_shown
        self._profile = profile
        choice = self.query_one("#account-choice", Select)
        with self.prevent(Select.Changed):
            choice.set_options([(name, name) for name in names])
            choice.value = profile.name
        self.query_one("#account-row", Field).say("in use" if profile.name == in_use else " ")
        self.query_one("#account-use").display = profile.name != in_use
        if not same:
            for row in self._rows.values():
                row.hush()
        self._show_host(profile)
        for setting in FIELDS:
            self._show_value(setting, profile)

    def _show_host(self, profile: Profile) -> None:
        preset = preset_of(profile.base_url)
        host, row = self.query_one("#set-host", Select), self._rows[BASE_URL]
        with self.prevent(Select.Changed):
            host.value = preset.name if preset else _ANOTHER
        self.query_one("#host-row").display = not profile.is_sandbox
        row.display = not profile.is_sandbox and preset is None
        self._put(BASE_URL, "" if preset else profile.base_url)

    def _show_value(self, setting: SettingField, profile: Profile) -> None:
        row = self._rows[setting.key]
        row.display = not (profile.is_sandbox and setting.key.partition(".")[0] in NOT_IN_SANDBOX)
        self._put(setting.key, setting.text(profile))

    def _put(self, key: str, text: str) -> None:
        """Show a value that is kept, unless somebody is at work on it, or has been told to mend it."""
        control = self._rows[key].field.control
        if isinstance(control, Choice):
            with self.prevent(Choice.Changed):
                control.value = text
        elif isinstance(control, LiteralInput):
            held = control.has_focus or self._rows[key].complaint
            if not held or control.value == self._kept.get(key, ""):
                control.value = text
        self._kept[key] = text

    def say_saved(self, key: str) -> None:
        """A value has been kept."""
        self._rows[key].say_saved()

    def complain(self, key: str, sentence: str) -> None:
        """A value can't be kept."""
        self._rows[key].complain(sentence)

    # -- editing ------------------------------------------------------------------------------------------------------

    def commit(self, control: Widget | None) -> None:
        """Post what stands in a field, if it is not what is kept."""
        key = next((key for key, row in self._rows.items() if row.field.control is control), None)
        if key is None or not isinstance(control, LiteralInput | Choice):
            return
        value = control.value.strip() if isinstance(control, LiteralInput) else control.value
        if value == self._kept.get(key, ""):
            self._rows[key].hush()
        elif key == BASE_URL:
            if value:
                self._post(key, {key: value})
        elif self._profile is not None:
            self._commit_text(self._settings[key], value, self._profile, control)

    def _commit_text(self, setting: SettingField, text: str, profile: Profile, control: LiteralInput | Choice) -> None:
        try:
            changes = setting.changes(text, profile)
        except InvalidInput as error:
            self.complain(setting.key, str(error))
            return
        if changes:
            self._post(setting.key, changes)
        else:  # the same in other words
            self._rows[setting.key].hush()
            control.value = self._kept[setting.key]

    def _post(self, key: str, changes: Mapping[str, str | None]) -> None:
        self._rows[key].hush()
        self.post_message(self.Edited(key, changes))

    @on(Input.Changed, "#set-prices")
    def _prices_typed(self, event: Input.Changed) -> None:
        event.stop()
        setting = self._settings[PRICES]
        if self._profile is None or not isinstance(setting, PricesField):
            return
        try:
            setting.check_typed(event.value, self._profile)
        except InvalidInput as error:
            self.complain(PRICES, str(error))
        else:
            # Once the field is left, all of it has been looked at, and what was said then stays.
            if event.input.has_focus and (event.value != self._kept.get(PRICES) or self._rows[PRICES].complaint):
                self._rows[PRICES].hush()

    @on(events.DescendantBlur)
    def _left(self, event: events.DescendantBlur) -> None:
        self.commit(event.widget)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()  # enter moves on, and what is left is kept

    @on(Choice.Changed)
    def _switched(self, event: Choice.Changed) -> None:
        event.stop()
        self.commit(event.choice)

    @on(Select.Changed, "#set-host")
    def _host_chosen(self, event: Select.Changed) -> None:
        event.stop()
        address = self._rows[BASE_URL]
        preset = preset_of(self._profile.base_url) if self._profile else None
        if self._profile is None or event.value == (preset.name if preset else _ANOTHER):
            return  # what is shown is what is kept
        if event.value != _ANOTHER:
            self._post(BASE_URL, {BASE_URL: str(event.value)})
        else:
            address.display = True
            address.field.control.focus()

    @on(Select.Changed, "#account-choice")
    def _account_chosen(self, event: Select.Changed) -> None:
        event.stop()
        # What was chosen may have been overtaken by what is shown now.
        if self._profile is not None and event.value == event.select.value != self.name_shown:
            self.post_message(self.Chosen(str(event.value)))


class _ListInput(LiteralInput):
    """Takes lines that are pasted (cells, too) as entries of a list."""

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        lines = [" ".join(line.split()).strip(",;") for line in event.text.splitlines()]
        self.replace(", ".join(filter(None, lines)), *self.selection)


def _control(setting: SettingField) -> Widget:
    if setting.choices:
        return Choice(dict(setting.choices), id=setting.id)
    make = _ListInput if isinstance(setting, PricesField | LinesField) else LiteralInput
    return make(id=setting.id, placeholder=setting.empty, moves_on=True)
