"""What the messages add up to: by day, status, country and campaign."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from mitto_tui.sms.errors import MittoTuiError
from mitto_tui.sms.status import Status
from mitto_tui.storage.statistics import Period, Statistics
from mitto_tui.ui import statistics_words as said
from mitto_tui.ui.again import Again
from mitto_tui.ui.literal import literal_block
from mitto_tui.ui.themes import BAD, DIM
from mitto_tui.ui.widgets.field import Choice
from mitto_tui.ui.widgets.modal import Modal
from mitto_tui.workspace.figures import Figures, days, figures

if TYPE_CHECKING:
    from textual_plotext import PlotextPlot

    from mitto_tui.workspace.workspace import Workspace

_PERIODS: Final = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "12 months", "": "everything"}
_USUAL: Final = "30"
_BARS: Final = 60
"""Bars in the chart at most: more days than that are put together."""


class StatisticsScreen(Modal[None]):
    """Reads when it opens and when another period is chosen; F6 reads anew."""

    CSS_PATH = "../styles/statistics.tcss"
    AUTO_FOCUS = "#statistics-period"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back", show=False),
        Binding("f6,r", "read", "Read anew", show=False),
        Binding("u", "usage", "Mitto’s count", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(classes="dialog")
        self._workspace = workspace
        self._read_again = Again(self, self._read, "figures")
        self._plot: PlotextPlot | None = None

    def compose(self) -> ComposeResult:
        from textual_plotext import PlotextPlot  # heavy, and nobody else needs it

        self._plot = PlotextPlot(id="statistics-chart")
        box = Vertical(id="dialog", classes="-statistics")
        box.border_title = "Statistics"
        with box:
            yield Choice(dict(_PERIODS), id="statistics-period")
            yield Static(markup=False, id="statistics-facts")
            with VerticalScroll(id="statistics-body", can_focus=False):
                yield self._plot
                for name in ("status", "country", "campaign"):
                    yield Static(markup=False, id=f"statistics-{name}", classes="sums")
            with Horizontal(id="answers"):
                yield Button("Close", id="statistics-close")
                yield Button(Content.assemble("Mitto’s own count  ", ("u", "dim")), id="statistics-usage")

    def on_mount(self) -> None:
        self.query_one("#statistics-period", Choice).value = _USUAL
        self.query_one("#statistics-body").display = False
        self._say(Content.styled("Counting…", DIM))
        self._read_again()

    @property
    def period(self) -> tuple[date, date] | None:
        """The first and the last day; None for all there are."""
        chosen, today = self.query_one("#statistics-period", Choice).value, datetime.now().astimezone().date()
        return (today - timedelta(days=int(chosen) - 1), today) if chosen else None

    @on(Choice.Changed, "#statistics-period")
    def _chosen(self, event: Choice.Changed) -> None:
        event.stop()
        self._say(Content.styled("Counting…", DIM))
        self._read_again()

    def action_read(self) -> None:
        self._read_again()

    async def _read(self) -> None:
        period = self.period
        statistics = Statistics(self._workspace.database, self._workspace.profile.name)
        try:
            found = await asyncio.to_thread(figures, statistics, Period() if period is None else days(*period))
        except MittoTuiError as error:
            self._say(literal_block(str(error), BAD))
            return
        if self.is_mounted and period == self.period:
            self._show(found)

    def _show(self, found: Figures) -> None:
        something = bool(found.total.total())
        self.query_one("#statistics-body").display = something
        if not something:
            where = "No message was made in these days." if self.period else "Nothing has been sent yet."
            self._say(Content(where))
            return
        self._say(said.facts(found))
        for name, content in (
            ("status", said.by_status(found.total)),
            ("country", said.by_country(found.countries)),
            ("campaign", said.by_campaign(found.campaigns)),
        ):
            self.query_one(f"#statistics-{name}", Static).update(content)
        self._draw(found)

    def _draw(self, found: Figures) -> None:
        """Bars of a day, or of some days: what was delivered, and the rest on top of it."""
        assert self._plot is not None
        every = list(found.days.items())
        step = -(-len(every) // _BARS)
        labels, delivered, others = [], [], []
        for first in range(0, len(every), step):
            some = every[first : first + step]
            labels.append(f"{some[0][0]:%d %b}".lstrip("0"))
            delivered.append(sum(tally[Status.DELIVERED] for _, tally in some))
            others.append(sum(tally.total() for _, tally in some) - delivered[-1])
        plot: Any = self._plot.plt
        plot.clear_figure()
        plot.stacked_bar(
            labels, [delivered, others], color=[self._colour("success"), self._colour("accent")], width=0.7
        )
        shown = max(len(labels) // 8, 1)
        plot.xticks(list(range(1, len(labels) + 1, shown)), labels[::shown])
        top = max(good + rest for good, rest in zip(delivered, others, strict=True))
        plot.yticks([0, top], ["0", f"{top:,}"])
        plot.ylim(0, top)
        plot.frame(False)
        per = "a day" if step == 1 else f"in {step} days"
        self._plot.border_title = Content.assemble(
            f"Messages {per}: ",
            ("■ delivered", "$success"),
            "  ",
            ("■ not, or not yet", "$accent"),
        )
        self._plot.refresh()

    def _colour(self, name: str) -> tuple[int, int, int]:
        return Color.parse(self.app.theme_variables[name]).rgb

    def _say(self, words: Content) -> None:
        self.query_one("#statistics-facts", Static).update(words)

    def action_scroll(self, by: int) -> None:
        self.query_one("#statistics-body").scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        body = self.query_one("#statistics-body")
        body.scroll_relative(y=by * max(body.size.height - 1, 1), animate=False)

    @on(Button.Pressed, "#statistics-usage")
    def action_usage(self) -> None:
        from mitto_tui.ui.screens.usage import UsageDialog

        self.app.push_screen(UsageDialog(self._workspace, self.period))

    @on(Button.Pressed, "#statistics-close")
    def action_close(self) -> None:
        self.dismiss(None)
