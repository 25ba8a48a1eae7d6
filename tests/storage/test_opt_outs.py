"""Opt-outs: who must not be written to."""

from __future__ import annotations

import pytest

from mitto_tui.sms.errors import InvalidInput
from mitto_tui.storage.database import Database
from mitto_tui.storage.opt_outs import OptOut, OptOuts

from .builders import T0, at


@pytest.fixture
def opt_outs(database: Database) -> OptOuts:
    return OptOuts(database)


def test_one_number(opt_outs: OptOuts) -> None:
    assert not opt_outs.contains("work", "491725551234")
    assert opt_outs.add("work", "491725551234", T0, "a reply STOP") is True
    assert opt_outs.contains("work", "491725551234")
    assert not opt_outs.contains("work", "49172555123")
    assert not opt_outs.contains("other", "491725551234")
    assert opt_outs.add("work", "491725551234", at(9), "again") is False
    assert opt_outs.all("work") == [OptOut("491725551234", T0, "a reply STOP")]
    assert opt_outs.remove("work", "491725551234") is True
    assert opt_outs.remove("work", "491725551234") is False
    assert opt_outs.all("work") == []


def test_a_list_of_numbers(opt_outs: OptOuts) -> None:
    opt_outs.add("work", "4930", T0)
    assert opt_outs.add_many("work", ["4910", "4930", "4920", "4910"], at(1), "list.csv") == 2
    assert [known.recipient for known in opt_outs.all("work")] == ["4910", "4920", "4930"]
    assert opt_outs.add_many("work", [], at(2)) == 0
    assert opt_outs.add_many("work", (str(490000 + number) for number in range(20_000)), at(3)) == 20_000


def test_one_wrong_number_keeps_the_whole_list_out(opt_outs: OptOuts) -> None:
    with pytest.raises(InvalidInput, match="abc"):
        opt_outs.add_many("work", ["4910", "abc"], T0)
    assert opt_outs.all("work") == []


@pytest.mark.parametrize("number", ["+4910", "49 10", "", "٤٩", "4910\n", "49\x1b[31m"])
def test_what_would_never_match_is_refused(opt_outs: OptOuts, number: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        opt_outs.add("work", number, T0)
    assert "\x1b" not in caught.value.message
    with pytest.raises(InvalidInput):
        opt_outs.contains("work", number)
    with pytest.raises(InvalidInput):
        opt_outs.remove("work", number)


@pytest.fixture
def listed(opt_outs: OptOuts) -> OptOuts:
    for number, (recipient, source) in enumerate(
        (
            ("491725551234", "a reply STOP"),
            ("491725551235", "import Ärzte.csv"),
            ("4930123456", "by phone"),
            ("447400123456", "import stop 2026.csv"),
        )
    ):
        opt_outs.add("work", recipient, at(number), source)
    opt_outs.add("other", "491725551234", T0, "import stop 2026.csv")
    return opt_outs


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ["447400123456", "491725551234", "491725551235", "4930123456"]),
        ("0172 555", ["491725551234", "491725551235"]),
        ("+49 (0)172/55512-34", ["491725551234"]),
        ("0044 7400", ["447400123456"]),
        ("\uff10\uff11\uff17\uff12", ["491725551234", "491725551235"]),
        ("030", ["4930123456"]),
        ("stop", ["447400123456", "491725551234"]),
        ("  BY PHONE ", ["4930123456"]),
        ("ärzte", ["491725551235"]),
        ("2026", ["447400123456"]),
        ("%", []),
        ("_", []),
        ("nobody", []),
    ],
)
def test_some_are_found_by_number_or_source(listed: OptOuts, search: str, found: list[str]) -> None:
    assert [one.recipient for one in listed.page("work", search)] == found
    assert listed.count("work", search) == len(found)
    for place, recipient in enumerate(found):
        assert listed.count("work", search, before=recipient) == place
        assert [one.recipient for one in listed.page("work", search, first=recipient)] == found[place:]
        assert [one.recipient for one in listed.page("work", search, skip=place, limit=1)] == [recipient]


def test_what_is_known_of_one(listed: OptOuts) -> None:
    assert listed.get("work", "4930123456") == OptOut("4930123456", at(2), "by phone")
    assert listed.get("other", "4930123456") is None
    with pytest.raises(InvalidInput):
        listed.get("work", "+49 30")
