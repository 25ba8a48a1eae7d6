"""Check: every row of the list with what becomes of it, kept as a draft; and the rows that are left out, exported."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Button

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.ui.again import Again
from mitto_tui.ui.bulk.check_keeping import Keeping
from mitto_tui.ui.bulk.check_rows import CheckLine, Listing, read_listing
from mitto_tui.ui.bulk.check_words import Group, recipients_of
from mitto_tui.ui.bulk.job import BulkJob
from mitto_tui.ui.bulk.step import BulkStep
from mitto_tui.ui.commands import bulk as bulk_commands
from mitto_tui.ui.commands import bulk_check as commands
from mitto_tui.ui.commands.base import Command, bindings
from mitto_tui.ui.literal import literal
from mitto_tui.ui.widgets.check_progress import CheckProgress
from mitto_tui.ui.widgets.checked_list import CheckedList

if TYPE_CHECKING:
    from mitto_tui.storage.campaigns import Campaign


class CheckStep(BulkStep):
    """The check of the whole list. It runs while it is in sight, and shows the draft that comes of it."""

    NAME = "Check"
    ABOUT = (
        "Every row of the list with what becomes of it. What is left out says why, and can be exported, mended and "
        "opened again in step 1. The checked list is kept as a draft; the next step sends to it."
    )
    ACTIONS: ClassVar[tuple[type[Command], ...]] = commands.COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = bindings(*ACTIONS)
    JUMPS: ClassVar[dict[str, str]] = {"f": "CheckChips", "l": "CheckTable", "r": "RowView"}
    HELP_TEXTS: ClassVar[dict[str, str]] = {
        "CheckTable": "One line a row, in the list's order. The arrows move, enter opens. ✓ is sent to; ! is sent to "
        "and may not arrive; = repeats an earlier row; ✕ is invalid; ? can be meant in two ways; – has opted out.",
        "CheckChips": "Shows only some of the rows. The arrows choose; from the list, the keys 1 to 8 do. Changed and "
        "Warned are among those that are OK.",
        "RowView": "The row: what becomes of it, its number before and after, its text as it arrives, and of rows that "
        "are left out every cell.",
        "CheckProgress": "The whole list is read, checked and kept as a draft. It can be stopped at once, and nothing "
        "of it is kept then.",
    }

    def __init__(self, job: BulkJob, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(job, id=id)
        self._keeping: Keeping | None = None
        self._look_again = Again(self, self._look_after, "look")
        self._offered: tuple[object, ...] = ()
        self._taken = 0

    def compose(self) -> ComposeResult:
        yield CheckProgress()
        yield CheckedList(self.workspace)

    def on_mount(self) -> None:
        self._keeping = Keeping(self, self.workspace, self.job)
        self.found.display = False
        self.found.mask(self.mitto.masked)

    # -- parts --------------------------------------------------------------------------------------------------------

    @property
    def progress(self) -> CheckProgress:
        """What is shown while there is no draft."""
        return self.query_one(CheckProgress)

    @property
    def found(self) -> CheckedList:
        """The draft."""
        return self.query_one(CheckedList)

    @property
    def listing(self) -> Listing | None:
        """What is shown of it."""
        return self.found.listing if self._keeping is not None else None

    # -- what commands ask --------------------------------------------------------------------------------------------

    @property
    def is_checking(self) -> bool:
        """Whether a check runs that has not been stopped."""
        return self._keeping is not None and self._keeping.run is not None

    @property
    def can_check(self) -> bool:
        """Whether a check can begin."""
        return self._keeping is not None and not self.is_checking and self.job.opened is not None

    @property
    def has_rows(self) -> bool:
        """Whether a checked list is shown."""
        return self.listing is not None

    @property
    def can_export(self) -> bool:
        """Whether any row is left out."""
        listing = self.listing
        return listing is not None and listing.counts[Group.ALL] > listing.counts[Group.OK]

    @property
    def line(self) -> CheckLine | None:
        """The row that commands are about."""
        return self.found.line if self.has_rows else None

    @property
    def repeats(self) -> int:
        """The row that the current one repeats, or 0."""
        line = self.line
        return line.row.repeats if line is not None else 0

    @property
    def number_to_copy(self) -> str:
        """The current row's number."""
        line = self.line
        if line is None:
            return ""
        return f"+{line.row.to}" if line.row.to else line.row.written.strip()

    @property
    def text_to_copy(self) -> str:
        """The current row's text."""
        line = self.line
        return line.text if line is not None else ""

    @property
    def missing(self) -> str:
        campaign = self.job.current_campaign
        if campaign is None:
            return "The list is being checked." if self.is_checking else "The list has not been checked to its end."
        return "" if recipients_of(campaign.totals) else "Nobody is left to send to."

    def _offer(self) -> None:
        """Bring the footer up to date, if what can be done has changed: it is made anew each time."""
        offered = (self.is_checking, self.can_check, self.can_export, bool(self.repeats), self.has_rows)
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # While a check runs the footer has what stops it, and else what can be done with its rows.
        if action == commands.StopCheck.action() and not self.is_checking:
            return False
        if self.is_checking and action in (commands.ExportRows.action(), commands.GoToRepeated.action()):
            return False
        return super().check_action(action, parameters)

    # -- coming and going ---------------------------------------------------------------------------------------------

    def come(self) -> None:
        if self._taken != self.job.taken:  # what one looked at in another list says nothing of this one
            self._taken = self.job.taken
            self.found.chips.group = Group.ALL
        campaign, listing = self.job.current_campaign, self.listing
        if campaign is None:
            self._begin()
        elif listing is not None and listing.campaign.id == campaign.id:
            self._show_found()
            self._look_again()
        else:
            self._open(campaign)

    def go(self) -> None:
        if self._keeping is not None:
            self._keeping.stop()

    async def before_quit(self) -> None:
        if self._keeping is not None:
            checking = self.is_checking
            await self._keeping.finish()
            if checking:  # whoever stays after all
                self._say("The check was stopped.", "Nothing of it was kept, and nothing was sent.")

    def on_unmount(self) -> None:
        self.go()

    def masking_changed(self) -> None:
        if self.is_mounted:
            self.found.mask(self.mitto.masked)

    def store_changed(self) -> None:
        if self.has_rows:
            self._look_again()

    async def _look_after(self) -> None:
        """See to it that the draft is still there: it can be thrown away elsewhere."""
        listing = self.listing
        if listing is None:
            return
        try:
            there = await asyncio.to_thread(self.workspace.campaigns.get, listing.campaign.id)
        except MittoTuiError:
            return  # the table says what is wrong
        if there is None and self.listing is listing:
            self._forget(listing.campaign)
            self._say("This draft has been thrown away.", "Check the list again.")

    def _forget(self, campaign: Campaign) -> None:
        self.found.listing = None
        if self.job.campaign is not None and self.job.campaign.id == campaign.id:
            self.job.campaign = self.job.checked = None
        self.post_message(self.Changed())

    # -- checking -----------------------------------------------------------------------------------------------------

    def _begin(self, *, anew: bool = False) -> None:
        opened = self.job.opened
        if opened is None:
            self._say("There is no list to check.", "Go back to the first step and open one.")
            return
        self.found.listing = None
        run = self.keeping.begin(opened, anew=anew)
        self._show_progress()
        self.progress.follow(run, literal(opened.name, 60, "bold"))
        self._offer()

    @property
    def keeping(self) -> Keeping:
        """What checks. Only once it is mounted."""
        assert self._keeping is not None
        return self._keeping

    def _show_progress(self) -> None:
        self.found.display = False
        self.progress.display = True

    def _say(self, sentence: str, advice: str = "") -> None:
        """Instead of rows: why there are none."""
        self._show_progress()
        key = self.mitto.key_of(bulk_commands.Back)
        way_back = f"{advice} {key} goes back one step." if key else advice
        self.progress.say(sentence, way_back.strip(), again=self.can_check)
        self._offer()

    @on(Keeping.Ended)
    def _ended(self, event: Keeping.Ended) -> None:
        event.stop()
        before = self.job.current_campaign
        if event.campaign is not None:
            self._open(event.campaign)
        elif event.error is None and before is not None:
            self._open(before)
            self.notify("The check was stopped. The list stands as it was checked before.")
        elif event.error is None:
            self._say("The check was stopped.", "Nothing of it was kept, and nothing was sent.")
        elif isinstance(event.error, MittoTuiError):
            self._say(event.error.message, event.error.advice)
        else:
            self._say("The check ended with an error that nobody expected.", "Nothing was kept or sent.")
            self.mitto.report_error(event.error)
        self.post_message(self.Changed())

    @on(Button.Pressed, "#check-stop")
    def action_stop_check(self) -> None:
        self.keeping.give_up()

    @on(Button.Pressed, "#check-again")
    def action_check_again(self) -> None:
        if self.can_check:
            self._begin(anew=True)

    # -- the draft ----------------------------------------------------------------------------------------------------

    def _open(self, campaign: Campaign) -> None:
        self.run_worker(self._read(campaign), group="listing", exclusive=True)

    async def _read(self, campaign: Campaign) -> None:
        try:
            listing = await asyncio.to_thread(read_listing, self.workspace.campaigns, campaign)
        except MittoTuiError as error:
            self._say(error.message, error.advice)
            return
        current = self.job.current_campaign
        if current is not None and current.id == campaign.id and not self.is_checking:
            self.found.show(listing, self.mitto.key_of(commands.GoToRepeated))
            self._show_found()

    def _show_found(self) -> None:
        self.progress.display = False
        self.found.display = True
        self.call_after_refresh(self.found.focus_list)  # before that it can't be focused
        self._offer()

    @on(CheckedList.Moved)
    def _moved(self, event: CheckedList.Moved) -> None:
        event.stop()
        self._offer()

    @on(CheckedList.Failed)
    def _failed(self, event: CheckedList.Failed) -> None:
        event.stop()
        if isinstance(event.error, MittoTuiError):
            self.notify(str(event.error), title="The checked list can’t be read", severity="error")
        else:
            self.mitto.report_error(event.error)

    def action_back_to_rows(self) -> None:
        found = self.found
        found.show_group(found.group if found.row_is_open else Group.ALL)

    def action_repeated(self) -> None:
        if self.repeats:
            self.run_worker(self.found.go_to_repeated(), group="repeated", exclusive=True)

    def action_show_all(self) -> None:
        self.found.show_group(Group.ALL)

    def action_show_ok(self) -> None:
        self.found.show_group(Group.OK)

    def action_show_changed(self) -> None:
        self.found.show_group(Group.CHANGED)

    def action_show_warned(self) -> None:
        self.found.show_group(Group.WARNED)

    def action_show_duplicates(self) -> None:
        self.found.show_group(Group.DUPLICATE)

    def action_show_invalid(self) -> None:
        self.found.show_group(Group.INVALID)

    def action_show_ambiguous(self) -> None:
        self.found.show_group(Group.AMBIGUOUS)

    def action_show_opted_out(self) -> None:
        self.found.show_group(Group.OPTED_OUT)

    # -- taking rows along --------------------------------------------------------------------------------------------

    def action_copy_number(self) -> None:
        self._copy(self.number_to_copy, "The number")

    def action_copy_text(self) -> None:
        self._copy(self.text_to_copy, "The text")

    def _copy(self, text: str, what: str) -> None:
        if text:
            self.app.copy_to_clipboard(text)
            self.notify(f"{what} is in the clipboard.")

    def action_export_rows(self) -> None:
        from mitto_tui.ui.screens.export_rows import ExportRows

        listing = self.listing
        if listing is None or not self.can_export:
            return
        source = self.job.opened.source if self.job.opened is not None else None
        folder = source.parent if isinstance(source, Path) else None
        self.mitto.push_screen(ExportRows(self.workspace.campaigns, listing, self.found.group, folder))
