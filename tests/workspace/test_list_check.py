"""One pass over a whole list: what a message comes to, the rows worth a look, and the draft that is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitto_tui.recipients.checking import BATCH
from mitto_tui.recipients.deciding import Bare
from mitto_tui.settings.profiles import built_in
from mitto_tui.sms.checked_row import RowStatus
from mitto_tui.sms.errors import InvalidInput
from mitto_tui.sms.message import MessageType, Options
from mitto_tui.sms.segments import count
from mitto_tui.storage.campaigns import Campaigns
from mitto_tui.storage.database import Database
from mitto_tui.storage.opt_outs import OptOuts
from mitto_tui.workspace import list_check
from mitto_tui.workspace.list_check import CheckStopped, ListCheck, Sums, options_json, options_of
from mitto_tui.workspace.lists import BulkMessage, NumberChoices, OpenedList
from mitto_tui.workspace.workspace import Workspace, now

HEAD = "name,phone,city\n"
LONG = "x" * 200


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncIterator[Workspace]:
    async with await Workspace.open(sandbox=True, environ={"MITTO_TUI_HOME": str(tmp_path / "home")}) as workspace:
        yield workspace


class _Store:
    """As much of a workspace as sums ask for, where making a store for each example would take too long."""

    profile = built_in("sandbox")

    @property
    def opt_outs(self) -> _Store:
        return self

    def numbers(self, profile: str) -> frozenset[str]:
        return frozenset()


def numbered(*names: str, begin: int = 0) -> str:
    return "".join(f"{name},+49172{5551000 + begin + at},Wien\n" for at, name in enumerate(names))


def summed(
    workspace: Workspace,
    rows: str,
    template: str = "Dear {name}",
    options: Options | None = None,
    *,
    take_all: bool = False,
) -> Sums:
    with closing(OpenedList.open(HEAD + rows, workspace.profile)) as opened:
        numbers = replace(opened.numbers, take_all=take_all)
        return ListCheck(workspace, opened, numbers, BulkMessage("MITTO SMS", template, options or Options())).sums()


async def test_the_sums_are_those_of_all_rows_and_say_whose_blank_left_a_row_out(workspace: Workspace) -> None:
    workspace.opt_outs.add(workspace.profile.name, "491725551000", now())
    rows = (
        numbered("Ann", "Bob", "", "Łukasz", "  ") + numbered("Bob again", begin=1) + "Eve,12,Wien\nJo,0172 5559999,\n"
    )
    sums = summed(workspace, rows, "Dear {name} in {city}, {name}")
    totals = sums.totals
    assert (totals.rows, totals.ok, totals.duplicates, totals.invalid, totals.opted_out) == (8, 2, 1, 4, 1)
    assert totals.segments == 2
    assert sums.blanks == {"name": 2, "city": 1}
    assert sums.worst == {}
    with_fallbacks = summed(workspace, rows, "Dear {name|friend} in {city|}, {name|you}")
    assert with_fallbacks.blanks == {}
    assert with_fallbacks.totals.ok == 5


async def test_samples_are_the_first_rows_and_those_worth_a_look(workspace: Workspace) -> None:
    names = ["Ann"] * 300 + ["Łukasz", "Ann"] * 5 + [LONG, "Đorđe Łukasz"] + ["Ann"] * 700 + ["Zoë Ω ë"]
    sums = summed(workspace, numbered(*names))
    samples = {sample.row: sample for sample in sums.samples}
    assert [sample.row for sample in sums.samples] == [*range(2, 202), 302, 312, 313, 1014]
    assert {row: sample.forces for row, sample in samples.items() if sample.forces} == {302: "Ł", 313: "Đđ", 1014: "ë"}
    assert [row for row, sample in samples.items() if sample.longest] == [312]
    assert samples[313].cells == ("Đorđe Łukasz", f"+49172{5551000 + 311}", "Wien")
    assert samples[313].to == f"49172{5551000 + 311}"


async def test_a_remarkable_row_among_the_first_is_kept_once(workspace: Workspace) -> None:
    sums = summed(workspace, numbered("Ann", f"Ł{LONG}"))
    assert [(one.row, one.forces, one.longest) for one in sums.samples] == [(2, "", False), (3, "Ł", True)]
    forced = summed(workspace, numbered("Ann", "Ł"), options=Options(MessageType.UNICODE))
    assert [one.forces for one in forced.samples] == ["", ""]  # nothing forces what was chosen


async def test_every_number_of_a_row_is_a_sample_where_all_are_taken(workspace: Workspace) -> None:
    rows = 'Ann,"0172 5551234; 0172 5551235",Wien\n'
    sums = summed(workspace, rows, take_all=True)
    assert [(one.row, one.to) for one in sums.samples] == [(2, "491725551234"), (2, "491725551235")]


@given(st.lists(st.sampled_from(["Ann", "Ł", "x" * 60, "x" * 150, "€" * 80, "🎉" * 40, LONG * 2]), max_size=8))
def test_the_worst_case_is_the_dearer_encoding_of_each_row(names: list[str]) -> None:
    rows = "".join(f"{name},{'+49172' if at % 2 else '+43664'}{5551000 + at},\n" for at, name in enumerate(names))
    udh = "050003A50201"
    with closing(OpenedList.open(HEAD + "Ann,+491725550000,\n" + rows, _Store.profile)) as opened:
        message = BulkMessage("MITTO SMS", "Dear {name}", Options(MessageType.MITTO, udh=udh))
        sums = ListCheck(_Store(), opened, opened.numbers, message).sums()  # type: ignore[arg-type]  # no store is used
    expected = {"DE": 1}
    for at, name in enumerate(names):
        counts = [count(f"Dear {name}", kind, bytes.fromhex(udh)) for kind in ("gsm", "unicode")]
        region = "DE" if at % 2 else "AT"
        expected[region] = expected.get(region, 0) + max(one.segments for one in counts)
    assert sums.worst == expected


async def test_what_is_counted_so_far_can_be_looked_at_and_stays_as_it_was(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_check, "_LOOK", 0.0)
    with closing(OpenedList.open(HEAD + numbered(*["Łu"] * (2 * BATCH + 1)), workspace.profile)) as opened:
        check = ListCheck(workspace, opened, opened.numbers, BulkMessage("MITTO SMS", "{name}"))
        seen: list[Sums | None] = [check.so_far]
        whole = check.sums(between=lambda: seen.append(check.so_far))
    assert seen[0] is None
    assert [one.totals.ok for one in seen[1:] if one] == [BATCH, 2 * BATCH, 2 * BATCH + 1]
    assert [one.totals.characters["Ł"].rows for one in seen[1:] if one] == [BATCH, 2 * BATCH, 2 * BATCH + 1]
    assert seen[1] is not None
    assert seen[1].totals.countries["DE"].segments == BATCH
    assert seen[1].samples == ()
    assert whole.totals.ok == 2 * BATCH + 1


async def test_it_can_be_stopped_between_two_batches(workspace: Workspace) -> None:
    with closing(OpenedList.open(HEAD + numbered(*["Ann"] * (3 * BATCH)), workspace.profile)) as opened:
        check = ListCheck(workspace, opened, opened.numbers, BulkMessage("MITTO SMS", "Hi"))
        with pytest.raises(CheckStopped):
            check.sums(between=check.stop)
        assert check.totals.rows == BATCH


async def test_a_draft_is_kept_with_its_message_and_sums(workspace: Workspace) -> None:
    options = Options(MessageType.GSM, reference="Spring", validity=60, flash=True)
    with closing(OpenedList.open(HEAD + numbered("Ann", "", "Bob"), workspace.profile)) as opened:
        message = BulkMessage("MITTO SMS", "Dear {name}", options)
        campaign, sums = ListCheck(workspace, opened, opened.numbers, message).store("Spring")
    assert (campaign.name, campaign.sender, campaign.template) == ("Spring", "MITTO SMS", "Dear {name}")
    assert options_of(campaign.options) == options
    assert (sums.totals.ok, sums.totals.invalid, sums.blanks) == (2, 1, {"name": 1})
    stored = workspace.campaigns.get(campaign.id)
    assert stored is not None
    assert stored.name == "Spring"


async def test_what_no_row_could_mend_is_said_before_anything_is_read(workspace: Workspace) -> None:
    with closing(OpenedList.open(HEAD + numbered("Ann"), workspace.profile)) as opened:
        for template, word in (("", "no text"), ("Dear {nme}", "{nme}"), ("Dear {name", "brace")):
            with pytest.raises(InvalidInput, match=word):
                ListCheck(workspace, opened, opened.numbers, BulkMessage("MITTO SMS", template))
        with pytest.raises(InvalidInput) as raised:
            ListCheck(workspace, opened, replace(opened.numbers, phone_column=None), BulkMessage("MITTO SMS", "Hi"))
        assert raised.value.field == "phone_column"


@given(
    st.builds(
        Options,
        type=st.sampled_from(MessageType),
        reference=st.none() | st.text(min_size=1),
        validity=st.none() | st.integers(),
        pid=st.none() | st.integers(),
        udh=st.none() | st.text(min_size=1),
        flash=st.booleans(),
        callback=st.none() | st.text(min_size=1),
        test=st.booleans(),
    )
)
def test_options_come_back_as_they_were_kept(options: Options) -> None:
    assert options_of(options_json(options)) == options


def test_options_that_cannot_be_read_are_the_usual_ones() -> None:
    assert options_of({"type": "nonsense"}) == Options()
    assert options_of({"colour": "red"}) == Options()


class _Kept:
    """As much of a workspace as a draft asks for."""

    def __init__(self, database: Database) -> None:
        self.profile = built_in("sandbox")
        self.opt_outs, self.campaigns = OptOuts(database), Campaigns(database)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Kept]:
    with Database.open(tmp_path_factory.mktemp("drafts") / "mitto.db") as database:
        kept = _Kept(database)
        kept.opt_outs.add(kept.profile.name, "491725551236", now())
        yield kept


PHONES = (
    *("0172 5551234", "+49 172 5551234", "0049172 5551234", "491725551235", "15123456789", "n/a", "", "4.9E+11"),
    *("0172 5551236; 0151 23456789", "12345 ::: 0172 5551237 ::: 0172 5551234", "030 1234567"),
)
CELLS = st.tuples(
    st.sampled_from(["Ann", "", "Łuk", "x" * 170]), st.sampled_from(PHONES), st.lists(st.just("Wien"), max_size=4)
)


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(CELLS, min_size=1, max_size=9),
    template=st.sampled_from(["Hi", "Hi {name}", "{city|x} {name|you}"]),
    kind=st.sampled_from([MessageType.AUTO, MessageType.GSM, MessageType.UNICODE, MessageType.MITTO]),
    country=st.sampled_from(["DE", ""]),
    bare=st.sampled_from(list(Bare)),
    refuse=st.sampled_from([frozenset[str](), frozenset({"landline"})]),
    take_all=st.booleans(),
)
def test_the_draft_has_the_rows_that_its_sums_say(
    kept: _Kept,
    rows: list[tuple[str, str, list[str]]],
    template: str,
    kind: MessageType,
    country: str,
    bare: Bare,
    refuse: frozenset[str],
    take_all: bool,
) -> None:
    # A line with nothing in any cell is no row.
    lines = [",".join([name if name or phone else "?", f'"{phone}"', *more]) for name, phone, more in rows]
    with closing(OpenedList.open(HEAD + "\n".join(lines) + "\n", kept.profile)) as opened:
        numbers = NumberChoices(1, country, bare, refuse, take_all)
        asked = (kept, opened, numbers, BulkMessage("MITTO", template, Options(kind)))
        sums = ListCheck(*asked).sums().totals  # type: ignore[arg-type]  # as much of a workspace as is asked for
        campaign, of_draft = ListCheck(*asked).store("draft")  # type: ignore[arg-type]  # the same
    assert campaign.totals == of_draft.totals.as_json() == sums.as_json()
    counts = (sums.ok, sums.duplicates, sums.invalid, sums.opted_out, sums.ambiguous)
    assert sums.rows == sum(counts) >= len(rows)
    campaigns, statuses = kept.campaigns, list(RowStatus)
    whole = list(campaigns.rows(campaign.id))
    assert [stored.place for stored in whole] == list(range(sums.rows))
    by_status = {status: [stored for stored in whole if stored.row.status is status] for status in statuses}
    words = (RowStatus.OK, RowStatus.DUPLICATE, RowStatus.INVALID, RowStatus.OPTED_OUT, RowStatus.AMBIGUOUS)
    assert tuple(len(by_status[status]) for status in words) == counts
    for chosen in ([status] for status in statuses):
        wanted = [stored.place for stored in by_status[chosen[0]]]
        paged = [
            stored.place
            for skip in range(0, len(wanted) + 2, 2)
            for stored in campaigns.page(campaign.id, statuses=chosen, skip=skip, limit=2)
        ]
        assert paged == wanted
        assert [campaigns.count(campaign.id, statuses=chosen, before=place) for place in wanted] == [
            *range(len(wanted))
        ]
    assert campaigns.delete(campaign.id)
