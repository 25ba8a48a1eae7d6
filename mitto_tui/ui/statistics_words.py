"""What the history adds up to, as lines for a screen. Campaigns' names are literal; everything else is ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from textual.content import Content

from mitto_tui.recipients.countries import country_name
from mitto_tui.sms.status import Status
from mitto_tui.storage.statistics import Tally
from mitto_tui.ui.literal import literal
from mitto_tui.ui.status_words import words
from mitto_tui.ui.themes import BAD, DIM, GOOD, WARN
from mitto_tui.workspace.figures import CountryBeside, DeliveryTimes, Figures, delivered_share, taken

FAILED: Final = (Status.FAILED, Status.REJECTED, Status.UNDELIVERED, Status.EXPIRED)
MOST_ROWS: Final = 20
"""Countries or campaigns in a table; the others are summed up in a last line."""
_NAME: Final = 28
_NUMBER: Final = 11


def percent(share: float | None) -> str:
    """``93.4 %``; a dash where there is nothing to share. Neither 0 nor 100 where that is not the whole truth."""
    if share is None:
        return "–"
    if share in (0, 1):
        return f"{share * 100:.0f} %"
    return f"{min(max(round(share * 100, 1), 0.1), 99.9)} %"


def seconds(time: float) -> str:
    """A short time: ``3.4 s``, ``2 min 5 s``, ``3 h``."""
    if time < 60:
        return f"{time:.1f} s" if time < 10 else f"{time:.0f} s"
    if time < 3_600:
        return f"{time // 60:.0f} min" + (f" {time % 60:.0f} s" if time < 600 and time % 60 >= 1 else "")
    return f"{time / 3_600:.0f} h" if time < 172_800 else f"{time / 86_400:.0f} days"


def facts(found: Figures) -> Content:
    """The most telling numbers, in two lines."""
    total = found.total
    number, parts = total.total(), total.parts.total()
    first: list[Content] = [
        Content.assemble((f"{number:,}", "bold"), (" message" if number == 1 else " messages", DIM)),
        Content.assemble((f"{parts:,}", "bold"), (" part" if parts == 1 else " parts", DIM)),
        Content.assemble(
            (percent(delivered_share(total)), f"bold {GOOD}"), (f" delivered of {taken(total):,} taken", DIM)
        ),
    ]
    if doubt := total[Status.IN_DOUBT]:
        first.append(Content.assemble((f"{doubt:,}", f"bold {WARN}"), (" in doubt", DIM)))
    if failed := sum(total[status] for status in FAILED):
        first.append(Content.assemble((f"{failed:,}", f"bold {BAD}"), (" failed", DIM)))
    lines = [Content("   ").join(first)]
    if found.times is not None:
        lines.append(_times(found.times))
    return Content("\n").join(lines)


def _times(times: DeliveryTimes) -> Content:
    return Content.assemble(
        ("On the phone: half within ", DIM),
        (seconds(times.median), "bold"),
        (", 95 of 100 within ", DIM),
        (seconds(times.most), "bold"),
        (f", of the newest {times.of:,} delivered" if times.of > 1 else ", of the one delivered", DIM),
    )


def by_status(total: Tally) -> Content:
    """A line a status, in the order in which a message goes through them."""
    every = total.total()
    rows = [
        (
            Content.styled(f"{words(status).sign} {words(status).word}", words(status).style),
            (f"{total[status]:,}", percent(total[status] / every)),
        )
        for status in Status
        if total[status]
    ]
    return _table("Status", ("messages", "share"), rows)


def by_country(countries: Mapping[str, Tally]) -> Content:
    """A line a country, the one with most messages first."""
    named = ((country_name(region) if region else "no country we know", tally) for region, tally in countries.items())
    rows = [(literal(name, _NAME), _sent(tally)) for name, tally in _most(named, "other countries")]
    return _table("Country", ("messages", "parts", "delivered"), rows)


def by_campaign(campaigns: Mapping[tuple[int, str] | None, Tally]) -> Content:
    """A line a campaign, the one with most messages first."""
    named = (
        ("single messages" if campaign is None else f"{campaign[0]}  {campaign[1]}", tally)
        for campaign, tally in campaigns.items()
    )
    rows = [
        (literal(name, _NAME), (*_sent(tally), f"{tally[Status.IN_DOUBT]:,}" if tally[Status.IN_DOUBT] else "–"))
        for name, tally in _most(named, "other campaigns")
    ]
    return _table("Campaign", ("messages", "parts", "delivered", "in doubt"), rows)


def usage(rows: Sequence[CountryBeside]) -> Content:
    """Mitto's count beside ours, with the difference named."""
    lines = [
        (
            literal(_country(row), _NAME),
            (
                "–" if row.theirs is None else f"{row.theirs:,}",
                f"{row.own:,}",
                f"{row.segments:,}",
                "–" if row.cost is None else f"{row.cost:,}",
                difference(row),
            ),
        )
        for row in rows
    ]
    return _table("Country", ("at Mitto", "ours", "our parts", "cost", "difference"), lines)


def difference(row: CountryBeside) -> str:
    """What Mitto's count is beside ours: ``3 more at Mitto``."""
    if row.theirs is None:
        return "only here" if row.own else ""
    if row.theirs == row.own:
        return "the same"
    if row.theirs == row.segments:
        return "our parts"
    more = row.theirs - row.own
    return f"{abs(more):,} {'more' if more > 0 else 'fewer'} there"


def _country(row: CountryBeside) -> str:
    if row.region:
        return f"{country_name(row.region)}"
    return "no country we know" if row.country == "?" else row.country


def _sent(tally: Tally) -> tuple[str, ...]:
    return f"{tally.total():,}", f"{tally.parts.total():,}", percent(delivered_share(tally))


def _most(named: Iterable[tuple[str, Tally]], others: str) -> list[tuple[str, Tally]]:
    rows = list(named)
    if len(rows) <= MOST_ROWS:
        return rows
    rest = Tally()
    for _, tally in rows[MOST_ROWS - 1 :]:
        rest.add(tally)
    return [*rows[: MOST_ROWS - 1], (f"{len(rows) - MOST_ROWS + 1:,} {others}", rest)]


def _table(title: str, columns: Sequence[str], rows: Sequence[tuple[Content, Sequence[str]]]) -> Content:
    wide = [max(len(column), *(len(row[1][index]) for row in rows)) + 3 for index, column in enumerate(columns)]
    header = title.ljust(_NAME) + "".join(column.rjust(room) for column, room in zip(columns, wide, strict=True))
    lines = [Content.styled(header, DIM)]
    for name, cells in rows:
        pad = " " * max(_NAME - name.cell_length, 0)
        lines.append(name + Content(pad + "".join(cell.rjust(room) for cell, room in zip(cells, wide, strict=True))))
    return Content("\n").join(lines)
