"""History: every message, newest first, what became of it, and a person's word where there is doubt."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.again import Again
from mitto_tui.ui.commands import app as app_commands
from mitto_tui.ui.commands import history as commands
from mitto_tui.ui.commands.base import Command, bindings
from mitto_tui.ui.history_rows import Group, HistoryRows
from mitto_tui.ui.history_view import View, why_empty
from mitto_tui.ui.history_words import Action
from mitto_tui.ui.screens.history_actions import HistoryActions
from mitto_tui.ui.screens.history_decisions import Decisions
from mitto_tui.ui.widgets.filter_chips import FilterChips
from mitto_tui.ui.widgets.literal_input import LiteralInput
from mitto_tui.ui.widgets.message_detail import Detail, MessageDetail
from mitto_tui.ui.widgets.message_panel import MessagePanel
from mitto_tui.ui.widgets.message_table import MessageTable
from mitto_tui.ui.widgets.paged_table import PagedTable

if TYPE_CHECKING:
    from mitto_tui.storage.rows import HistoryFilter, MessageRow

_PAUSE = 0.15
"""Seconds after the last key until a search begins."""


class HistoryScreen(HistoryActions):
    """The messages of one account."""

    MODE = "history"
    ABOUT = "Everything that was sent, newest first, and what became of it. It follows delivery reports by itself."
    CSS_PATH = "../styles/history.tcss"
    ACTIONS: ClassVar[tuple[type[Command], ...]] = commands.COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = bindings(*ACTIONS)
    JUMPS: ClassVar[dict[str, str]] = {
        "f": "FilterChips",
        "s": "#history-search",
        "l": "MessageTable",
        "m": "MessageDetail",
    }
    HELP_TEXTS: ClassVar[dict[str, str]] = {
        "MessageTable": "One line a message. The arrows move, enter opens. A message in doubt is one whose answer "
        "never came: nobody knows yet whether it was sent.",
        "FilterChips": "Shows only some of the messages. The arrows choose; from the list, the keys 1 to 5 do.",
        "#history-search": "Looks in text, number, sender, reference and ids, whatever the case. Enter goes to the "
        "list, escape clears.",
        "MessageDetail": "The message with everything that happened to it: each attempt, Mitto's answer as it came, "
        "and each delivery report.",
    }
    AUTO_FOCUS = "MessageTable"

    def __init__(self) -> None:
        super().__init__()
        self.looked_at = View()
        self._opening: int | None = None
        self._list_has_focus = True
        """Whether the list has the focus, or would have it if there were anything in it."""
        self._decisions: Decisions | None = None
        self._count_again = Again(self, self._count, "counts")
        self._offered: tuple[object, ...] = ()

    def body(self) -> ComposeResult:
        with Container(id="history-bar"):
            yield FilterChips()
            yield LiteralInput(id="history-search", placeholder="/ search text, number, reference or id")
        with Container(id="history"):
            with Vertical(id="history-list", classes="panel"):
                yield MessageTable()
                yield Static(markup=False, id="history-empty")
            yield MessagePanel(self.workspace, self._key_of)

    def on_mount(self) -> None:
        self._decisions = Decisions(self.mitto, self.workspace)
        self.masking_changed()
        self.query_one("#history-empty").display = False
        self.chips.group = self.looked_at.group
        self._show_list(at=self._opening)
        self._count_again()

    # -- parts --------------------------------------------------------------------------------------------------------

    @property
    def table(self) -> MessageTable:
        """The list."""
        return self.query_one(MessageTable)

    @property
    def chips(self) -> FilterChips:
        """The filter."""
        return self.query_one(FilterChips)

    @property
    def search(self) -> LiteralInput:
        """The search field."""
        return self.query_one("#history-search", LiteralInput)

    @property
    def panel(self) -> MessagePanel:
        """The message, with what reads it."""
        return self.query_one(MessagePanel)

    @property
    def detail(self) -> MessageDetail:
        """The message."""
        return self.panel.view

    @property
    def message(self) -> MessageRow | None:
        """The message that commands are about."""
        return self._meant.line.message if self._meant is not None else None

    @property
    def detail_is_shown(self) -> bool:
        """Whether a message can be seen beside or instead of the list."""
        return self.is_mounted and self.detail.detail is not None and (self.is_wide or self.has_class("-detail"))

    @property
    def is_wide(self) -> bool:
        """Whether list and message stand side by side."""
        return self.has_class("-wide")

    @property
    def can_resend(self) -> bool:
        """Whether the message may be sent again, or now."""
        return bool(self._possible() & {Action.SEND_AGAIN, Action.SEND_NOW})

    @property
    def can_assume_sent(self) -> bool:
        """Whether the message is in doubt."""
        return Action.ASSUME_SENT in self._possible()

    @property
    def _meant(self) -> Detail | None:
        """The message that commands are about: the opened one, or the one under the cursor.

        What the list knows of it is enough until everything has been read: a key pressed at once is neither lost nor
        taken for the message before.
        """
        if not self.is_mounted:
            return None
        shown, line = self.panel.detail, self.table.current
        under_cursor = line.message.id if line is not None else None
        meant = self.panel.wanted if self.has_class("-detail") else under_cursor
        if shown is not None and shown.line.message.id == meant:
            return shown
        if line is None or under_cursor != meant:
            return None
        own = line.message.profile == self.workspace.profile.name
        return Detail(line, (), other_profile="" if own else line.message.profile)

    @property
    def _under_cursor(self) -> int | None:
        return self.table.current.message.id if self.table.current is not None else None

    @property
    def can_convert(self) -> bool:
        """Whether Mitto has the message under an id of its own, and can be told that it did what it was sent for."""
        message, meant = self.message, self._meant
        return meant is not None and not meant.other_profile and message is not None and bool(message.mitto_id)

    def _possible(self) -> set[Action]:
        meant = self._meant
        return set(meant.actions) if meant is not None else set()

    def _key_of(self, action: Action) -> str:
        if action is Action.TAKE_REPORT:
            return ""
        return self.mitto.key_of(commands.AssumeSent if action is Action.ASSUME_SENT else commands.Resend)

    # -- the list -----------------------------------------------------------------------------------------------------

    def _show_list(self, at: int | None = None) -> None:
        view = self.looked_at
        rows = HistoryRows(self.workspace.history, self.chosen, oldest_first=view.oldest_first)
        self.table.show(rows, at=at)
        self.query_one("#history-list").border_subtitle = view.words()

    @property
    def chosen(self) -> HistoryFilter:
        return self.looked_at.filter(self.workspace.profile.name)

    @property
    def total(self) -> int:
        return self.table.total

    def look_at(self, view: View) -> None:
        if view == self.looked_at:
            return
        counts_anew = view.narrowing != self.looked_at.narrowing
        self.looked_at = view
        self.chips.group = view.group
        if self.search.value.strip() != view.search:
            self.search.value = view.search
        self._show_list()
        if counts_anew:
            self._count_again()

    def store_changed(self) -> None:
        self.table.refresh_rows()
        self._count_again()
        self.panel.refresh_message()

    def masking_changed(self) -> None:
        self.table.masked = self.detail.masked = self.mitto.masked
        self.search.mask(self.mitto.masked)
        self.query_one("#history-empty", Static).update(self._why_empty())
        self.detail.redraw()

    async def _count(self) -> None:
        with suppress(MittoTuiError):  # the list says what is wrong
            self.chips.counts = await asyncio.to_thread(self.workspace.history.statuses_of, self._for_chips())

    def _for_chips(self) -> HistoryFilter:
        """What the chips count: all that is narrowed down to, of any status."""
        return View(narrowing=self.looked_at.narrowing).filter(self.workspace.profile.name)

    @on(FilterChips.Chosen)
    def _filtered(self, event: FilterChips.Chosen) -> None:
        self.look_at(replace(self.looked_at, group=event.group))

    @on(Input.Changed, "#history-search")
    def _typed(self) -> None:
        self._wait_for_pause()

    @work(exclusive=True, group="search")
    async def _wait_for_pause(self) -> None:
        await asyncio.sleep(_PAUSE)
        self._search_for(self.search.value)

    @on(Input.Submitted, "#history-search")
    def _submitted(self) -> None:
        self._search_for(self.search.value)
        self.focus_list()

    def _search_for(self, text: str) -> None:
        self.look_at(replace(self.looked_at, search=text.strip()))

    @on(PagedTable.Counted)
    def _counted(self, event: PagedTable.Counted) -> None:
        listed = self.query_one("#history-list")
        if event.complete:
            listed.border_title = "1 message" if event.total == 1 else f"{event.total:,} messages"
        else:
            listed.border_title = "counting messages…"
        empty = self.query_one("#history-empty", Static)
        in_list = self._list_has_focus and self.focused in (None, self.table, self.chips)
        self.table.display = event.total > 0
        empty.display = event.total == 0
        if event.total == 0:
            empty.update(self._why_empty())
        if in_list:
            self.focus_list()

    def _why_empty(self) -> Content:
        keys = self.mitto.key_of(app_commands.ShowCompose), self.mitto.key_of(commands.Back).capitalize()
        return why_empty(self.looked_at, self.mitto.number(self.looked_at.search), keys)

    # -- the message --------------------------------------------------------------------------------------------------

    @on(PagedTable.Moved)
    def _moved(self) -> None:
        if self.has_class("-detail") and self.panel.wanted is not None:
            return  # what a person has opened stays, wherever it goes in the list, and while it is being read
        self.panel.follow(self._under_cursor)

    def _offer(self) -> None:
        """Bring the footer up to date, if what can be done has changed: it is made anew each time."""
        offered = (frozenset(self._possible()), self.detail_is_shown, self.message is not None)
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    @on(MessagePanel.Shown)
    def _shown(self) -> None:
        self._offer()

    @on(MessagePanel.Failed)
    @on(PagedTable.Failed)
    def _failed(self, event: MessagePanel.Failed | PagedTable.Failed) -> None:
        if isinstance(event.error, MittoTuiError):
            self.notify(str(event.error), title="The history can't be read", severity="error")
        else:
            self.mitto.report_error(event.error)

    @on(PagedTable.Opened)
    def _open(self, event: PagedTable.Opened) -> None:
        self.add_class("-detail")
        self.detail.focus()

    async def open_message(self, message_id: int) -> None:
        """Show a message, wherever it is in the list."""
        self.looked_at = View()
        self.chips.group, self.search.value = Group.ALL, ""
        self._opening = message_id  # on_mount may still be to come
        self._show_list(at=message_id)
        self.panel.follow(message_id)
        self.add_class("-detail")
        self.detail.focus()

    def action_search(self) -> None:
        self.close_message()
        self.search.select_all()
        self.call_after_refresh(self.search.focus)  # where it was hidden, it can't be focused before that

    @on(events.DescendantFocus)
    def _focus_moved(self) -> None:
        # What has the focus now, not when the event was posted: it may have moved on.
        focused = self.focused
        if focused is not None and self.detail in focused.ancestors_with_self:
            self.add_class("-detail")
        else:
            self.close_message()
        if focused is not (self.table if self.table.display else self.chips):
            self._list_has_focus = False
        self._offer()

    def action_back(self) -> None:
        if self.has_class("-detail"):
            pass
        elif self.search.value and not self.looked_at.search:
            self.search.value = ""  # typed a moment ago
        else:
            self.look_at(self.looked_at.widened())
        self.focus_list()

    def close_message(self) -> None:
        """Go back to following the cursor, if a message was opened."""
        if self.has_class("-detail"):
            self.remove_class("-detail")
            self.panel.follow(self._under_cursor)

    def focus_list(self) -> None:
        self.close_message()
        self._list_has_focus = True
        (self.table if self.table.display else self.chips).focus()

    def action_whole(self) -> None:
        self.detail.whole = not self.detail.whole
        self.detail.redraw()

    # -- decisions ----------------------------------------------------------------------------------------------------

    @on(MessageDetail.Decided)
    def _decided(self, event: MessageDetail.Decided) -> None:
        self._decide(event.action)

    def action_resend(self) -> None:
        self._decide(Action.SEND_NOW if Action.SEND_NOW in self._possible() else Action.SEND_AGAIN)

    def action_assume_sent(self) -> None:
        self._decide(Action.ASSUME_SENT)

    def action_converted(self) -> None:
        self._decide(Action.CONVERTED)

    def _decide(self, action: Action) -> None:
        if (meant := self._meant) is not None and self._decisions is not None:
            self._decisions.decide(action, meant)
