"""What a person can do in the history beside looking and deciding on one message: copy, filter, export, sum up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mitto_tui.ui.history_rows import Group
from mitto_tui.ui.history_view import View
from mitto_tui.ui.history_words import Action
from mitto_tui.ui.screens.base import ModeScreen

if TYPE_CHECKING:
    from mitto_tui.storage.rows import HistoryFilter, MessageRow
    from mitto_tui.ui.history_view import Narrowing


class HistoryActions(ModeScreen):
    """Subclass it with what is looked at."""

    looked_at: View

    @property
    def message(self) -> MessageRow | None:
        """The message that commands are about."""
        raise NotImplementedError

    @property
    def chosen(self) -> HistoryFilter:
        """What is in sight, for the store."""
        raise NotImplementedError

    @property
    def total(self) -> int:
        """How many messages are in sight, as far as is known."""
        raise NotImplementedError

    def look_at(self, view: View) -> None:
        """Show other messages."""
        raise NotImplementedError

    def focus_list(self) -> None:
        """Go back to the list."""
        raise NotImplementedError

    # -- copying ------------------------------------------------------------------------------------------------------

    def action_copy_text(self) -> None:
        if self.message is not None:
            self._copy(self.message.text, "The text")

    def action_copy_number(self) -> None:
        if self.message is not None:
            self._copy(f"+{self.message.to}", "The number")

    def action_copy_id(self) -> None:
        if self.message is not None:
            mitto_id = self.message.mitto_id
            self._copy(mitto_id or str(self.message.id), "Mitto’s id" if mitto_id else "The message’s own number")

    def _copy(self, text: str, what: str) -> None:
        self.app.copy_to_clipboard(text)
        self.notify(f"{what} is in the clipboard.")

    def _show_group(self, group: Group) -> None:
        self.look_at(replace(self.looked_at, group=group))
        self.focus_list()

    def action_group_all(self) -> None:
        self._show_group(Group.ALL)

    def action_group_in_doubt(self) -> None:
        self._show_group(Group.IN_DOUBT)

    def action_group_failed(self) -> None:
        self._show_group(Group.FAILED)

    def action_group_delivered(self) -> None:
        self._show_group(Group.DELIVERED)

    def action_group_on_the_way(self) -> None:
        self._show_group(Group.ON_THE_WAY)

    # -- what is in sight ---------------------------------------------------------------------------------------------

    def action_narrow(self) -> None:
        from mitto_tui.ui.screens.narrow import NarrowDialog

        def answered(narrowing: Narrowing | None) -> None:
            if narrowing is not None:
                self.look_at(replace(self.looked_at, narrowing=narrowing))
                self.focus_list()

        self.mitto.push_screen(NarrowDialog(self.workspace, self.looked_at.narrowing), answered)

    def action_export(self) -> None:
        from mitto_tui.ui.screens.export_history import ExportHistory

        self.mitto.push_screen(ExportHistory(self.workspace, self.looked_at, self.total))

    def action_statistics(self) -> None:
        from mitto_tui.ui.screens.statistics import StatisticsScreen

        self.mitto.push_screen(StatisticsScreen(self.workspace))

    def action_purge(self) -> None:
        from mitto_tui.ui.screens.purge import PurgeDialog

        self.mitto.push_screen(PurgeDialog(self.workspace))

    def action_order(self) -> None:
        self.look_at(replace(self.looked_at, oldest_first=not self.looked_at.oldest_first))
        self.focus_list()

    def show_campaign(self, campaign: int, name: str, group: Group) -> None:
        """Show the messages of one campaign that are in a group."""
        from mitto_tui.ui.history_view import Narrowing

        view = View(group, narrowing=Narrowing(campaign=campaign, campaign_name=name))
        if not self.is_mounted:
            self.looked_at = view  # what is shown first
            return
        self.look_at(view)
        self.focus_list()

    # -- all of them --------------------------------------------------------------------------------------------------

    def action_send_all(self) -> None:
        self._decide_on_all(Action.SEND_AGAIN, doubt=self.looked_at.group is Group.IN_DOUBT)

    def action_assume_all(self) -> None:
        self._decide_on_all(Action.ASSUME_SENT, doubt=True)

    def _decide_on_all(self, action: Action, *, doubt: bool) -> None:
        from mitto_tui.ui.screens.many import ManyDialog

        self.mitto.push_screen(ManyDialog(self.workspace, self.chosen, action, doubt=doubt))
